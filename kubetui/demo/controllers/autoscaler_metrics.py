"""What a metric of an autoscaler measures, and how many pods it asks for (replica_calculator.go). Pure."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Protocol

import msgspec

from kubetui.demo.clock import seconds_of
from kubetui.demo.conditions import condition
from kubetui.demo.controllers.pods import phase
from kubetui.demo.objects import Json, deleting, name_of
from kubetui.demo.quantity import number

TOLERANCE = 0.1
"""By how much use may differ from the target without any change, where nothing else is said."""

INITIAL = 300.0
"""Seconds from a pod's start in which its use of cpu counts only while it is ready."""

NEVER_READY = 30.0
"""Seconds after its start in which a pod that is not ready counts as never having been."""

_ELSEWHERE = {
    "Pods": ("FailedGetPodsMetric", "pods", "metric value", "custom"),
    "Object": ("FailedGetObjectMetric", "object", "metric value", "custom"),
    "External": ("FailedGetExternalMetric", "external", "metric value", "external"),
}


class Used(Protocol):
    """What a container uses."""

    @property
    def cores(self) -> float: ...
    @property
    def memory(self) -> int: ...


Metrics = Callable[[Json], Mapping[str, Used]]
"""Tells what each running container of a pod uses; empty where nobody can tell."""


class Unmeasured(Exception):
    """The metric can't be had. `reason` is that of its event, `whole` the sentence with what was asked for."""

    def __init__(self, reason: str, message: str, whole: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.whole = whole


class Measure(msgspec.Struct, frozen=True):
    """How many pods a metric asks for, what it is called, and its status."""

    replicas: int
    name: str
    status: Json


class _Sample(msgspec.Struct, frozen=True):
    used: float
    asked: float


def measured(
    metric: Json, pods: Sequence[Json], replicas: int, metrics: Metrics, behavior: Json, now: float
) -> Measure:
    """What a metric says of the pods. Unmeasured where it says nothing."""
    kind = metric["type"]
    if kind in _ELSEWHERE:
        raise _unknown(metric)
    field = kind[0].lower() + kind[1:]
    wanted = metric[field]
    name, target, only = wanted["name"], wanted["target"], wanted.get("container", "")
    try:
        return _resource(kind, field, name, target, only, pods, replicas, metrics, behavior, now)
    except LookupError as why:
        what = "utilization" if target.get("averageUtilization") is not None else "usage"
        message = f"failed to get {name} {what}: {why.args[0]}"
        whole = (
            f"failed to get {only} container metric value" if only else f"failed to get {name} resource metric value"
        )
        reason = "FailedGetContainerResourceMetric" if only else "FailedGetResourceMetric"
        raise Unmeasured(reason, message, f"{whole}: {message}") from None


def _resource(
    kind: str,
    field: str,
    name: str,
    target: Json,
    only: str,
    pods: Sequence[Json],
    replicas: int,
    metrics: Metrics,
    behavior: Json,
    now: float,
) -> Measure:
    ready: list[_Sample] = []
    unready: list[_Sample] = []
    for pod in pods:
        if deleting(pod) or phase(pod) in ("Failed", "Succeeded"):
            continue
        sample = _sample(pod, name, only, metrics(pod), asking="averageUtilization" in target)
        settled = phase(pod) != "Pending" and (name != "cpu" or _counts(pod, now))
        (ready if settled else unready).append(sample)
    if not pods:
        raise LookupError("no pods returned by selector while calculating replica count")
    if not ready:
        raise LookupError("did not receive metrics for targeted pods (pods might be unready)")
    goal = _goal(target)
    average = sum(one.used for one in ready) / len(ready)
    shown: Json = {"averageValue": f"{ceil(average * 1000)}m" if name == "cpu" else str(int(average))}
    if target.get("averageUtilization") is not None:
        shown = {"averageUtilization": int(100 * _ratio(ready)), **shown}
    ratio = _against(ready, target, goal)
    proposed = replicas
    if unready and ratio > 1:
        # Pods that are not ready yet will take some of the load: they count as if they used nothing.
        with_all = _against([*ready, *(_Sample(0.0, one.asked) for one in unready)], target, goal)
        if with_all > 1 and not _tolerated(with_all, behavior):
            proposed = max(replicas, ceil(with_all * (len(ready) + len(unready))))
    elif not _tolerated(ratio, behavior):
        proposed = ceil(ratio * len(ready))
    called = f"{name} resource"
    if target.get("averageUtilization") is not None:
        called = f"{name} {'container ' if only else ''}resource utilization (percentage of request)"
    status: Json = {"name": name, "current": shown}
    return Measure(proposed, called, {"type": kind, field: {**status, "container": only} if only else status})


def _sample(pod: Json, name: str, only: str, used: Mapping[str, Used], *, asking: bool) -> _Sample:
    asked = 0.0
    containers = [*pod["spec"]["containers"], *_sidecars(pod)]
    for spec in containers:
        if only in ("", spec["name"]) and asking:
            requests = (spec.get("resources") or {}).get("requests") or {}
            if name not in requests:
                raise LookupError(f"missing request for {name} in container {spec['name']} of Pod {name_of(pod)}")
            asked += number(requests[name])
    total = sum(
        one.cores if name == "cpu" else one.memory for container, one in used.items() if only in ("", container)
    )
    return _Sample(total, asked)


def _sidecars(pod: Json) -> list[Json]:
    return [one for one in pod["spec"].get("initContainers") or () if one.get("restartPolicy") == "Always"]


def _counts(pod: Json, now: float) -> bool:
    """Whether the pod's use of cpu means anything yet."""
    ready = condition(pod, "Ready")
    started = (pod.get("status") or {}).get("startTime")
    if ready is None or not started:
        return False
    since = seconds_of(started)
    if since + INITIAL > now:
        return bool(ready["status"] == "True")
    return ready["status"] == "True" or since + NEVER_READY <= seconds_of(ready["lastTransitionTime"])


def _goal(target: Json) -> float:
    percent = target.get("averageUtilization")
    return percent / 100 if percent is not None else number(target["averageValue"])


def _ratio(samples: Sequence[_Sample]) -> float:
    asked = sum(one.asked for one in samples)
    return sum(one.used for one in samples) / asked if asked else 0.0


def _against(samples: Sequence[_Sample], target: Json, goal: float) -> float:
    if target.get("averageUtilization") is not None:
        return _ratio(samples) / goal
    return sum(one.used for one in samples) / len(samples) / goal


def _tolerated(ratio: float, behavior: Json) -> bool:
    rules = behavior.get("scaleUp" if ratio > 1 else "scaleDown") or {}
    most = number(rules["tolerance"]) if rules.get("tolerance") is not None else TOLERANCE
    return abs(ratio - 1) <= most


def _unknown(metric: Json) -> Unmeasured:
    reason, field, what, group = _ELSEWHERE[metric["type"]]
    name = metric[field]["metric"]["name"]
    missing = f"no {group} metrics API ({group}.metrics.k8s.io) registered"
    message = f"unable to get metric {name}: unable to fetch metrics from {group} metrics API: {missing}"
    called = f"{name} external" if metric["type"] == "External" else field
    return Unmeasured(reason, message, f"failed to get {called} {what}: {message}")
