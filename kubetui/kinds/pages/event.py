"""The page of an event: what happened to what, how often, and who says so. Pure."""

from kubetui.kinds.kind import Health
from kubetui.kinds.page import Around, Body, Page, Reference, Span, ago, fact, mapping, section, sections, soft, text
from kubetui.kinds.pages import metadata


def page(body: Body, around: Around) -> Page:
    """The page."""
    about = mapping(body, "involvedObject")
    kind, name = text(about, "kind"), text(about, "name")
    link = Reference(kind, name, text(about, "namespace"), text(about, "apiVersion"))
    type_ = text(body, "type")
    times = text(body, "series", "count") or text(body, "count") or "1"
    last = text(body, "series", "lastObservedTime") or text(body, "lastTimestamp") or text(body, "eventTime")
    first = text(body, "firstTimestamp") or text(body, "eventTime")
    who = text(body, "source", "component") or text(body, "reportingComponent")
    where = text(body, "source", "host") or text(body, "reportingInstance")
    lines = [
        fact("Type", Span(type_, Health.WELL if type_ == "Normal" else Health.BROKEN)),
        fact("Reason", Span(text(body, "reason"), strong=True)),
        fact("About", Span(f"{kind} {name}", link=link), soft(f"  {text(about, 'fieldPath')}")),
        fact("Message", text(body, "message")),
        fact("Seen", f"{times}×", ago(last, ", last ", " ago"), ago(first, ", first ", " ago")),
        fact("Told by", who, soft(f" on {where}") if where else None),
        *metadata.about(body),
    ]
    return sections(section("Event", lines), *metadata.labels(body))
