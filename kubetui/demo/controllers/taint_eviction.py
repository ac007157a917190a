"""The taint eviction controller: deletes pods from nodes whose NoExecute taints they don't tolerate (any longer)."""

from functools import partial

from kubetui.demo.clock import Timer
from kubetui.demo.conditions import with_condition
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import is_finished
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, name_of, uid_of, with_
from kubetui.demo.resources import NODES, PODS
from kubetui.demo.scheduler.expressions import tolerates


class TaintEvictionController(Controller):
    """Reconciles Nodes: each pod on a tainted one stays as long as it tolerates that, and no longer."""

    component = "taint-eviction-controller"
    resource = NODES

    def watch(self) -> None:
        self._pods = self.informers.pods_by_node()
        self._marked: dict[Key, tuple[float, Timer]] = {}
        self.registry.subscribe(PODS, self._pod_changed)

    def reconcile(self, key: Key) -> None:
        node = self.find(key)
        taints = [one for one in (node["spec"].get("taints") or ()) if one["effect"] == "NoExecute"] if node else []
        for pod in self._pods.of(key[1]):
            self._judge(pod, taints)

    def _judge(self, pod: Json, taints: list[Json]) -> None:
        key = key_of(pod)
        patience = _patience(pod, taints)
        marked = self._marked.get(key)
        if patience is None or is_finished(pod):
            if marked is not None:
                self._cancel(pod)
            return
        if deleting(pod):
            return
        due = self.clock.now() + patience
        if marked is not None:
            if marked[0] <= due:
                return
            marked[1].cancel()
        self._marked[key] = (due, self.clock.call_later(patience, partial(self._evict, key, uid_of(pod))))

    def _cancel(self, pod: Json) -> None:
        _, timer = self._marked.pop(key_of(pod))
        if timer.callback is not None:
            timer.cancel()
            namespace, name = key_of(pod)
            self.event(pod, "TaintManagerEviction", f"Cancelling deletion of Pod {namespace}/{name}")

    def _evict(self, key: Key, uid: str) -> None:
        self._marked.pop(key, None)
        pod = self.find(key, PODS)
        if pod is None or uid_of(pod) != uid or deleting(pod):
            return
        self.event(pod, "TaintManagerEviction", f"Marking for deletion Pod {key[0]}/{key[1]}")
        target = {
            "type": "DisruptionTarget",
            "observedGeneration": pod["metadata"]["generation"],
            "status": "True",
            "lastProbeTime": None,
            "lastTransitionTime": self.clock.stamp(),
            "reason": "DeletionByTaintManager",
            "message": "Taint manager: deleting due to NoExecute taint",
        }
        status = pod.get("status") or {}
        status = {**status, "conditions": with_condition(status.get("conditions") or (), target)}
        self.registry.update(PODS, with_(pod, status=status), subresource="status")
        self.registry.delete(PODS, *key)

    def _pod_changed(self, event: str, pod: Json, old: Json | None) -> None:
        if event == "DELETED":
            marked = self._marked.pop(key_of(pod), None)
            if marked is not None:
                marked[1].cancel()
            return
        node = pod["spec"].get("nodeName")
        if node and (old is None or old["spec"] != pod["spec"]):
            found = self.registry.find(NODES, "", node)
            if found is not None and found["spec"].get("taints"):
                self.queue.add(("", name_of(found)))


def _patience(pod: Json, taints: list[Json]) -> float | None:
    """For how many seconds the pod may stay; None for ever."""
    longest: list[float] = []
    for taint in taints:
        fitting = [one for one in pod["spec"].get("tolerations") or () if tolerates((one,), taint)]
        if not fitting:
            return 0.0
        longest += [float(one["tolerationSeconds"]) for one in fitting if "tolerationSeconds" in one]
    return max(0.0, min(longest)) if longest else None
