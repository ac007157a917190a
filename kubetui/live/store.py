"""The objects of one kind as the server last told them, and who wants to hear of changes."""

from collections.abc import Container, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from kubetui.kinds.kind import Kind
from kubetui.live.change import Change
from kubetui.live.state import State
from kubetui.read import Object

T = TypeVar("T", bound=Object)


class Listener(Protocol):
    """Hears of each change right away; must be quick and must not await."""

    def changed(self, changes: list[Change]) -> None: ...


class StateListener(Protocol):
    """Hears when a store's state changes."""

    def state_changed(self, store: "Store[Any]") -> None: ...


class Store(Generic[T]):
    """Objects by uid. A name that comes back with another uid is a deletion and an addition."""

    def __init__(self, kind: Kind[T]) -> None:
        self.kind = kind
        self.state = State()
        self.narrowed: tuple[str, ...] = ()
        """The namespaces it is made of, where all of them may not be read."""
        self.listeners: list[Listener] = []
        self.state_listeners: list[StateListener] = []
        self._objects: dict[str, T] = {}
        self._uids: dict[tuple[str, str], str] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[T]:
        return iter(self._objects.values())

    def get(self, uid: str) -> T | None:
        return self._objects.get(uid)

    def named(self, namespace: str, name: str) -> T | None:
        """The object of that name, if there is one now."""
        return self._objects.get(self._uids.get((namespace, name), ""))

    def put(self, objects: Iterable[T], at: float, *, initial: bool = False) -> None:
        """Takes objects as they are now; those with a version already known are no change."""
        changes: list[Change] = []
        for new in objects:
            meta = new.metadata
            uid, name = uid_of(new), (meta.namespace, meta.name)
            known = self._uids.get(name)
            if known is not None and known != uid:
                changes.append(Change(self.kind, self._objects.pop(known), None, at))
            old = self._objects.get(uid)
            if old is not None and old.metadata.resource_version == meta.resource_version != "":
                continue
            self._objects[uid] = new
            self._uids[name] = uid
            changes.append(Change(self.kind, old, new, at, initial))
        self._tell(changes)

    def drop(self, objects: Iterable[T], at: float, *, initial: bool = False) -> None:
        """Takes objects away, told in their last state; those already gone are no change."""
        changes: list[Change] = []
        for last in objects:
            meta = last.metadata
            uid = uid_of(last)
            if self._objects.pop(uid, None) is None:
                continue
            if self._uids.get((meta.namespace, meta.name)) == uid:
                del self._uids[meta.namespace, meta.name]
            changes.append(Change(self.kind, last, None, at, initial))
        self._tell(changes)

    def forget(self, namespace: str, at: float) -> None:
        """Takes away what may not be read any more: it would never change again. That is no news of the objects."""
        self.drop([each for each in self if each.metadata.namespace == namespace], at, initial=True)

    def retain(self, uids: Container[str], at: float, namespace: str = "") -> None:
        """After a list: whatever of that namespace (of all, if empty) it did not name is gone."""
        gone = [
            last
            for uid, last in self._objects.items()
            if uid not in uids and (not namespace or last.metadata.namespace == namespace)
        ]
        self.drop(gone, at)

    def become(self, state: State) -> None:
        """Tells a change of state."""
        if state != self.state:
            self.state = state
            for listener in tuple(self.state_listeners):
                listener.state_changed(self)

    def _tell(self, changes: list[Change]) -> None:
        if changes:
            for listener in tuple(self.listeners):
                listener.changed(changes)


def uid_of(obj: Object) -> str:
    """The uid, or the name of what has none (rows of a virtual resource)."""
    meta = obj.metadata
    return meta.uid or f"{meta.namespace}/{meta.name}"
