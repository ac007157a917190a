"""Where two states of one object differ, in what is read of its kind. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from kubetui.kinds.kind import Kind
from kubetui.read import Object, TableRow

_NAMED_BY = ("name", "type", "uid", "key", "port")
"""Fields by which the items of a list are told apart, as patches do (x-kubernetes-list-map-keys)."""
_ALWAYS_OTHER = "metadata.resourceVersion"
_GROWS = "AGE"
"""A column of a server-side table that differs by the time of day alone."""


class Difference(NamedTuple):
    """One field. Empty text stands for nothing there."""

    path: str
    """As in kubectl's messages: `status.containerStatuses[web].restartCount`; of a server-side table the column."""
    before: str
    after: str


def differences(kind: Kind[Any], old: Object, new: Object) -> list[Difference]:
    """In the order of the fields; a change of its version alone is none."""
    if isinstance(old, TableRow) and isinstance(new, TableRow):
        return [*_walk("metadata", old.metadata, new.metadata), *_cells(kind, old, new)]
    return list(_walk("", old, new))


def differs(kind: Kind[Any], old: Object, new: Object) -> bool:
    """Whether there is any difference; where there is none to be expected, far quicker than to look for what."""
    if msgspec.structs.replace(old.metadata, resource_version=new.metadata.resource_version) != new.metadata:
        return True
    if isinstance(old, TableRow) and isinstance(new, TableRow):
        return any(_cells(kind, old, new))
    return any(getattr(old, field) != getattr(new, field) for field in old.__struct_fields__ if field != "metadata")


def _walk(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new or path == _ALWAYS_OTHER:
        return
    some = old if old is not None else new
    if isinstance(some, msgspec.Struct):
        names = zip(some.__struct_fields__, some.__struct_encode_fields__, strict=True)
        for field, name in names:
            yield from _walk(f"{path}.{name}" if path else name, _field(old, field), _field(new, field))
    elif isinstance(some, dict):
        before, after = old or {}, new or {}
        for key in dict.fromkeys((*before, *after)):
            yield from _walk(f"{path}[{key}]", before.get(key), after.get(key))
    elif isinstance(some, tuple) and any(isinstance(item, msgspec.Struct) for item in (*(old or ()), *(new or ()))):
        before, after = _by_label(old or ()), _by_label(new or ())
        for key in dict.fromkeys((*before, *after)):
            yield from _walk(f"{path}[{key}]", before.get(key), after.get(key))
    elif (old or new) and _text(old) != _text(new):
        yield Difference(path, _text(old), _text(new))


def _field(struct: msgspec.Struct | None, field: str) -> Any:
    return None if struct is None else getattr(struct, field)


def _by_label(items: tuple[Any, ...]) -> dict[str, Any]:
    """The items by what tells them apart; by their place where nothing does."""
    for field in _NAMED_BY:
        labels = [str(getattr(item, field, "")) for item in items]
        if all(labels) and len(set(labels)) == len(labels):
            return dict(zip(labels, items, strict=True))
    return {str(at): item for at, item in enumerate(items)}


def _cells(kind: Kind[Any], old: TableRow, new: TableRow) -> Iterator[Difference]:
    for column in kind.columns:
        before, after = str(column.text(old)), str(column.text(new))
        if column.title != _GROWS and before != after:
            yield Difference(column.title, before, after)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            return value.astimezone().strftime("%H:%M:%S")
        case tuple():
            return ", ".join(map(_text, value))
        case _:
            return str(value)
