"""One HTTP/1.1 connection: a request goes out, the answer's head and body come in, with flow control.

It knows nothing of pools, addresses, proxies or content encodings, and carries one request at a time.
"""

import asyncio
import ssl
from typing import NamedTuple, cast

import httptools

from kubetui.client.errors import Silent, Unavailable
from kubetui.client.unreachable import unavailable

HEAD_LIMIT = 256 * 1024
"""Bytes that may come before the end of an answer's head."""
UNREAD_HIGH = 1024 * 1024
"""Bytes of body waiting to be read at which reading from the socket pauses; it goes on once they are taken."""


class Head(NamedTuple):
    """Status and headers of an answer."""

    status: int
    headers: dict[str, str]
    """Names in lower case; values of a repeated name joined by a comma."""


class Connection(asyncio.BufferedProtocol):
    """The protocol of one connection; made when it is opened, useless once `closed` is done."""

    def __init__(self, place: str, buffer: memoryview) -> None:
        """place: how errors name the other end. buffer: where bytes land; may be shared, as reading never yields."""
        self.place = place
        self._buffer = buffer
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._wake: asyncio.Future[None] | None = None
        self._eof = False
        self._goodbye = False
        self._paused = False
        self._parser: httptools.HttpResponseParser | None = None
        self._method = ""
        self._failure: Unavailable | None = None
        self._begin()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        """Done when the socket is gone."""
        self.used_at = self._loop.time()
        """Loop time at which it was last put to rest."""

    def _begin(self) -> None:
        self._head: Head | None = None
        self._headers: dict[str, str] = {}
        self._pieces: list[bytes] = []
        self._unread = 0
        self._complete = False
        self._keep_alive = False
        self._until_close = False
        self.arrived = 0
        """Bytes of the present answer that arrived, its head among them."""
        self.received = 0
        """Bytes of the present answer's body, as on the wire, without chunk frames."""
        self.last_byte = self._loop.time()
        """Loop time at which the last bytes arrived."""

    # -- what the owner does

    @property
    def open(self) -> bool:
        """Whether a request may be sent: nothing known of an end."""
        return self._transport is not None and not self._transport.is_closing() and not self._eof

    @property
    def complete(self) -> bool:
        """Whether the answer has arrived to its end and was read."""
        return self._complete and not self._pieces

    @property
    def reusable(self) -> bool:
        """Whether the next request may go over this connection."""
        sent = self._transport is not None and self._transport.get_write_buffer_size() == 0
        return self.complete and self._keep_alive and self._failure is None and sent and self.open

    def send(self, method: str, message: bytes) -> None:
        """Begin a request; the answer before it must be complete."""
        self._begin()
        if self._transport is None:
            return  # lost meanwhile; waiting for the head tells why
        self._method = method
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(message)

    async def head(self) -> Head:
        """Wait for the answer's head."""
        while self._head is None:
            if self._failure is not None:
                raise self._failure
            await self._change()
        return self._head

    async def more(self, *, idle: float | None = None) -> bytes:
        """All body bytes there are, waited for; b"" at the end. Silent where none come for `idle` seconds."""
        while not self._pieces:
            if self._complete:
                return b""
            if self._failure is not None:
                raise self._failure
            if idle is None:
                await self._change()
                continue
            try:
                async with asyncio.timeout_at(self.last_byte + idle):
                    await self._change()
            except TimeoutError as silence:
                raise Silent(f"{self.place} was silent for {idle:g} s") from silence
        pieces, self._pieces = self._pieces, []
        self._unread = 0
        if self._paused and self._transport is not None:
            self._paused = False
            # The silence up to here was ours.
            self.last_byte = self._loop.time()
            self._transport.resume_reading()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def peek(self, count: int) -> bytes:
        """The first `count` bytes of the body, or all of a shorter one, left in place to be read."""
        while self._unread < count and not self._complete and self._failure is None:
            await self._change()
        return b"".join(self._pieces)[:count]

    def rest(self) -> None:
        """Forget the answer, which is complete, and wait for the next request."""
        self.used_at = self._loop.time()
        self._parser = None
        self._headers = {}

    def drop(self, why: str = "") -> None:
        """Close at once; who waits for bytes is told `why`."""
        if self._failure is None:
            self._failure = Unavailable(why or f"the connection to {self.place} is closed")
        if self._transport is not None:
            self._transport.abort()
        self._notify()

    async def _change(self) -> None:
        assert self._wake is None, "one reader at a time"
        self._wake = self._loop.create_future()
        try:
            await self._wake
        finally:
            self._wake = None

    def _notify(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    # -- what the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._failure is not None:
            self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, count: int) -> None:
        if self._parser is None or self._complete:
            # Bytes that nobody asked for: whatever they are, the next answer could not be told from them.
            self.drop()
            return
        self.arrived += count
        self.last_byte = self._loop.time()
        try:
            self._parser.feed_data(self._buffer[:count])
        except httptools.HttpParserUpgrade:
            self.drop(f"{self.place} switched to another protocol unasked")
        except httptools.HttpParserError as error:
            self._keep_alive = False
            if not self._complete:
                self.drop(self._gibberish(error, bytes(self._buffer[:1])))
        if self._head is None and self.arrived > HEAD_LIMIT:
            self.drop(f"{self.place} sent more than {HEAD_LIMIT // 1024} KiB of headers")
        if self._unread > UNREAD_HIGH and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._notify()

    def _gibberish(self, error: Exception, first: bytes) -> str:
        if self._head is not None:
            return f"{self.place} sent a broken answer: {error}"
        if first in (b"\x15", b"\x16") and self._plain:
            return f"{self.place} speaks TLS: should the server's address begin with https://?"
        return f"{self.place} does not speak HTTP: {error}"

    @property
    def _plain(self) -> bool:
        return self._transport is None or self._transport.get_extra_info("ssl_object") is None

    def eof_received(self) -> None:
        self._eof = True
        self._goodbye = self._said_goodbye()

    def _said_goodbye(self) -> bool:
        """False where TLS ended without its close_notify, so that bytes may be missing."""
        tls = None if self._transport is None else self._transport.get_extra_info("ssl_object")
        try:
            return tls is None or tls.read(1) == b""
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            return True

    def connection_lost(self, error: Exception | None) -> None:
        if self._until_close and self._goodbye and error is None:
            self._complete = True
        elif not self._complete and self._failure is None:
            self._failure = self._lost(error)
        self._eof = True
        self._transport = None
        self._parser = None
        self.closed.set_result(None)
        self._notify()

    def _lost(self, error: Exception | None) -> Unavailable:
        when = "in the middle of an answer" if self._head is not None else "before answering"
        if isinstance(error, ssl.SSLError):
            return unavailable(error, self.place)
        if isinstance(error, OSError):
            return Unavailable(f"{unavailable(error, self.place)} {when}")
        return Unavailable(f"{self.place} closed the connection {when}")

    # -- what the parser calls

    def on_message_begin(self) -> None:
        if self._complete:
            self._keep_alive = False  # a second answer to one request
        self._headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head is not None:
            return  # trailers
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        known = self._headers.get(key)
        self._headers[key] = text if known is None else f"{known}, {text}"

    def on_headers_complete(self) -> None:
        if self._parser is None or self._complete:
            return
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:
            return  # an interim answer; the real one follows
        self._head = Head(status, self._headers)
        self._keep_alive = self._parser.should_keep_alive()
        if self._method == "HEAD":
            self._complete = True
            return
        bodiless = status in (204, 304)
        framed = "content-length" in self._headers or "chunked" in self._headers.get("transfer-encoding", "").lower()
        self._until_close = not framed and not bodiless

    def on_body(self, piece: bytes) -> None:
        if self._complete:
            self._keep_alive = False  # a body after HEAD
            return
        self._pieces.append(piece)
        self._unread += len(piece)
        self.received += len(piece)

    def on_message_complete(self) -> None:
        if self._head is not None:
            self._complete = True
