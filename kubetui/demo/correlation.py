"""What a recorder makes of one more event: a new one, one more of the same, one of many alike, or nothing at all.

Two recorders are known, those of client-go: the older one (tools/record) combines events that differ in their message
alone, and lets only so many on one object through; the newer one (tools/events) makes a series of equal ones.
"""

from collections.abc import Hashable

import msgspec

MOST_ALIKE = 10
"""Events that differ in their message alone: from this one on they are combined."""

WINDOW = 600.0
"""Seconds after which events are no longer alike, where none came in between."""

COMBINED = "(combined from similar events): "

BURST = 25
"""Events of one source on one object that are written at once."""

REFILL = 300.0
"""Seconds until one more may be written."""

REFRESH, FINISHED = 1_800.0, 360.0
"""Seconds after which a series is written again, and after which it is over."""


class Written(msgspec.Struct):
    """An event that has been written, and how often it has happened since."""

    name: str
    count: int = 1
    last_seen: float = 0.0
    last_written: float = 0.0


class _Alike(msgspec.Struct):
    messages: set[str]
    last_seen: float


class _Budget(msgspec.Struct):
    left: float
    since: float


class Correlator:
    """The older recorder's bookkeeping."""

    def __init__(self) -> None:
        self._alike: dict[Hashable, _Alike] = {}
        self._budgets: dict[Hashable, _Budget] = {}

    def combined(self, kind: Hashable, message: str, now: float) -> bool:
        """Whether an event of that kind, all but its message, is now one of many alike."""
        known = self._alike.get(kind)
        if known is None or now - known.last_seen > WINDOW:
            known = self._alike[kind] = _Alike(set(), now)
        known.last_seen = now
        known.messages.add(message)
        if len(known.messages) < MOST_ALIKE:
            return False
        known.messages.discard(next(iter(known.messages - {message}), message))
        return True

    def may_write(self, source: Hashable, now: float) -> bool:
        """Whether that source may write one more event on its object, which counts as written then."""
        budget = self._budgets.get(source)
        if budget is None:
            budget = self._budgets[source] = _Budget(BURST, now)
        budget.left = min(BURST, budget.left + (now - budget.since) / REFILL)
        budget.since = now
        if budget.left < 1:
            return False
        budget.left -= 1
        return True

    def forget(self, before: float) -> None:
        """Drops what has not been asked for since then and would be as new."""
        for kind in [kind for kind, alike in self._alike.items() if alike.last_seen < before - WINDOW]:
            del self._alike[kind]
        full = BURST * REFILL
        for source in [source for source, budget in self._budgets.items() if budget.since < before - full]:
            del self._budgets[source]
