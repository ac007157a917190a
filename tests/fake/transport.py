"""The transport without sockets: asks a FakeApiServer in the same event loop, so that time may be virtual.

It has the interface of `kubetui.client.transport.Transport` and raises what that raises. Which time limits a caller
gives is kept, so a silent server is noticed as it would be over a socket.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from kubetui.client.errors import Silent, Unavailable
from tests.fake.apiserver import FakeApiServer
from tests.fake.wire import Cut, Reply, Request


class FakeAnswer:
    """An answer under way: status and headers are there, the body comes."""

    def __init__(self, reply: Reply, asked: str) -> None:
        self.status = reply.status
        self.headers: Mapping[str, str] = reply.headers
        self.received = 0
        self.last_byte = 0.0
        """Time of the running loop."""
        self._chunks = reply.chunks
        self._asked = asked

    async def chunks(self, *, idle: float | None = None) -> AsyncIterator[bytes]:
        """The body as it comes. Unavailable if it breaks off, Silent if nothing came for `idle` seconds."""
        while True:
            try:
                async with asyncio.timeout(idle):
                    chunk = await anext(self._chunks, None)
            except TimeoutError:
                raise Silent(f"{self._asked}: nothing came for {idle:g} s") from None
            except Cut:
                raise Unavailable(f"{self._asked}: the connection broke off") from None
            if chunk is None:
                return
            self.received += len(chunk)
            self.last_byte = asyncio.get_running_loop().time()
            yield chunk

    async def read(self, limit: int = 1 << 30) -> bytes:
        """The whole body. Unavailable where it is over `limit` bytes or cut short."""
        body = b""
        async for chunk in self.chunks():
            body += chunk
            if len(body) > limit:
                raise Unavailable(f"{self._asked}: the answer is larger than {limit} bytes")
        return body

    async def close(self) -> None:
        await self._chunks.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class FakeTransport:
    """Stands where a connection pool stands."""

    def __init__(self, server: FakeApiServer) -> None:
        self._server = server
        self.closed = False

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
    ) -> FakeAnswer:
        """Ask, and wait up to `timeout` seconds for status and headers. Unavailable where none come."""
        asked = f"{method} {path}"
        told = {"accept-encoding": "gzip" if compress else "identity"}
        told |= {name.lower(): text for name, text in headers.items()}
        request = Request(method, path, dict(query), told, body or b"")
        try:
            async with asyncio.timeout(timeout):
                return FakeAnswer(await self._server.answer(request), asked)
        except TimeoutError:
            raise Unavailable(f"{asked}: no answer within {timeout:g} s") from None
        except Cut:
            raise Unavailable(f"{asked}: connection refused") from None

    async def close(self) -> None:
        self.closed = True
