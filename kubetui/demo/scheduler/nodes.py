"""What the scheduler knows of each node: what it can carry, what it carries already."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kubetui.demo.objects import Json, controller_of, labels_of, uid_of
from kubetui.demo.scheduler.demand import Demand, Port, amount, demand_of

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"


class NodeInfo:
    """One node and the pods bound to it. Changed in place as nodes and pods change."""

    __slots__ = (
        "allocatable",
        "images",
        "labels",
        "name",
        "node",
        "owners",
        "pods",
        "ports",
        "room",
        "taints",
        "used",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.node: Json | None = None
        self.allocatable: dict[str, int] = {}
        self.room = 0
        """How many pods the node may have."""
        self.labels: Mapping[str, str] = {}
        self.taints: list[Any] = []
        self.images: frozenset[str] = frozenset()
        self.pods: dict[str, tuple[Json, Demand]] = {}
        """By uid."""
        self.used: dict[str, int] = {}
        self.ports: Counter[Port] = Counter()
        self.owners: Counter[str] = Counter()
        """How many pods of each controller it carries."""

    def describe(self, node: Json) -> None:
        """Take over what the Node object says."""
        allocatable = (node.get("status") or {}).get("allocatable") or {}
        self.node = node
        self.allocatable = {name: amount(name, value) for name, value in allocatable.items()}
        self.room = self.allocatable.get("pods", 0)
        self.labels = labels_of(node)
        self.taints = node["spec"].get("taints") or []
        images = (node.get("status") or {}).get("images") or ()
        self.images = frozenset(name for image in images for name in image.get("names") or ())

    def add(self, pod: Json) -> None:
        """A pod is bound to the node, or looks different now."""
        known = self.pods.get(uid_of(pod))
        if known is not None and known[0]["spec"] is pod["spec"]:
            self.pods[uid_of(pod)] = (pod, known[1])
            return
        if known is not None:
            self.remove(known[0])
        demand = demand_of(pod["spec"])
        self.pods[uid_of(pod)] = (pod, demand)
        for name, value in demand.resources.items():
            self.used[name] = self.used.get(name, 0) + value
        self.ports.update(demand.ports)
        self.owners[_owner(pod)] += 1

    def remove(self, pod: Json) -> None:
        """A pod is gone from the node, or has finished."""
        known = self.pods.pop(uid_of(pod), None)
        if known is None:
            return
        for name, value in known[1].resources.items():
            self.used[name] -= value
        self.ports -= Counter(known[1].ports)
        self.owners[_owner(known[0])] -= 1

    def trial(self, *, left: Iterable[Json] = (), joined: Iterable[Json] = ()) -> "NodeInfo":
        """The node as it would be if these pods left and those joined."""
        made = NodeInfo(self.name)
        if self.node is not None:
            made.describe(self.node)
        gone = {uid_of(pod) for pod in left}
        for uid, (pod, _) in self.pods.items():
            if uid not in gone:
                made.add(pod)
        for pod in joined:
            made.add(pod)
        return made

    def topology(self, key: str) -> str | None:
        """The value of the label that names the node's domain, or None where it is in none."""
        return self.labels.get(key, self.name if key == HOSTNAME else None)


def _owner(pod: Json) -> str:
    reference = controller_of(pod)
    return reference["uid"] if reference is not None else uid_of(pod)


def node_name(pod: Json) -> str:
    """The node that a pod is bound to; empty where it is bound to none."""
    found: str = pod["spec"].get("nodeName") or ""
    return found
