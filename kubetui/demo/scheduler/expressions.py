"""Node selectors and tolerations as scheduling rules write them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubetui.demo.objects import Json

UNSCHEDULABLE_TAINT = "node.kubernetes.io/unschedulable"


def term_matches(term: Json, labels: Mapping[str, str], name: str) -> bool:
    """Whether one term of a node selector holds: all its expressions do. An empty term holds never."""
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    return all(_holds(one, labels) for one in expressions) and all(
        _holds(one, {"metadata.name": name}) for one in fields
    )


def any_term_matches(terms: Iterable[Json], labels: Mapping[str, str], name: str) -> bool:
    """Whether a node selector holds: any of its terms does."""
    return any(term_matches(term, labels, name) for term in terms)


def fits_node(spec: Json, labels: Mapping[str, str], name: str) -> bool:
    """Whether the node is one that the pod's node selector and required node affinity ask for."""
    for key, value in (spec.get("nodeSelector") or {}).items():
        if labels.get(key) != value:
            return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any_term_matches(required.get("nodeSelectorTerms") or (), labels, name)


def tolerates(tolerations: Iterable[Json], taint: Json) -> bool:
    """Whether any of the tolerations tolerates the taint."""
    return any(_tolerates(toleration, taint) for toleration in tolerations)


def untolerated(spec: Json, taints: Sequence[Json], effects: Sequence[str]) -> Json | None:
    """The first taint with one of these effects that the pod doesn't tolerate."""
    for taint in taints:
        if taint["effect"] in effects and not tolerates(spec.get("tolerations") or (), taint):
            return taint
    return None


def named_nodes(spec: Json) -> frozenset[str] | None:
    """The only nodes that the pod's required node affinity names; None where it doesn't go by names."""
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or ()
    names: set[str] = set()
    for term in terms:
        fields = [one for one in term.get("matchFields") or () if one["operator"] == "In"]
        if not fields:
            return None
        names.update(frozenset(fields[0]["values"]).intersection(*(one["values"] for one in fields)))
    return frozenset(names) if terms else None


def _tolerates(toleration: Json, taint: Json) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key") and toleration.get("value", "") == taint.get("value", ""))


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    operator = expression["operator"]
    values: Sequence[Any] = expression.get("values") or ()
    present = labels.get(expression["key"])
    if operator in ("Gt", "Lt"):
        if present is None or not present.lstrip("-").isdigit() or len(values) != 1:
            return False
        return int(present) > int(values[0]) if operator == "Gt" else int(present) < int(values[0])
    if operator == "Exists":
        return present is not None
    if operator == "DoesNotExist":
        return present is None
    inside = present is not None and present in values
    return inside == bool(operator == "In")
