"""How fast an autoscaler follows what the metrics ask for: stabilization windows, and rates of change. Pure.

The rules and the wording are those of horizontal.go: with `spec.behavior` its policies hold, without it five minutes
of stabilization downwards and doubling (or four pods) upwards at each look.
"""

from collections.abc import Callable, Sequence
from math import ceil

import msgspec

from kubetui.demo.objects import Json

DOWN_WINDOW = 300.0
"""Seconds for which the highest recommendation holds before there are fewer pods, where nothing else is said."""

_UP_STABILIZED = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)
_DOWN_STABILIZED = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
_READY = ("ReadyForNewScale", "recommended size matches current size")
_WITHIN = ("DesiredWithinRange", "the desired count is within the acceptable range")
_TOO_FAST_UP = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
_TOO_FAST_DOWN = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")
_TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
_TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")

Told = tuple[str, str]
"""The reason and the message of a condition."""


class Pace(msgspec.Struct, frozen=True):
    """What an autoscaler does now, and what it says of it."""

    replicas: int
    able: Told
    limit: Told
    limited: bool


class Past(msgspec.Struct):
    """What is remembered of one autoscaler: recommendations and changes, each with its time."""

    recommended: list[tuple[float, int]] = msgspec.field(default_factory=list)
    changed: list[tuple[float, int]] = msgspec.field(default_factory=list)
    """By how many pods: negative for fewer."""


def paced(spec: Json, past: Past, current: int, proposed: int, now: float) -> Pace:
    """How many pods there are to be now, where the metrics propose so many. Remembers the proposal."""
    behavior = spec.get("behavior")
    up, down = (behavior or {}).get("scaleUp") or {}, (behavior or {}).get("scaleDown") or {}
    steady = _stabilized(past, current, proposed, now, _window(up, 0.0), _window(down, DOWN_WINDOW))
    able = _READY if steady == proposed else _UP_STABILIZED if proposed >= current else _DOWN_STABILIZED
    low, high = spec.get("minReplicas", 1), spec["maxReplicas"]
    if behavior is None:
        wanted, limit = _between(steady, low, high, max(2 * current, 4), 0)
    else:
        most = _limit(up, past, current, now, _grown, max, min) if steady > current else high
        least = _limit(down, past, current, now, _shrunk, min, max) if steady < current else low
        wanted, limit = _between(steady, low, high, max(most, current), min(least, current))
    return Pace(wanted, able, limit, limited=wanted != steady)


def _window(rules: Json, usual: float) -> float:
    seconds = rules.get("stabilizationWindowSeconds")
    return usual if seconds is None else float(seconds)


def _stabilized(past: Past, current: int, proposed: int, now: float, up: float, down: float) -> int:
    if not past.recommended:
        past.recommended.append((now, current))
    lowest = min([proposed, *(number for at, number in past.recommended if now - at < up)])
    highest = max([proposed, *(number for at, number in past.recommended if now - at < down)])
    past.recommended = [one for one in past.recommended if now - one[0] < max(up, down)]
    past.recommended.append((now, proposed))
    return min(max(current, lowest), highest)


def _between(steady: int, low: int, high: int, fastest: int, slowest: int) -> tuple[int, Told]:
    if steady > min(high, fastest):
        return min(high, fastest), _TOO_FAST_UP if fastest < high else _TOO_MANY
    if steady < max(low, slowest):
        return max(low, slowest), _TOO_FAST_DOWN if slowest > low else _TOO_FEW
    return steady, _WITHIN


def _limit(
    rules: Json,
    past: Past,
    current: int,
    now: float,
    change: Callable[[Json, int], int],
    furthest: Callable[[Sequence[int]], int],
    nearest: Callable[[Sequence[int]], int],
) -> int:
    """How far the policies let it go from here; `Disabled` lets it stay."""
    chosen = rules.get("selectPolicy", "Max")
    policies = rules.get("policies") or ()
    if chosen == "Disabled" or not policies:
        return current
    limits = []
    for policy in policies:
        moved = sum(number for at, number in past.changed if now - at < policy["periodSeconds"])
        limits.append(change(policy, current - moved))
    return nearest(limits) if chosen == "Min" else furthest(limits)


def _grown(policy: Json, before: int) -> int:
    value: int = policy["value"]
    return before + value if policy["type"] == "Pods" else ceil(before * (1 + value / 100))


def _shrunk(policy: Json, before: int) -> int:
    value: int = policy["value"]
    return before - value if policy["type"] == "Pods" else int(before * (1 - value / 100))
