"""The disruption controller: how many pods of each budget may be evicted at this moment."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import is_active, is_ready
from kubetui.demo.controllers.rolling import share
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, controller_of, deleting, labels_of, namespace_of, uid_of, with_
from kubetui.demo.resources import PODDISRUPTIONBUDGETS, PODS, REPLICASETS, STATEFULSETS
from kubetui.demo.selectors import object_selector

_SCALED = {"ReplicaSet": REPLICASETS, "StatefulSet": STATEFULSETS}


class DisruptionController(Controller):
    """Reconciles PodDisruptionBudgets."""

    component = "controllermanager"
    resource = PODDISRUPTIONBUDGETS

    def watch(self) -> None:
        self._pods = self.informers.by_namespace(PODS)
        self._budgets = self.informers.by_namespace(PODDISRUPTIONBUDGETS)
        self.registry.subscribe(PODS, self._pod_changed)

    def reconcile(self, key: Key) -> None:
        budget = self.find(key)
        if budget is None or deleting(budget):
            return
        selector = object_selector(budget["spec"].get("selector"))
        pods = [
            pod
            for pod in self._pods.of(key[0])
            if selector is not None and selector.matches(labels_of(pod)) and is_active(pod)
        ]
        if not pods:
            self.event(budget, "NoPods", "No matching pods found")
        expected, desired = self._expected(budget, pods)
        healthy = sum(map(is_ready, pods))
        allowed = max(0, healthy - desired) if expected else 0
        self._report(budget, healthy, desired, expected, allowed)

    def _expected(self, budget: Json, pods: list[Json]) -> tuple[int, int]:
        """How many pods there should be, and how many of them must stay healthy."""
        spec = budget["spec"]
        if "maxUnavailable" in spec:
            expected = self._scale(pods)
            return expected, max(0, expected - share(spec["maxUnavailable"], expected, up=True))
        least = spec.get("minAvailable", 1)
        if isinstance(least, int):
            return len(pods), least
        expected = self._scale(pods)
        return expected, share(least, expected, up=True)

    def _scale(self, pods: list[Json]) -> int:
        """What the controllers of the pods ask for together."""
        owners: dict[str, int] = {}
        for pod in pods:
            reference = controller_of(pod)
            if reference is None:
                owners[uid_of(pod)] = 1
            elif reference["uid"] not in owners:
                resource = _SCALED.get(reference["kind"])
                owner = self.registry.find(resource, namespace_of(pod), reference["name"]) if resource else None
                owners[reference["uid"]] = owner["spec"].get("replicas", 1) if owner is not None else 1
        return sum(owners.values())

    def _report(self, budget: Json, healthy: int, desired: int, expected: int, allowed: int) -> None:
        known = (budget.get("status") or {}).get("conditions") or []
        enough = "True" if allowed else "False"
        reason = "SufficientPods" if allowed else "InsufficientPods"
        old = next((one for one in known if one["type"] == "DisruptionAllowed"), None)
        generation = budget["metadata"]["generation"]
        condition = {
            "type": "DisruptionAllowed",
            "status": enough,
            "observedGeneration": generation,
            "lastTransitionTime": old["lastTransitionTime"] if old and old["status"] == enough else self.clock.stamp(),
            "reason": reason,
            "message": "",
        }
        status = {
            "observedGeneration": generation,
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "conditions": [condition],
        }
        self.registry.update(PODDISRUPTIONBUDGETS, with_(budget, status=status), subresource="status")

    def _pod_changed(self, event: str, pod: Json, old: Json | None) -> None:
        if (
            event == "MODIFIED"
            and old is not None
            and is_ready(old) == is_ready(pod)
            and is_active(old) == is_active(pod)
        ):
            return
        for budget in self._budgets.of(namespace_of(pod)):
            selector = object_selector(budget["spec"].get("selector"))
            if selector is not None and selector.matches(labels_of(pod)):
                self.queue.add(key_of(budget))
