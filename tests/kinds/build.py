"""Objects of a kind out of plain JSON, as an API server would send them."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from kubetui.kinds.kind import Kind
from kubetui.live.order import Order, Sorting, place
from kubetui.read import Object
from kubetui.text import Aged

T = TypeVar("T", bound=Object)

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def build(kind: Kind[T], name: str = "web", *, meta: dict[str, Any] | None = None, **fields: Any) -> T:
    """An object of that kind: `build(NODE, spec={"unschedulable": True})`."""
    body = {"metadata": {"name": name, "creationTimestamp": "2026-11-22T11:00:00Z", **(meta or {})}, **fields}
    return msgspec.json.decode(msgspec.json.encode(body), type=kind.struct)


def row(kind: Kind[T], obj: T, at: datetime = NOW) -> dict[str, str]:
    """The cells of an object by their titles, wide ones too, at a moment."""
    return {title: text.at(at) if isinstance(text, Aged) else text for title, text in cells(kind, obj).items()}


def cells(kind: Kind[T], obj: T) -> dict[str, str | Aged]:
    """The cells of an object by their titles."""
    return {column.title: column.text(obj) for column in kind.columns}


def ordered(kind: Kind[T], title: str, *objs: T) -> list[str]:
    """The names of the objects as a list sorted by a column has them."""
    sorting = Sorting(Order(title), kind.columns)
    return [obj.metadata.name for obj in sorted(objs, key=lambda obj: sorting.entry(obj, place(obj)))]
