"""Which pods a ReplicaSet gives up first. Pure; the order of controller.ActivePodsWithRanks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from math import floor, log2

from kubetui.demo.clock import seconds_of
from kubetui.demo.controllers.pods import is_active, is_ready, phase, ready_since, restarts
from kubetui.demo.objects import Json, uid_of

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"

_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def first_to_go(pods: Sequence[Json], related: Iterable[Json], now: float) -> list[Json]:
    """The pods in the order in which they are given up.

    `related` are all pods of the same owner's ReplicaSets: where more of them share a node, one goes earlier there.
    """
    crowd = Counter(pod["spec"].get("nodeName", "") for pod in related if is_active(pod))

    def before(left: Json, right: Json) -> int:
        ours, theirs = _rank(left, crowd), _rank(right, crowd)
        if ours != theirs:
            return -1 if ours < theirs else 1
        if is_ready(left) and (order := _by_age(left, right, ready_since(left), ready_since(right), now)):
            return order
        if restarts(left) != restarts(right):
            return restarts(right) - restarts(left)
        return _by_age(left, right, _created(left), _created(right), now)

    return sorted(pods, key=cmp_to_key(before))


def _rank(pod: Json, crowd: Counter[str]) -> tuple[int, int, int, int, int]:
    node = pod["spec"].get("nodeName", "")
    return bool(node), _PHASES.get(phase(pod), 2), is_ready(pod), _cost(pod), -crowd[node]


def _cost(pod: Json) -> int:
    written = (pod["metadata"].get("annotations") or {}).get(DELETION_COST, "0")
    try:
        return int(written)
    except ValueError:
        return 0


def _created(pod: Json) -> float:
    return seconds_of(pod["metadata"]["creationTimestamp"])


def _by_age(left: Json, right: Json, ours: float, theirs: float, now: float) -> int:
    """The younger first; ages of one order of magnitude (base 2) count as equal, and uids decide."""
    if ours == theirs:
        return 0
    if not ours or not theirs:
        return 1 if ours else -1
    order = _magnitude(now - ours) - _magnitude(now - theirs)
    if order:
        return order
    return -1 if uid_of(left) < uid_of(right) else 1


def _magnitude(age: float) -> int:
    return floor(log2(age * 1e9)) if age > 0 else -1
