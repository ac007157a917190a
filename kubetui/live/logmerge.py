"""Lines of several sources put in the order of their stamps, as far as waiting a moment can tell. Pure: time is given.

A source that sends may still send something older than what others sent; one that was quiet for a moment won't.
"""

from bisect import bisect_right
from operator import attrgetter

from kubetui.live.logring import Entry

OPENING = 1.0
"""Seconds that a source just asked is waited for."""
CATCHING_UP, LIVE = 0.5, 0.1
"""Seconds of silence after which a source is taken to have sent what it had: of the past, of now."""
PATIENCE = 2.0
"""Half of the seconds that a line is held back at most."""
MOST = 50_000
"""Lines held back at most."""

_LIVE_SINCE = 5 * 10**9
_FOREVER = 1 << 63
_time = attrgetter("time")


class Merge:
    """Holds lines back until nothing older is to be expected."""

    def __init__(self) -> None:
        self._held: list[Entry] = []
        self._overdue = (0.0, 0)
        """When lines up to which stamp were held back for long enough."""
        self._latest: dict[int, int] = {}
        """Of each open source the latest stamp."""
        self._expected: dict[int, float] = {}
        """Of each open source until when its next line is waited for."""

    def __len__(self) -> int:
        """Lines held back."""
        return len(self._held)

    def open(self, source: int, now: float) -> None:
        """A source was asked for its lines; `now` is in seconds on any one clock."""
        self._latest[source] = 0
        self._expected[source] = now + OPENING

    def close(self, source: int) -> None:
        """A source has no more to say."""
        self._latest.pop(source, None)
        self._expected.pop(source, None)

    def add(self, entry: Entry, now: float, wall: int) -> None:
        """A line came; `wall` is the time of day in nanoseconds since the epoch."""
        if not self._held:
            self._overdue = (now + PATIENCE, entry.time)
        self._held.append(entry)
        if entry.source in self._expected:
            self._latest[entry.source] = entry.time
            self._expected[entry.source] = now + (LIVE if entry.time > wall - _LIVE_SINCE else CATCHING_UP)

    def latest(self, source: int) -> int:
        """The last stamp of an open source; 0 where none came."""
        return self._latest.get(source, 0)

    def take(self, now: float) -> list[Entry]:
        """The lines whose turn has come, in order."""
        if not self._held:
            return []
        self._held.sort(key=_time)
        ready = bisect_right(self._held, self._until(now), key=_time)
        taken, self._held = self._held[:ready], self._held[ready:]
        if self._held and now > self._overdue[0]:
            self._overdue = (now + PATIENCE, self._held[-1].time)
        return taken

    def _until(self, now: float) -> int:
        if len(self._expected) < 2 or len(self._held) > MOST:
            return _FOREVER
        awaited = min((self._latest[source] for source, until in self._expected.items() if now < until), default=None)
        if awaited is None:
            return _FOREVER
        when, overdue = self._overdue
        return max(awaited, overdue) if now > when else awaited
