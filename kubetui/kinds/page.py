"""What the page of an object is made of: sections of facts, told in spans, with links to other objects. Pure.

A page function takes the whole object as a dict and tells it; how that looks is for who paints it. Text is as the
server has it: whoever shows it makes it safe.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from kubetui.kinds.kind import Health, Kind
from kubetui.read import Object
from kubetui.text import Aged

T = TypeVar("T", bound=Object)

Body: TypeAlias = Mapping[str, Any]
"""A part of an object, as JSON has it."""


class Reference(NamedTuple):
    """Another object, by what the server would be asked for. An empty apiVersion leaves the group open."""

    kind: str
    name: str
    namespace: str = ""
    api_version: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text and what it means."""

    text: str | Aged
    tint: Health | None = None
    link: Reference | None = None
    soft: bool = False
    """Said in passing: dates, units, what is as it always is."""
    strong: bool = False


Said: TypeAlias = str | Aged | Span
"""A span, or the text of a plain one."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what is told, under a label. Long text goes on below itself."""

    label: str
    spans: tuple[Span, ...]
    depth: int = 0
    """How far it stands in, for what belongs to the line above."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells stand under those of the rows next to it."""

    cells: tuple[tuple[Span, ...], ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together, under a title."""

    title: str
    lines: tuple[Fact | Row, ...]


Page: TypeAlias = tuple[Section, ...]


class Around(Protocol):
    """What else is known near the object."""

    def below(self, kind: Kind[T]) -> list[T]:
        """The objects of that kind that belong to this one, as far as they have been read; sorted by name."""
        ...


class Alone:
    """Nothing is known but the object."""

    def below(self, kind: Kind[T]) -> list[T]:
        return []


PageFunction: TypeAlias = Callable[[Body, Around], Page]


def fact(label: str, *said: Said | None, depth: int = 0) -> Fact:
    """A line of spans; nothing said is said as such."""
    spans = tuple(span(each) for each in said if each is not None and each != "")
    return Fact(label, spans or (Span("none", soft=True),), depth)


def row(*cells: "Said | list[Said]", depth: int = 0) -> Row:
    """A line of cells, each one span or a list of some."""
    return Row(tuple(tuple(map(span, cell if isinstance(cell, list) else [cell])) for cell in cells), depth)


def span(said: Said) -> Span:
    """A plain span, unless it is one already."""
    return said if isinstance(said, Span) else Span(said)


def soft(text: str | Aged) -> Span:
    """Said in passing."""
    return Span(text, soft=True)


def sections(*parts: Section | None) -> Page:
    """The sections that say something."""
    return tuple(part for part in parts if part is not None and part.lines)


def section(title: str, lines: Iterable[Fact | Row | None]) -> Section:
    """A section of the lines there are."""
    return Section(title, tuple(line for line in lines if line is not None))


def at(body: Any, *path: str) -> Any:
    """What stands under a path of keys; None where any of them is missing or is no mapping."""
    for key in path:
        body = body.get(key) if isinstance(body, Mapping) else None
    return body


def mapping(body: Any, *path: str) -> Body:
    """The mapping under a path; empty where there is none."""
    found = at(body, *path)
    return found if isinstance(found, Mapping) else {}


def listed(body: Any, *path: str) -> list[Any]:
    """The mappings of the list under a path; empty where there is none."""
    found = at(body, *path)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def text(body: Any, *path: str) -> str:
    """The scalar under a path as text; empty where there is none."""
    found = at(body, *path)
    return scalar(found) if not isinstance(found, Mapping | list) else ""


def scalar(value: Any) -> str:
    """A JSON scalar as people read it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def time_of(value: Any) -> datetime | None:
    """A time as the API writes it; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def ago(value: Any, before: str = "", after: str = "") -> Span | None:
    """How long ago a time was; None where none is told."""
    when = time_of(value)
    return soft(Aged(when, before, after)) if when else None


def between(items: Iterable[Span], separator: str = ", ") -> Iterator[Span]:
    """Spans with a separator between them."""
    for count, item in enumerate(items):
        if count:
            yield soft(separator)
        yield item
