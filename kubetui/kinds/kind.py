"""What a kind is to the rest of kubetui: what is read of it, its columns, its health, its relations. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from kubetui.read import Object
from kubetui.resource import Resource
from kubetui.text import Aged

T = TypeVar("T", bound=Object)

Cell = str | Aged
"""What stands in a column: text, or text that grows old by itself."""


class Health(Enum):
    """The one language of health; the value is its glyph, so a state is never told by colour alone."""

    WELL = "●"
    PROGRESS = "◐"
    BROKEN = "✖"
    OFF = "○"
    UNKNOWN = "◌"


class Link(NamedTuple):
    """A tie of one object to another, by the other's uid or by `reference()` of its name."""

    to: str
    down: bool = False
    """False: the other stands above (owner, node); True: it belongs to this one (an endpoint slice's pods)."""


def reference(plural: str, namespace: str, name: str) -> str:
    """The name under which an object is linked where its uid is not known."""
    return f"{plural}/{namespace}/{name}"


def owners(obj: Object) -> tuple[Link, ...]:
    """Links to all owners."""
    return tuple([Link(owner.uid) for owner in obj.metadata.owner_references])


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: kubectl's title, the text of its cell, and what it is sorted by."""

    title: str
    text: Callable[[T], Cell]
    by: Callable[[T], Any] | None = None
    """The value to sort by; None sorts by the text (by the time, for an `Aged`)."""
    align: Literal["left", "right"] = "left"
    wide: bool = False
    """Only with -o wide or ctrl-w, as kubectl has it (priority 1)."""
    tint: Callable[[T], Health] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Kind(Generic[T]):
    """All that kubetui knows of one kind. `columns` are kubectl's, NAMESPACE aside, in kubectl's order."""

    struct: type[T]
    resource: Resource
    columns: tuple[Column[T], ...]
    health: Callable[[T], Health]
    links: Callable[[T], tuple[Link, ...]] = owners
    table: bool = False
    """True where rows come as the server's own table (kinds/table.py)."""
