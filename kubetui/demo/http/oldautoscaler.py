"""An autoscaler as autoscaling/v1 has it: one target of cpu, and the rest in annotations.

Autoscalers are kept as those of autoscaling/v2. What v1 has no field for travels in annotations from which it is read
back when such an object is written (pkg/apis/autoscaling/v1/conversion.go of Kubernetes). Pure.
"""

from collections.abc import Mapping
from typing import Any, TypedDict, TypeVar

import msgspec

from kubetui.demo.resources import AUTOSCALERS_V1, HORIZONTALPODAUTOSCALERS

Json = dict[str, Any]
Told = TypeVar("Told")

_ROOT = "autoscaling.alpha.kubernetes.io/"
_METRICS, _MEASURED = f"{_ROOT}metrics", f"{_ROOT}current-metrics"
_BEHAVIOR, _CONDITIONS = f"{_ROOT}behavior", f"{_ROOT}conditions"
_TRAVELLING = frozenset((_METRICS, _MEASURED, _BEHAVIOR, _CONDITIONS))
_KINDS = {
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "External": "external",
}
"""The types of metrics, with the field that each is told in."""
_CPU = 80
"""Percent of its request that an autoscaler aims at which names nothing."""


class _Source(TypedDict, total=False):
    """What is measured, and how much of it is wanted or found."""

    target: dict[str, str]
    name: str
    metricName: str
    metricSelector: Json
    targetAverageUtilization: int
    currentAverageUtilization: int
    targetValue: str
    currentValue: str
    targetAverageValue: str
    currentAverageValue: str
    selector: Json
    averageValue: str
    container: str


class _Metric(TypedDict, total=False):
    type: str
    object: _Source
    pods: _Source
    resource: _Source
    containerResource: _Source
    external: _Source


class _Policy(TypedDict, total=False):
    Type: str
    Value: int
    PeriodSeconds: int


class _Rules(TypedDict, total=False):
    StabilizationWindowSeconds: int | None
    SelectPolicy: str | None
    Policies: list[_Policy] | None
    Tolerance: str | None


class _Behavior(TypedDict, total=False):
    ScaleUp: _Rules | None
    ScaleDown: _Rules | None


def to_v1(obj: Json) -> Json:
    """An autoscaler as it is kept, in the older form."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    metrics, measured = spec.get("metrics") or [], status.get("currentMetrics") or []
    others = [_older(metric, "target") for metric in metrics if _cpu(metric, "target") is None]
    travelling = {
        _METRICS: others,
        _MEASURED: [_older(metric, "current") for metric in measured],
        _BEHAVIOR: _capital(spec["behavior"]) if spec.get("behavior") else None,
        _CONDITIONS: status.get("conditions"),
    }
    texts = {key: msgspec.json.encode(value).decode() for key, value in travelling.items() if value}
    wanted = _first(_cpu(metric, "target") for metric in metrics)
    used = _first(_cpu(metric, "current") for metric in measured)
    told = {key: status[key] for key in ("observedGeneration", "lastScaleTime") if key in status}
    counts = {key: status.get(key, 0) for key in ("currentReplicas", "desiredReplicas")}
    return {
        **obj,
        "apiVersion": AUTOSCALERS_V1.api_version,
        "metadata": _annotated(obj["metadata"], texts),
        "spec": {**_shared(spec), **_given(targetCPUUtilizationPercentage=wanted)},
        "status": {**told, **counts, **_given(currentCPUUtilizationPercentage=used)},
    }


def from_v1(obj: Json) -> Json:
    """What was written in the older form, as it is kept. Annotations that can't be read count for nothing."""
    spec, status, metadata = obj.get("spec") or {}, obj.get("status") or {}, obj["metadata"]
    told = metadata.get("annotations") or {}
    metrics = [_newer(metric, "target") for metric in _read(told, _METRICS, list[_Metric]) or []]
    if spec.get("targetCPUUtilizationPercentage") is not None:
        metrics.append(_of_cpu("target", {"type": "Utilization"}, spec["targetCPUUtilizationPercentage"]))
    behavior = _read(told, _BEHAVIOR, _Behavior)
    found: Json = {key: value for key, value in status.items() if key != "currentCPUUtilizationPercentage"}
    measured = _read(told, _MEASURED, list[_Metric])
    if measured is not None:
        found["currentMetrics"] = [_newer(metric, "current") for metric in measured]
    elif status.get("currentCPUUtilizationPercentage") is not None:
        found["currentMetrics"] = [_of_cpu("current", {}, status["currentCPUUtilizationPercentage"])]
    return {
        **obj,
        "apiVersion": HORIZONTALPODAUTOSCALERS.api_version,
        "metadata": _annotated(metadata, {}),
        "spec": {
            **_shared(spec),
            "metrics": metrics or [_of_cpu("target", {"type": "Utilization"}, _CPU)],
            **({"behavior": _small(behavior)} if behavior else {}),
        },
        "status": {**found, **_given(conditions=_read(told, _CONDITIONS, list[dict[str, str]]))},
    }


def _shared(spec: Json) -> Json:
    return {key: spec[key] for key in ("scaleTargetRef", "minReplicas", "maxReplicas") if key in spec}


def _annotated(metadata: Json, texts: Mapping[str, str]) -> Json:
    """Metadata with these of the annotations that travel and no others."""
    own = {key: value for key, value in (metadata.get("annotations") or {}).items() if key not in _TRAVELLING}
    bare = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**bare, "annotations": {**own, **texts}} if own or texts else bare


def _cpu(metric: Json, word: str) -> int | None:
    """The utilization of cpu that a metric tells of."""
    resource = metric.get("resource") or {}
    if metric.get("type") != "Resource" or resource.get("name") != "cpu":
        return None
    utilization: int | None = (resource.get(word) or {}).get("averageUtilization")
    return utilization


def _of_cpu(word: str, amounts: Json, utilization: int) -> Json:
    return {"type": "Resource", "resource": {"name": "cpu", word: {**amounts, "averageUtilization": utilization}}}


def _older(metric: Json, word: str) -> Json:
    """A metric as v1 has it; `word` is target of what is wanted, current of what is found."""
    kind = metric.get("type", "")
    given: Json = metric.get(_KINDS.get(kind, ""), {})
    amounts, named = given.get(word) or {}, given.get("metric") or {}
    least = "0" if word == "current" else None
    value, average = amounts.get("value"), amounts.get("averageValue")
    match kind:
        case "Object":
            told = _given(
                target=given.get("describedObject"), metricName=named.get("name"), selector=named.get("selector"),
                averageValue=average, **{f"{word}Value": value or "0"},
            )  # fmt: skip
        case "Pods":
            told = _given(
                metricName=named.get("name"), selector=named.get("selector"), **{f"{word}AverageValue": average or "0"}
            )
        case "External":
            told = _given(
                metricName=named.get("name"), metricSelector=named.get("selector"),
                **{f"{word}Value": value or least, f"{word}AverageValue": average},
            )  # fmt: skip
        case _:
            told = _given(
                name=given.get("name"), container=given.get("container"),
                **{f"{word}AverageUtilization": amounts.get("averageUtilization")},
                **{f"{word}AverageValue": average or least},
            )  # fmt: skip
    return {"type": kind, _KINDS.get(kind, "resource"): told}


def _newer(metric: Mapping[str, object], word: str) -> Json:
    """A metric of v1 as it is kept."""
    kind = str(metric.get("type", ""))
    field = _KINDS.get(kind, "resource")
    told = metric.get(field)
    given: Json = told if isinstance(told, dict) else {}
    average = given.get("averageValue" if kind == "Object" else f"{word}AverageValue")
    utilization, value = given.get(f"{word}AverageUtilization"), given.get(f"{word}Value")
    if kind == "Object" and word == "target" and average is not None and value == "0":
        value = None  # v1 can't leave it out
    amounts = _given(value=value, averageValue=average, averageUtilization=utilization)
    if word == "target":
        by_value = kind in ("Object", "External") and (value is not None) and (average is None or kind == "External")
        amounts["type"] = "Utilization" if utilization is not None else "Value" if by_value else "AverageValue"
    if kind in ("Resource", "ContainerResource"):
        return {
            "type": kind,
            field: {**_given(name=given.get("name"), container=given.get("container")), word: amounts},
        }
    selector = given.get("metricSelector" if kind == "External" else "selector")
    named = _given(name=given.get("metricName"), selector=selector)
    return {"type": kind, field: {**_given(describedObject=given.get("target")), "metric": named, word: amounts}}


def _capital(behavior: Json) -> _Behavior:
    """Rules of pace under the names that they have in Kubernetes' own code."""
    return {"ScaleUp": _capital_rules(behavior.get("scaleUp")), "ScaleDown": _capital_rules(behavior.get("scaleDown"))}


def _capital_rules(rules: Json | None) -> _Rules | None:
    if rules is None:
        return None
    policies = rules.get("policies")
    return {
        "StabilizationWindowSeconds": rules.get("stabilizationWindowSeconds"),
        "SelectPolicy": rules.get("selectPolicy"),
        "Policies": policies
        and [
            {"Type": one.get("type", ""), "Value": one.get("value", 0), "PeriodSeconds": one.get("periodSeconds", 0)}
            for one in policies
        ],
        "Tolerance": rules.get("tolerance"),
    }


def _small(value: Any) -> Any:
    """The same under the names of the API, without what is not set."""
    if isinstance(value, list):
        return [_small(one) for one in value]
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _small(one) for key, one in value.items() if one is not None}
    return value


def _read(annotations: Mapping[str, str], key: str, shape: type[Told]) -> Told | None:
    if key not in annotations:
        return None
    try:
        return msgspec.json.decode(annotations[key], type=shape)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def _first(values: Any) -> int | None:
    return next((value for value in values if value is not None), None)


def _given(**values: Any) -> Json:
    return {key: value for key, value in values.items() if value is not None}
