"""What the controllers know of the cluster's objects: indexes which the registry's watch keeps current.

The registry calls its subscribers before a write returns, so nothing read here is ever old, and controllers need no
bookkeeping of what they have done but not yet seen.
"""

from collections.abc import Callable, Iterable

from kubetui.demo.clock import Clock
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, controller_of, labels_of, namespace_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PODS, SERVICES, Resource


class Index:
    """The objects of one resource by one or more names each, in the order of their creation."""

    def __init__(self, registry: Registry, resource: Resource, names: Callable[[Json], Iterable[str]]) -> None:
        self._names = names
        self._objects: dict[str, dict[Key, Json]] = {}
        for obj in registry.list(resource):
            self._enter(obj)
        registry.subscribe(resource, self._changed)

    def of(self, name: str) -> list[Json]:
        """The objects that go by `name`."""
        return list(self._objects.get(name, {}).values())

    def count(self, name: str) -> int:
        """How many objects go by `name`."""
        return len(self._objects.get(name, ()))

    def _enter(self, obj: Json) -> None:
        key = key_of(obj)
        for name in self._names(obj):
            self._objects.setdefault(name, {})[key] = obj

    def _leave(self, obj: Json, staying: Iterable[str]) -> None:
        key = key_of(obj)
        for name in self._names(obj):
            if name in staying:
                continue
            found = self._objects.get(name)
            if found is not None:
                found.pop(key, None)
                if not found:
                    del self._objects[name]

    def _changed(self, event: str, obj: Json, old: Json | None) -> None:
        if event == "DELETED":
            self._leave(obj, ())
            if old is not None:
                self._leave(old, ())
            return
        if old is not None:
            self._leave(old, tuple(self._names(obj)))
        self._enter(obj)


def orphans_in(namespace: str) -> str:
    """The name under which an index by owner keeps the objects of a namespace that no controller answers for."""
    return f"orphan/{namespace}"


class Informers:
    """The registry, the clock and the indexes that all controllers share; an index is made when first asked for."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self.registry = registry
        self.clock = clock
        self._indexes: dict[tuple[str, str], Index] = {}

    def by_owner(self, resource: Resource) -> Index:
        """The objects by the uid of the controller that answers for them; the others by `orphans_in`."""
        return self._index(resource, "owner", _owner)

    def by_namespace(self, resource: Resource) -> Index:
        """The objects by their namespace."""
        return self._index(resource, "namespace", lambda obj: (namespace_of(obj),))

    def pods_by_node(self) -> Index:
        """The pods by the node they are bound to; those that are bound to none under the empty name."""
        return self._index(PODS, "node", lambda pod: (pod["spec"].get("nodeName") or "",))

    def by_label(self, resource: Resource) -> Index:
        """The objects by `namespace/label=value`, each by all of its labels."""
        return self._index(resource, "label", _labels)

    def by_selector(self) -> Index:
        """The Services by `namespace/label=value`, each by the first pair of its selector."""
        return self._index(SERVICES, "selector", _selector)

    def _index(self, resource: Resource, kind: str, names: Callable[[Json], Iterable[str]]) -> Index:
        found = self._indexes.get((resource.key, kind))
        if found is None:
            found = self._indexes[resource.key, kind] = Index(self.registry, resource, names)
        return found


def _owner(obj: Json) -> tuple[str, ...]:
    reference = controller_of(obj)
    return (reference["uid"],) if reference is not None else (orphans_in(namespace_of(obj)),)


def _labels(obj: Json) -> tuple[str, ...]:
    return tuple(f"{namespace_of(obj)}/{name}={value}" for name, value in labels_of(obj).items())


def _selector(service: Json) -> tuple[str, ...]:
    wanted = service["spec"].get("selector") or {}
    first = min(wanted, default=None)
    return (f"{namespace_of(service)}/{first}={wanted[first]}",) if first is not None else ()
