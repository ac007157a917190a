"""Which nodes a pod can be on, and why not on the others, in the words and the order of kube-scheduler. Pure."""

from kubetui.demo.objects import Json
from kubetui.demo.scheduler.demand import Demand
from kubetui.demo.scheduler.expressions import UNSCHEDULABLE_TAINT, fits_node, tolerates, untolerated
from kubetui.demo.scheduler.nodes import NodeInfo
from kubetui.demo.scheduler.topology import AFFINITY, SPREAD_LABEL, Neighbours

CORDONED = "node(s) were unschedulable"
WRONG_NAME = "node(s) didn't match the requested node name"
TAINTED = "node(s) had untolerated taint(s)"
NODE_AFFINITY = "node(s) didn't match Pod's node affinity/selector"
PORTS = "node(s) didn't have free ports for the requested pod ports"
TOO_MANY = "Too many pods"

HOPELESS = frozenset((CORDONED, WRONG_NAME, TAINTED, NODE_AFFINITY, AFFINITY, SPREAD_LABEL))
"""Objections that no preemption can remove."""


def objections(pod: Json, demand: Demand, node: NodeInfo, neighbours: Neighbours | None) -> list[str]:
    """Why the pod can't be on the node: what the first filter that objects says. Empty where it fits."""
    spec = pod["spec"]
    if node.taints or (node.node is not None and node.node["spec"].get("unschedulable")):
        cordon = {"key": UNSCHEDULABLE_TAINT, "effect": "NoSchedule"}
        cordoned = node.node is not None and node.node["spec"].get("unschedulable")
        if cordoned and not tolerates(spec.get("tolerations") or (), cordon):
            return [CORDONED]
        if untolerated(spec, node.taints, ("NoSchedule", "NoExecute")) is not None:
            return [TAINTED]
    if ("nodeSelector" in spec or "affinity" in spec) and not fits_node(spec, node.labels, node.name):
        return [NODE_AFFINITY]
    if demand.ports and _ports_taken(demand, node):
        return [PORTS]
    short = insufficient(demand, node)
    if short:
        return short
    objection = neighbours.objection(node) if neighbours is not None else ""
    return [objection] if objection else []


def insufficient(demand: Demand, node: NodeInfo) -> list[str]:
    """What the node has too little of."""
    short = [TOO_MANY] if len(node.pods) + 1 > node.room else []
    used, allocatable = node.used, node.allocatable
    for name, value in demand.resources.items():
        if value and value > allocatable.get(name, 0) - used.get(name, 0):
            short.append(f"Insufficient {name}")
    return short


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
