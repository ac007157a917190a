"""Resource quotas: what a namespace uses, and whether one more object fits. Keeps `status.used` up to date."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.quantity import number
from kubetui.demo.refusals import forbidden
from kubetui.demo.resources import (
    CONFIGMAPS,
    PERSISTENTVOLUMECLAIMS,
    PODS,
    RESOURCEQUOTAS,
    SECRETS,
    SERVICES,
    Resource,
)

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]
COUNTED: tuple[Resource, ...] = (PODS, SERVICES, CONFIGMAPS, SECRETS, PERSISTENTVOLUMECLAIMS)
"""Kinds of which a quota may limit the number."""


class Quotas:
    """The quotas of all namespaces of a registry."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        for resource in (*COUNTED, RESOURCEQUOTAS):
            registry.subscribe(resource, self._changed)

    def admit(self, resource: Resource, obj: Json) -> None:
        """403 where an object that is about to be created fits no longer."""
        if resource not in COUNTED:
            return
        asked = usage(resource, obj)
        for quota in self._registry.list(RESOURCEQUOTAS, namespace_of(obj)):
            hard: Mapping[str, Any] = (quota.get("spec") or {}).get("hard") or {}
            missing = [name for name in hard if resource is PODS and name in _AMOUNTS and name not in asked]
            if missing:
                why = f"failed quota: {name_of(quota)}: must specify {','.join(sorted(missing))}"
                raise forbidden(resource, name_of(obj), why)
            used = self._used(namespace_of(obj), hard)
            over = [name for name in sorted(hard) if used[name] + asked.get(name, 0.0) > number(hard[name])]
            over = [name for name in over if name in asked]
            if over:
                parts = (
                    ("requested", asked),
                    ("used", used),
                    ("limited", {name: number(hard[name]) for name in over}),
                )
                told = [
                    f"{word}: " + ",".join(f"{name}={written(name, amounts[name])}" for name in over)
                    for word, amounts in parts
                ]
                raise forbidden(resource, name_of(obj), f"exceeded quota: {name_of(quota)}, {', '.join(told)}")

    def _changed(self, event: str, obj: Json, old: Json | None) -> None:
        for quota in self._registry.list(RESOURCEQUOTAS, namespace_of(obj)):
            hard = (quota.get("spec") or {}).get("hard") or {}
            used = self._used(namespace_of(quota), hard)
            status = {"hard": hard, "used": {name: written(name, used[name]) for name in hard}}
            if quota.get("status") != status:
                self._registry.update(RESOURCEQUOTAS, {**quota, "status": status}, subresource="status")

    def _used(self, namespace: str, hard: Mapping[str, Any]) -> dict[str, float]:
        used = dict.fromkeys(hard, 0.0)
        for resource in COUNTED:
            for obj in self._registry.list(resource, namespace):
                for name, amount in usage(resource, obj).items():
                    if name in used:
                        used[name] += amount
        return used


_AMOUNTS = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")


def usage(resource: Resource, obj: Json) -> dict[str, float]:
    """What one object takes of each thing that a quota may limit; an ended pod takes nothing but its place."""
    found = {f"count/{resource.key}": 1.0}
    phase = (obj.get("status") or {}).get("phase")
    if resource is PODS and phase in ("Succeeded", "Failed"):
        return found
    found[resource.plural] = 1.0
    if resource is PODS:
        for name, amount in _amounts(obj):
            found[name] = found.get(name, 0.0) + amount
    if resource is PERSISTENTVOLUMECLAIMS:
        requests = (obj["spec"].get("resources") or {}).get("requests") or {}
        found["requests.storage"] = number(requests.get("storage", 0))
    return found


def _amounts(pod: Json) -> Iterator[tuple[str, float]]:
    for container in pod["spec"].get("containers") or ():
        resources = container.get("resources") or {}
        for name in ("cpu", "memory"):
            for kind in ("requests", "limits"):
                amount = (resources.get(kind) or {}).get(name)
                if amount is not None:
                    yield f"{kind}.{name}", number(amount)
                    if kind == "requests":
                        yield name, number(amount)


def written(name: str, amount: float) -> str:
    """An amount as a quantity: thousandths of cores, binary units of bytes, plain counts."""
    if name.endswith("cpu") and amount != int(amount):
        return f"{round(amount * 1000)}m"
    whole = int(amount)
    if name.endswith(("memory", "storage")):
        for unit, size in (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
            if whole and whole % size == 0:
                return f"{whole // size}{unit}"
    return str(whole)
