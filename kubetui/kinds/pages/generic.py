"""The page of any other kind: metadata, spec and status as they come, and how much data there is. Pure."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from kubetui.kinds import variables
from kubetui.kinds.page import (
    Around,
    Body,
    Fact,
    Page,
    Section,
    Span,
    at,
    fact,
    mapping,
    scalar,
    section,
    sections,
    soft,
    text,
)
from kubetui.kinds.pages import metadata
from kubetui.kinds.pages.metadata import cut

MOST_LINES = 200
"""Lines of a spec or status that are told; the manifest has all of it."""
_DEEPEST = 6
_KNOWN = ("apiVersion", "kind", "metadata", "spec", "status", "data", "stringData", "binaryData")


def page(body: Body, around: Around) -> Page:
    """The page. A value of a secret is never on it: of data only the names and sizes are told; variables are masked."""
    head = section(text(body, "kind"), metadata.about(body))
    rest = {key: value for key, value in body.items() if key not in _KNOWN}
    status = {key: value for key, value in mapping(body, "status").items() if key != "conditions"}
    return sections(
        head,
        _data(body),
        _tree("Spec", at(body, "spec")),
        metadata.conditions(body),
        _tree("Status", status),
        _tree("Fields", rest),
        *metadata.labels(body),
    )


def _data(body: Body) -> Section:
    pairs = [item for key in ("data", "stringData", "binaryData") for item in mapping(body, key).items()]
    encoded = text(body, "kind") == "Secret"
    return section("Data", (fact(key, soft(f"{size(str(value), encoded):,} bytes")) for key, value in sorted(pairs)))


def size(value: str, encoded: bool) -> int:
    """Bytes of a value; of what base64 stands for, without decoding it."""
    return len(value.rstrip("=")) * 3 // 4 if encoded else len(value.encode(errors="replace"))


def _tree(title: str, value: Any) -> Section:
    lines = list(islice(_lines(value, 0), MOST_LINES + 1))
    if len(lines) > MOST_LINES:
        lines[-1] = fact("", soft("… the manifest has all of it"))
    return section(title, lines)


def _lines(value: Any, depth: int) -> Iterator[Fact]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _field(key, item, depth)


def _field(key: str, item: Any, depth: int) -> Iterator[Fact]:
    deeper = depth < _DEEPEST
    if isinstance(item, Mapping):
        yield Fact(key, (), depth) if item and deeper else fact(key, soft("…" if item else "{}"), depth=depth)
        if deeper:
            yield from _lines(item, depth + 1)
    elif not isinstance(item, list):
        yield fact(key, cut(scalar(item)), depth=depth)
    elif deeper and any(isinstance(each, Mapping | list) for each in item):
        yield Fact(key, (), depth)
        for number, each in enumerate(map(_masked, item) if key == "env" else item):
            yield from _item(number, each, depth + 1)
    else:
        yield fact(key, cut(", ".join(map(_short, item))), depth=depth)


def _masked(variable: Any) -> Any:
    has_value = isinstance(variable, Mapping) and "value" in variable
    return {**variable, "value": variables.value_of(variable)} if has_value else variable


def _item(number: int, item: Any, depth: int) -> Iterator[Fact]:
    """An item of a list under its name, or its number."""
    if not isinstance(item, Mapping):
        yield fact(f"#{number}", cut(str(item)), depth=depth)
        return
    name = scalar(item.get("name")) if not isinstance(item.get("name"), Mapping | list) else ""
    yield Fact(f"#{number}", (Span(name, strong=True),) if name else (), depth)
    yield from _lines({key: field for key, field in item.items() if key != "name" or not name}, depth + 1)


def _short(item: Any) -> str:
    return str(item) if isinstance(item, list | Mapping) else scalar(item)
