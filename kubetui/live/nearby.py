"""What belongs to one object, of that which has been read already: for the object's page. Asks the server nothing."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kubetui.kinds.kind import Kind
from kubetui.live.change import Change
from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.store import Store, uid_of
from kubetui.read import Object
from kubetui.text import natural

T = TypeVar("T", bound=Object)


class Nearby:
    """The neighbours of the object with that uid; wakes its owner when one of those asked for is different.

    `own` are stores that are all about the object, by what they read.
    """

    def __init__(
        self, cluster: Cluster, scope: Scope, uid: str, own: Mapping[type[Object], Store[Any]], wake: Callable[[], None]
    ) -> None:
        self._cluster = cluster
        self._scope = scope
        self._uid = uid
        self._own = own
        self._wake = wake
        self._heard: list[Store[Any]] = []
        self._told: set[str] = set()

    def below(self, kind: Kind[T]) -> list[T]:
        """The objects of that kind that belong to it, sorted by namespace and name."""
        found: list[T] = []
        if kind.struct in self._own:
            store: Store[T] | None = self._own[kind.struct]
            found = list(store or ())
        elif (store := self._cluster.peek(kind, self._scope)) is not None:
            uids = self._cluster.relations.below(self._uid)
            found = [obj for uid in uids if (obj := store.get(uid)) is not None]
        if store is not None and store not in self._heard:
            self._heard.append(store)
            store.listeners.append(self)
        self._told.update(map(uid_of, found))
        return sorted(found, key=lambda obj: (obj.metadata.namespace, natural(obj.metadata.name), uid_of(obj)))

    def changed(self, changes: list[Change]) -> None:
        """Takes what a store tells."""
        above = self._cluster.relations.above
        for change in changes:
            uid = uid_of(change.object)
            if uid in self._told or self._uid in above(uid):
                self._wake()
                return

    def close(self) -> None:
        """Hears no more."""
        for store in self._heard:
            store.listeners.remove(self)
        self._heard.clear()
