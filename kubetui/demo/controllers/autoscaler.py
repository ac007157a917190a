"""The horizontal autoscaler: as many pods as the use of cpu or memory asks for, at the pace that it is given."""

from kubetui.demo.controllers.autoscaler_metrics import Measure, Metrics, Unmeasured, measured
from kubetui.demo.controllers.autoscaler_pace import Past, paced
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.informer import Informers
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, deleting, labels_of, with_
from kubetui.demo.resources import (
    DEPLOYMENTS,
    HORIZONTALPODAUTOSCALERS,
    PODS,
    REPLICASETS,
    REPLICATIONCONTROLLERS,
    STATEFULSETS,
)
from kubetui.demo.selectors import object_selector

PERIOD = 15.0
"""Seconds between looks at the metrics."""

REMEMBERED = 1_800.0
"""Seconds for which changes are remembered: no policy looks back further."""

_TARGETS = {one.kind: one for one in (DEPLOYMENTS, REPLICASETS, STATEFULSETS, REPLICATIONCONTROLLERS)}
_NO_METRICS = "the HPA was unable to compute the replica count"


class AutoscalerController(Controller):
    """Reconciles HorizontalPodAutoscalers."""

    component = "horizontal-pod-autoscaler"
    resource = HORIZONTALPODAUTOSCALERS

    def __init__(self, informers: Informers, metrics: Metrics) -> None:
        super().__init__(informers)
        self._metrics = metrics
        self._pods = informers.by_namespace(PODS)
        self._looked: dict[Key, float] = {}
        self._past: dict[Key, Past] = {}

    def reconcile(self, key: Key) -> None:
        scaler = self.find(key)
        if scaler is None or deleting(scaler):
            self._looked.pop(key, None)
            self._past.pop(key, None)
            return
        now = self.clock.now()
        next_look = self._looked.get(key, -PERIOD) + PERIOD
        if now < next_look:
            self.queue.add_after(key, next_look - now)
            return
        self._looked[key] = now
        self.queue.add_after(key, PERIOD)
        wanted = scaler["spec"]["scaleTargetRef"]
        resource = _TARGETS.get(wanted["kind"])
        target = self.registry.find(resource, key[0], wanted["name"]) if resource is not None else None
        if resource is None or target is None:
            known = resource.key if resource is not None else f"{wanted['kind'].lower()}s"
            why = f'{known} "{wanted["name"]}" not found'
            self.event(scaler, "FailedGetScale", why, warning=True)
            message = f"the HPA controller was unable to get the target's current scale: {why}"
            self._report(scaler, 0, 0, [], {"AbleToScale": ("False", "FailedGetScale", message)})
            return
        self._scale(key, scaler, target)

    def _scale(self, key: Key, scaler: Json, target: Json) -> None:
        spec = scaler["spec"]
        current: int = target["spec"].get("replicas", 1)
        found = ("True", "SucceededGetScale", "the HPA controller was able to get the target's current scale")
        said = {"AbleToScale": found}
        if current == 0:
            why = "scaling is disabled since the replica count of the target is zero"
            self._report(scaler, 0, 0, [], {**said, "ScalingActive": ("False", "ScalingDisabled", why)})
            return
        if current > spec["maxReplicas"]:
            why = "Current number of replicas above Spec.MaxReplicas"
            self._resize(key, scaler, target, spec["maxReplicas"], why, [], said)
            return
        if current < spec.get("minReplicas", 1):
            why = "Current number of replicas below Spec.MinReplicas"
            self._resize(key, scaler, target, spec.get("minReplicas", 1), why, [], said)
            return
        measures = self._measured(scaler, target, said)
        statuses = [one.status for one in measures]
        if not measures:
            self._report(scaler, current, (scaler.get("status") or {}).get("desiredReplicas", 0), statuses, said)
            return
        most = max(measures, key=lambda one: one.replicas)
        pace = paced(spec, self._past.setdefault(key, Past()), current, most.replicas, self.clock.now())
        said["AbleToScale"] = ("True", *pace.able)
        said["ScalingLimited"] = ("True" if pace.limited else "False", *pace.limit)
        why = f"{most.name} above target" if most.replicas > current else "All metrics below target"
        if pace.replicas == current:
            self._report(scaler, current, current, statuses, said)
        else:
            self._resize(key, scaler, target, pace.replicas, why, statuses, said)

    def _measured(self, scaler: Json, target: Json, said: dict[str, tuple[str, str, str]]) -> list[Measure]:
        """What the metrics say; nothing where all are silent, or one is and the others ask for fewer pods."""
        spec = scaler["spec"]
        selector = object_selector(target["spec"]["selector"])
        pods = [
            pod
            for pod in self._pods.of(target["metadata"]["namespace"])
            if selector is not None and selector.matches(labels_of(pod))
        ]
        replicas = target["spec"].get("replicas", 1)
        found: list[Measure] = []
        missing: list[Unmeasured] = []
        wanted = spec.get("metrics") or ()
        for metric in wanted:
            try:
                behavior = spec.get("behavior") or {}
                found.append(measured(metric, pods, replicas, self._metrics, behavior, self.clock.now()))
            except Unmeasured as why:
                self.event(scaler, why.reason, str(why), warning=True)
                missing.append(why)
        most = max((one.replicas for one in found), default=0)
        if missing and (not found or most < replicas):
            first = missing[0]
            said["ScalingActive"] = ("False", first.reason, f"{_NO_METRICS}: {first}")
            text = f"invalid metrics ({len(missing)} invalid out of {len(wanted)}), first error is: {first.whole}"
            self.event(scaler, "FailedComputeMetricsReplicas", text, warning=True)
            return []
        chosen = max(found, key=lambda one: one.replicas).name
        valid = f"the HPA was able to successfully calculate a replica count from {chosen}"
        said["ScalingActive"] = ("True", "ValidMetricFound", valid)
        return found

    def _resize(
        self,
        key: Key,
        scaler: Json,
        target: Json,
        wanted: int,
        why: str,
        statuses: list[Json],
        said: dict[str, tuple[str, str, str]],
    ) -> None:
        current = target["spec"].get("replicas", 1)
        resource, name = _TARGETS[target["kind"]], target["metadata"]["name"]
        self.registry.patch(resource, key[0], name, {"spec": {"replicas": wanted}})
        self.event(scaler, "SuccessfulRescale", f"New size: {wanted}; reason: {why}")
        past = self._past.setdefault(key, Past())
        now = self.clock.now()
        past.changed = [one for one in past.changed if now - one[0] < REMEMBERED]
        past.changed.append((now, wanted - current))
        message = f"the HPA controller was able to update the target scale to {wanted}"
        said = {**said, "AbleToScale": ("True", "SucceededRescale", message)}
        self._report(scaler, current, wanted, statuses, said, scaled=True)

    def _report(
        self,
        scaler: Json,
        current: int,
        wanted: int,
        metrics: list[Json],
        said: dict[str, tuple[str, str, str]],
        *,
        scaled: bool = False,
    ) -> None:
        """Writes the status; conditions of which nothing is said this time stay as they are."""
        old = scaler.get("status") or {}
        known = {one["type"]: one for one in old.get("conditions") or ()}
        for kind, (status, reason, message) in said.items():
            before = known.get(kind)
            same = before is not None and before["status"] == status
            known[kind] = {
                "type": kind,
                "status": status,
                "lastTransitionTime": before["lastTransitionTime"] if before and same else self.clock.stamp(),
                "reason": reason,
                "message": message,
            }
        status_now: Json = {"currentReplicas": current, "desiredReplicas": wanted, "conditions": list(known.values())}
        status_now["currentMetrics"] = metrics or None
        last = self.clock.stamp() if scaled else old.get("lastScaleTime")
        if last:
            status_now["lastScaleTime"] = last
        self.registry.update(HORIZONTALPODAUTOSCALERS, with_(scaler, status=status_now), subresource="status")
