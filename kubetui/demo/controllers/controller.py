"""What every controller is: callbacks on changes put keys into a queue; `reconcile` works on one key at a time."""

from typing import ClassVar

from kubetui.demo.controllers.informer import Informers
from kubetui.demo.controllers.workqueue import Key, WorkQueue, key_of
from kubetui.demo.objects import Json, controller_of, namespace_of
from kubetui.demo.resources import Resource


class Controller:
    """A controller of the kind `resource`. A subclass says in `watch` what else wakes it, and reconciles."""

    component: ClassVar[str]
    """How it signs its events."""

    resource: ClassVar[Resource]
    """The resource whose objects it reconciles."""

    def __init__(self, informers: Informers) -> None:
        self.informers = informers
        self.registry = informers.registry
        self.clock = informers.clock
        self.queue = WorkQueue(informers.clock, self.reconcile)

    def start(self) -> None:
        """Take up the objects that are there, and from now on each that changes."""
        self.registry.subscribe(self.resource, self._own_changed)
        self.watch()
        for obj in self.registry.list(self.resource):
            self.queue.add(key_of(obj))

    def watch(self) -> None:
        """Subscribe to the other resources whose changes matter."""

    def reconcile(self, key: Key) -> None:
        """Bring the world one step nearer to what the object of that key asks for. Raises Refusal to be retried."""
        raise NotImplementedError

    def watch_owned(self, resource: Resource) -> None:
        """Work on an owner when an object that it controls changes."""
        self.registry.subscribe(resource, self._owned_changed)

    def find(self, key: Key, resource: Resource | None = None) -> Json | None:
        """The object of that key, or None where it is gone."""
        return self.registry.find(resource or self.resource, *key)

    def event(self, regarding: Json, reason: str, message: str, *, warning: bool = False) -> None:
        """Record an event on an object, signed by this controller."""
        self.registry.event(
            regarding, reason, message, type="Warning" if warning else "Normal", component=self.component
        )

    def _own_changed(self, event: str, obj: Json, old: Json | None) -> None:
        self.queue.add(key_of(obj))

    def _owned_changed(self, event: str, obj: Json, old: Json | None) -> None:
        for version in (obj, old):
            reference = controller_of(version) if version is not None else None
            if reference is not None and reference["kind"] == self.resource.kind:
                self.queue.add((namespace_of(obj), reference["name"]))
