"""Objects of a made-up kind, for tests of what shows rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kubetui.kinds.kind import Column, Health, Kind
from kubetui.live.change import Change
from kubetui.live.view import View
from kubetui.read import Object, ObjectMeta
from kubetui.resource import resource
from kubetui.text import Aged

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class Thing(Object):
    """A name, a status, a size and an age."""

    status: str = "Running"
    size: int = 0


def health(thing: Thing) -> Health:
    return Health.WELL if thing.status == "Running" else Health.BROKEN


THINGS = Kind(
    Thing,
    resource("v1", "things", "Thing"),
    (
        Column("NAME", lambda thing: thing.metadata.name),
        Column("STATUS", lambda thing: thing.status, tint=health),
        Column("SIZE", lambda thing: str(thing.size), by=lambda thing: thing.size, align="right"),
        Column("AGE", lambda thing: Aged(thing.metadata.creation_timestamp)),
    ),
    health=health,
)


def thing(name: str, *, age: int = 0, **fields: Any) -> Thing:
    """Its uid is its name; the age is in seconds at `BEGINNING`."""
    meta = ObjectMeta(name=name, namespace="default", uid=name, creation_timestamp=BEGINNING - timedelta(seconds=age))
    return Thing(metadata=meta, **fields)


def added(new: Thing, at: float = 0.0) -> Change:
    return Change(THINGS, None, new, at)


def modified(new: Thing, at: float = 0.0) -> Change:
    return Change(THINGS, new, new, at)


def deleted(old: Thing, at: float = 0.0) -> Change:
    return Change(THINGS, old, None, at)


def view_of(*objects: Thing, **how: Any) -> View:
    view = View(THINGS, **how)
    view.load(objects)
    return view
