"""How many pods there should be and may be missing: autoscalers and disruption budgets."""

import re
from typing import Any

from kubetui.demo.refusals import Cause, required, wrong_value
from kubetui.demo.resources import AUTOSCALERS_V1
from kubetui.demo.rules import checks
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]


_TWICE = {"type": "Percent", "value": 100, "periodSeconds": 15}
_FOUR_PODS = {"type": "Pods", "value": 4, "periodSeconds": 15}


class AutoscalerRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("minReplicas", 1)
        if obj.get("apiVersion") == AUTOSCALERS_V1.api_version:
            return  # what it has not said is made up when it is kept
        target = {"type": "Utilization", "averageUtilization": 80}
        spec.setdefault("metrics", [{"type": "Resource", "resource": {"name": "cpu", "target": target}}])
        if spec.get("behavior") is not None:
            up = {"stabilizationWindowSeconds": 0, "policies": [_FOUR_PODS, _TWICE], "selectPolicy": "Max"}
            down = {"policies": [_TWICE], "selectPolicy": "Max"}
            given = spec["behavior"]
            spec["behavior"] = {
                "scaleUp": {**up, **(given.get("scaleUp") or {})},
                "scaleDown": {**down, **(given.get("scaleDown") or {})},
            }

    def admit(self, obj: Json) -> None:
        obj["status"] = {"desiredReplicas": 0, "currentMetrics": None}

    def validate(self, obj: Json) -> list[Cause]:
        return [*super().validate(obj), *_autoscaler(obj["spec"])]

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = super().validate_update(new, old, subresource)
        return causes if subresource else [*causes, *_autoscaler(new["spec"])]


def _autoscaler(spec: Json) -> list[Cause]:
    causes: list[Cause] = []
    least, most, target = spec["minReplicas"], spec.get("maxReplicas", 0), spec.get("scaleTargetRef") or {}
    if least < 1:
        causes.append(wrong_value("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most == 0:
        causes.append(required("spec.maxReplicas", "must be set and greater than 0"))
    elif most < 0:
        causes.append(wrong_value("spec.maxReplicas", most, "must be greater than or equal to 1"))
    if most < least:
        causes.append(wrong_value("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    causes += [required(f"spec.scaleTargetRef.{field}") for field in ("kind", "name") if not target.get(field)]
    version = target.get("apiVersion", "")
    if "/" not in version and not (version == "v1" and target.get("kind") == "ReplicationController"):
        causes.append(wrong_value("spec.scaleTargetRef.apiVersion", version, "apiVersion must specify API group"))
    return causes


class BudgetRules(Strategy):
    def default(self, obj: Json) -> None:
        obj.setdefault("spec", {})

    def admit(self, obj: Json) -> None:
        obj["status"] = {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}

    def validate(self, obj: Json) -> list[Cause]:
        return [*super().validate(obj), *_budget(obj.get("spec") or {})]

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = super().validate_update(new, old, subresource)
        return causes if subresource else [*causes, *_budget(new.get("spec") or {})]


def _budget(spec: Json) -> list[Cause]:
    causes: list[Cause] = []
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if least is not None and most is not None:
        printed = {"MinAvailable": least, "Selector": spec.get("selector"), "MaxUnavailable": most}
        whole = {**printed, "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy")}
        causes.append(wrong_value("spec", whole, "minAvailable and maxUnavailable cannot be both set"))
    for field, value in (("minAvailable", least), ("maxUnavailable", most)):
        causes += count_or_share(f"spec.{field}", value)
    return causes


def count_or_share(field: str, value: Any) -> list[Cause]:
    """A count, or a share in percent, of at most all."""
    if not isinstance(value, str):
        return checks.not_negative(field, value)
    if not re.fullmatch(r"\d+%", value):
        detail = (
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
            "regex used for validation is '[0-9]+%')"
        )
        return [wrong_value(field, value, detail)]
    return [wrong_value(field, value, "must not be greater than 100%")] if int(value[:-1]) > 100 else []
