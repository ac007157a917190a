"""One client's connection: its requests answered one after the other, in the order in which they came.

Owns what keeps a hostile or a stuck client from costing more than its own connection: times, and the bytes that are
held for it. Knows nothing of Kubernetes but the `Status` in which a request that can't be read is refused.
"""

import asyncio
import gzip
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from email.utils import formatdate
from http import HTTPStatus

from kubetui.demo.http.intake import MAX_BODY, Intake
from kubetui.demo.http.message import Answer, Request, Stream, refused
from kubetui.demo.http.streaming.pipe import Pipe, Upgrade
from kubetui.demo.refusals import Refusal, refuse, too_many_requests

Handler = Callable[[Request], Awaitable[Answer | Stream | Upgrade]]

MAX_WAITING = 16
"""Requests sent ahead on one connection before it is read no further."""
MAX_CONNECTIONS = 4_096
"""Connections at a time; each costs about 50 KB, most of it TLS buffers."""
MAX_HELD = 512 * 1024 * 1024
"""Bytes of bodies, asked and answered, that are held for all clients together."""
STUCK = 30.0
"""Seconds for which a client may not read before it is dropped."""
SLOW = 60.0
"""Seconds within which a request has to be there once it has begun, and an answer taken, as the real server's limit."""
IDLE = 180.0
"""Seconds after which a connection without a request is closed."""
LINGER = 1.0
"""Seconds for which a client that still sends has time to read why it is refused."""
WORTH_PACKING = 128 * 1024
"""Bytes of an answer from which on it is compressed for a client that takes it, as the real server's threshold."""


class Crowd:
    """Everyone who is connected, and the bytes held for them."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self._held = 0

    def hold(self, size: int) -> None:
        """Counts bytes that are held from now on. 429 where they are too many."""
        if size > 0 and self._held + size > MAX_HELD:
            raise too_many_requests("Too many requests, please try again later.", retry_after=1)
        self._held += size

    def release(self, size: int) -> None:
        self._held -= size


class Connection(asyncio.Protocol):
    """Reads requests, hands each to `handler`, and writes what it answers."""

    def __init__(self, handler: Handler, crowd: Crowd, clock: Callable[[], float]) -> None:
        """`clock` gives the time of day that answers tell, in seconds since the epoch."""
        self._handler = handler
        self._clock = clock
        self._crowd = crowd
        self._intake = Intake(self._complete, self._proceed, self._leave_http)
        self._waiting: deque[Request] = deque()
        self._held = 0
        """Bytes of bodies, of whole requests and of the one that is coming."""
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._paused = False
        self._slow: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the connection is closed."""
        self._refusal: Refusal | None = None
        self._pipe: Pipe | None = None
        """Where bytes go once the client goes on with something else than HTTP."""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_SLICE)
        if len(self._crowd.connections) >= MAX_CONNECTIONS:
            full = too_many_requests("Too many requests, please try again later.", retry_after=1)
            transport.write(self._head(refused(full), "Connection: close\r\n") + refused(full).body)
            transport.close()
            return
        self._crowd.connections.add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve(transport))

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.connections.discard(self)
        self._crowd.release(self._held)
        self._held = 0
        if self._slow is not None:
            self._slow.cancel()
        self.over.set_result(None)
        self._writable.set()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        if self._pipe is not None:
            self._pipe.feed(data)
            return
        if self._refusal is not None or self._task is None:
            return
        try:
            self._intake.feed(data)
            self._count()
        except Refusal as refusal:
            self._give_up(refusal)
        self._watch_the_clock()

    def close(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # What has come.

    def _complete(self, request: Request) -> None:
        self._waiting.append(request)
        self._arrived.set()
        if self._transport is not None and not self._room():
            self._paused = True
            self._transport.pause_reading()

    def _proceed(self) -> None:
        if self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _leave_http(self, rest: bytes) -> None:
        """The latest request is the last one in HTTP; `rest` came behind it."""
        assert self._transport is not None
        self._pipe = Pipe(self._transport, self._drained)
        self._pipe.feed(rest)

    def _room(self) -> bool:
        """Whether more requests may come before one of those that wait is answered."""
        return len(self._waiting) < MAX_WAITING and sum(len(one.body) for one in self._waiting) < MAX_BODY

    def _count(self) -> None:
        held = self._intake.held + sum(len(one.body) for one in self._waiting)
        self._crowd.hold(held - self._held)
        self._held = held

    def _give_up(self, refusal: Refusal) -> None:
        self._refusal = refusal
        self._arrived.set()

    def _watch_the_clock(self) -> None:
        """A request that has begun must come to its end in time, unless it is us who do not read it."""
        if not self._intake.begun or self._refusal is not None or self._paused:
            if self._slow is not None:
                self._slow.cancel()
                self._slow = None
        elif self._slow is None:
            late = refuse(408, "Timeout", f"the request was not complete within {SLOW:g} seconds")
            self._slow = asyncio.get_running_loop().call_later(SLOW, self._give_up, late)

    # Answering.

    async def _serve(self, transport: asyncio.Transport) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE):
                    await self._arrived.wait()
                if not self._waiting:
                    if self._refusal is not None:
                        await self._answer(transport, refused(self._refusal), keep_alive=False)
                        await asyncio.wait([self.over], timeout=LINGER)
                        return
                    self._arrived.clear()
                    continue
                request = self._waiting.popleft()
                self._count()
                if self._paused and self._room():
                    self._paused = False
                    transport.resume_reading()
                    self._watch_the_clock()
                keep_alive = request.keep_alive and self._pipe is None
                await self._respond(transport, request)
                del request
                if not keep_alive:
                    return
        except TimeoutError:
            # Idle for long, or not reading: either way there is nobody to tell.
            transport.abort()
        finally:
            transport.close()

    async def _respond(self, transport: asyncio.Transport, request: Request) -> None:
        answer = await self._handler(request)
        if isinstance(answer, Upgrade):
            await self._upgrade(transport, answer)
        elif isinstance(answer, Stream):
            await self._stream(transport, answer, request)
        else:
            await self._answer(
                transport, await _coded(answer, request), request, keep_alive=request.keep_alive and self._pipe is None
            )

    async def _answer(
        self, transport: asyncio.Transport, answer: Answer, request: Request | None = None, *, keep_alive: bool
    ) -> None:
        held = len(answer.body) if len(answer.body) > _SLICE else 0
        try:
            self._crowd.hold(held)
        except Refusal as refusal:
            answer, held = refused(refusal), 0
        try:
            async with asyncio.timeout(SLOW):
                transport.write(self._head(answer, _fate(request, keep_alive)))
                await self._write(transport, b"" if request is not None and request.method == "HEAD" else answer.body)
        finally:
            self._crowd.release(held)

    async def _stream(self, transport: asyncio.Transport, stream: Stream, request: Request) -> None:
        chunked = request.version != "1.0"
        coding = "Transfer-Encoding: chunked\r\n" if chunked else ""
        fate = _fate(request, request.keep_alive and chunked)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {stream.content_type}\r\n{_ALWAYS}{self._date()}{coding}{fate}\r\n"
        transport.write(head.encode())
        async with aclosing(stream.chunks) as chunks:
            async for chunk in chunks:
                if not chunk:
                    continue  # an empty one would say that all is over
                if chunked:
                    transport.write(b"%x\r\n" % len(chunk))
                await self._write(transport, chunk)
                if chunked:
                    transport.write(b"\r\n")
        if chunked:
            transport.write(b"0\r\n\r\n")
        else:
            transport.close()

    async def _upgrade(self, transport: asyncio.Transport, answer: Upgrade) -> None:
        assert self._pipe is not None, "only what asks for an upgrade is answered with one"
        extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        head = f"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {answer.protocol}\r\n{extra}\r\n"
        transport.write(head.encode("latin-1", "replace"))
        await answer.serve(self._pipe)

    def _head(self, answer: Answer, fate: str) -> bytes:
        extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        head = (
            f"HTTP/1.1 {answer.status} {_phrase(answer.status)}\r\nContent-Type: {answer.content_type}\r\n"
            f"{_ALWAYS}{self._date()}Content-Length: {len(answer.body)}\r\n{extra}{fate}\r\n"
        )
        return head.encode("latin-1", "replace")

    def _date(self) -> str:
        return f"Date: {formatdate(self._clock(), usegmt=True)}\r\n"

    async def _write(self, transport: asyncio.Transport, data: bytes) -> None:
        """In slices, so that a client which does not read is noticed, and costs no more than one of them."""
        view = memoryview(data)
        for start in range(0, len(view), _SLICE):
            await self._drained()
            transport.write(view[start : start + _SLICE])
        await self._drained()

    async def _drained(self) -> None:
        if not self._writable.is_set():
            async with asyncio.timeout(STUCK):
                await self._writable.wait()


_SLICE = 64 * 1024
"""Bytes that are given to the socket at a time, and that may wait there before a client counts as not reading."""
_ALWAYS = "Cache-Control: no-cache, private\r\n"


async def _coded(answer: Answer, request: Request) -> Answer:
    """The answer as the client takes it: a large one is compressed where it asks for that."""
    if len(answer.body) <= WORTH_PACKING or "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    packed = await asyncio.to_thread(gzip.compress, answer.body, compresslevel=1)
    coded = ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")
    return Answer(packed, answer.status, answer.content_type, (*answer.headers, *coded))


def _fate(request: Request | None, keep_alive: bool) -> str:
    """What becomes of the connection, where that is not what its version of HTTP takes for granted."""
    if not keep_alive:
        return "Connection: close\r\n"
    return "Connection: keep-alive\r\n" if request is not None and request.version == "1.0" else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
