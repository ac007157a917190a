"""Connections to a built-in cluster's front on a real socket, as clients make them that write what they like."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec

from kubetui.demo.http.certificate import issued
from kubetui.demo.http.server import Server
from tests.demo.api import CONFIGS, Api

Json = dict[str, Any]
AUTH = "Authorization: Bearer admin\r\n"
PATIENCE = 20
"""Seconds for anything to come."""


class Told(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Json:
        found: Json = msgspec.json.decode(self.body)
        return found


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, request: str | bytes) -> None:
        self._writer.write(request.encode("latin-1") if isinstance(request, str) else request)

    async def head(self) -> tuple[int, dict[str, str]]:
        """The status and the headers of the next answer."""
        async with asyncio.timeout(PATIENCE):
            first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        return int(first.split()[1]), headers

    async def answer(self) -> Told:
        """The next answer, of one that is whole at once."""
        status, headers = await self.head()
        async with asyncio.timeout(PATIENCE):
            return Told(status, headers, await self._reader.readexactly(int(headers["content-length"])))

    async def chunk(self) -> bytes:
        """The next chunk of a stream; empty at its end."""
        async with asyncio.timeout(PATIENCE):
            size = int(await self._reader.readline(), 16)
            return (await self._reader.readexactly(size + 2))[:-2]

    async def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        async with asyncio.timeout(PATIENCE):
            return await self._reader.read()

    def cut(self) -> None:
        self._writer.transport.abort()


class Client:
    """Opens connections to one server, trusting its certificate alone."""

    def __init__(self, server: Server, certificate: str) -> None:
        self.server = server
        self._context = ssl.create_default_context(cadata=certificate)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A connection, cut at the end of the block."""
        async with asyncio.timeout(PATIENCE):
            line = Line(*await asyncio.open_connection("127.0.0.1", self.server.port, ssl=self._context))
        try:
            yield line
        finally:
            line.cut()

    async def ask(self, request: str | bytes) -> Told:
        """One request on a connection of its own."""
        async with self.line() as line:
            line.send(request)
            return await line.answer()

    @asynccontextmanager
    async def watching(self, path: str = CONFIGS, version: int = 1) -> AsyncIterator["Watch"]:
        """A watch that reads what comes."""
        async with self.line() as line:
            line.send(f"GET {path}?watch=1&resourceVersion={version} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n")
            assert (await line.head())[0] == 200
            yield Watch(line)


class Watch:
    """A watch that is read event by event."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._events: list[Json] = []

    async def next(self) -> Json:
        while not self._events:
            self._events += [msgspec.json.decode(text) for text in (await self._line.chunk()).splitlines()]
        return self._events.pop(0)

    async def names(self, count: int) -> list[str]:
        """The names in the next so many events."""
        return [(await self.next())["object"]["metadata"]["name"] for _ in range(count)]


@asynccontextmanager
async def serving(api: Api) -> AsyncIterator[Client]:
    """A server on a socket that answers out of an API."""
    identity = issued()
    server = Server(api.front.handle, identity)
    await server.start()
    try:
        yield Client(server, identity.authority)
    finally:
        await server.stop()
