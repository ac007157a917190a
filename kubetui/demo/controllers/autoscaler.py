"""The horizontal autoscaler: as many pods as the use of cpu or memory asks for, up at once, down after five minutes."""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Protocol

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.informer import Informers
from kubetui.demo.controllers.pods import is_active, is_ready
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, deleting, labels_of, with_
from kubetui.demo.quantity import number
from kubetui.demo.resources import DEPLOYMENTS, HORIZONTALPODAUTOSCALERS, PODS, REPLICASETS, STATEFULSETS
from kubetui.demo.selectors import object_selector

PERIOD = 15.0
"""Seconds between looks at the metrics."""

TOLERANCE = 0.1
"""By how much use may differ from the target without any change."""

STABILIZATION = 300.0
"""Seconds for which the highest recommendation holds before there are fewer pods."""

_TARGETS = {"Deployment": DEPLOYMENTS, "ReplicaSet": REPLICASETS, "StatefulSet": STATEFULSETS}


class Used(Protocol):
    """What a container uses."""

    @property
    def cores(self) -> float: ...
    @property
    def memory(self) -> int: ...


Metrics = Callable[[Json], Mapping[str, Used]]
"""Tells what each running container of a pod uses; empty where nobody can tell."""


class AutoscalerController(Controller):
    """Reconciles HorizontalPodAutoscalers."""

    component = "horizontal-pod-autoscaler"
    resource = HORIZONTALPODAUTOSCALERS

    def __init__(self, informers: Informers, metrics: Metrics) -> None:
        super().__init__(informers)
        self._metrics = metrics
        self._pods = informers.by_namespace(PODS)
        self._looked: dict[Key, float] = {}
        self._recommended: dict[Key, list[tuple[float, int]]] = {}

    def reconcile(self, key: Key) -> None:
        scaler = self.find(key)
        if scaler is None or deleting(scaler):
            self._looked.pop(key, None)
            self._recommended.pop(key, None)
            return
        now = self.clock.now()
        next_look = self._looked.get(key, -PERIOD) + PERIOD
        if now < next_look:
            self.queue.add_after(key, next_look - now)
            return
        self._looked[key] = now
        self.queue.add_after(key, PERIOD)
        reference = scaler["spec"]["scaleTargetRef"]
        resource = _TARGETS.get(reference["kind"])
        target = self.registry.find(resource, key[0], reference["name"]) if resource is not None else None
        if resource is None or target is None:
            why = f'{reference["kind"].lower()}s.apps "{reference["name"]}" not found'
            message = f"the HPA controller was unable to get the target's current scale: {why}"
            self.event(scaler, "FailedGetScale", why, warning=True)
            self._report(scaler, 0, 0, [], [("AbleToScale", "False", "FailedGetScale", message)])
            return
        self._scale(key, scaler, target)

    def _scale(self, key: Key, scaler: Json, target: Json) -> None:
        spec = scaler["spec"]
        current = target["spec"].get("replicas", 1)
        able = ("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
        if current == 0:
            why = "scaling is disabled since the replica count of the target is zero"
            self._report(scaler, 0, 0, [], [able, ("ScalingActive", "False", "ScalingDisabled", why)])
            return
        measured = [
            found for metric in spec.get("metrics") or () if (found := self._measure(metric, target)) is not None
        ]
        if not measured:
            why = "the HPA was unable to compute the replica count: no metrics returned from resource metrics API"
            self.event(scaler, "FailedComputeMetricsReplicas", why, warning=True)
            inactive = ("ScalingActive", "False", "FailedGetResourceMetric", why)
            self._report(scaler, current, current, [], [able, inactive])
            return
        proposed, name, _ = max(measured, key=lambda one: one[0])
        why = f"{name} above target" if proposed > current else "All metrics below target"
        steady = self._stabilized(key, current, proposed)
        low, high = spec.get("minReplicas", 1), spec["maxReplicas"]
        wanted = max(low, min(high, max(2 * current, 4), steady))
        limit = _limit(steady, low, high)
        if wanted != current:
            self.registry.patch(
                _TARGETS[target["kind"]], key[0], target["metadata"]["name"], {"spec": {"replicas": wanted}}
            )
            self.event(scaler, "SuccessfulRescale", f"New size: {wanted}; reason: {why}")
            message = f"the HPA controller was able to update the target scale to {wanted}"
            able = ("AbleToScale", "True", "SucceededRescale", message)
        elif steady > proposed:
            message = "recent recommendations were higher than current one, applying the highest recent recommendation"
            able = ("AbleToScale", "True", "ScaleDownStabilized", message)
        valid = f"the HPA was able to successfully calculate a replica count from {name}"
        conditions = [able, ("ScalingActive", "True", "ValidMetricFound", valid), limit]
        self._report(
            scaler, current, wanted, [metric for _, _, metric in measured], conditions, scaled=wanted != current
        )

    def _measure(self, metric: Json, target: Json) -> tuple[int, str, Json] | None:
        """How many pods the metric asks for, its name, and its value; None where it can't be measured."""
        if metric.get("type") != "Resource":
            return None
        name, goal = metric["resource"]["name"], metric["resource"]["target"]
        selector = object_selector(target["spec"]["selector"])
        pods = [
            pod
            for pod in self._pods.of(target["metadata"]["namespace"])
            if selector is not None and selector.matches(labels_of(pod)) and is_active(pod) and is_ready(pod)
        ]
        used = asked = 0.0
        for pod in pods:
            for container, usage in self._metrics(pod).items():
                used += usage.cores if name == "cpu" else usage.memory
                asked += _request(pod, container, name)
        if not used:
            return None
        average = used / len(pods)
        value = f"{ceil(average * 1000)}m" if name == "cpu" else str(int(average))
        shown: Json = {"averageValue": value}
        if goal.get("averageUtilization") is not None:
            if not asked:
                return None
            percent = int(used / asked * 100)
            ratio = used / asked * 100 / goal["averageUtilization"]
            shown = {"averageUtilization": percent, **shown}
            text = f"{name} resource utilization (percentage of request)"
        elif goal.get("averageValue") is not None:
            ratio = average / number(goal["averageValue"])
            text = f"{name} resource"
        else:
            return None
        replicas = target["spec"].get("replicas", 1)
        proposed = replicas if abs(ratio - 1) <= TOLERANCE else ceil(ratio * len(pods))
        return proposed, text, {"type": "Resource", "resource": {"name": name, "current": shown}}

    def _stabilized(self, key: Key, current: int, proposed: int) -> int:
        """The highest recommendation of the last five minutes, where there are to be fewer pods."""
        now = self.clock.now()
        recent = [one for one in self._recommended.get(key, [(now, current)]) if now - one[0] < STABILIZATION]
        recent.append((now, proposed))
        self._recommended[key] = recent
        return proposed if proposed >= current else min(current, max(number for _, number in recent))

    def _report(
        self,
        scaler: Json,
        current: int,
        wanted: int,
        metrics: list[Json],
        conditions: list[tuple[str, str, str, str]],
        *,
        scaled: bool = False,
    ) -> None:
        old = scaler.get("status") or {}
        known = {one["type"]: one for one in old.get("conditions") or ()}
        written = []
        for kind, status, reason, message in conditions:
            before = known.get(kind)
            same = before is not None and before["status"] == status
            since = before["lastTransitionTime"] if before is not None and same else self.clock.stamp()
            written.append(
                {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
            )
        status_now: Json = {"currentReplicas": current, "desiredReplicas": wanted, "conditions": written}
        status_now["currentMetrics"] = metrics or None
        last = self.clock.stamp() if scaled else old.get("lastScaleTime")
        if last:
            status_now["lastScaleTime"] = last
        self.registry.update(HORIZONTALPODAUTOSCALERS, with_(scaler, status=status_now), subresource="status")


def _request(pod: Json, container: str, resource: str) -> float:
    for spec in (*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ())):
        if spec["name"] == container:
            requests = (spec.get("resources") or {}).get("requests") or {}
            return number(requests[resource]) if resource in requests else 0.0
    return 0.0


def _limit(wanted: int, low: int, high: int) -> tuple[str, str, str, str]:
    if wanted > high:
        text = "the desired replica count is more than the maximum replica count"
        return "ScalingLimited", "True", "TooManyReplicas", text
    if wanted < low:
        text = "the desired replica count is less than the minimum replica count"
        return "ScalingLimited", "True", "TooFewReplicas", text
    return "ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range"
