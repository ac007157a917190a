"""Namespaces: Active until deleted, then Terminating until their finalizer is taken off."""

from typing import Any

from kubetui.demo.objects import name_of, with_metadata
from kubetui.demo.refusals import Cause, forbidden
from kubetui.demo.rules import checks
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]

IMMORTAL = ("default", "kube-public", "kube-system")
"""Namespaces that no cluster is without."""


class NamespaceRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        if "uid" in obj["metadata"] and "status" not in obj:
            spec["finalizers"] = ["kubernetes"]
            obj["status"] = {"phase": "Active"}
        labels = obj["metadata"].get("labels") or {}
        obj["metadata"]["labels"] = {**labels, "kubernetes.io/metadata.name": name_of(obj)}

    def validate_name(self, field: str, name: str) -> list[Cause]:
        return checks.label_name(field, name)

    def leave(self, obj: Json) -> Json:
        if name_of(obj) in IMMORTAL:
            raise forbidden(self.resource, name_of(obj), "this namespace may not be deleted")
        left = with_metadata(obj, deletionGracePeriodSeconds=None)
        return {**left, "status": {**obj.get("status", {}), "phase": "Terminating"}}
