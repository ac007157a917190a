"""Terms about other pods, as affinity and anti-affinity write them, made ready to be asked of many pods. Pure."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from kubetui.demo.objects import Json, labels_of, namespace_of
from kubetui.demo.selectors import LabelSelector, object_selector

Namespaces = Callable[[LabelSelector], frozenset[str]]
"""Tells the names of the namespaces whose labels a selector matches."""

AFFINITY, ANTI_AFFINITY = "podAffinity", "podAntiAffinity"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


class Term(msgspec.Struct, frozen=True):
    """Some pods, and the label whose value names the domain that one wants, or shuns, because of them."""

    key: str
    selector: LabelSelector | None
    namespaces: frozenset[str] | None
    """Where these pods are; None for anywhere."""
    weight: int = 0

    def selects(self, pod: Json) -> bool:
        """Whether the pod is one of these."""
        return (
            self.selector is not None
            and (self.namespaces is None or namespace_of(pod) in self.namespaces)
            and self.selector.matches(labels_of(pod))
        )


def has_required(pod: Json, kind: str) -> bool:
    """Whether the pod has required terms of that kind."""
    return bool(((pod["spec"].get("affinity") or {}).get(kind) or {}).get(_REQUIRED))


def required(pod: Json, kind: str, namespaces: Namespaces) -> list[Term]:
    """The pod's required terms of that kind."""
    found: Iterable[Json] = ((pod["spec"].get("affinity") or {}).get(kind) or {}).get(_REQUIRED) or ()
    return [_term(pod, term, namespaces) for term in found]


def preferred(pod: Json, kind: str, namespaces: Namespaces) -> list[Term]:
    """The pod's preferred terms of that kind, with their weights."""
    found: Iterable[Json] = ((pod["spec"].get("affinity") or {}).get(kind) or {}).get(_PREFERRED) or ()
    return [_term(pod, one["podAffinityTerm"], namespaces, one["weight"]) for one in found]


def _term(pod: Json, term: Json, namespaces: Namespaces, weight: int = 0) -> Term:
    named: Sequence[str] = term.get("namespaces") or ()
    where: frozenset[str] | None = frozenset(named)
    if term.get("namespaceSelector") is not None:
        chosen = object_selector(term["namespaceSelector"])
        where = None if not chosen else frozenset(named) | namespaces(chosen)
    elif not named:
        where = frozenset((namespace_of(pod),))
    return Term(term["topologyKey"], object_selector(term.get("labelSelector")), where, weight)
