"""Where the rows of `get` come from: narrow objects of a kind with a file of its own, or the server's own tables.

These and documents.py list, get one and watch in the same way; none of them prints.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Generic, Protocol, TypeVar

from kubetui.client.api import Api
from kubetui.client.errors import from_status
from kubetui.client.listwatch import PAGE, ListWatch
from kubetui.client.wire import JSON, TABLE, ListMeta, WatchEvent
from kubetui.client.wirejson import Table, decode_json, decode_table
from kubetui.kinds.kind import Column
from kubetui.kinds.table import table_kind
from kubetui.read import Object, TableRow
from kubetui.resource import Resource

T = TypeVar("T", bound=Object)

WATCH_SECONDS = 420.0
"""How long the server is asked to keep a watch open; it is opened again from where it ended."""


class Source(Protocol[T]):
    """One resource: its objects listed, one of them, and what changes."""

    resource: Resource

    async def listed(self, namespace: str, where: Mapping[str, str]) -> tuple[list[T], str]:
        """Every object, in the server's order, and the version to watch from."""
        ...

    async def named(self, namespace: str, name: str) -> T:
        """One object; NotFound where there is none."""
        ...

    def watched(self, namespace: str, where: Mapping[str, str], version: str) -> AsyncGenerator[WatchEvent[T], None]:
        """Events after that version until the server ends the watch; an ERROR event is raised as what it stands for."""
        ...


class Rows(Generic[T]):
    """Objects of a kind that has a Struct of its own: only what that reads comes off the wire's bytes."""

    def __init__(self, api: Api, resource: Resource, struct: type[T]) -> None:
        self.resource = resource
        self._api = api
        self._struct = struct

    async def listed(self, namespace: str, where: Mapping[str, str]) -> tuple[list[T], str]:
        source = ListWatch(self._api, self.resource, self._struct, namespace, where=where)
        items: list[T] = []
        token = ""
        while True:
            meta = ListMeta()
            async for batch in source.page("", token):
                items += batch.items
                meta = batch.meta or meta
            if not (token := meta.continue_):
                return items, meta.resource_version

    async def named(self, namespace: str, name: str) -> T:
        return decode_json(await self._api.get(self.resource.path(namespace, name)), self._struct)

    async def watched(
        self, namespace: str, where: Mapping[str, str], version: str
    ) -> AsyncGenerator[WatchEvent[T], None]:
        source = ListWatch(self._api, self.resource, self._struct, namespace, where=where)
        async with source.watch(version, WATCH_SECONDS) as batches:
            async for batch in batches:
                for event in batch:
                    yield sound(event, self.resource)


class Tables(Rows[TableRow]):
    """Objects of any other kind, as rows of the server's own table. `columns` are known once something was read."""

    def __init__(self, api: Api, resource: Resource) -> None:
        super().__init__(api, resource, TableRow)
        self.columns: tuple[Column[TableRow], ...] = ()

    async def listed(self, namespace: str, where: Mapping[str, str]) -> tuple[list[TableRow], str]:
        items: list[TableRow] = []
        query = {**where, "limit": str(PAGE)}
        while True:
            table = await self._table(self.resource.path(namespace), query)
            items += _rows(table)
            if not table.metadata.continue_:
                return items, table.metadata.resource_version
            query["continue"] = table.metadata.continue_

    async def named(self, namespace: str, name: str) -> TableRow:
        [row] = _rows(await self._table(self.resource.path(namespace, name), {}))
        return row

    async def _table(self, path: str, query: Mapping[str, str]) -> Table:
        table = decode_table(await self._api.get(path, query=query, accept=f"{TABLE},{JSON}"))
        if table.column_definitions:
            definitions = ((column.name, column.priority > 0) for column in table.column_definitions)
            self.columns = table_kind(self.resource, definitions).columns
        return table


def _rows(table: Table) -> list[TableRow]:
    return [TableRow(row.object.metadata, row.cells) for row in table.rows or ()]


def sound(event: WatchEvent[T], resource: Resource) -> WatchEvent[T]:
    """The event, unless it is an error: that is raised."""
    if event.type == "ERROR":
        raise from_status(event.status or {}, 0, f"watch {resource.qualified}")
    return event
