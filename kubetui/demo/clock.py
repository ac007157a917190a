"""Time in the built-in cluster. Nothing else there reads a clock or sleeps, so a run can be sped up or stepped by hand.

Owns the virtual time and the timers set on it; knows nothing of Kubernetes.
"""

import asyncio
import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from math import ceil

FASTEST = 1_000.0
"""Virtual seconds in a second, at most."""
TURN = 0.02
"""Seconds for which timers are called before the event loop serves others: many may fall due at one moment."""


class Timer:
    """A call that is due at a virtual time; `cancel` makes it never happen."""

    __slots__ = ("at", "callback")

    def __init__(self, at: float, callback: Callable[[], None]) -> None:
        self.at = at
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Clock:
    """Virtual time that moves only when `advance` is called: for tests, and for setting a world up at once."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = count()
        self._step = 0.0

    def now(self) -> float:
        """Virtual seconds since 1970."""
        return self._now

    def stamp(self) -> str:
        """Now as `metav1.Time` is written: whole seconds, in UTC."""
        return stamp(self.now())

    def micro_stamp(self) -> str:
        """Now as `metav1.MicroTime` is written."""
        return micro_stamp(self.now())

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Calls `callback` once `seconds` of virtual time have passed; those due at one time in the order set."""
        timer = Timer(self._stepped(self.now() + max(seconds, 0)), callback)
        heapq.heappush(self._timers, (timer.at, next(self._order), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        """Returns once `seconds` of virtual time have passed."""
        over = asyncio.get_running_loop().create_future()
        timer = self.call_later(seconds, lambda: None if over.done() else over.set_result(None))
        try:
            await over
        finally:
            timer.cancel()

    def advance(self, seconds: float, step: float = 0.0) -> None:
        """Lets virtual time pass, calling what falls due on the way, each at its own time.

        With a step, what is set for later meanwhile falls due at a multiple of it: what happens at nearly the same
        time then happens at the same time, which costs less and matters to nobody while nobody looks.
        """
        end = self.now() + seconds
        self._step = step
        try:
            self._run_until(end)
        finally:
            self._step = 0.0
        self._now = max(self._now, end)

    def _stepped(self, at: float) -> float:
        return ceil(at / self._step) * self._step if self._step else at

    def _run_until(self, end: float, enough: Callable[[], bool] = lambda: False) -> None:
        """Calls what is due up to `end`, at least one, until that is `enough`."""
        while self._timers and self._timers[0][0] <= end:
            at, _, timer = heapq.heappop(self._timers)
            if timer.callback is not None:
                self._now = max(self._now, at)
                callback, timer.callback = timer.callback, None
                callback()
                if enough():
                    return


class LiveClock(Clock):
    """Virtual time that follows the event loop's, `scale` times as fast. Needs a running loop."""

    def __init__(self, scale: float = 1.0, start: float | None = None) -> None:
        super().__init__(start)
        self._loop = asyncio.get_running_loop()
        self._scale = scale
        self._since = self._loop.time()
        self._base = self._now
        self._wake: asyncio.TimerHandle | None = None

    @property
    def scale(self) -> float:
        """Virtual seconds in a second; may be changed at any time. Zero stands still."""
        return self._scale

    @scale.setter
    def scale(self, scale: float) -> None:
        if scale < 0:
            raise ValueError("time does not run backwards")
        self._base, self._since = self.now(), self._loop.time()
        self._scale = scale
        self._arm()

    def now(self) -> float:
        return max(self._now, self._base + (self._loop.time() - self._since) * self._scale)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        timer = super().call_later(seconds, callback)
        if self._timers[0][2] is timer:
            self._arm()
        return timer

    def advance(self, seconds: float, step: float = 0.0) -> None:
        """Jumps ahead by `seconds`, calling what falls due on the way."""
        super().advance(seconds, step)
        self._base, self._since = self._now, self._loop.time()
        self._arm()

    def stop(self) -> None:
        """No timer is called any more."""
        self._timers.clear()
        self._arm()

    def _arm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        if self._timers and self._scale:
            # A timer that is a year away is looked at again once a day.
            wait = min(max(self._timers[0][0] - self.now(), 0) / self._scale, 86_400)
            self._wake = self._loop.call_later(wait, self._tick)

    def _tick(self) -> None:
        self._wake = None
        turn_ends = self._loop.time() + TURN
        try:
            # The loop may wake a little early: what is due within a millisecond is due.
            self._run_until(self.now() + 0.001 * self._scale, lambda: self._loop.time() >= turn_ends)
        finally:
            self._arm()


def stamp(at: float) -> str:
    """Epoch seconds as RFC 3339 with whole seconds: 2026-01-31T12:00:00Z."""
    return _whole_stamp(int(at))


@lru_cache(maxsize=1024)
def _whole_stamp(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_stamp(at: float) -> str:
    """Epoch seconds as RFC 3339 with microseconds."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds_of(text: str) -> float:
    """Epoch seconds of an RFC 3339 time. ValueError where it is none."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
