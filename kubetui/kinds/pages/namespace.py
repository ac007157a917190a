"""The page of a namespace: its phase, and what holds up its end. Pure."""

from kubetui.kinds.kind import Health
from kubetui.kinds.page import Around, Body, Page, Span, at, fact, section, sections, text
from kubetui.kinds.pages import metadata


def page(body: Body, around: Around) -> Page:
    """The page."""
    phase = text(body, "status", "phase")
    finalizers = at(body, "spec", "finalizers") or ()
    lines = [
        fact("Phase", Span(phase, Health.WELL if phase == "Active" else Health.PROGRESS)),
        fact("Finalizers", ", ".join(map(str, finalizers))) if finalizers else None,
        *metadata.about(body),
    ]
    return sections(section("Namespace", lines), metadata.conditions(body), *metadata.labels(body))
