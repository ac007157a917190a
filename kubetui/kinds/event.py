"""Events: what is read of them, kubectl's columns, and what they are about. Pure.

Events come in two dresses: the old one counts (`count`, `firstTimestamp`, `lastTimestamp`), the new one, of the
scheduler among others, has an `eventTime` and, once it repeats, a `series`.
"""

from datetime import datetime

from kubetui.kinds.columns import name
from kubetui.kinds.kind import Column, Health, Kind, Link, reference
from kubetui.read import At, Object, Read
from kubetui.resource import resource
from kubetui.text import Aged

_BLANKS = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_BLANKS += "\u2028\u2029\u202f\u205f\u3000"
"""What Go's strings.TrimSpace takes away; Python's strip takes more."""


class InvolvedObject(Read):
    """core/v1 ObjectReference."""

    kind: At[str, 1] = ""
    namespace: At[str, 2] = ""
    name: At[str, 3] = ""
    uid: At[str, 4] = ""
    field_path: At[str, 7] = ""


class EventSource(Read):
    """core/v1 EventSource."""

    component: At[str, 1] = ""
    host: At[str, 2] = ""


class EventSeries(Read):
    """core/v1 EventSeries."""

    count: At[int, 1] = 0
    last_observed_time: At[datetime | None, 2] = None


class Event(Object):
    """core/v1 Event; the server sends null for a time that is not set."""

    involved_object: At[InvolvedObject, 2] = InvolvedObject()
    reason: At[str, 3] = ""
    message: At[str, 4] = ""
    source: At[EventSource, 5] = EventSource()
    first_timestamp: At[datetime | None, 6] = None
    last_timestamp: At[datetime | None, 7] = None
    count: At[int, 8] = 0
    type: At[str, 9] = ""
    event_time: At[datetime | None, 10] = None
    series: At[EventSeries | None, 11] = None
    reporting_component: At[str, 14] = ""
    reporting_instance: At[str, 15] = ""

    @property
    def component(self) -> str:
        """Who tells it: `kubelet`, `default-scheduler`."""
        return self.source.component or self.reporting_component

    @property
    def first_seen(self) -> datetime | None:
        """When it happened first, in either dress."""
        return self.first_timestamp or self.event_time

    @property
    def last_seen(self) -> datetime | None:
        """When it happened last, in either dress."""
        if self.series is not None:
            return self.series.last_observed_time
        return self.last_timestamp or self.first_seen

    @property
    def times(self) -> int:
        """How often it happened."""
        return self.series.count if self.series is not None else self.count or 1


def about(event: Event) -> str:
    """OBJECT: `pod/web-1`."""
    kind, name_ = event.involved_object.kind.lower(), event.involved_object.name
    return f"{kind}/{name_}" if name_ else kind


def source(event: Event) -> str:
    """SOURCE: `kubelet, node-1`."""
    instance = event.source.host or event.reporting_instance
    return f"{event.component}, {instance}" if instance else event.component


def health(event: Event) -> Health:
    """Whether it tells of trouble."""
    return {"Normal": Health.WELL, "Warning": Health.BROKEN}.get(event.type, Health.UNKNOWN)


def links(event: Event) -> tuple[Link, ...]:
    """The object it is about. A kubelet puts a node's name where its uid belongs, so nodes are tied by name."""
    involved = event.involved_object
    if involved.kind == "Node":
        return (Link(reference("nodes", "", involved.name)),)
    return (Link(involved.uid),) if involved.uid else ()


EVENT: Kind[Event] = Kind(
    Event,
    resource("v1", "events", "Event", "ev"),
    columns=(
        Column("LAST SEEN", lambda event: Aged(event.last_seen)),
        Column("TYPE", lambda event: event.type, tint=health),
        Column("REASON", lambda event: event.reason),
        Column("OBJECT", about),
        Column("SUBOBJECT", lambda event: event.involved_object.field_path, wide=True),
        Column("SOURCE", source, wide=True),
        Column("MESSAGE", lambda event: event.message.strip(_BLANKS)),
        Column("FIRST SEEN", lambda event: Aged(event.first_seen), wide=True),
        Column("COUNT", lambda event: str(event.times), by=lambda event: event.times, align="right", wide=True),
        Column("NAME", name, wide=True),
    ),
    health=health,
    links=links,
)
