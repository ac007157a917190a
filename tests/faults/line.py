"""The line between the explorer and a cluster: a relay of bytes in the test's own loop, which a test can break."""

import asyncio
from typing import Self


class Line:
    """Listens on a loopback port and carries what comes to another port and back, unless it is broken."""

    def __init__(self, to: int) -> None:
        self.to = to
        """The port of the cluster; may be changed for those who connect from now on."""
        self.port = 0
        self.dialled = 0
        """Connections that were made or refused."""
        self._listening: asyncio.Server | None = None
        self._ends: set[_End] = set()
        self.is_frozen = False
        self.is_cut = False
        self._swallows_after: int | None = None
        self._resets_after: int | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._accept, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listening is not None
        self._listening.close()
        self._abort()

    def freeze(self) -> None:
        """Nothing is carried any more, and nobody is told: connections stay open and new ones are taken."""
        self.is_frozen = True

    def thaw(self) -> None:
        """What was held is carried, and all that follows."""
        self.is_frozen = False
        for end in tuple(self._ends):
            end.release()

    def cut(self) -> None:
        """Every connection is reset, and new ones are as soon as they are made, until `mend`."""
        self.is_cut = True
        self._abort()

    def reset(self) -> None:
        """Every connection there is is reset; new ones are carried."""
        self._abort()

    def swallow(self, after: int = 0) -> None:
        """So many bytes from the cluster arrive on each connection, and no more: a proxy that lost its memory."""
        self._swallows_after = after

    def reset_after(self, after: int) -> None:
        """Each connection is reset once so many bytes have come from the cluster: in the middle of a line."""
        self._resets_after = after

    def carries_new_ones(self) -> None:
        """New connections are carried again; those there are go on swallowing."""
        for end in self._ends:
            end.is_dead = True
        self._swallows_after = None

    def mend(self) -> None:
        """All is carried again; what was swallowed stays lost."""
        self.is_cut = False
        self._swallows_after = self._resets_after = None
        self.thaw()

    def _accept(self) -> asyncio.Protocol:
        self.dialled += 1
        return _End(self)

    def _abort(self) -> None:
        for end in tuple(self._ends):
            end.abort()

    def allowed(self, end: "_End", data: bytes) -> bytes:
        """What of the cluster's bytes arrives; the connection may end with it."""
        before = end.carried
        end.carried += len(data)
        if self._resets_after is not None and end.carried >= self._resets_after:
            asyncio.get_running_loop().call_soon(end.abort)
            return data[: max(0, self._resets_after - before)]
        if end.is_dead:
            return b""
        if self._swallows_after is not None:
            return data[: max(0, self._swallows_after - before)]
        return data

    def joined(self, end: "_End") -> None:
        self._ends.add(end)

    def left(self, end: "_End") -> None:
        self._ends.discard(end)


class _End(asyncio.Protocol):
    """One end of one connection; `other` is the end on the other side."""

    def __init__(self, line: Line, other: "_End | None" = None) -> None:
        self._line = line
        self._faces_cluster = other is not None
        self._other = other
        self._transport: asyncio.Transport | None = None
        self._held = bytearray()
        """What came from the other side and could not be passed on yet."""
        self._ends = False
        self._dialling: asyncio.Task[None] | None = None
        self.carried = 0
        """Bytes that came from the cluster."""
        self.is_dead = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._line.joined(self)
        if self._line.is_cut:
            self.abort()
        elif self._faces_cluster:
            self.release()
        else:
            self._other = _End(self._line, self)
            self._dialling = asyncio.get_running_loop().create_task(self._dial(self._other))

    async def _dial(self, other: "_End") -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: other, "127.0.0.1", self._line.to)
        except OSError:
            self.abort()

    def data_received(self, data: bytes) -> None:
        if self._faces_cluster:
            data = self._line.allowed(self, data)
        assert self._other is not None
        self._other.take(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.left(self)
        if self._dialling is not None:
            self._dialling.cancel()
        if self._other is not None:
            self._other.finish()

    def take(self, data: bytes) -> None:
        """Passes on what the other end received, or keeps it while the line is frozen."""
        if self._line.is_frozen or self._transport is None:
            self._held += data
        elif data:
            self._transport.write(data)

    def finish(self) -> None:
        """The other end is gone: so is this one, once what is held has been passed on."""
        self._ends = True
        if not self._line.is_frozen:
            self.abort()

    def release(self) -> None:
        if self._transport is not None and self._held and not self._line.is_frozen:
            self._transport.write(bytes(self._held))
            self._held.clear()
        if self._ends and not self._line.is_frozen:
            self.abort()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
