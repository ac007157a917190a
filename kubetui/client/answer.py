"""An answer of an API server: its head, and its body as it arrives. Owns the connection until it is closed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import Self

from kubetui.client.connection import Connection, Head
from kubetui.client.errors import Unavailable
from kubetui.client.gunzip import Gunzip

MIB = 1024 * 1024


class Answer:
    """The head has arrived; the body comes on demand, so a slow reader slows the server down.

    Use it as a context manager: leaving it gives the connection back where the body was read to its end, and closes
    it where not.
    """

    def __init__(self, head: Head, connection: Connection, give_back: Callable[[Connection], None]) -> None:
        self.status = head.status
        self.headers: Mapping[str, str] = head.headers
        """Names in lower case; values of a repeated name joined by a comma."""
        self._connection = connection
        self._give_back = give_back
        self._open = True
        self._received = 0
        self._last_byte = 0.0

    @property
    def received(self) -> int:
        """Bytes of the body that arrived so far, as on the wire (compressed, where it is)."""
        return self._connection.received if self._open else self._received

    @property
    def last_byte(self) -> float:
        """Time of the running loop at which the last bytes arrived."""
        return self._connection.last_byte if self._open else self._last_byte

    async def chunks(self, *, idle: float | None = None) -> AsyncIterator[bytes]:
        """The body as it comes, decompressed, in pieces that are never empty.

        idle: seconds without a byte after which Unavailable is raised. A body that is cut short or broken raises
        Unavailable too. After an error or a cancellation the connection is closed.
        """
        if not self._open:
            return
        try:
            gunzip = self._gunzip()
            while piece := await self._connection.more(idle=idle):
                for plain in (piece,) if gunzip is None else gunzip.feed(piece):
                    yield plain
            if gunzip is not None:
                gunzip.end()
        except (Unavailable, asyncio.CancelledError):
            self._release()
            raise
        self._release()

    def _gunzip(self) -> Gunzip | None:
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding == "identity":
            return None
        if encoding in ("gzip", "x-gzip"):
            return Gunzip(self._connection.place)
        raise Unavailable(f"{self._connection.place} answered in an encoding that was not asked for: {encoding[:40]}")

    async def read(self, limit: int = 512 * MIB) -> bytes:
        """The whole body, decompressed; Unavailable where it is over `limit` bytes or cut short."""
        pieces: list[bytes] = []
        size = 0
        async for piece in self.chunks():
            size += len(piece)
            if size > limit:
                self._release()
                raise Unavailable(f"the answer of {self._connection.place} is larger than {limit / MIB:.4g} MiB")
            pieces.append(piece)
        return b"".join(pieces)

    async def close(self) -> None:
        """Be done with it; the connection is given back, or closed where the body was not read to its end."""
        self._release()

    def _release(self) -> None:
        if self._open:
            self._received, self._last_byte = self.received, self.last_byte
            self._open = False
            self._give_back(self._connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()
