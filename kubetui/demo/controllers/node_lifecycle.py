"""The node lifecycle controller: notices nodes that fell silent, marks them and their pods, and taints them."""

from collections.abc import Iterable, Sequence

from kubetui.demo.conditions import condition, with_condition
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, name_of, with_
from kubetui.demo.resources import LEASES, NODES, PODS

MONITOR_PERIOD = 5.0
"""Seconds between looks at all nodes."""

GRACE_PERIOD = 50.0
"""Seconds of silence after which a node's state is unknown."""

EVICTION_PERIOD = 10.0
"""Seconds between two nodes of one zone that are tainted for eviction."""

SLOW_EVICTION_PERIOD = 100.0
"""The same for a large zone that is mostly down; in a small one nobody is evicted then."""

LARGE_ZONE = 50
"""More nodes than this make a zone a large one."""

LEASE_NAMESPACE = "kube-node-lease"
ZONE = "topology.kubernetes.io/zone"

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"

_PRESSURES = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
}
_OWN_TAINTS = frozenset((NOT_READY, UNREACHABLE, UNSCHEDULABLE, *_PRESSURES.values()))


class NodeLifecycleController(Controller):
    """Reconciles Nodes with what is heard of them."""

    component = "node-controller"
    resource = NODES

    def watch(self) -> None:
        self._heard: dict[str, tuple[str, float]] = {}
        """What was last seen of each node, and when that changed."""
        self._next_eviction: dict[str, float] = {}
        self._all_down = False
        self._pods = self.informers.pods_by_node()
        self.registry.subscribe(NODES, self._came_or_went)
        self.clock.call_later(MONITOR_PERIOD, self._monitor)

    def reconcile(self, key: Key) -> None:
        node = self.find(key)
        if node is None:
            return
        wanted = set(_no_schedule(node))
        taints = [
            taint
            for taint in node["spec"].get("taints") or ()
            if taint["effect"] != "NoSchedule" or taint["key"] not in _OWN_TAINTS or taint["key"] in wanted
        ]
        known = {taint["key"] for taint in taints if taint["effect"] == "NoSchedule"}
        taints += [
            {"key": name, "effect": "NoSchedule", "timeAdded": self.clock.stamp()} for name in sorted(wanted - known)
        ]
        self._set_taints(node, taints)

    def _monitor(self) -> None:
        nodes = self.registry.list(NODES)
        for node in nodes:
            self._listen(node)
        nodes = self.registry.list(NODES)
        unhealthy = [node for node in nodes if _ready(node) != "True"]
        self._note_disruption(nodes, all_down=bool(nodes) and len(unhealthy) == len(nodes))
        if not self._all_down:
            for node in unhealthy:
                self._taint_for_eviction(node, nodes)
        for node in self.registry.list(NODES):
            if _ready(node) == "True":
                self._untaint(node)
        self.clock.call_later(MONITOR_PERIOD, self._monitor)

    def _note_disruption(self, nodes: Iterable[Json], *, all_down: bool) -> None:
        """Where every node seems dead it is rather this controller that hears nothing: nobody is evicted.

        When that begins, those are pardoned who were to be; when it ends, every node gets a new chance to be heard.
        """
        if all_down and not self._all_down:
            for node in nodes:
                self._untaint(node)
        elif self._all_down and not all_down:
            now = self.clock.now()
            self._heard = {name: (sign, now) for name, (sign, _) in self._heard.items()}
        self._all_down = all_down

    def _listen(self, node: Json) -> None:
        name = name_of(node)
        now = self.clock.now()
        sign = self._sign(node)
        heard = self._heard.get(name)
        if heard is None or heard[0] != sign:
            heard = self._heard[name] = (sign, now)
        was = _ready(node)
        if now - heard[1] > GRACE_PERIOD and was != "Unknown":
            node = self._mark_unknown(node)
        if was == "True" and _ready(node) != "True":
            self.event(node, "NodeNotReady", f"Node {name} status is now: NodeNotReady")
        if _ready(node) != "True":
            self._mark_pods(node)

    def _mark_unknown(self, node: Json) -> Json:
        conditions = list((node.get("status") or {}).get("conditions") or ())
        ready = condition(node, "Ready") or {}
        for kind in ("Ready", *_PRESSURES):
            old = condition(node, kind)
            silent = {
                "type": kind,
                "status": "Unknown",
                "lastHeartbeatTime": (old or ready).get("lastHeartbeatTime"),
                "lastTransitionTime": self.clock.stamp(),
                "reason": "NodeStatusUnknown" if old is not None else "NodeStatusNeverUpdated",
                "message": "Kubelet stopped posting node status."
                if old is not None
                else "Kubelet never posted node status.",
            }
            conditions = with_condition(conditions, silent)
        status = {**(node.get("status") or {}), "conditions": conditions}
        return self.registry.update(NODES, with_(node, status=status), subresource="status")

    def _sign(self, node: Json) -> str:
        """What changes with every sign of life: the lease and the last heartbeat."""
        lease = self.registry.find(LEASES, LEASE_NAMESPACE, name_of(node))
        ready = condition(node, "Ready") or {}
        return f"{(lease or {}).get('spec', {}).get('renewTime')} {ready.get('lastHeartbeatTime')}"

    def _mark_pods(self, node: Json) -> None:
        """Endpoints must not send traffic there any more: the node's pods are no longer ready."""
        for pod in self._pods.of(name_of(node)):
            ready = condition(pod, "Ready")
            if ready is None or ready["status"] != "True":
                continue
            changed = {**ready, "status": "False", "lastTransitionTime": self.clock.stamp()}
            conditions = with_condition(pod["status"]["conditions"], changed)
            status = {**pod["status"], "conditions": conditions}
            marked = self.registry.update(PODS, with_(pod, status=status), subresource="status")
            self.event(marked, "NodeNotReady", "Node is not ready", warning=True)

    def _taint_for_eviction(self, node: Json, nodes: Iterable[Json]) -> None:
        name = UNREACHABLE if _ready(node) == "Unknown" else NOT_READY
        taints = node["spec"].get("taints") or []
        if any(taint["key"] == name and taint["effect"] == "NoExecute" for taint in taints):
            return
        zone = (node["metadata"].get("labels") or {}).get(ZONE, "")
        now = self.clock.now()
        own = [one for one in nodes if (one["metadata"].get("labels") or {}).get(ZONE, "") == zone]
        mostly_down = _mostly_down(own)
        if (mostly_down and len(own) <= LARGE_ZONE) or self._next_eviction.get(zone, 0.0) > now:
            return
        self._next_eviction[zone] = now + (SLOW_EVICTION_PERIOD if mostly_down else EVICTION_PERIOD)
        other = NOT_READY if name == UNREACHABLE else UNREACHABLE
        kept = [taint for taint in taints if taint["key"] != other or taint["effect"] != "NoExecute"]
        self._set_taints(node, [*kept, {"key": name, "effect": "NoExecute", "timeAdded": self.clock.stamp()}])

    def _untaint(self, node: Json) -> None:
        taints = node["spec"].get("taints") or []
        kept = [
            taint for taint in taints if taint["effect"] != "NoExecute" or taint["key"] not in (NOT_READY, UNREACHABLE)
        ]
        self._set_taints(node, kept)

    def _set_taints(self, node: Json, taints: list[Json]) -> None:
        if taints == (node["spec"].get("taints") or []):
            return
        spec = {name: value for name, value in node["spec"].items() if name != "taints"}
        self.registry.update(NODES, with_(node, spec={**spec, "taints": taints} if taints else spec))

    def _came_or_went(self, event: str, node: Json, old: Json | None) -> None:
        name = name_of(node)
        if event == "ADDED":
            self.event(node, "RegisteredNode", f"Node {name} event: Registered Node {name} in Controller")
        elif event == "DELETED":
            self._heard.pop(name, None)
            self.event(node, "RemovingNode", f"Node {name} event: Removing Node {name} from Controller")


def _ready(node: Json) -> str:
    found = condition(node, "Ready")
    status: str = found["status"] if found is not None else "Unknown"
    return status


def _no_schedule(node: Json) -> Iterable[str]:
    """The taints that keep new pods away from a node in this state."""
    ready = _ready(node)
    if ready != "True":
        yield UNREACHABLE if ready == "Unknown" else NOT_READY
    if node["spec"].get("unschedulable"):
        yield UNSCHEDULABLE
    for kind, taint in _PRESSURES.items():
        found = condition(node, kind)
        if found is not None and found["status"] == "True":
            yield taint


def _mostly_down(nodes: Sequence[Json]) -> bool:
    """Whether most, but not all, of a zone's nodes are down."""
    down = sum(_ready(node) != "True" for node in nodes)
    return down > 2 and down < len(nodes) and down / len(nodes) >= 0.55
