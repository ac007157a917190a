"""What a server says there is, on its way into a store: the pages of a list, or the first events of a watch."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from kubetui.live.store import Store, uid_of
from kubetui.read import Object

T = TypeVar("T", bound=Object)

SLICE = 0.006
"""Seconds of decoding between which the event loop is let go, so that a key is answered."""
TURNS = 10
"""Turns of the loop for which it is let go: a key goes through as many hands, from the terminal to what it paints."""


class Snapshot(Generic[T]):
    """Objects of the first one are in the store as they come; a later one replaces what is there in one step."""

    def __init__(self, store: Store[T], namespace: str, wall: Callable[[], float], *, first: bool) -> None:
        """An empty namespace means all."""
        self._store = store
        self._namespace = namespace
        self._wall = wall
        self._first = first
        self._told: dict[str, T] = {}
        self._let_go = time.perf_counter()

    async def take(self, objects: Sequence[T]) -> None:
        """Some more objects."""
        self._told.update((uid_of(each), each) for each in objects)
        if self._first:
            self._store.put(objects, self._wall(), initial=True)
        if time.perf_counter() - self._let_go > SLICE:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            self._let_go = time.perf_counter()

    def drop(self, last: T) -> None:
        """An object that was told before is gone meanwhile."""
        self._told.pop(uid_of(last), None)
        self._store.drop((last,), self._wall())

    def complete(self) -> None:
        """That was all: whatever else the store has is gone."""
        now = self._wall()
        self._store.retain(self._told.keys(), now, self._namespace)
        if not self._first:
            self._store.put(self._told.values(), now)
