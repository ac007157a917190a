"""Lists, watches and tables in JSON: cut and decoded item by item as their bytes arrive."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from kubetui.client.wire import INITIAL_END, LONGEST, ListMeta, WatchEvent, garbled
from kubetui.read import Object, TableRow

T = TypeVar("T", bound=Object)
S = TypeVar("S")

GARBLED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises of bytes that are not what they should be: no JSON, no UTF-8, nested without an end."""


def decode_json(data: bytes | memoryview | msgspec.Raw, struct: type[T]) -> T:
    """One object from JSON; a null where the Struct knows none counts as absent, as Go has it."""
    try:
        return cast(T, _json_decoder(struct)(data))
    except msgspec.ValidationError:
        return msgspec.convert(_without_nulls(msgspec.json.decode(data)), struct, strict=False)


@cache
def _json_decoder(struct: type[T]) -> Callable[[Any], T]:
    return msgspec.json.Decoder(struct).decode


def decode_answer(body: bytes | bytearray | msgspec.Raw, shape: type[S], what: str) -> S:
    """A whole answer, or a part of one; raises `Unavailable` where it is not what it should be."""
    try:
        return msgspec.json.decode(body, type=shape)
    except GARBLED:
        raise garbled(what, bytes(body)) from None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


class _JsonPage(msgspec.Struct):
    metadata: ListMeta = ListMeta()
    items: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET


class JsonListReader(Generic[T]):
    """A list in JSON. Items are cut where the next one begins; a cut is right if what stands before it decodes."""

    SEAM = b'},{"metadata":'
    HEAD = 1 << 16
    """Bytes in which the items must begin; a list written otherwise (indented, say) is decoded when it is whole."""
    DOUBTS = 64
    """Wrong cuts of one item, which has objects in a list of its own, after which the rest is decoded when it is whole:
    each costs as much as the item is long."""

    def __init__(self, struct: type[T]) -> None:
        self.meta = ListMeta()
        self._struct = struct
        self._rest = bytearray()
        self._streaming = False
        self._searched = 0
        self._doubts = 0

    def feed(self, chunk: bytes) -> Iterator[T]:
        self._rest += chunk
        if (not self._streaming and not self._head()) or self._doubts > self.DOUBTS:
            return
        begin = 0
        search = self._searched
        while self._doubts <= self.DOUBTS and (seam := self._rest.find(self.SEAM, search)) >= 0:
            with memoryview(self._rest) as whole:
                item = bytes(whole[begin : seam + 1])
            search = seam + 1
            try:
                decoded = decode_json(item, self._struct)
            except GARBLED:
                self._doubts += 1
                continue
            begin, self._doubts = seam + 2, 0
            yield decoded
        del self._rest[:begin]
        self._searched = max(search - begin, len(self._rest) - len(self.SEAM), 0)

    def _head(self) -> bool:
        """Whether the start of a compact list has come; its `metadata` stands before its `items`."""
        at = self._rest.find(b'"items":[{"metadata":', 0, self.HEAD)
        if at < 0:
            return False
        try:
            page = msgspec.json.decode(bytes(self._rest[:at]) + b'"items":[]}', type=_JsonPage)
        except GARBLED:
            return False
        self.meta = page.metadata
        del self._rest[: at + len(b'"items":[')]
        self._streaming = True
        return True

    def finish(self) -> Iterator[T]:
        body = b'{"items":[' + self._rest if self._streaming else bytes(self._rest)
        page = decode_answer(body, _JsonPage, "a list")
        if not self._streaming:
            self.meta = page.metadata
            if page.items is msgspec.UNSET:
                raise garbled("a list", self._rest)
        for item in page.items or ():
            try:
                decoded = decode_json(item, self._struct)
            except GARBLED:
                raise garbled("a list", bytes(item)) from None
            yield decoded


class _JsonEvent(msgspec.Struct):
    type: str
    object: msgspec.Raw


class _MarkMeta(msgspec.Struct, frozen=True):
    resource_version: str = msgspec.field(default="", name="resourceVersion")
    annotations: dict[str, Any] | None = None


class _Mark(msgspec.Struct, frozen=True):
    """The object of a bookmark; of a table it is the one row's, whose own metadata has the annotations."""

    metadata: _MarkMeta = _MarkMeta()
    rows: list["_MarkRow"] | None = None

    @property
    def ends_initial(self) -> bool:
        metas = (self.metadata, *(row.object.metadata for row in self.rows or () if row.object is not None))
        return any((meta.annotations or {}).get(INITIAL_END) == "true" for meta in metas)


class _MarkRow(msgspec.Struct, frozen=True):
    object: _Mark | None = None


class JsonWatchReader(Generic[T]):
    """A watch in JSON, one event a line."""

    def __init__(self, struct: type[T]) -> None:
        self._decode: Callable[[msgspec.Raw], T] = lambda raw: decode_json(raw, struct)
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> Iterator[WatchEvent[T]]:
        *lines, last = chunk.split(b"\n")
        for line in lines:
            whole = bytes(self._rest + line) if self._rest else line
            self._rest.clear()
            if whole.strip():
                yield self._event(whole)
        self._rest += last
        if len(self._rest) > LONGEST:
            raise garbled(f"a watch event of less than {LONGEST >> 20} MiB")

    def _event(self, line: bytes) -> WatchEvent[T]:
        event = decode_answer(line, _JsonEvent, "a watch event")
        if event.type == "ERROR":
            return WatchEvent("ERROR", None, status=decode_answer(event.object, dict[str, Any], "a status"))
        if event.type == "BOOKMARK":
            mark = decode_answer(event.object, _Mark, "a bookmark")
            return WatchEvent("BOOKMARK", None, mark.metadata.resource_version, ends_initial=mark.ends_initial)
        try:
            obj = self._decode(event.object)
        except GARBLED:
            raise garbled("a watch event", line) from None
        return WatchEvent(event.type, obj, obj.metadata.resource_version)


class ColumnDefinition(msgspec.Struct, frozen=True):
    """A column of a server-side table (meta/v1 TableColumnDefinition)."""

    name: str
    type: str = ""
    priority: int = 0
    """0 is always shown, anything above only when wide."""


class Table(msgspec.Struct, frozen=True):
    """meta/v1 Table; a watch names the columns in its first event only."""

    column_definitions: list[ColumnDefinition] | None = msgspec.field(default=None, name="columnDefinitions")
    rows: list["_Row"] | None = None
    metadata: ListMeta = ListMeta()
    kind: str = ""


class _Row(msgspec.Struct, frozen=True):
    cells: tuple[Any, ...]
    object: Object = Object()


def _rows(table: Table) -> Iterator[TableRow]:
    return (TableRow(row.object.metadata, row.cells) for row in table.rows or ())


def decode_table(body: bytes | msgspec.Raw) -> Table:
    """A whole server-side table; raises `Unavailable` where the body is none."""
    table = decode_answer(body, Table, "a table")
    if table.kind != "Table":
        raise garbled("a table", bytes(body))
    return table


def _only_row(body: msgspec.Raw) -> TableRow:
    """The row of a table that is an event."""
    rows = list(_rows(decode_table(body)))
    if len(rows) != 1:
        raise garbled("a table of one row", bytes(body))
    return rows[0]


class TableListReader:
    """A list as a server-side table: whole pages, as they carry their columns before their rows."""

    def __init__(self) -> None:
        self.meta = ListMeta()
        self._body = bytearray()

    def feed(self, chunk: bytes) -> Iterator[TableRow]:
        self._body += chunk
        return iter(())

    def finish(self) -> Iterator[TableRow]:
        table = decode_table(bytes(self._body))
        self.meta = table.metadata
        return _rows(table)


class TableWatchReader(JsonWatchReader[TableRow]):
    """A watch of tables: each event carries one row."""

    def __init__(self) -> None:
        super().__init__(TableRow)
        self._decode = _only_row
