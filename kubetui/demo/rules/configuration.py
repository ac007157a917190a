"""Config maps, secrets, accounts, claims, volumes, classes, quotas, budgets: mostly defaults."""

import base64
from typing import Any

from kubetui.demo.refusals import Cause, forbidden_field, required
from kubetui.demo.rules import checks
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]


class ConfigMapRules(Strategy):
    def validate(self, obj: Json) -> list[Cause]:
        return [
            *super().validate(obj),
            *checks.config_keys("data", obj.get("data")),
            *checks.config_keys("binaryData", obj.get("binaryData")),
        ]

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = self.validate(new)
        if old.get("immutable"):
            for field in ("data", "binaryData"):
                if new.get(field) != old.get(field):
                    causes.append(forbidden_field(field, "field is immutable when `immutable` is set"))
        return causes


class SecretRules(ConfigMapRules):
    def default(self, obj: Json) -> None:
        obj.setdefault("type", "Opaque")
        plain = obj.pop("stringData", None)
        if plain:
            encoded = {key: base64.b64encode(value.encode()).decode() for key, value in plain.items()}
            obj["data"] = {**(obj.get("data") or {}), **encoded}


class ClaimRules(Strategy):
    def default(self, obj: Json) -> None:
        obj.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")

    def admit(self, obj: Json) -> None:
        metadata = obj["metadata"]
        metadata["finalizers"] = [*(metadata.get("finalizers") or ()), "kubernetes.io/pvc-protection"]
        obj["status"] = {"phase": "Pending"}

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        spec = obj["spec"]
        if not spec.get("accessModes"):
            causes.append(required("spec.accessModes", "at least 1 access mode is required"))
        if "storage" not in ((spec.get("resources") or {}).get("requests") or {}):
            causes.append(required("spec.resources[storage]"))
        return causes


class VolumeRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
        spec.setdefault("volumeMode", "Filesystem")
        if isinstance(spec.get("hostPath"), dict):
            spec["hostPath"].setdefault("type", "")

    def admit(self, obj: Json) -> None:
        metadata = obj["metadata"]
        metadata["finalizers"] = [*(metadata.get("finalizers") or ()), "kubernetes.io/pv-protection"]
        obj["status"] = {"phase": "Pending"}


class StorageClassRules(Strategy):
    def default(self, obj: Json) -> None:
        obj.setdefault("reclaimPolicy", "Delete")
        obj.setdefault("volumeBindingMode", "Immediate")

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        return causes if obj.get("provisioner") else [*causes, required("provisioner")]


class PriorityClassRules(Strategy):
    def default(self, obj: Json) -> None:
        obj.setdefault("preemptionPolicy", "PreemptLowerPriority")
        obj.setdefault("value", 0)


class QuotaRules(Strategy):
    def admit(self, obj: Json) -> None:
        obj["status"] = {}


class AutoscalerRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("minReplicas", 1)
        target = {"type": "Utilization", "averageUtilization": 80}
        spec.setdefault("metrics", [{"type": "Resource", "resource": {"name": "cpu", "target": target}}])

    def admit(self, obj: Json) -> None:
        obj["status"] = {"desiredReplicas": 0, "currentMetrics": None}


class RoleRules(Strategy):
    """Roles and bindings may have colons in their names."""

    def validate_name(self, field: str, name: str) -> list[Cause]:
        return checks.path_name(field, name)
