"""How long to wait before trying again: jittered, exponential (client-go's figures), forgiven after a success."""

import random

FIRST, CAP = 0.8, 30.0


class Backoff:
    """Delays of 0.8 s doubling up to 30 s, each drawn from [d, 2d)."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()
        self._delay = FIRST

    def next(self, *, at_least: float = 0.0) -> float:
        """Seconds to wait now."""
        delay, self._delay = self._delay, min(self._delay * 2, CAP)
        return max(self._chance.uniform(delay, delay * 2), at_least)

    def forgive(self) -> None:
        """All went well for a while: the next delay is a short one again."""
        self._delay = FIRST
