"""Events: recorded on an object, counted when they repeat, combined when many are alike.

The shapes are those of client-go's two recorders: a component that names no action counts in `count`, one that
does (the scheduler) speaks the newer API and sets `eventTime`.
"""

from itertools import count
from typing import TYPE_CHECKING, Any

import msgspec

from kubetui.demo.correlation import COMBINED, FINISHED, REFRESH, Correlator, Written
from kubetui.demo.event_lifetime import KEPT
from kubetui.demo.objects import name_of, namespace_of, reference
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import EVENTS

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]
SWEEP = 600.0
"""Seconds between looks at what need not be remembered any more."""

HOST = "kubetui-demo"
"""The machine that the control plane says it runs on."""


class Told(msgspec.Struct, frozen=True):
    """What somebody tells of an object."""

    about: Json
    namespace: str
    reason: str
    message: str
    kind: str
    component: str
    action: str
    host: str

    @property
    def source(self) -> tuple[str, ...]:
        """Who tells, and of what."""
        return self.component, self.host, self.namespace, self.about.get("uid", ""), self.about["name"]

    @property
    def alike(self) -> tuple[str, ...]:
        """All but the message."""
        return *self.source, self.kind, self.reason


class Recorder:
    """Writes core/v1 Events through the registry."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._correlator = Correlator()
        self._known: dict[tuple[str, ...], Written] = {}
        self._swept_at = registry.clock.now()
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

        None where it is not written: because there are too many of its source, or it can't be, as in a namespace that
        is being deleted. What happens is never held up by what is told of it.
        """
        namespace = namespace_of(regarding) or "default"
        about = reference(regarding, field_path)
        told = Told(about, namespace, reason, message, kind, component, action, host)
        self._sweep()
        try:
            return self._in_series(told) if action else self._counted(told)
        except Refusal:
            return None

    def _counted(self, told: Told) -> Json | None:
        now = self._registry.clock.now()
        key = (*told.alike, told.message, told.about.get("fieldPath", ""))
        if self._correlator.combined(told.alike, told.message, now):
            told = msgspec.structs.replace(told, message=f"{COMBINED}{told.message}")
            key = told.alike
        known = self._known.get(key)
        if known is not None:
            known.count += 1
            known.last_seen = now
        if not self._correlator.may_write(told.source, now):
            return None
        old = self._registry.find(EVENTS, told.namespace, known.name) if known is not None else None
        if known is None or old is None:
            return self._create(key, told)
        stamp = self._registry.clock.stamp()
        return self._rewrite(known, {**old, "count": known.count, "lastTimestamp": stamp, "message": told.message})

    def _in_series(self, told: Told) -> Json | None:
        """The newer recorder: an equal event begins a series, which is written now and then."""
        clock = self._registry.clock
        now = clock.now()
        key = (*told.alike, told.action, told.about.get("resourceVersion", ""))
        known = self._known.get(key)
        if known is None or now - known.last_seen > FINISHED:
            return self._create(key, told)
        known.count += 1
        known.last_seen = now
        if known.count > 2 and now - known.last_written < REFRESH:
            return None
        old = self._registry.find(EVENTS, told.namespace, known.name)
        if old is None:
            return self._create(key, told)
        return self._rewrite(known, {**old, "series": {"count": known.count, "lastObservedTime": clock.micro_stamp()}})

    def _create(self, key: tuple[str, ...], told: Told) -> Json:
        now = self._registry.clock.now()
        event = self._registry.create(EVENTS, self._first(told))
        self._known[key] = Written(name_of(event), last_seen=now, last_written=now)
        return event

    def _rewrite(self, known: Written, event: Json) -> Json:
        known.last_written = self._registry.clock.now()
        return self._registry.update(EVENTS, event)

    def _first(self, told: Told) -> Json:
        clock = self._registry.clock
        name = f"{told.about['name']}.{int(clock.now() * 1e6) * 1000 + next(self._order) % 1000:x}"
        event: Json = {
            "metadata": {"name": name, "namespace": told.namespace},
            "involvedObject": told.about,
            "reason": told.reason,
            "message": told.message,
            "type": told.kind,
            "reportingComponent": told.component,
            "reportingInstance": f"{told.component}-{HOST}" if told.action else told.host,
        }
        if told.action:
            at = clock.micro_stamp()
            return {
                **event,
                "source": {},
                "action": told.action,
                "eventTime": at,
                "firstTimestamp": None,
                "lastTimestamp": None,
            }
        source = {"component": told.component, **({"host": told.host} if told.host else {})}
        stamp = clock.stamp()
        times = {"eventTime": None, "firstTimestamp": stamp, "lastTimestamp": stamp}
        return {**event, "source": source, **times, "count": 1}

    def _sweep(self) -> None:
        """Forgets what was last seen too long ago to be continued."""
        now = self._registry.clock.now()
        if now - self._swept_at < SWEEP:
            return
        self._swept_at = now
        self._correlator.forget(now)
        for key in [key for key, known in self._known.items() if now - known.last_written > KEPT]:
            del self._known[key]
