"""Which pods have to go so that a more important one fits. Pure."""

from collections.abc import Sequence

from kubetui.demo.objects import Json, uid_of
from kubetui.demo.scheduler.demand import Demand
from kubetui.demo.scheduler.filters import insufficient
from kubetui.demo.scheduler.nodes import NodeInfo


def priority_of(pod: Json) -> int:
    """The pod's priority."""
    priority: int = pod["spec"].get("priority") or 0
    return priority


def victims_on(pod: Json, demand: Demand, node: NodeInfo) -> list[Json] | None:
    """The pods that must leave the node so that it has room; None where even all lesser ones are not enough.

    As few as possible: the most important ones are kept first, as long as the pod still fits.
    """
    lesser = [other for other, _ in node.pods.values() if priority_of(other) < priority_of(pod)]
    if not lesser:
        return None
    trial = _without(node, lesser)
    if insufficient(demand, trial):
        return None
    victims = []
    for other in sorted(lesser, key=lambda one: (-priority_of(one), (one.get("status") or {}).get("startTime", ""))):
        trial.add(other)
        if insufficient(demand, trial):
            trial.remove(other)
            victims.append(other)
    return victims


def best(candidates: Sequence[tuple[NodeInfo, list[Json]]]) -> tuple[NodeInfo, list[Json]]:
    """The candidate that hurts least: the least important victims, then the least sum of them, then the fewest."""

    def harm(candidate: tuple[NodeInfo, list[Json]]) -> tuple[int, int, int]:
        priorities = [priority_of(victim) for victim in candidate[1]]
        return max(priorities), sum(priorities), len(priorities)

    return min(candidates, key=harm)


def _without(node: NodeInfo, gone: Sequence[Json]) -> NodeInfo:
    trial = NodeInfo(node.name)
    if node.node is not None:
        trial.describe(node.node)
    leaving = {uid_of(pod) for pod in gone}
    for uid, (pod, _) in node.pods.items():
        if uid not in leaving:
            trial.add(pod)
    return trial
