"""How good a node is for a pod, among those it can be on: kube-scheduler's plugins and their weights. Pure."""

from collections import Counter
from collections.abc import Sequence

from kubetui.demo.objects import Json, controller_of
from kubetui.demo.scheduler import terms
from kubetui.demo.scheduler.cluster import Cluster
from kubetui.demo.scheduler.demand import Demand
from kubetui.demo.scheduler.expressions import term_matches, tolerates
from kubetui.demo.scheduler.nodes import ZONE, NodeInfo
from kubetui.demo.scheduler.topology import counts, spreads

MOST = 100.0
"""What each plugin gives to its best node."""

SMALLEST_CPU, SMALLEST_MEMORY = 100, 200 * 1024 * 1024
"""What a container counts for in scoring that asks for nothing."""


def scores(
    pod: Json, demand: Demand, nodes: Sequence[NodeInfo], cluster: Cluster, owners_by_zone: Counter[str]
) -> list[float]:
    """A score for each node. `owners_by_zone` counts the pods of the same controller in each zone."""
    reference = controller_of(pod)
    owner = reference["uid"] if reference is not None else ""
    totals = [_resources(demand, node) for node in nodes]
    _add(totals, 3, [_untolerated(pod, node) for node in nodes], reverse=True)
    preferred = ((pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}).get(_PREFERRED) or ()
    if preferred:
        _add(totals, 2, [_node_affinity(preferred, node) for node in nodes])
    if "topologySpreadConstraints" in pod["spec"]:
        for rule in spreads(pod, cluster.order, "ScheduleAnyway"):
            domains = [node.topology(rule.key) for node in nodes]
            most = max(rule.counts.values(), default=0)
            found = [float(most + 1 if one is None else rule.counts.get(one, 0)) for one in domains]
            _add(totals, 2, found, reverse=True)
    elif owner:
        spread = [node.owners[owner] + owners_by_zone[node.labels.get(ZONE, "")] for node in nodes]
        _add(totals, 2, [float(count) for count in spread], reverse=True)
    if "affinity" in pod["spec"]:
        _add(totals, 2, _pod_affinity(pod, nodes, cluster))
    return totals


_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _resources(demand: Demand, node: NodeInfo) -> float:
    """Least allocated plus balanced allocation, each from 0 to 100."""
    cpu = node.allocatable.get("cpu", 0) or 1
    memory = node.allocatable.get("memory", 0) or 1
    cpu_share = min(1.0, (node.used.get("cpu", 0) + (demand.resources.get("cpu") or SMALLEST_CPU)) / cpu)
    memory_used = node.used.get("memory", 0) + (demand.resources.get("memory") or SMALLEST_MEMORY)
    memory_share = min(1.0, memory_used / memory)
    crowd = len(node.pods) / (node.room or 1)
    least = MOST * (2 - cpu_share - memory_share) / 2
    return least + MOST * (1 - abs(cpu_share - memory_share) / 2) - crowd


def _untolerated(pod: Json, node: NodeInfo) -> float:
    tolerations = pod["spec"].get("tolerations") or ()
    return float(
        sum(taint["effect"] == "PreferNoSchedule" and not tolerates(tolerations, taint) for taint in node.taints)
    )


def _node_affinity(preferred: Sequence[Json], node: NodeInfo) -> float:
    return float(sum(one["weight"] for one in preferred if term_matches(one["preference"], node.labels, node.name)))


def _pod_affinity(pod: Json, nodes: Sequence[NodeInfo], cluster: Cluster) -> list[float]:
    """The weights of preferred terms by the pods in each node's domain, those of anti-affinity against it."""
    totals = [0.0] * len(nodes)
    for kind, sign in ((terms.AFFINITY, 1), (terms.ANTI_AFFINITY, -1)):
        for term in terms.preferred(pod, kind, cluster.namespaces):
            found = counts(term, cluster.order)
            for place, node in enumerate(nodes):
                totals[place] += sign * term.weight * found[node.topology(term.key) or ""]
    return totals


def _add(totals: list[float], weight: int, raw: Sequence[float], *, reverse: bool = False) -> None:
    """Adds raw values, stretched to 0 … 100; where all are alike they don't matter."""
    low, high = min(raw), max(raw)
    if low == high:
        return
    for place, value in enumerate(raw):
        share = (value - low) / (high - low)
        totals[place] += weight * MOST * (1 - share if reverse else share)
