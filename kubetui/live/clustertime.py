"""What time it is for the cluster, as its answers tell: an object is as old as the cluster takes it for.

A clock beside ours may be off, and that of the built-in cluster may run fast. All times are seconds since the epoch.
"""

from collections.abc import Callable
from typing import NamedTuple

SMALL = 2.0
"""Seconds by which two clocks may differ before that counts: a Date has no fractions, and was on its way."""
PROMPT = 1.0
"""Seconds that an answer may take whose Date is believed."""
ALIKE = 0.3
"""By how much two measures of the cluster's pace may differ and still be one: a step of a clock is none."""


class _Told(NamedTuple):
    at: float
    """Our time."""
    time: float
    """The cluster's at that moment."""


class ClusterTime:
    """The cluster's time of day: ours, where the two hardly differ or the cluster never told."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._told: _Told | None = None
        self._pace = 1.0
        """The cluster's seconds in one of ours."""
        self._measured = 1.0
        """Its pace between the last two answers; it is believed when it is seen twice."""

    def now(self) -> float:
        """The cluster's time of day."""
        here, told = self._wall(), self._told
        if told is None or (abs(told.time - told.at) < SMALL and self._pace == 1.0):
            return here
        return told.time + (here - told.at) * self._pace

    def hear(self, date: float, asked: float) -> None:
        """Takes what an answer said of the time, to a question that was sent at `asked`, our time."""
        came, before = self._wall(), self._told
        if not 0 <= came - asked <= PROMPT:
            return
        told = self._told = _Told((asked + came) / 2, date + 0.5)
        if before is None or told.at <= before.at:
            self._pace = self._measured = 1.0
            return
        passed, there = told.at - before.at, told.time - before.time
        measured = there / passed if there - passed > SMALL else 1.0
        self._pace = measured if abs(measured / self._measured - 1) < ALIKE else 1.0
        self._measured = measured
