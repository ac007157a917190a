"""Events: recorded on an object, counted when they repeat, forgotten after an hour.

The shapes are those of client-go's two recorders: a component that names no action counts in `count`, one that
does (the scheduler) speaks the newer API and sets `eventTime`.
"""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from kubetui.demo.objects import name_of, namespace_of, reference
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import EVENTS

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]
KEPT = 3_600.0
"""Seconds for which an event is kept after it was last seen."""


class Recorder:
    """Writes core/v1 Events through the registry."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._known: dict[tuple[str, ...], str] = {}
        self._order = count()
        """Tells the events of one microsecond apart."""

    def record(
        self,
        regarding: Json,
        reason: str,
        message: str,
        *,
        kind: str,
        component: str,
        action: str,
        host: str,
        field_path: str,
    ) -> Json | None:
        """Bumps the count of an identical event, or creates a new one.

        None where it can't be written, as in a namespace that is being deleted: what happens is never held up by
        what is told of it.
        """
        registry = self._registry
        namespace = namespace_of(regarding) or "default"
        about = reference(regarding, field_path)
        identity = (
            namespace,
            about.get("uid", ""),
            name_of(regarding),
            field_path,
            reason,
            message,
            kind,
            component,
            host,
        )
        known = self._known.get(identity)
        old = registry.find(EVENTS, namespace, known) if known else None
        try:
            if old is not None:
                event = registry.update(EVENTS, self._again(old))
            else:
                event = registry.create(
                    EVENTS, self._first(about, namespace, reason, message, kind, component, action, host)
                )
                self._known[identity] = name_of(event)
        except Refusal:
            return None
        registry.clock.call_later(KEPT, self._expiry(identity, namespace, name_of(event), event))
        return event

    def _first(
        self,
        about: Json,
        namespace: str,
        reason: str,
        message: str,
        kind: str,
        component: str,
        action: str,
        host: str,
    ) -> Json:
        clock = self._registry.clock
        now = clock.now()
        event: Json = {
            "metadata": {
                "name": f"{about['name']}.{int(now * 1e6) * 1000 + next(self._order) % 1000:x}",
                "namespace": namespace,
            },
            "involvedObject": about,
            "reason": reason,
            "message": message,
            "type": kind,
            "reportingComponent": component,
            "reportingInstance": host if not action else f"{component}-{host}" if host else component,
        }
        if action:
            return {
                **event,
                "source": {},
                "action": action,
                "eventTime": clock.micro_stamp(),
                "firstTimestamp": None,
                "lastTimestamp": None,
            }
        source = {"component": component, **({"host": host} if host else {})}
        at = clock.stamp()
        return {**event, "source": source, "eventTime": None, "firstTimestamp": at, "lastTimestamp": at, "count": 1}

    def _again(self, old: Json) -> Json:
        clock = self._registry.clock
        if old.get("action"):
            series = old.get("series") or {"count": 1}
            return {**old, "series": {"count": series["count"] + 1, "lastObservedTime": clock.micro_stamp()}}
        return {**old, "count": old.get("count", 1) + 1, "lastTimestamp": clock.stamp()}

    def _expiry(self, identity: tuple[str, ...], namespace: str, name: str, seen: Json) -> Callable[[], None]:
        version = seen["metadata"]["resourceVersion"]

        def expire() -> None:
            event = self._registry.find(EVENTS, namespace, name)
            if event is None:
                self._known.pop(identity, None)
            elif event["metadata"]["resourceVersion"] == version:
                self._known.pop(identity, None)
                self._registry.delete(EVENTS, namespace, name)

        return expire
