"""The pod garbage collector: takes away pods whose node no longer exists, and finished ones beyond a number."""

from kubetui.demo.conditions import with_condition
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import is_finished
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, with_
from kubetui.demo.resources import NODES, PODS

PERIOD = 20.0
"""Seconds between looks at all pods."""

QUARANTINE = 40.0
"""Seconds for which a node must be gone before its pods are taken away."""

MOST_FINISHED = 12_500


class PodGarbageCollector(Controller):
    """Looks at all pods from time to time."""

    component = "pod-garbage-collector"
    resource = PODS

    def start(self) -> None:
        self._missing: dict[str, float] = {}
        self.clock.call_later(PERIOD, self._collect)

    def reconcile(self, key: Key) -> None:
        pod = self.find(key)
        if pod is None:
            return
        if not is_finished(pod):
            target = {
                "type": "DisruptionTarget",
                "observedGeneration": pod["metadata"]["generation"],
                "status": "True",
                "lastProbeTime": None,
                "lastTransitionTime": self.clock.stamp(),
                "reason": "DeletionByPodGC",
                "message": "PodGC: node no longer exists",
            }
            status = pod.get("status") or {}
            conditions = with_condition(status.get("conditions") or (), target)
            failed = with_(pod, status={**status, "phase": "Failed", "conditions": conditions})
            self.registry.update(PODS, failed, subresource="status")
        self.registry.delete(PODS, *key, grace=0)

    def _collect(self) -> None:
        now = self.clock.now()
        finished: list[Json] = []
        homeless: dict[str, list[Json]] = {}
        for pod in self.registry.list(PODS):
            node = pod["spec"].get("nodeName")
            if node and self.registry.find(NODES, "", node) is None:
                homeless.setdefault(node, []).append(pod)
            elif is_finished(pod):
                finished.append(pod)
        self._missing = {node: self._missing.get(node, now) for node in homeless}
        for node, since in self._missing.items():
            if now - since >= QUARANTINE:
                for pod in homeless[node]:
                    self.queue.add(key_of(pod))
        finished.sort(key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
        for pod in finished[: max(0, len(finished) - MOST_FINISHED)]:
            self.queue.add(key_of(pod))
        self.clock.call_later(PERIOD, self._collect)
