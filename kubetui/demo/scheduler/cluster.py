"""What the scheduler knows of the whole cluster: its nodes, who is on them, and who is to come to them."""

from collections import Counter
from collections.abc import Collection

from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, controller_of, labels_of, name_of, uid_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import NAMESPACES
from kubetui.demo.scheduler.nodes import ZONE, NodeInfo
from kubetui.demo.scheduler.preemption import priority_of
from kubetui.demo.scheduler.terms import ANTI_AFFINITY, has_required
from kubetui.demo.selectors import LabelSelector


class Cluster:
    """Kept current by the scheduler, which hears of each change."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._nodes: dict[str, NodeInfo] = {}
        self._zones: dict[str, Counter[str]] = {}
        self._guarded: dict[str, tuple[Json, NodeInfo]] = {}
        self._nominated: dict[Key, tuple[Json, str]] = {}
        self.order: list[NodeInfo] = []
        """The nodes that exist, in the order in which they came."""

    @property
    def guarded(self) -> Collection[tuple[Json, NodeInfo]]:
        """The pods with required anti-affinity of their own, each with its node."""
        return self._guarded.values()

    def info(self, name: str) -> NodeInfo:
        """The node of that name; pods may be bound to one before it exists."""
        found = self._nodes.get(name)
        if found is None:
            found = self._nodes[name] = NodeInfo(name)
        return found

    def node_came(self, node: Json) -> None:
        """A node is new, or looks different."""
        info = self.info(name_of(node))
        new = info.node is None
        info.describe(node)
        if new:
            self.order.append(info)

    def node_went(self, name: str) -> None:
        """A node is gone."""
        info = self._nodes.get(name)
        if info is not None:
            info.node = None
            self.order = [one for one in self.order if one is not info]

    def account(self, pod: Json, info: NodeInfo, *, present: bool) -> None:
        """A pod is on a node, or no longer."""
        uid = uid_of(pod)
        owner = controller_of(pod)
        self._nominated.pop(key_of(pod), None)
        if present == (uid in info.pods):
            if present:
                info.add(pod)
            return
        if present:
            info.add(pod)
            if has_required(pod, ANTI_AFFINITY):
                self._guarded[uid] = (pod, info)
        else:
            info.remove(pod)
            self._guarded.pop(uid, None)
        if owner is not None:
            zones = self._zones.setdefault(owner["uid"], Counter())
            zones[info.labels.get(ZONE, "")] += 1 if present else -1
            if not +zones:
                del self._zones[owner["uid"]]

    def zones_of(self, pod: Json) -> Counter[str]:
        """How many pods of the pod's controller are in each zone."""
        owner = controller_of(pod)
        return self._zones.get(owner["uid"], Counter()) if owner is not None else Counter()

    def nominate(self, pod: Json, node: str) -> None:
        """Room has been made for the pod on that node: lesser pods must not take it."""
        self._nominated[key_of(pod)] = (pod, node)

    def forget(self, key: Key) -> None:
        """The pod of that key waits no longer."""
        self._nominated.pop(key, None)

    def with_nominated(self, pod: Json, node: NodeInfo) -> NodeInfo:
        """The node as the pod has to see it: with those on it who were promised a place there before it."""
        if not self._nominated:
            return node
        coming = [
            other
            for key, (other, name) in self._nominated.items()
            if name == node.name and key != key_of(pod) and priority_of(other) >= priority_of(pod)
        ]
        return node.trial(joined=coming) if coming else node

    def namespaces(self, selector: LabelSelector) -> frozenset[str]:
        """The namespaces whose labels the selector matches."""
        found = self._registry.list(NAMESPACES)
        return frozenset(name_of(one) for one in found if selector.matches(labels_of(one)))
