"""Limit ranges: their defaults, what they give to pods that leave something out, and what they refuse.

The rules and the wording are those of plugin/pkg/admission/limitranger.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.quantity import in_bytes, number
from kubetui.demo.refusals import forbidden
from kubetui.demo.resources import LIMITRANGES, Resource
from kubetui.demo.strategies import Strategy

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]
Amounts = Mapping[str, str]

NOTE = "kubernetes.io/limit-ranger"


class LimitRangeRules(Strategy):
    def default(self, obj: Json) -> None:
        for item in obj.setdefault("spec", {}).get("limits") or ():
            if item.get("type") != "Container":
                continue
            default = {**(item.get("max") or {}), **(item.get("default") or {})}
            request = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
            for name, given in (("default", default), ("defaultRequest", request)):
                if given:
                    item[name] = given


def fill_in(registry: "Registry", pod: Json) -> None:
    """Gives the pod's containers, in place, the limits and requests that they leave out, and notes that."""
    told: list[str] = []
    for limits in registry.list(LIMITRANGES, namespace_of(pod)):
        for item in _items(limits, "Container"):
            for container in pod["spec"].get("containers") or ():
                told += _fill_in(container, item, "container")
            for container in pod["spec"].get("initContainers") or ():
                told += _fill_in(container, item, "init container")
    if told:
        annotations = pod["metadata"].setdefault("annotations", {})
        annotations[NOTE] = f"LimitRanger plugin set: {'; '.join(told)}"


def check_pod(registry: "Registry", resource: Resource, pod: Json) -> None:
    """403 where a pod is outside of what the limit ranges of its namespace allow."""
    problems: list[str] = []
    for limits in registry.list(LIMITRANGES, namespace_of(pod)):
        containers = [*(pod["spec"].get("containers") or ()), *(pod["spec"].get("initContainers") or ())]
        for item in limits["spec"].get("limits") or ():
            if item.get("type") == "Container":
                for container in containers:
                    resources = container.get("resources") or {}
                    asked, most = resources.get("requests") or {}, resources.get("limits") or {}
                    problems += _broken(item, asked, most)
            elif item.get("type") == "Pod":
                problems += _broken(item, *(_sum(pod, kind) for kind in ("requests", "limits")))
    _refuse(resource, pod, problems)


def check_claim(registry: "Registry", resource: Resource, claim: Json) -> None:
    """403 where a claim is outside of what the limit ranges of its namespace allow."""
    asked = (claim["spec"].get("resources") or {}).get("requests") or {}
    problems: list[str] = []
    for limits in registry.list(LIMITRANGES, namespace_of(claim)):
        for item in _items(limits, "PersistentVolumeClaim"):
            for name, least in sorted((item.get("min") or {}).items()):
                if name in asked and number(asked[name]) < number(least):
                    problems.append(_said("minimum", name, "PersistentVolumeClaim", least, "request", asked[name]))
            for name, most in sorted((item.get("max") or {}).items()):
                if name in asked and number(asked[name]) > number(most):
                    problems.append(_said("maximum", name, "PersistentVolumeClaim", most, "request", asked[name]))
    _refuse(resource, claim, problems)


def _items(limits: Json, kind: str) -> Iterable[Json]:
    return [item for item in limits["spec"].get("limits") or () if item.get("type") == kind]


def _fill_in(container: Json, item: Json, called: str) -> list[str]:
    resources = container.setdefault("resources", {})
    told = []
    for field, default, word in (("requests", "defaultRequest", "request"), ("limits", "default", "limit")):
        known = resources.get(field) or {}
        missing = sorted(name for name in item.get(default) or {} if name not in known)
        if missing:
            resources[field] = {**known, **{name: item[default][name] for name in missing}}
            told.append(f"{', '.join(missing)} {word} for {called} {container['name']}")
    return told


def _broken(item: Json, asked: Amounts, most: Amounts) -> Iterator[str]:
    kind = item["type"]
    for name, least in sorted((item.get("min") or {}).items()):
        if name not in asked:
            yield f"minimum {name} usage per {kind} is {least}.  No request is specified"
        elif number(asked[name]) < number(least):
            yield _said("minimum", name, kind, least, "request", asked[name])
        elif name in most and number(most[name]) < number(least):
            yield _said("minimum", name, kind, least, "limit", most[name])
    for name, bound in sorted((item.get("max") or {}).items()):
        if name not in most:
            yield f"maximum {name} usage per {kind} is {bound}.  No limit is specified"
        elif number(most[name]) > number(bound):
            yield _said("maximum", name, kind, bound, "limit", most[name])
        elif name in asked and number(asked[name]) > number(bound):
            yield _said("maximum", name, kind, bound, "request", asked[name])
    for name, bound in sorted((item.get("maxLimitRequestRatio") or {}).items()):
        rule = f"{name} max limit to request ratio per {kind} is {bound}, but"
        if name not in asked or not number(asked[name]):
            yield f"{rule} no request is specified or request is 0"
        elif name not in most or not number(most[name]):
            yield f"{rule} no limit is specified or limit is 0"
        elif (ratio := number(most[name]) / number(asked[name])) > number(bound):
            yield f"{rule} provided ratio is {ratio:.6f}"


def _said(way: str, name: str, kind: str, bound: str, what: str, found: str) -> str:
    return f"{way} {name} usage per {kind} is {bound}, but {what} is {found}"


def _sum(pod: Json, field: str) -> dict[str, str]:
    """What the containers have together, of what all of them name."""
    parts = [(one.get("resources") or {}).get(field) or {} for one in pod["spec"].get("containers") or ()]
    shared = set(parts[0]).intersection(*parts[1:]) if parts else set()
    return {name: _written(name, sum(number(part[name]) for part in parts)) for name in shared}


def _written(name: str, amount: float) -> str:
    if name == "cpu" and amount != int(amount):
        return f"{round(amount * 1000)}m"
    return in_bytes(int(amount)) if name == "memory" else str(int(amount))


def _refuse(resource: Resource, obj: Json, problems: list[str]) -> None:
    if problems:
        why = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        raise forbidden(resource, name_of(obj), why)
