"""The objects of the cluster, one counter of versions, and the past that watches may go back to.

Objects are immutable: a write puts a new one in the place of the old. Nothing is copied on reading, so whoever reads
must not change what it gets. Knows no rule of any kind.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from kubetui.demo.resources import EVENTS, NEW_EVENTS, Resource

Json = dict[str, Any]
Watcher = Callable[["Change"], None]

HISTORY = 4_096
"""Changes of one resource that watches can go back to."""


class Change:
    """One write: ADDED, MODIFIED or DELETED, at a version. `lines` keeps encodings, made once for all watches."""

    __slots__ = ("lines", "new", "old", "type", "version")

    def __init__(self, type: str, new: Json, old: Json | None, version: int) -> None:  # noqa: A002
        self.type = type
        self.new = new
        """The object after the write; of a deletion its last state, at the version of the deletion."""
        self.old = old
        self.version = version
        self.lines: dict[object, bytes] = {}


class Shelf:
    """The objects of one resource, in the order of their keys (`namespace/name`)."""

    __slots__ = ("changes", "compacted", "keys", "mourners", "objects", "watchers")

    def __init__(self, version: int) -> None:
        self.objects: dict[str, Json] = {}
        self.keys: list[str] = []
        self.changes: deque[Change] = deque()
        self.compacted = version
        """Changes up to this version are no longer known."""
        self.watchers: dict[object, Watcher] = {}
        self.mourners: dict[object, Callable[[], None]] = {}
        """Whom to tell when the resource is no longer served, by the token of their subscription."""


class Storage:
    """Objects by resource, namespace and name."""

    def __init__(self) -> None:
        self.version = 1
        """The resourceVersion of the latest write."""
        self._shelves: dict[str, Shelf] = {}
        self._untold: deque[tuple[Shelf, Change]] = deque()
        self._telling = False
        self._compacted = 0

    def get(self, resource: Resource, namespace: str, name: str) -> Json | None:
        return self._shelf(resource).objects.get(_key(resource, namespace, name))

    def count(self, resource: Resource) -> int:
        return len(self._shelf(resource).keys)

    def walk(self, resource: Resource, namespace: str = "", after: str = "") -> Iterator[tuple[str, Json]]:
        """Keys and objects of one namespace (or of all) in key order, beginning behind the key `after`."""
        shelf = self._shelf(resource)
        prefix = f"{namespace}/" if namespace and resource.namespaced else ""
        start = bisect_left(shelf.keys, max(prefix, after))
        for key in shelf.keys[start:]:
            if not key.startswith(prefix):
                return
            if key != after:
                yield key, shelf.objects[key]

    def walk_at(
        self, resource: Resource, version: int, namespace: str = "", after: str = ""
    ) -> list[tuple[str, Json]] | None:
        """What `walk` gave when `version` was the latest; None where that is no longer known."""
        later = self.since(resource, version)
        if later is None:
            return None
        now = self.walk(resource, namespace, after)
        if not later:
            return list(now)
        then: dict[str, Json | None] = {}
        for change in reversed(later):
            metadata = change.new["metadata"]
            key = _key(resource, metadata.get("namespace", ""), metadata["name"])
            then[key] = change.old if change.type != "ADDED" else None
        prefix = f"{namespace}/" if namespace and resource.namespaced else ""
        found = {key: obj for key, obj in now if key not in then}
        found |= {key: obj for key, obj in then.items() if obj and key.startswith(prefix) and key > after}
        return sorted(found.items())

    def put(self, resource: Resource, obj: Json) -> Json:
        """Stores an object under its metadata, at the next version. Returns it with that version set."""
        shelf = self._shelf(resource)
        metadata = obj["metadata"]
        key = _key(resource, metadata.get("namespace", ""), metadata["name"])
        old = shelf.objects.get(key)
        new = self._next(obj)
        if old is None:
            insort(shelf.keys, key)
        shelf.objects[key] = new
        self._tell(shelf, Change("ADDED" if old is None else "MODIFIED", new, old, self.version))
        return new

    def remove(self, resource: Resource, obj: Json) -> Json:
        """Takes an object out; `obj` is its last state. Returns it at the version of the deletion."""
        shelf = self._shelf(resource)
        metadata = obj["metadata"]
        key = _key(resource, metadata.get("namespace", ""), metadata["name"])
        old = shelf.objects.pop(key)
        del shelf.keys[bisect_left(shelf.keys, key)]
        gone = self._next(obj)
        self._tell(shelf, Change("DELETED", gone, old, self.version))
        return gone

    def subscribe(
        self, resource: Resource, watcher: Watcher, forgotten: Callable[[], None] = lambda: None
    ) -> Callable[[], None]:
        """Tells `watcher` each change from now on, in order, at once, and `forgotten` when the resource is dropped.

        The returned call ends that.
        """
        shelf = self._shelf(resource)
        token = object()
        shelf.watchers[token] = watcher
        shelf.mourners[token] = forgotten

        def end() -> None:
            shelf.watchers.pop(token, None)
            shelf.mourners.pop(token, None)

        return end

    def since(self, resource: Resource, version: int) -> list[Change] | None:
        """The changes after `version`, oldest first; None where they are no longer all known."""
        shelf = self._shelf(resource)
        if version < shelf.compacted:
            return None
        found = []
        for change in reversed(shelf.changes):
            if change.version <= version:
                break
            found.append(change)
        found.reverse()
        return found

    def compact(self) -> None:
        """Forgets every change up to now, as etcd's compaction does: older watches get 410."""
        self._compacted = self.version
        for shelf in self._shelves.values():
            shelf.changes.clear()
            shelf.compacted = self.version

    def forget(self, resource: Resource) -> None:
        """Drops a resource that is no longer served, and tells those who watch it."""
        shelf = self._shelves.pop(resource.key, None)
        for tell in tuple(shelf.mourners.values()) if shelf is not None else ():
            tell()

    def _shelf(self, resource: Resource) -> Shelf:
        if resource is NEW_EVENTS:
            resource = EVENTS
        shelf = self._shelves.get(resource.key)
        if shelf is None:
            shelf = self._shelves[resource.key] = Shelf(self._compacted)
        return shelf

    def _next(self, obj: Json) -> Json:
        self.version += 1
        return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.version)}}

    def _tell(self, shelf: Shelf, change: Change) -> None:
        shelf.changes.append(change)
        if len(shelf.changes) > HISTORY:
            shelf.compacted = shelf.changes.popleft().version
        # A watcher that writes must not overtake: others hear of this change before they hear of its.
        self._untold.append((shelf, change))
        if self._telling:
            return
        self._telling = True
        try:
            while self._untold:
                told, change = self._untold.popleft()
                for watcher in list(told.watchers.values()):
                    watcher(change)
        finally:
            self._telling = False


def _key(resource: Resource, namespace: str, name: str) -> str:
    return f"{namespace}/{name}" if resource.namespaced else name
