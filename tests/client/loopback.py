"""Servers on loopback whose answers are written byte by byte by the test: real sockets, real TLS."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from kubetui.client.transport import Transport


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Talk:
    """One connection, from the server's side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client has closed it."""

    async def request(self) -> Request:
        """The next request; IncompleteReadError where the client closes instead."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")[:-2]
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return Request(method, target, headers, await self.reader.readexactly(int(headers.get("content-length", 0))))

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def until_closed(self) -> None:
        """Wait until the client closes."""
        with suppress(OSError):
            while await self.reader.read(65536):
                pass

    def reset(self) -> None:
        """Close without a goodbye, so that the client gets a TCP reset."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def cut(self) -> None:
        """Close TCP properly, but without TLS's goodbye."""
        self.writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


Handler = Callable[[Talk], Awaitable[None]]


class Server:
    """A listening socket; each connection is given to the handler, and closed when that returns."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.port = 0
        self.talks: list[Talk] = []
        """Every connection so far."""
        self.requests: list[Request] = []
        """Every request that `answering` read."""
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def open(self) -> int:
        """Connections that neither side has closed."""
        return sum(not talk.ended.is_set() for talk in self.talks)

    async def until_open(self, count: int) -> None:
        """Wait until just so many connections are open."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self.open == count)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Accept one connection."""
        task = asyncio.get_running_loop().create_task(self._serve(Talk(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, talk: Talk) -> None:
        self.talks.append(talk)
        try:
            with suppress(asyncio.IncompleteReadError, OSError):
                await self._handler(talk)
        finally:
            talk.ended.set()
            talk.writer.close()
            async with self._changed:
                self._changed.notify_all()

    async def end(self) -> None:
        """Close what is still open."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for talk in self.talks:
            talk.writer.transport.abort()
            with suppress(OSError, ssl.SSLError):
                await talk.writer.wait_closed()


@asynccontextmanager
async def serving(
    handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    """A server that gives each connection to the handler."""
    server = Server(handler)
    listening = await asyncio.start_server(server.take, host, 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.end()


@asynccontextmanager
async def answering(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server that gives these answers in turn, the last one over and over, over kept-alive connections."""
    left = list(answers)

    async def answer(talk: Talk) -> None:
        while True:
            server.requests.append(await talk.request())
            await talk.send(left.pop(0) if len(left) > 1 else left[0])

    async with serving(answer, tls=tls) as server:
        yield server


@asynccontextmanager
async def asking(
    server: Server, *, tls: ssl.SSLContext | None = None, server_name: str | None = None
) -> AsyncIterator[Transport]:
    """A transport to that server."""
    scheme = "http" if tls is None else "https"
    transport = Transport(f"{scheme}://127.0.0.1:{server.port}", ssl_context=tls, server_name=server_name, environ={})
    try:
        yield transport
    finally:
        await transport.close()


def answer(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    """An answer with its length told."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(*chunks: bytes, headers: str = "") -> bytes:
    """An answer in chunks, up to and without the last empty one."""
    frames = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + headers.encode() + b"\r\n" + frames
