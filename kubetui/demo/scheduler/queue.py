"""The scheduler's queue: pods that can be tried now, the most important first, and pods that fitted nowhere.

Those come back when something has changed that may help, after a backoff, or after five minutes in any case.
"""

import heapq
from collections.abc import Callable
from functools import partial
from itertools import count

from kubetui.demo.clock import Clock
from kubetui.demo.controllers.workqueue import Key

PORTION = 20
"""How many pods are looked at before the loop gets its turn."""

FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 10.0
"""Seconds for which a pod that fits nowhere is left alone after each attempt, doubled each time."""

LOOK_AGAIN = 300.0
"""Seconds after which a pod that fits nowhere is tried again although nothing seems to have changed."""


class PodQueue:
    """Hands the keys of pods to `work`, one by one, on the cluster's clock."""

    def __init__(self, clock: Clock, work: Callable[[Key], None], priority: Callable[[Key], int | None]) -> None:
        """`priority` tells how important a pod is, or None where it no longer waits for a node."""
        self._clock = clock
        self._work = work
        self._priority = priority
        self._active: list[tuple[int, int, Key]] = []
        self._arrivals = count()
        self._queued: set[Key] = set()
        self._parked: dict[Key, float] = {}
        self._attempts: dict[Key, int] = {}
        self._scheduled = False

    def add(self, key: Key) -> None:
        """Try the pod soon."""
        priority = self._priority(key)
        if priority is None or key in self._queued:
            return
        self._queued.add(key)
        self._parked.pop(key, None)
        heapq.heappush(self._active, (-priority, next(self._arrivals), key))
        self._soon()

    def renew(self, key: Key) -> None:
        """The pod is new, or wants something else: what was tried before counts no longer."""
        self._attempts.pop(key, None)
        self.add(key)

    def park(self, key: Key) -> None:
        """The pod fits nowhere for now."""
        attempt = self._attempts.get(key, 0) + 1
        self._attempts[key] = attempt
        self._parked[key] = self._clock.now() + min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (attempt - 1))
        self._clock.call_later(LOOK_AGAIN, partial(self._look_again, key, attempt))

    def forget(self, key: Key) -> None:
        """The pod waits no longer."""
        self._parked.pop(key, None)
        self._attempts.pop(key, None)

    def reconsider(self) -> None:
        """Something changed that may help: pods that fitted nowhere are tried again when their backoff is over."""
        now = self._clock.now()
        for key, ready_at in list(self._parked.items()):
            del self._parked[key]
            self._clock.call_later(max(0.0, ready_at - now), partial(self.add, key))

    def _look_again(self, key: Key, attempt: int) -> None:
        if key in self._parked and self._attempts.get(key) == attempt:
            self.add(key)

    def _soon(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._clock.call_later(0.0, self._run)

    def _run(self) -> None:
        self._scheduled = False
        for _ in range(min(PORTION, len(self._active))):
            _, _, key = heapq.heappop(self._active)
            self._queued.discard(key)
            if self._priority(key) is not None:
                self._work(key)
        if self._active:
            self._soon()
