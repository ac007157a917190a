"""Which pods have to go so that a more important one fits. Pure.

The rules are those of the default preemption plugin: pods that a disruption budget protects are kept where that is
possible, then the most important and the longest running.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from kubetui.demo.clock import seconds_of
from kubetui.demo.objects import Json, labels_of, namespace_of, uid_of
from kubetui.demo.scheduler.nodes import NodeInfo
from kubetui.demo.selectors import object_selector


class Sacrifice(msgspec.Struct, frozen=True):
    """The pods that would have to leave a node."""

    node: NodeInfo
    victims: Sequence[Json]
    violations: int
    """How many of them a disruption budget protects."""


def priority_of(pod: Json) -> int:
    """The pod's priority."""
    priority: int = pod["spec"].get("priority") or 0
    return priority


def sacrifice_on(
    pod: Json, node: NodeInfo, fits: Callable[[NodeInfo], bool], budgets: Sequence[Json]
) -> Sacrifice | None:
    """Who must leave the node so that the pod fits; None where it doesn't even if all lesser ones do.

    As few as possible: one after the other is put back as long as the pod still fits.
    """
    lesser = [other for other, _ in node.pods.values() if priority_of(other) < priority_of(pod)]
    if not lesser:
        return None
    trial = node.trial(left=lesser)
    if not fits(trial):
        return None
    lesser.sort(key=_importance)
    protected = _protected(lesser, budgets)
    victims: list[Json] = []
    violations = 0
    for guarded in (True, False):
        for other in lesser:
            if protected[uid_of(other)] is not guarded:
                continue
            trial.add(other)
            if not fits(trial):
                trial.remove(other)
                victims.append(other)
                violations += guarded
    return Sacrifice(node, sorted(victims, key=_importance), violations) if victims else None


def best(candidates: Sequence[Sacrifice]) -> Sacrifice:
    """The one that hurts least.

    First the fewest violations of budgets; then the least important of the most important victims, the least sum of
    priorities, the fewest victims, and victims that have run for the shortest time.
    """

    def harm(candidate: Sacrifice) -> tuple[int, int, int, int, float]:
        priorities = [priority_of(victim) for victim in candidate.victims]
        highest = max(priorities)
        # MaxInt32 + 1 for each, so that many victims of low priority weigh more than few.
        total = sum(priority + 2**31 for priority in priorities)
        begun = min(_started(victim) for victim in candidate.victims if priority_of(victim) == highest)
        return candidate.violations, highest, total, len(priorities), -begun

    return min(candidates, key=harm)


def _importance(pod: Json) -> tuple[int, float]:
    return -priority_of(pod), _started(pod)


def _started(pod: Json) -> float:
    return seconds_of((pod.get("status") or {}).get("startTime") or pod["metadata"]["creationTimestamp"])


def _protected(pods: Sequence[Json], budgets: Sequence[Json]) -> Mapping[str, bool]:
    """Which of the pods, by uid, could go only against a budget, if they went in this order."""
    left = [(one, object_selector(one["spec"].get("selector")), _allowed(one)) for one in budgets]
    allowed = [number for _, _, number in left]
    found: dict[str, bool] = {}
    for pod in pods:
        guarded = False
        for place, (budget, selector, _) in enumerate(left):
            if selector is None or namespace_of(budget) != namespace_of(pod) or not labels_of(pod):
                continue
            if selector and selector.matches(labels_of(pod)):
                allowed[place] -= 1
                guarded = guarded or allowed[place] < 0
        found[uid_of(pod)] = guarded
    return found


def _allowed(budget: Json) -> int:
    number: int = (budget.get("status") or {}).get("disruptionsAllowed", 0)
    return number
