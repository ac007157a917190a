"""Nodes: that each has a spec, and what of one never changes."""

from typing import Any

from kubetui.demo.refusals import Cause, forbidden_field
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]


class NodeRules(Strategy):
    def default(self, obj: Json) -> None:
        obj.setdefault("spec", {})

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = super().validate_update(new, old, subresource)
        before, after = old.get("spec") or {}, new.get("spec") or {}
        if subresource:
            return causes
        if before.get("podCIDR") and after.get("podCIDR") != before["podCIDR"]:
            told = 'node updates may not change podCIDR except from "" to valid'
            causes.append(forbidden_field("spec.podCIDRs", told))
        if before.get("providerID") and after.get("providerID") != before["providerID"]:
            told = 'node updates may not change providerID except from "" to valid'
            causes.append(forbidden_field("spec.providerID", told))
        return causes
