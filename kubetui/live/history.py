"""The log of changes: what happened to the objects that are read, since when they are. Bounded in bytes."""

from collections import deque
from itertools import takewhile
from typing import Any, NamedTuple

import msgspec

from kubetui.kinds.difference import differs
from kubetui.kinds.kind import Kind
from kubetui.live.change import Change
from kubetui.live.store import uid_of
from kubetui.read import Object

MOST = 12_000_000
"""Bytes of memory that the log may keep: some thousand changes of pods."""
PER_BYTE = 3
"""Bytes of memory that an object takes for one of its JSON (measured: 2 to 2.5)."""
_OVERHEAD = 400
"""Bytes of an entry beside its objects."""


class Entry(NamedTuple):
    """One change in the log."""

    number: int
    """Grows by one from entry to entry; never used again."""
    change: Change
    weight: int
    """Bytes."""


class History:
    """A listener of a cluster. Events are not logged, for they are a log; nor is a change of the version alone."""

    def __init__(self, most: int = MOST) -> None:
        self.weight = 0
        """Bytes that are kept."""
        self._most = most
        self._entries: deque[Entry] = deque()
        self._number = 0
        self._read_since: dict[str, float] = {}
        self._forgotten: float = 0.0

    def __len__(self) -> int:
        return len(self._entries)

    def changed(self, changes: list[Change]) -> None:
        """Logs them; the oldest make room."""
        for change in changes:
            if not change.initial:
                if change.kind.resource.kind != "Event" and _is_news(change):
                    self._log(change)
            elif change.old is None:
                self._read_since[change.kind.resource.qualified] = change.at
        while self.weight > self._most and self._entries:
            oldest = self._entries.popleft()
            self.weight -= oldest.weight
            self._forgotten = oldest.change.at

    def of(self, uid: str, after: int = 0) -> list[Entry]:
        """What happened to one object after that number, the oldest first."""
        fresh = takewhile(lambda entry: entry.number > after, reversed(self._entries))
        return [entry for entry in fresh if uid_of(entry.change.object) == uid][::-1]

    def reaches_back_to(self, kind: Kind[Any]) -> float | None:
        """Since when nothing is missing of that kind, in seconds since the epoch; None where it is not read."""
        since = self._read_since.get(kind.resource.qualified)
        return None if since is None else max(since, self._forgotten)

    def _log(self, change: Change) -> None:
        self._number += 1
        weight = _OVERHEAD + (0 if change.old is None else _weight(change.old))
        self._entries.append(Entry(self._number, change, weight))
        self.weight += weight


def _is_news(change: Change) -> bool:
    return change.old is None or change.new is None or differs(change.kind, change.old, change.new)


def _weight(obj: Object) -> int:
    return PER_BYTE * len(msgspec.json.encode(obj))
