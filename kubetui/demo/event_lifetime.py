"""Events live for an hour after they were last written, whoever wrote them, as the API server's TTL has it.

In a cluster that never rests the oldest go earlier, since they would fill the memory.
"""

from collections import deque
from typing import TYPE_CHECKING, Any

from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.resources import EVENTS

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]

KEPT = 3_600.0
"""Seconds."""
MOST = 20_000
"""How many are kept; each takes about 2.7 KB here, and as much again in each client that watches them."""


class EventLifetime:
    """Deletes the events of a registry when their time is over."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._written: deque[tuple[float, Json]] = deque()
        self._waiting = False
        registry.subscribe(EVENTS, self._changed)

    def _changed(self, change: str, event: Json, old: Json | None) -> None:
        if change != "DELETED":
            self._written.append((self._registry.clock.now() + KEPT, event))
            self._wait()
            if len(self._written) > MOST:
                self._registry.clock.call_later(0.0, self._shed)

    def _wait(self) -> None:
        if not self._waiting and self._written:
            self._waiting = True
            self._registry.clock.call_later(self._written[0][0] - self._registry.clock.now(), self._expire)

    def _expire(self) -> None:
        self._waiting = False
        now = self._registry.clock.now()
        while self._written and self._written[0][0] <= now:
            self._drop_oldest()
        self._wait()

    def _shed(self) -> None:
        while len(self._written) > MOST:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, event = self._written.popleft()
        namespace, name = namespace_of(event), name_of(event)
        if self._registry.find(EVENTS, namespace, name) is event:
            self._registry.delete(EVENTS, namespace, name)
