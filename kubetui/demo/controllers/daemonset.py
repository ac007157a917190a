"""The DaemonSet controller: one pod on each node that it fits, bound there by affinity."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import from_template, is_active, is_available, is_finished, is_ready
from kubetui.demo.controllers.revisions import GENERATION, HASH_LABEL, Revisions, hash_of
from kubetui.demo.controllers.rolling import share
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, labels_of, name_of, namespace_of, uid_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import DAEMONSETS, NODES, PODS
from kubetui.demo.scheduler.expressions import fits_node, untolerated

_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
"""What every daemon's pod tolerates: it stays where others are evicted."""


class DaemonSetController(Controller):
    """Reconciles DaemonSets."""

    component = "daemonset-controller"
    resource = DAEMONSETS

    def watch(self) -> None:
        self._pods = self.informers.by_owner(PODS)
        self._revisions = Revisions(self.informers)
        self.watch_owned(PODS)
        self.registry.subscribe(NODES, self._node_changed)

    def reconcile(self, key: Key) -> None:
        found = self.find(key)
        if found is None or deleting(found):
            return
        printed = hash_of(self._revisions.current(found))
        by_node: dict[str, list[Json]] = {}
        for pod in self._pods.of(uid_of(found)):
            by_node.setdefault(_node_of(pod), []).append(pod)
        wanted = {name_of(node) for node in self.registry.list(NODES) if _should_run(found, node)}
        self._manage(found, by_node, wanted, printed)
        self._update(found, by_node, wanted, printed)
        self._report(found, wanted, printed)

    def _manage(self, owner: Json, by_node: dict[str, list[Json]], wanted: set[str], printed: str) -> None:
        for node in sorted(wanted):
            active = [pod for pod in by_node.get(node, ()) if not deleting(pod)]
            for pod in active:
                if is_finished(pod):
                    which = f"{namespace_of(pod)}/{name_of(pod)}"
                    message = f"Found failed daemon pod {which} on node {node}, will try to kill it"
                    self.event(owner, "FailedDaemonPod", message, warning=True)
                    self._delete(owner, pod)
            if not by_node.get(node):
                self._create(owner, node, printed)
        for node, pods in by_node.items():
            if node not in wanted:
                for pod in pods:
                    if not deleting(pod) and self._must_leave(owner, node):
                        self._delete(owner, pod)

    def _must_leave(self, owner: Json, node: str) -> bool:
        found = self.registry.find(NODES, "", node)
        if found is None:
            return True
        spec = _spec(owner)
        return not fits_node(spec, labels_of(found), node) or bool(
            untolerated(spec, found["spec"].get("taints") or (), ("NoExecute",))
        )

    def _update(self, owner: Json, by_node: dict[str, list[Json]], wanted: set[str], printed: str) -> None:
        """Replaces pods of an older template, as many at a time as may be missing, or as may be too many."""
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return
        rolling = strategy.get("rollingUpdate") or {}
        surge = share(rolling.get("maxSurge", 0), len(wanted), up=True)
        live = {node: [pod for pod in by_node.get(node, ()) if is_active(pod)] for node in sorted(wanted)}
        if surge:
            self._surge(owner, live, printed, surge)
        else:
            self._replace(owner, live, printed, share(rolling.get("maxUnavailable", 1), len(wanted), up=True))

    def _replace(self, owner: Json, live: dict[str, list[Json]], printed: str, most: int) -> None:
        """The old pod of a node goes before the new one comes."""
        old: list[Json] = []
        missing = 0
        for pods in live.values():
            if not pods:
                missing += 1
                continue
            available = self._is_available(owner, pods[0])
            if labels_of(pods[0]).get(HASH_LABEL) != printed:
                if available:
                    old.append(pods[0])
                else:
                    self._delete(owner, pods[0])
                    missing += 1
            elif not available:
                missing += 1
        for pod in old[: max(0, most - missing)]:
            self._delete(owner, pod)

    def _surge(self, owner: Json, live: dict[str, list[Json]], printed: str, most: int) -> None:
        """The new pod of a node comes before the old one goes."""
        surging = 0
        candidates: list[str] = []
        for node, pods in live.items():
            new = [pod for pod in pods if labels_of(pod).get(HASH_LABEL) == printed]
            old = [pod for pod in pods if labels_of(pod).get(HASH_LABEL) != printed]
            if new and old:
                if self._is_available(owner, new[0]):
                    for pod in old:
                        self._delete(owner, pod)
                else:
                    surging += 1
            elif old and not self._is_available(owner, old[0]):
                self._create(owner, node, printed)
            elif old:
                candidates.append(node)
        for node in candidates[: max(0, most - surging)]:
            self._create(owner, node, printed)

    def _is_available(self, owner: Json, pod: Json) -> bool:
        return is_available(pod, owner["spec"].get("minReadySeconds", 0), self.clock.now())

    def _create(self, owner: Json, node: str, printed: str) -> None:
        pod = from_template({**owner["spec"]["template"], "spec": _spec(owner)}, owner)
        pod["metadata"]["generateName"] = f"{name_of(owner)}-"
        pod["metadata"]["labels"] = {**labels_of(pod), HASH_LABEL: printed}
        counted = (owner["metadata"].get("annotations") or {}).get(GENERATION)
        if counted:
            pod["metadata"]["labels"]["pod-template-generation"] = counted
        affinity = pod["spec"].get("affinity") or {}
        field = {"key": "metadata.name", "operator": "In", "values": [node]}
        required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
        node_affinity = {
            **(affinity.get("nodeAffinity") or {}),
            "requiredDuringSchedulingIgnoredDuringExecution": required,
        }
        spec = {**pod["spec"], "affinity": {**affinity, "nodeAffinity": node_affinity}}
        try:
            made = self.registry.create(PODS, with_(pod, spec=spec), namespace_of(owner))
        except Refusal as refusal:
            self.event(owner, "FailedCreate", f"Error creating: {refusal}", warning=True)
            raise
        self.event(owner, "SuccessfulCreate", f"Created pod: {name_of(made)}")

    def _delete(self, owner: Json, pod: Json) -> None:
        self.registry.delete(PODS, namespace_of(pod), name_of(pod))
        self.event(owner, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")

    def _report(self, owner: Json, wanted: set[str], printed: str) -> None:
        current = self.find(key_of(owner))
        if current is None or uid_of(current) != uid_of(owner):
            return
        settle = owner["spec"].get("minReadySeconds", 0)
        live: dict[str, Json] = {}
        misplaced = 0
        for pod in self._pods.of(uid_of(owner)):
            if _node_of(pod) not in wanted:
                misplaced += not is_finished(pod)
            elif not deleting(pod):
                live[_node_of(pod)] = pod
        available = sum(is_available(pod, settle, self.clock.now()) for pod in live.values())
        counts = {
            "updatedNumberScheduled": sum(labels_of(pod).get(HASH_LABEL) == printed for pod in live.values()),
            "numberAvailable": available,
            "numberUnavailable": len(wanted) - available,
        }
        status = {
            "currentNumberScheduled": len(live),
            "numberMisscheduled": misplaced,
            "desiredNumberScheduled": len(wanted),
            "numberReady": sum(is_ready(pod) for pod in live.values()),
            "observedGeneration": current["metadata"]["generation"],
            **{name: value for name, value in counts.items() if value},
        }
        self.registry.update(DAEMONSETS, with_(current, status=status), subresource="status")
        if settle and available < len(live):
            self.queue.add_after(key_of(owner), 1.0)
        self._revisions.forget(owner, {printed, *(labels_of(pod).get(HASH_LABEL, "") for pod in live.values())})

    def _node_changed(self, event: str, node: Json, old: Json | None) -> None:
        if (
            event == "MODIFIED"
            and old is not None
            and old["spec"] == node["spec"]
            and labels_of(old) == labels_of(node)
        ):
            return
        for found in self.registry.list(DAEMONSETS):
            self.queue.add(key_of(found))


def _spec(owner: Json) -> Json:
    """The spec of its pods, with the tolerations that every daemon has."""
    spec: Json = owner["spec"]["template"]["spec"]
    more = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]
    if spec.get("hostNetwork"):
        more.append({"key": "node.kubernetes.io/network-unavailable", "operator": "Exists", "effect": "NoSchedule"})
    return {**spec, "tolerations": [*(spec.get("tolerations") or ()), *more]}


def _should_run(owner: Json, node: Json) -> bool:
    spec = _spec(owner)
    taints = node["spec"].get("taints") or ()
    return fits_node(spec, labels_of(node), name_of(node)) and (
        untolerated(spec, taints, ("NoSchedule", "NoExecute")) is None
    )


def _node_of(pod: Json) -> str:
    """The node that a daemon's pod is on, or is meant for."""
    bound: str = pod["spec"].get("nodeName") or ""
    if bound:
        return bound
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            meant: str = field["values"][0]
            return meant
    return ""
