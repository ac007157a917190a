"""Label and field selectors: their text parsed once, then asked of objects. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from kubetui.demo.labelquery import Requirement, requirements
from kubetui.demo.refusals import bad_request

Json = dict[str, Any]
Labels = Mapping[str, str]
Test = Callable[[Labels], bool]

_FIELD = re.compile(r"^([^=!]+)(==|=|!=)(.*)$")


class LabelSelector:
    """A label selector: every requirement must hold. Without requirements it matches everything."""

    __slots__ = ("_tests",)

    def __init__(self, tests: tuple[Test, ...] = ()) -> None:
        self._tests = tests

    def __bool__(self) -> bool:
        return bool(self._tests)

    def matches(self, labels: Labels | None) -> bool:
        found = labels or {}
        return all(test(found) for test in self._tests)


def label_selector(text: str) -> LabelSelector:
    """The selector that a query parameter writes: `app=web,tier!=db,env in (a,b),!old`. Refusal 400 for nonsense."""
    try:
        found = requirements(text)
    except ValueError as why:
        raise bad_request(str(why)) from None
    return LabelSelector(tuple(_test(one) for one in found))


def object_selector(selector: Json | None) -> LabelSelector | None:
    """A `metav1.LabelSelector`; None, which matches nothing, for null."""
    if selector is None:
        return None
    tests: list[Test] = [_equals(key, value) for key, value in (selector.get("matchLabels") or {}).items()]
    for wanted in selector.get("matchExpressions") or ():
        key, values = wanted["key"], frozenset(wanted.get("values") or ())
        match wanted["operator"]:
            case "In":
                tests.append(_is_in(key, values))
            case "NotIn":
                tests.append(_not_in(key, values))
            case "Exists":
                tests.append(_exists(key))
            case "DoesNotExist":
                tests.append(_missing(key))
    return LabelSelector(tuple(tests))


def _test(wanted: Requirement) -> Test:
    match wanted.operator:
        case "in":
            return _is_in(wanted.key, frozenset(wanted.values))
        case "notin" | "!=":
            return _not_in(wanted.key, frozenset(wanted.values))
        case "exists":
            return _exists(wanted.key)
        case "!":
            return _missing(wanted.key)
        case "<" | ">":
            return _compares(wanted.key, wanted.values[0], more=wanted.operator == ">")
        case _:
            return _equals(wanted.key, wanted.values[0])


def _compares(key: str, value: str, *, more: bool) -> Test:
    if not re.fullmatch(r"-?\d+", value):
        raise bad_request(f"for 'Gt', 'Lt' operators, the value must be an integer: {value}")

    def test(labels: Labels) -> bool:
        found = labels.get(key, "")
        return bool(re.fullmatch(r"-?\d+", found)) and (int(found) > int(value) if more else int(found) < int(value))

    return test


def _equals(key: str, value: str) -> Test:
    return lambda labels: labels.get(key) == value


def _is_in(key: str, values: frozenset[str]) -> Test:
    return lambda labels: labels.get(key) in values


def _not_in(key: str, values: frozenset[str]) -> Test:
    return lambda labels: labels.get(key) not in values


def _exists(key: str) -> Test:
    return lambda labels: key in labels


def _missing(key: str) -> Test:
    return lambda labels: key not in labels


class FieldSelector:
    """A field selector: pairs of a path and the text it must (or must not) have."""

    __slots__ = ("_terms",)

    def __init__(self, terms: tuple[tuple[str, bool, str], ...] = ()) -> None:
        self._terms = terms

    def __bool__(self) -> bool:
        return bool(self._terms)

    def matches(self, obj: Json) -> bool:
        return all((field_text(obj, path) == value) is wanted for path, wanted, value in self._terms)


_COMMON = frozenset(("metadata.name", "metadata.namespace"))
_SELECTABLE: Mapping[str, frozenset[str]] = {
    "pods": frozenset(
        (
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        )
    ),
    "events": frozenset(
        (
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        )
    ),
    "nodes": frozenset(("spec.unschedulable",)),
    "secrets": frozenset(("type",)),
    "namespaces": frozenset(("status.phase", "name")),
    "replicasets.apps": frozenset(("status.replicas",)),
    "replicationcontrollers": frozenset(("status.replicas",)),
    "jobs.batch": frozenset(("status.successful",)),
    "services": frozenset(("spec.clusterIP", "spec.type")),
}
_DEFAULTS = {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.replicas": "0"}


def field_selector(text: str, resource_key: str, selectable: frozenset[str] = frozenset()) -> FieldSelector:
    """The selector that a query parameter writes: `status.phase!=Running,spec.nodeName=a`.

    Refusal 400 for a field that the kind does not offer; `selectable` adds those of a custom resource.
    """
    terms = []
    allowed = _COMMON | _SELECTABLE.get(resource_key, frozenset()) | selectable
    for part in text.split(",") if text else ():
        found = _FIELD.match(part)
        if found is None:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        path, operator, value = found.groups()
        if path not in allowed:
            raise bad_request(_unsupported(path, resource_key, allowed))
        terms.append((path, operator != "!=", value))
    return FieldSelector(tuple(terms))


def _unsupported(path: str, resource_key: str, allowed: frozenset[str]) -> str:
    """Kinds that have fields of their own say less than the others."""
    if resource_key == "jobs.batch":
        return f'field label "{path}" not supported for Job'
    if resource_key in _SELECTABLE:
        return f"field label not supported: {path}"
    known = ", ".join(f'"{one}"' for one in sorted(allowed))
    return f'"{path}" is not a known field selector: only {known}'


def field_text(obj: Json, path: str) -> str:
    """What a field selector compares: the value at a path as text, empty where there is none."""
    if path == "source":
        return str((obj.get("source") or {}).get("component") or obj.get("reportingComponent") or "")
    if path == "name":
        path = "metadata.name"
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            return _DEFAULTS.get(path, "")
    return str(value).lower() if isinstance(value, bool) else str(value)
