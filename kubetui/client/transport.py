"""Requests to one API server over a pool of kept-alive connections.

Owns which connection a request goes over and when it may be tried again. It adds no credentials, follows no
redirects and reads no body: that is for who asks.
"""

import asyncio
import os
import ssl
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from kubetui import __version__
from kubetui.client.answer import Answer
from kubetui.client.connection import Connection
from kubetui.client.errors import BadConfig, Unavailable
from kubetui.client.route import Route

__all__ = ["Answer", "Transport"]

IDLE_COUNT = 8
"""Connections at most that wait for a next request."""
IDLE_AGE = 60.0
"""Seconds at most that a connection waits for a next request."""
_WRITE_AGE = 5.0
"""Seconds of rest after which a write takes a fresh connection: it can't be sent again if the old one is dead."""
_REPEATABLE = frozenset({"GET", "HEAD"})
_BUFFER = 256 * 1024
"""Bytes read from a socket at a time. After the peer has closed, asyncio's TLS reads what it still holds back in one
go: up to 256 KiB (FLOW_CONTROL_HIGH_WATER_SSL_READ), so less would lose the end of a body."""
_CLOSE_TIMEOUT = 5.0
_PATH_SAFE = "/%:@!$&'()*+,;=~"


class Transport:
    """Connections to one API server."""

    def __init__(
        self,
        server: str,
        *,
        ssl_context: ssl.SSLContext | None = None,
        server_name: str | None = None,
        proxy_url: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """server: `https://host:port[/prefix]`; the prefix comes before each path.

        server_name: the name in the certificate, where it is not the host. proxy_url: None takes the proxy from
        `environ`. BadConfig where an address can't be understood.
        """
        self._route = Route.parse(server, ssl_context, server_name, proxy_url, environ)
        self.place = self._route.place
        """The server as errors name it: host:port."""
        self._closed_here = f"the connection to {self.place} was closed by this program"
        self._buffer = memoryview(bytearray(_BUFFER))
        self._idle: list[Connection] = []
        self._connections: set[Connection] = set()
        self._expiry: asyncio.TimerHandle | None = None
        self._closed = False

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] = {},
        body: bytes | None = None,
        timeout: float = 30.0,
        compress: bool = False,
    ) -> Answer:
        """Ask, and return when the answer's head is there, whatever its status.

        timeout: seconds for connecting, sending and the head together; the body has no limit of its own.
        compress: ask for gzip. A GET that a kept-alive connection fails before any byte of an answer is sent once
        more on a fresh one; a write never is. Unavailable where there is no answer.
        """
        message = self._message(method, path, query, headers, body, compress)
        try:
            async with asyncio.timeout(timeout):
                return await self._ask(method, message)
        except TimeoutError as late:
            raise Unavailable(f"{self.place} did not answer within {timeout:g} s") from late

    async def close(self) -> None:
        """Close every connection; who reads an answer is told."""
        self._closed = True
        if self._expiry is not None:
            self._expiry.cancel()
        self._idle.clear()
        ending = list(self._connections)
        for connection in ending:
            connection.drop(self._closed_here)
        if ending:
            await asyncio.wait([connection.closed for connection in ending], timeout=_CLOSE_TIMEOUT)

    # -- one request

    async def _ask(self, method: str, message: bytes) -> Answer:
        used = self._rested(IDLE_AGE if method in _REPEATABLE else _WRITE_AGE)
        if used is not None:
            try:
                return await self._exchange(used, method, message)
            except Unavailable:
                if method not in _REPEATABLE or used.arrived or self._closed:
                    raise
        return await self._exchange(await self._connect(), method, message)

    async def _exchange(self, connection: Connection, method: str, message: bytes) -> Answer:
        try:
            connection.send(method, message)
            head = await connection.head()
            if self._route.tls is None and head.status == 400:
                await self._check_for_tls(connection)
        except BaseException:
            connection.drop()
            raise
        return Answer(head, connection, self._give_back)

    async def _check_for_tls(self, connection: Connection) -> None:
        """Raise where a TLS port answers plain HTTP with its complaint, as Go's and nginx's do."""
        start = await connection.peek(1024)
        if b"HTTP request" in start and b"HTTPS" in start:
            raise Unavailable(f"{self.place} speaks TLS: should the server's address begin with https://?")

    def _message(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | Sequence[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes | None,
        compress: bool,
    ) -> bytes:
        target = quote(self._route.prefix + path, safe=_PATH_SAFE)
        if query:
            target += "?" + urlencode(query)
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.place}", f"User-Agent: kubetui/{__version__}"]
        lines.append(f"Accept-Encoding: {'gzip' if compress else 'identity'}")
        for name, value in headers.items():
            if any(end in name + value for end in "\r\n\0"):
                raise BadConfig(f"the header {name!r} has a line break in it")
            lines.append(f"{name}: {value}")
        if body is not None or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body or b'')}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")

    # -- connections

    async def _connect(self) -> Connection:
        if self._closed:
            raise Unavailable(self._closed_here)
        connection = await self._route.open(self._buffer)
        self._connections.add(connection)
        connection.closed.add_done_callback(lambda _: self._forget(connection))
        if self._closed:
            connection.drop()
            raise Unavailable(self._closed_here)
        return connection

    def _rested(self, age: float) -> Connection | None:
        """The connection that was put to rest last, if that was less than `age` seconds ago."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if not connection.open:
                continue
            if now - connection.used_at < age:
                return connection
            self._idle.append(connection)
            return None
        return None

    def _give_back(self, connection: Connection) -> None:
        if self._closed or not connection.reusable:
            connection.drop()
            return
        connection.rest()
        self._idle.append(connection)
        if len(self._idle) > IDLE_COUNT:
            self._idle.pop(0).drop()
        if self._expiry is None:
            self._expire_later(IDLE_AGE)

    def _expire_later(self, delay: float) -> None:
        self._expiry = asyncio.get_running_loop().call_later(delay, self._expire)

    def _expire(self) -> None:
        """Close what has rested too long, and come again for the rest."""
        self._expiry = None
        now = asyncio.get_running_loop().time()
        while self._idle and now - self._idle[0].used_at >= IDLE_AGE:
            self._idle.pop(0).drop()
        if self._idle:
            self._expire_later(IDLE_AGE - (now - self._idle[0].used_at))

    def _forget(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
