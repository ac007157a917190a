"""Nodes: what is read of them, kubectl's columns, and how a node is doing. Pure."""

from datetime import datetime

from kubetui.kinds.columns import NONE, address_order, age, age_order, name
from kubetui.kinds.kind import Column, Health, Kind
from kubetui.read import At, Object, Quantity, Read
from kubetui.resource import resource

_UNKNOWN = "<unknown>"
_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE_LABEL = "kubernetes.io/role"


class Taint(Read):
    """core/v1 Taint."""

    key: At[str, 1] = ""
    value: At[str, 2] = ""
    effect: At[str, 3] = ""


class NodeSpec(Read):
    """core/v1 NodeSpec."""

    unschedulable: At[bool, 4] = False
    taints: At[tuple[Taint, ...], 5] = ()


class NodeCondition(Read):
    """core/v1 NodeCondition, without its heartbeat: that changes with nothing to see."""

    type: At[str, 1] = ""
    status: At[str, 2] = ""
    last_transition_time: At[datetime | None, 4] = None
    reason: At[str, 5] = ""


class NodeAddress(Read):
    """core/v1 NodeAddress."""

    type: At[str, 1] = ""
    address: At[str, 2] = ""


class NodeSystemInfo(Read):
    """core/v1 NodeSystemInfo."""

    kernel_version: At[str, 4] = ""
    os_image: At[str, 5] = ""
    container_runtime_version: At[str, 6] = ""
    kubelet_version: At[str, 7] = ""
    architecture: At[str, 10] = ""


class NodeStatus(Read):
    """core/v1 NodeStatus."""

    allocatable: At[dict[str, Quantity], 2] = {}
    conditions: At[tuple[NodeCondition, ...], 4] = ()
    addresses: At[tuple[NodeAddress, ...], 5] = ()
    node_info: At[NodeSystemInfo, 7] = NodeSystemInfo()


class Node(Object):
    """core/v1 Node."""

    spec: At[NodeSpec, 2] = NodeSpec()
    status: At[NodeStatus, 3] = NodeStatus()

    def condition(self, type_: str) -> NodeCondition | None:
        """The condition of that type."""
        return next((condition for condition in self.status.conditions if condition.type == type_), None)


def status(node: Node) -> str:
    """STATUS, by the rules of printNode (pkg/printers/internalversion/printers.go)."""
    kubelet = node.condition("Ready")
    word = "Unknown" if kubelet is None else "Ready" if kubelet.status == "True" else "NotReady"
    return f"{word},SchedulingDisabled" if node.spec.unschedulable else word


def roles(node: Node) -> str:
    """ROLES: what stands behind `node-role.kubernetes.io/` in its labels."""
    labels = node.metadata.labels
    found = {key.removeprefix(_ROLE_PREFIX) for key in labels if key.startswith(_ROLE_PREFIX)}
    found.add(labels.get(_ROLE_LABEL, ""))
    return ",".join(sorted(found - {""})) or NONE


def address(node: Node, type_: str) -> str:
    """The first address of a type: `InternalIP`, `ExternalIP`."""
    return next((each.address for each in node.status.addresses if each.type == type_), NONE)


def kernel(node: Node) -> str:
    """KERNEL-VERSION, with the architecture."""
    info = node.status.node_info
    return (info.kernel_version or _UNKNOWN) + (f" ({info.architecture})" if info.architecture else "")


def health(node: Node) -> Health:
    """How a node is doing: broken where its kubelet is not ready or silent, off where it takes no pods."""
    kubelet = node.condition("Ready")
    if kubelet is None:
        return Health.UNKNOWN
    if kubelet.status != "True":
        return Health.BROKEN
    if node.spec.unschedulable:
        return Health.OFF
    under_pressure = any(each.type != "Ready" and each.status == "True" for each in node.status.conditions)
    return Health.PROGRESS if under_pressure else Health.WELL


NODE: Kind[Node] = Kind(
    Node,
    resource("v1", "nodes", "Node", "no", namespaced=False, subresources=("proxy", "status")),
    columns=(
        Column("NAME", name),
        Column("STATUS", status, tint=health),
        Column("ROLES", roles),
        Column("AGE", age, by=age_order),
        Column("VERSION", lambda node: node.status.node_info.kubelet_version),
        Column(
            "INTERNAL-IP",
            lambda node: address(node, "InternalIP"),
            by=lambda node: address_order(address(node, "InternalIP")),
            wide=True,
        ),
        Column(
            "EXTERNAL-IP",
            lambda node: address(node, "ExternalIP"),
            by=lambda node: address_order(address(node, "ExternalIP")),
            wide=True,
        ),
        Column("OS-IMAGE", lambda node: node.status.node_info.os_image or _UNKNOWN, wide=True),
        Column("KERNEL-VERSION", kernel, wide=True),
        Column(
            "CONTAINER-RUNTIME",
            lambda node: node.status.node_info.container_runtime_version or _UNKNOWN,
            by=lambda node: node.status.node_info.container_runtime_version,
            wide=True,
        ),
    ),
    health=health,
)
