"""Resource quotas: whether one more object fits into its namespace. Keeps `status.used` up to date."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.quantity import number
from kubetui.demo.quota_usage import concerns, unnamed, usage, written
from kubetui.demo.refusals import forbidden
from kubetui.demo.resources import BUILT_IN, EVENTS, LEASES, PODS, RESOURCEQUOTAS, Resource

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]

COUNTED = tuple(one for one in BUILT_IN if one.namespaced and one not in (EVENTS, LEASES))
"""Kinds of which a quota may limit the number."""

_KEYS = frozenset(one.key for one in COUNTED)


class Quotas:
    """The quotas of all namespaces of a registry."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._counting = False
        registry.subscribe(RESOURCEQUOTAS, self._quota_changed)

    def admit(self, resource: Resource, obj: Json) -> None:
        """403 where an object that is about to be created fits no longer."""
        if resource.key not in _KEYS or not self._registry.storage.count(RESOURCEQUOTAS):
            return
        asked = usage(resource, obj)
        for quota in self._registry.list(RESOURCEQUOTAS, namespace_of(obj)):
            if not concerns(quota, resource, obj):
                continue
            hard: Mapping[str, Any] = (quota.get("spec") or {}).get("hard") or {}
            missing = unnamed(obj, dict(hard)) if resource is PODS else []
            if missing:
                why = f"failed quota: {name_of(quota)}: must specify {'; '.join(missing)}"
                raise forbidden(resource, name_of(obj), why)
            used = self._used(quota, hard)
            over = [name for name in sorted(hard) if asked.get(name) and used[name] + asked[name] > number(hard[name])]
            if over:
                limited = {name: number(hard[name]) for name in over}
                told = [
                    f"{word}: " + ",".join(f"{name}={written(name, amounts[name])}" for name in over)
                    for word, amounts in (("requested", asked), ("used", used), ("limited", limited))
                ]
                raise forbidden(resource, name_of(obj), f"exceeded quota: {name_of(quota)}, {', '.join(told)}")

    def _quota_changed(self, event: str, quota: Json, old: Json | None) -> None:
        # A cluster without quotas is not to pay for them.
        if not self._counting:
            self._counting = True
            for resource in COUNTED:
                if resource is not RESOURCEQUOTAS:
                    self._registry.subscribe(resource, partial(self._changed, resource))
        self._changed(RESOURCEQUOTAS, event, quota, old)

    def _changed(self, resource: Resource, event: str, obj: Json, old: Json | None) -> None:
        if not self._registry.storage.count(RESOURCEQUOTAS):
            return
        if (
            event == "MODIFIED"
            and old is not None
            and resource is not RESOURCEQUOTAS
            and usage(resource, old) == usage(resource, obj)
        ):
            return
        for quota in self._registry.list(RESOURCEQUOTAS, namespace_of(obj)):
            hard = (quota.get("spec") or {}).get("hard") or {}
            used = self._used(quota, hard)
            status = {"hard": hard, "used": {name: written(name, used[name]) for name in hard}}
            if quota.get("status") != status:
                self._registry.update(RESOURCEQUOTAS, {**quota, "status": status}, subresource="status")

    def _used(self, quota: Json, hard: Mapping[str, Any]) -> dict[str, float]:
        used = dict.fromkeys(hard, 0.0)
        for resource in COUNTED:
            for obj in self._registry.list(resource, namespace_of(quota)):
                if concerns(quota, resource, obj):
                    for name, amount in usage(resource, obj).items():
                        if name in used:
                            used[name] += amount
        return used
