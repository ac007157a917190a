"""The bytes of a connection that has been upgraded: read and written as they come, with bounds in both directions."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

UNREAD = 256 * 1024
"""Bytes that wait to be read before the socket is read no further."""


class Pipe:
    """The two directions of one upgraded connection. Its connection feeds it, and writes for it."""

    def __init__(self, transport: asyncio.Transport, drained: Callable[[], Awaitable[None]]) -> None:
        self._transport = transport
        self._drained = drained
        self._unread = bytearray()
        self._arrived = asyncio.Event()
        self._over = False
        self._paused = False

    def feed(self, data: bytes) -> None:
        """Bytes have come from the socket."""
        self._unread += data
        self._arrived.set()
        if len(self._unread) > UNREAD and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def feed_end(self) -> None:
        """Nothing more will come."""
        self._over = True
        self._arrived.set()

    async def read(self) -> bytes:
        """What has come since, at least a byte; nothing at all at the end."""
        while not self._unread and not self._over:
            self._arrived.clear()
            await self._arrived.wait()
        data = bytes(self._unread)
        self._unread.clear()
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Sends bytes; returns once the client has read enough of them. BrokenPipeError where it is gone, or stuck."""
        if self._transport.is_closing():
            raise BrokenPipeError
        self._transport.write(data)
        try:
            await self._drained()
        except TimeoutError as why:
            self._transport.abort()
            raise BrokenPipeError from why


class Upgrade(msgspec.Struct, frozen=True):
    """An answer that makes something else of the connection."""

    protocol: str
    """What the `Upgrade` header names: `websocket`, `SPDY/3.1`."""
    serve: Callable[[Pipe], Awaitable[None]]
    """Uses the connection; it is closed when this returns."""
    headers: tuple[tuple[str, str], ...] = ()
