"""A few exact bytes to and fro on a fresh connection, before HTTP takes it over: what proxies and handshakes need."""

import asyncio
from typing import Self, cast

from kubetui.client.errors import Unavailable
from kubetui.client.unreachable import unavailable


class Conversation(asyncio.Protocol):
    """One connection, spoken on by one task. Every failure is Unavailable and names `place`."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._buffer = bytearray()
        self._ended: Unavailable | None = None
        self._wake: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def transport(self) -> asyncio.Transport:
        """What it runs over; for who takes the connection over, too."""
        assert self._transport is not None
        return self._transport

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """An error, or a cancellation, on the way closes the connection."""
        if kind is not None:
            self.transport.abort()

    def send(self, data: bytes) -> None:
        """Send, without waiting."""
        self.transport.write(data)

    async def some(self) -> bytes:
        """The bytes that are there, at least one."""
        await self._at_least(1)
        return self._take(len(self._buffer))

    async def exactly(self, count: int) -> bytes:
        """The next `count` bytes."""
        await self._at_least(count)
        return self._take(count)

    async def until(self, mark: bytes, limit: int) -> bytes:
        """The bytes up to and with `mark`, which must come within `limit` bytes."""
        while (end := self._buffer.find(mark)) < 0:
            if len(self._buffer) > limit:
                raise Unavailable(f"{self.place} answered something that is not HTTP")
            await self._at_least(len(self._buffer) + 1)
        return self._take(end + len(mark))

    async def _at_least(self, count: int) -> None:
        while len(self._buffer) < count:
            if self._ended is not None:
                raise self._ended
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _notify(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    # -- what the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._notify()

    def connection_lost(self, error: Exception | None) -> None:
        if isinstance(error, OSError):
            self._ended = unavailable(error, self.place)
        else:
            self._ended = Unavailable(f"{self.place} closed the connection before answering")
        self._notify()
