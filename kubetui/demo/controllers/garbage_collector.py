"""The garbage collector: what nobody owns any more goes, in the background, in the foreground, or not at all."""

from collections.abc import Iterable
from functools import partial

from kubetui.demo.controllers.informer import Informers
from kubetui.demo.controllers.workqueue import Key, WorkQueue
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, uid_of, with_metadata
from kubetui.demo.resources import BUILT_IN, EVENTS, Resource

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"


class GarbageCollector:
    """Follows the owner references of all resources but events."""

    def __init__(self, informers: Informers) -> None:
        self.registry = informers.registry
        self.queue = WorkQueue(informers.clock, self._reconcile)
        self._resources: dict[str, Resource] = {}
        self._living: dict[str, Key] = {}
        """Where each object is, by uid: its resource, and its namespace and name with a slash between."""
        self._dependents: dict[str, dict[Key, None]] = {}
        """What depends on an owner, by the owner's uid."""

    def start(self) -> None:
        """Follow every built-in resource."""
        for resource in BUILT_IN:
            if resource is not EVENTS:
                self.follow(resource)

    def follow(self, resource: Resource) -> None:
        """Follow one more resource: a custom one."""
        self._resources[resource.key] = resource
        self.registry.subscribe(resource, partial(self._changed, resource))
        for obj in self.registry.list(resource):
            self._changed(resource, "ADDED", obj, None)

    def _changed(self, resource: Resource, event: str, obj: Json, old: Json | None) -> None:
        key = (resource.key, f"{namespace_of(obj)}/{name_of(obj)}")
        uid = uid_of(obj)
        before = _owners(old) if old is not None else ()
        owners = _owners(obj) if event != "DELETED" else ()
        for owner in before:
            if owner not in owners:
                self._dependents.get(owner, {}).pop(key, None)
        for owner in owners:
            self._dependents.setdefault(owner, {})[key] = None
        if event == "DELETED":
            self._living.pop(uid, None)
            for dependent in self._dependents.pop(uid, ()):
                self.queue.add(dependent)
            for owner in before:
                # An owner that waits for its dependents may go now.
                if owner in self._living:
                    self.queue.add(self._living[owner])
            return
        if event == "ADDED":
            self._living[uid] = key
        if (owners and owners != before) or deleting(obj):
            self.queue.add(key)

    def _reconcile(self, key: Key) -> None:
        resource = self._resources[key[0]]
        namespace, _, name = key[1].partition("/")
        obj = self.registry.find(resource, namespace, name)
        if obj is None:
            return
        finalizers = obj["metadata"].get("finalizers") or ()
        if deleting(obj) and ORPHAN in finalizers:
            self._orphan(resource, obj)
        elif deleting(obj) and FOREGROUND in finalizers:
            self._delete_dependents_first(resource, obj)
        elif _owners(obj):
            self._judge(resource, obj)

    def _judge(self, resource: Resource, obj: Json) -> None:
        """Deletes an object whose owners are all gone; takes off references to those that are, where others live."""
        references = obj["metadata"].get("ownerReferences") or ()
        solid = [one for one in references if one["uid"] in self._living]
        if solid:
            waiting = [one for one in solid if self._waits_for_dependents(one["uid"])]
            if len(waiting) == len(solid) and not deleting(obj):
                self._delete(resource, obj, "Foreground" if self._dependents.get(uid_of(obj)) else "Background")
            elif len(solid) < len(references):
                self.registry.update(resource, with_metadata(obj, ownerReferences=solid))
        elif not deleting(obj):
            self._delete(resource, obj, "Background")

    def _delete(self, resource: Resource, obj: Json, propagation: str) -> None:
        self.registry.delete(resource, namespace_of(obj), name_of(obj), uid=uid_of(obj), propagation=propagation)

    def _waits_for_dependents(self, uid: str) -> bool:
        owner = self._find(self._living[uid])
        return owner is not None and deleting(owner) and FOREGROUND in (owner["metadata"].get("finalizers") or ())

    def _delete_dependents_first(self, resource: Resource, owner: Json) -> None:
        blocked = False
        for key in list(self._dependents.get(uid_of(owner), ())):
            dependent = self._find(key)
            if dependent is None:
                continue
            blocked = blocked or _blocks(dependent, uid_of(owner))
            if not deleting(dependent):
                self._judge(self._resources[key[0]], dependent)
        if not blocked or not self._blocking(owner):
            self._take_off(resource, owner, FOREGROUND)

    def _blocking(self, owner: Json) -> bool:
        found = (self._find(key) for key in self._dependents.get(uid_of(owner), ()))
        return any(one is not None and _blocks(one, uid_of(owner)) for one in found)

    def _orphan(self, resource: Resource, owner: Json) -> None:
        for key in list(self._dependents.get(uid_of(owner), ())):
            dependent = self._find(key)
            if dependent is not None:
                kept = [one for one in dependent["metadata"]["ownerReferences"] if one["uid"] != uid_of(owner)]
                self.registry.update(self._resources[key[0]], with_metadata(dependent, ownerReferences=kept or None))
        self._take_off(resource, owner, ORPHAN)

    def _take_off(self, resource: Resource, obj: Json, finalizer: str) -> None:
        current = self.registry.find(resource, namespace_of(obj), name_of(obj))
        if current is not None:
            kept = [one for one in current["metadata"].get("finalizers") or () if one != finalizer]
            self.registry.update(resource, with_metadata(current, finalizers=kept or None))

    def _find(self, key: Key) -> Json | None:
        namespace, _, name = key[1].partition("/")
        return self.registry.find(self._resources[key[0]], namespace, name)


def _owners(obj: Json) -> tuple[str, ...]:
    return tuple(one["uid"] for one in obj["metadata"].get("ownerReferences") or ())


def _blocks(dependent: Json, owner: str) -> bool:
    references: Iterable[Json] = dependent["metadata"].get("ownerReferences") or ()
    return any(one["uid"] == owner and one.get("blockOwnerDeletion") for one in references)
