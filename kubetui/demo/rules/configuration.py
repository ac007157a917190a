"""Config maps, secrets, accounts, claims, volumes, classes, quotas, budgets: mostly defaults."""

import base64
from typing import Any

from kubetui.demo.objects import name_of
from kubetui.demo.quantity import number
from kubetui.demo.refusals import Cause, forbidden_field, required
from kubetui.demo.resources import STORAGECLASSES
from kubetui.demo.rules import checks, limits
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]


LARGEST = 1024 * 1024
"""Bytes of all values of a config map or a secret (MaxSecretSize of the core API's validation)."""


class ConfigMapRules(Strategy):
    def validate(self, obj: Json) -> list[Cause]:
        return [*super().validate(obj), *self.keys(obj), *self.size(obj)]

    def size(self, obj: Json) -> list[Cause]:
        """What is wrong with all values together."""
        texts, packed = (obj.get("data") or {}).values(), (obj.get("binaryData") or {}).values()
        total = sum(len(text.encode()) for text in texts) + sum(_decoded_size(text) for text in packed)
        return _too_long(total, "[]")

    def keys(self, obj: Json) -> list[Cause]:
        """What is wrong with the names of its values."""
        return [
            *checks.config_keys("data", obj.get("data")),
            *checks.config_keys("binaryData", obj.get("binaryData")),
        ]

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = [*Strategy.validate_update(self, new, old, subresource), *self.keys(new), *self.size(new)]
        if old.get("immutable"):
            for field in ("data", "binaryData"):
                if new.get(field) != old.get(field):
                    causes.append(forbidden_field(field, "field is immutable when `immutable` is set"))
        return causes


def _decoded_size(text: str) -> int:
    """Bytes that a text in base64 stands for."""
    return len(text) // 4 * 3 - text[-2:].count("=")


def _too_long(total: int, field: str) -> list[Cause]:
    if total <= LARGEST:
        return []
    return [Cause("FieldValueTooLong", f"Too long: may not be more than {LARGEST} bytes", field)]


class SecretRules(ConfigMapRules):
    def size(self, obj: Json) -> list[Cause]:
        return _too_long(sum(map(_decoded_size, (obj.get("data") or {}).values())), "data")

    def default(self, obj: Json) -> None:
        obj.setdefault("type", "Opaque")
        plain = obj.pop("stringData", None)
        if plain:
            encoded = {key: base64.b64encode(value.encode()).decode() for key, value in plain.items()}
            obj["data"] = {**(obj.get("data") or {}), **encoded}

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        named = (obj["metadata"].get("annotations") or {}).get(_ACCOUNT)
        if obj.get("type") == "kubernetes.io/service-account-token" and not named:
            causes.append(required(f"metadata.annotations[{_ACCOUNT}]"))
        return causes


_ACCOUNT = "kubernetes.io/service-account.name"


class ClaimRules(Strategy):
    def default(self, obj: Json) -> None:
        obj.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")

    def admit(self, obj: Json) -> None:
        metadata = obj["metadata"]
        metadata["finalizers"] = [*(metadata.get("finalizers") or ()), "kubernetes.io/pvc-protection"]
        limits.check_claim(self.registry, self.resource, obj)
        obj["status"] = {"phase": "Pending"}
        if "storageClassName" not in obj["spec"]:
            name = self._default_class()
            if name:
                obj["spec"]["storageClassName"] = name

    def _default_class(self) -> str:
        """The storage class of claims that name none: of several the newest."""
        classes = [one for one in self.registry.list(STORAGECLASSES) if is_default(one)]
        newest = max(classes, key=lambda one: (one["metadata"]["creationTimestamp"], name_of(one)), default=None)
        return name_of(newest) if newest is not None else ""

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = super().validate_update(new, old, subresource)
        if subresource:
            return causes
        before, after = ({key: one for key, one in obj["spec"].items() if key != "resources"} for obj in (old, new))
        if before.get("volumeName") is None:
            after.pop("volumeName", None)
        if before != after:
            detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName"
            causes.append(forbidden_field("spec", f"{detail} for bound claims"))
        room = ((old.get("status") or {}).get("capacity") or {}).get("storage")
        asked = [((obj["spec"].get("resources") or {}).get("requests") or {}).get("storage", "0") for obj in (old, new)]
        if number(asked[1]) < number(asked[0]) and room is not None and number(asked[1]) < number(room):
            less = "field can not be less than status.capacity"
            causes.append(forbidden_field("spec.resources.requests.storage", less))
        return causes

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
        obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": self.registry.clock.stamp()}

    def with_status(self, old: Json, given: Json) -> Json:
        """A volume tells since when it has its phase."""
        new = super().with_status(old, given)
        before, after = old.get("status") or {}, new["status"]
        same = before.get("phase") == after.get("phase")
        since = before.get("lastPhaseTransitionTime") if same else None
        return {**new, "status": {**after, "lastPhaseTransitionTime": since or self.registry.clock.stamp()}}


def is_default(storage_class: Json) -> bool:
    """Whether claims that name no storage class get this one."""
    annotations = storage_class["metadata"].get("annotations") or {}
    return bool(annotations.get("storageclass.kubernetes.io/is-default-class") == "true")


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

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = super().validate_update(new, old, subresource)
        for field in ("value", "preemptionPolicy"):
            if new.get(field) != old.get(field):
                causes.append(forbidden_field(field, "may not be changed in an update."))
        return causes


class QuotaRules(Strategy):
    def admit(self, obj: Json) -> None:
        obj["status"] = {}
