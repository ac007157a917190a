"""How long to wait before trying again: jittered, exponential, forgiven after a quiet while (client-go's figures)."""

import random
from collections.abc import Callable

FIRST, CAP, QUIET = 0.8, 30.0, 120.0


class Backoff:
    """Delays of 0.8 s doubling up to 30 s, each drawn from [d, 2d); starts over after two quiet minutes."""

    def __init__(self, clock: Callable[[], float], chance: random.Random | None = None) -> None:
        self._clock = clock
        self._chance = chance or random.Random()
        self._delay = FIRST
        self._last = clock()

    def next(self, *, at_least: float = 0.0) -> float:
        """Seconds to wait now."""
        now = self._clock()
        if now - self._last > QUIET:
            self._delay = FIRST
        self._last = now
        delay, self._delay = self._delay, min(self._delay * 2, CAP)
        return max(self._chance.uniform(delay, delay * 2), at_least)
