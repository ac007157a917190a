"""The pods there are and what has happened to them: lists ready to be sent, compressed block by block, and events."""

import gzip
import random
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.generator.pods import Pod, encode, pods
from tests.client.proto import MAGIC, envelope, event, field, varint

BLOCK = 500
"""Pods that are compressed together: a change costs one block."""
REMEMBERED = 50_000
"""Events that a watch may begin before."""


class World:
    """Who listens hears each event as the frame of a watch."""

    def __init__(self, count: int) -> None:
        self.pods = pods(count)
        self.version = count + 1
        self.listeners: list[Callable[[bytes], None]] = []
        self.events: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED)
        """With the version that each made."""
        self._chance = random.Random(count)
        self._items = {pod.place: field(2, encode(pod)) for pod in self.pods}
        self._blocks: dict[int, bytes] = {}
        """Compressed, by number; those that are not here are made when a list is asked for."""

    def change(self) -> None:
        """Something happens to some pod."""
        pod = self._chance.choice(self.pods)
        self._set("MODIFIED", replace(pod, restarts=pod.restarts + pod.ready, ready=not pod.ready))

    def create(self, pod: Pod) -> None:
        self._set("ADDED", pod)

    def delete(self, namespace: str, name: str) -> None:
        at = bisect_left(self.pods, (namespace, name), key=lambda pod: pod.place)
        pod = self.pods[at]
        if pod.place == (namespace, name):
            self._set("DELETED", pod)

    def _set(self, what: str, pod: Pod) -> None:
        self.version += 1
        pod = replace(pod, version=self.version)
        at = bisect_left(self.pods, pod.place, key=lambda each: each.place)
        message = encode(pod)
        if what == "MODIFIED":
            self.pods[at] = pod
            self._blocks.pop(at // BLOCK, None)
        else:
            if what == "ADDED":
                insort(self.pods, pod, key=lambda each: each.place)
            else:
                del self.pods[at]
            self._blocks.clear()
        self._items[pod.place] = field(2, message)
        frame = event(what, envelope(message))
        self.events.append((self.version, frame))
        for listener in tuple(self.listeners):
            listener(frame)

    def since(self, version: int) -> Iterator[bytes]:
        """The events after a version."""
        return (frame for at, frame in self.events if at > version)

    def page(self, limit: int, *, compressed: bool) -> tuple[int, Iterator[bytes]]:
        """A list of the first so many, of all if 0: its length in bytes, and its parts."""
        places = [pod.place for pod in (self.pods[:limit] if limit else self.pods)]
        more = field(3, "more") if limit and limit < len(self.pods) else b""
        meta = field(1, field(2, str(self.version)) + more)
        size = sum(len(self._items[place]) for place in places)
        kind = field(1, field(1, "v1") + field(2, "PodList"))
        head = MAGIC + kind + varint(2 << 3 | 2) + varint(len(meta) + size) + meta
        if not compressed:
            return len(head) + size, iter([head, *(self._items[place] for place in places)])
        starts = range(0, len(places), BLOCK)
        parts = [gzip.compress(head, 1), *(self._compressed(start, places[start : start + BLOCK]) for start in starts)]
        return sum(map(len, parts)), iter(parts)

    def _compressed(self, start: int, places: list[tuple[str, str]]) -> bytes:
        whole = len(places) == BLOCK
        if whole and (known := self._blocks.get(start // BLOCK)):
            return known
        made = gzip.compress(b"".join(self._items[place] for place in places), 1)
        if whole:
            self._blocks[start // BLOCK] = made
        return made
