"""One client's connection: HTTP/1.1 requests taken off the socket and answered one after the other.

Owns the limits that keep a hostile or a stuck client from costing more than its own connection. Knows nothing of
Kubernetes but the `Status` in which a request that can't be read is refused.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from http import HTTPStatus

import httptools

from kubetui.demo.http.message import Answer, Request, Stream, json_answer, target
from kubetui.demo.refusals import Refusal, refuse

Handler = Callable[[Request], Awaitable[Answer | Stream]]

MAX_BODY = 3 * 1024 * 1024
"""Bytes of a body, as the real server's limit for writes."""
MAX_HEAD = 64 * 1024
"""Bytes of the request line and the headers together."""
MAX_WAITING = 16
"""Requests sent ahead on one connection before it is read no further."""
MAX_CONNECTIONS = 2_048
"""Connections at a time; each costs about 320 KB, most of it TLS buffers."""
STUCK = 30.0
"""Seconds for which a client may not read before it is dropped."""
IDLE = 180.0
"""Seconds after which a connection without a request is closed."""


class Connection(asyncio.Protocol):
    """Reads requests, hands each to `handler`, and writes what it answers."""

    def __init__(self, handler: Handler, everyone: set["Connection"]) -> None:
        self._handler = handler
        self._everyone = everyone
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[Request] = deque()
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the connection is closed."""
        self._refusal: Refusal | None = None
        self._url = b""
        self._headers: dict[str, str] = {}
        self._head = 0
        self._body = bytearray()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=256 * 1024)
        if len(self._everyone) >= MAX_CONNECTIONS:
            transport.abort()
            return
        self._everyone.add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve(transport))

    def connection_lost(self, exc: Exception | None) -> None:
        self._everyone.discard(self)
        self.over.set_result(None)
        self._writable.set()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return
        try:
            self._parser.feed_data(data)
        except Refusal as refusal:
            self._give_up(refusal)
        except httptools.HttpParserUpgrade:
            self._give_up(refuse(400, "BadRequest", "this server upgrades no connection"))
        except httptools.HttpParserError as why:
            cause = why.__context__
            malformed = refuse(400, "BadRequest", f"malformed request: {why}")
            self._give_up(cause if isinstance(cause, Refusal) else malformed)

    def close(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # httptools

    def on_message_begin(self) -> None:
        self._url, self._headers, self._head = b"", {}, 0
        self._body = bytearray()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if len(self._body) + len(body) > MAX_BODY:
            raise refuse(413, "RequestEntityTooLarge", f"Request entity too large: limit is {MAX_BODY}", {})
        self._body += body

    def on_message_complete(self) -> None:
        path, query = target(self._url)
        method = self._parser.get_method().decode("ascii", "replace")
        self._waiting.append(Request(method, path, query, self._headers, bytes(self._body)))
        self._arrived.set()
        if len(self._waiting) >= MAX_WAITING and self._transport is not None:
            self._transport.pause_reading()

    # Answering.

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD:
            raise refuse(431, "", f"request header fields too large: limit is {MAX_HEAD} bytes", {})

    def _give_up(self, refusal: Refusal) -> None:
        self._refusal = refusal
        self._arrived.set()

    async def _serve(self, transport: asyncio.Transport) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE):
                    await self._arrived.wait()
                if not self._waiting:
                    if self._refusal is not None:
                        await self._answer(transport, _refused(self._refusal), close=True)
                        return
                    self._arrived.clear()
                    continue
                request = self._waiting.popleft()
                if len(self._waiting) == MAX_WAITING - 1:
                    transport.resume_reading()
                answer = await self._handler(request)
                close = request.headers.get("connection", "").lower() == "close"
                if isinstance(answer, Stream):
                    await self._stream(transport, answer)
                else:
                    await self._answer(transport, answer, close=close)
                if close:
                    return
        except TimeoutError:
            # Idle for long, or not reading: either way there is nobody to tell.
            transport.abort()
        finally:
            transport.close()

    async def _answer(self, transport: asyncio.Transport, answer: Answer, *, close: bool) -> None:
        extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        connection = "Connection: close\r\n" if close else ""
        head = (
            f"HTTP/1.1 {answer.status} {_phrase(answer.status)}\r\nContent-Type: {answer.content_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\n{extra}{connection}\r\n"
        )
        transport.write(head.encode("latin-1", "replace"))
        # In slices, so that a client which does not read is noticed and others are served meanwhile.
        view = memoryview(answer.body)
        for start in range(0, len(view), _SLICE):
            await self._drained()
            transport.write(view[start : start + _SLICE])
        await self._drained()

    async def _stream(self, transport: asyncio.Transport, stream: Stream) -> None:
        transport.write(
            f"HTTP/1.1 200 OK\r\nContent-Type: {stream.content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        async with aclosing(stream.chunks) as chunks:
            async for chunk in chunks:
                transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
                await self._drained()
        transport.write(b"0\r\n\r\n")

    async def _drained(self) -> None:
        if not self._writable.is_set():
            async with asyncio.timeout(STUCK):
                await self._writable.wait()


_SLICE = 256 * 1024


def _refused(refusal: Refusal) -> Answer:
    return json_answer(refusal.status, refusal.code)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
