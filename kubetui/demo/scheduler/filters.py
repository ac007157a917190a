"""Which nodes a pod can be on, and why not on the others, in the words and the order of kube-scheduler. Pure."""

from collections.abc import Sequence

import msgspec

from kubetui.demo.objects import Json
from kubetui.demo.scheduler.demand import Demand
from kubetui.demo.scheduler.expressions import UNSCHEDULABLE_TAINT, fits_node, tolerates, untolerated
from kubetui.demo.scheduler.nodes import NodeInfo
from kubetui.demo.scheduler.topology import AFFINITY, SPREAD_LABEL, Neighbours

CORDONED = "node(s) were unschedulable"
TAINTED = "node(s) had untolerated taint(s)"
NODE_AFFINITY = "node(s) didn't match Pod's node affinity/selector"
PORTS = "node(s) didn't have free ports for the requested pod ports"
TOO_MANY = "Too many pods"


class Objection(msgspec.Struct, frozen=True):
    """Why a pod can't be on a node."""

    reasons: Sequence[str]
    final: bool = False
    """Whether it stands even if all other pods left the node."""


_CORDONED = Objection((CORDONED,), final=True)
_TAINTED = Objection((TAINTED,), final=True)
_NODE_AFFINITY = Objection((NODE_AFFINITY,), final=True)
_PORTS = Objection((PORTS,))


def objection(pod: Json, demand: Demand, node: NodeInfo, neighbours: Neighbours | None) -> Objection | None:
    """What the first filter that objects to the pod on that node says; None where it fits."""
    spec = pod["spec"]
    if node.taints or (node.node is not None and node.node["spec"].get("unschedulable")):
        cordon = {"key": UNSCHEDULABLE_TAINT, "effect": "NoSchedule"}
        cordoned = node.node is not None and node.node["spec"].get("unschedulable")
        if cordoned and not tolerates(spec.get("tolerations") or (), cordon):
            return _CORDONED
        if untolerated(spec, node.taints, ("NoSchedule", "NoExecute")) is not None:
            return _TAINTED
    if ("nodeSelector" in spec or "affinity" in spec) and not fits_node(spec, node.labels, node.name):
        return _NODE_AFFINITY
    if demand.ports and _ports_taken(demand, node):
        return _PORTS
    short = _insufficient(demand, node)
    if short is not None:
        return short
    told = neighbours.objection(node) if neighbours is not None else ""
    return Objection((told,), final=told in (AFFINITY, SPREAD_LABEL)) if told else None


def _insufficient(demand: Demand, node: NodeInfo) -> Objection | None:
    short = [TOO_MANY] if len(node.pods) + 1 > node.room else []
    final = False
    used, allocatable = node.used, node.allocatable
    for name, value in demand.resources.items():
        whole = allocatable.get(name, 0)
        if value and value > whole - used.get(name, 0):
            short.append(f"Insufficient {name}")
            final = final or value > whole
    return Objection(short, final) if short else None


def _ports_taken(demand: Demand, node: NodeInfo) -> bool:
    for address, protocol, port in demand.ports:
        for (other, used_protocol, used_port), taken in node.ports.items():
            if (
                taken
                and (used_protocol, used_port) == (protocol, port)
                and (address == other or "0.0.0.0" in (address, other))
            ):
                return True
    return False
