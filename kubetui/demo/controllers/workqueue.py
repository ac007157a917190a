"""A controller's queue of work: each key once, in the order of arrival, failures again with backoff.

It runs on the cluster's clock and does its work in small portions, so that the API is served in between.
"""

import logging
from collections.abc import Callable
from functools import partial

from kubetui.demo.clock import Clock, Timer
from kubetui.demo.objects import Json, name_of, namespace_of
from kubetui.demo.refusals import Refusal

Key = tuple[str, str]
"""What a controller's work is named by: namespace and name."""

_LOG = logging.getLogger(__name__)

PORTION = 20
"""How many keys are worked on before the loop gets its turn."""

FIRST_BACKOFF = 0.005
LONGEST_BACKOFF = 1000.0
"""Seconds after which a key that failed is tried again: doubled each time, as client-go's default limiter does."""


def key_of(obj: Json) -> Key:
    """The object's key."""
    return namespace_of(obj), name_of(obj)


class WorkQueue:
    """Keys that wait for `work`; a key that is added while it waits is worked on once."""

    def __init__(self, clock: Clock, work: Callable[[Key], None]) -> None:
        self._clock = clock
        self._work = work
        self._waiting: dict[Key, None] = {}
        self._later: dict[Key, Timer] = {}
        self._failures: dict[Key, int] = {}
        self._scheduled = False

    def add(self, key: Key) -> None:
        """Work on `key` soon."""
        self._waiting[key] = None
        if not self._scheduled:
            self._scheduled = True
            self._clock.call_later(0.0, self._drain)

    def add_after(self, key: Key, seconds: float) -> None:
        """Work on `key` in `seconds`, or earlier where that is already asked for."""
        due = self._clock.now() + max(0.0, seconds)
        known = self._later.get(key)
        if known is not None:
            if known.at <= due:
                return
            known.cancel()
        self._later[key] = self._clock.call_later(seconds, partial(self._ripe, key))

    def _ripe(self, key: Key) -> None:
        self._later.pop(key, None)
        self.add(key)

    def _drain(self) -> None:
        self._scheduled = False
        for _ in range(min(PORTION, len(self._waiting))):
            key = next(iter(self._waiting))
            del self._waiting[key]
            try:
                self._work(key)
            except Refusal:
                self._try_again(key)
            except Exception:
                # One object's fault is that object's alone: it is logged, and the controller goes on with the others.
                _LOG.exception("work on %s/%s failed", *key)
                self._try_again(key)
            else:
                self._failures.pop(key, None)
        if self._waiting and not self._scheduled:
            self._scheduled = True
            self._clock.call_later(0.0, self._drain)

    def _try_again(self, key: Key) -> None:
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(failures, 30)))
