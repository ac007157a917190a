"""One open watch on the fake API server: what it is told, when it bookmarks, how it ends."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tests.fake.faults import Faults
from tests.fake.lists import list_kind, table
from tests.fake.store import Json, Scope, Store
from tests.fake.wire import Cut, cut_up, encoded, status_object

BOOKMARK_EVERY = 60.0
"""Seconds, as a real server does about."""


class Watch:
    """Lines queue up here and go out as chunks while the server speaks."""

    def __init__(self, store: Store, scope: Scope, *, bookmarks: bool, as_table: bool, seconds: float) -> None:
        self.scope = scope
        self.bookmarks = bookmarks
        self._store = store
        self._as_table = as_table
        self._headed = False
        self._ends = asyncio.get_running_loop().time() + seconds
        self._queue: asyncio.Queue[bytes | type[Cut] | None] = asyncio.Queue()

    def tell(self, event: str, obj: Json) -> None:
        """An event; of a table only the first carries the columns."""
        if self._as_table:
            obj, self._headed = table([obj], columns=not self._headed), True
        self._line(event, obj)

    def bookmark(self, *, ends_initial: bool = False) -> None:
        """The newest version, and whether that was all there is."""
        version, kind = list_kind(self._store, self.scope)
        meta: Json = {"resourceVersion": str(self._store.version)}
        if ends_initial:
            meta["annotations"] = {"k8s.io/initial-events-end": "true"}
        self._line("BOOKMARK", {"apiVersion": version, "kind": kind, "metadata": meta})

    def fail(self, code: int, message: str) -> None:
        """An ERROR event within the stream, then its end."""
        self._line("ERROR", status_object(code, message))
        self.end()

    def send(self, raw: bytes) -> None:
        self._queue.put_nowait(raw)

    def end(self) -> None:
        self._queue.put_nowait(None)

    def cut(self) -> None:
        self._queue.put_nowait(Cut)

    async def chunks(self, faults: Faults) -> AsyncGenerator[bytes, None]:
        while True:
            item = await self._next()
            await faults.heard()
            if item is None:
                return
            if not isinstance(item, bytes):
                raise item
            async with aclosing(cut_up(item)) as parts:
                async for part in parts:
                    yield part

    def _line(self, event: str, obj: Json) -> None:
        self._queue.put_nowait(encoded({"type": event, "object": obj}) + b"\n")

    async def _next(self) -> bytes | type[Cut] | None:
        loop = asyncio.get_running_loop()
        while True:
            until = min(self._ends, loop.time() + BOOKMARK_EVERY) if self.bookmarks else self._ends
            try:
                async with asyncio.timeout_at(until):
                    return await self._queue.get()
            except TimeoutError:
                if loop.time() >= self._ends:
                    return None
                self.bookmark()
