"""Bytes that flow between a client and a process: their two ends, and the way between.

Owns the bound on what is on its way. Knows neither sockets nor Kubernetes.
"""

import asyncio
from typing import Protocol

import msgspec

ROOM = 256 * 1024
"""Bytes that may be on their way before the writer waits."""


class Source(Protocol):
    """Where bytes come from."""

    async def read(self) -> bytes:
        """The next bytes, at least one; none at all once there are no more."""
        ...


class Sink(Protocol):
    """Where bytes go."""

    async def write(self, data: bytes) -> None:
        """Returns once there is room for more. BrokenPipeError where nobody reads any longer."""
        ...


class Conduit:
    """A source and a sink in one: what is written comes out in its order."""

    __slots__ = ("_broken", "_chunks", "_ended_once", "_finished", "_ready", "_roomy", "_size")

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._finished = False
        self._ended_once = False
        self._broken = False
        self._ready = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()

    async def write(self, data: bytes) -> None:
        await self._roomy.wait()
        if self._broken:
            raise BrokenPipeError
        if data and not self._finished:
            self._chunks.append(data)
            self._size += len(data)
            self._ready.set()
            if self._size >= ROOM:
                self._roomy.clear()

    @classmethod
    def holding(cls, data: bytes) -> "Conduit":
        """One with all that will ever be written to it."""
        made = cls()
        made._chunks, made._size = [data] if data else [], len(data)
        made.finish()
        return made

    def finish(self) -> None:
        """Nothing more is written."""
        self._finished = True
        self._ready.set()

    def end_once(self) -> None:
        """Makes one read find nothing, as Ctrl+D on a terminal does; more may be written after it."""
        self._ended_once = True
        self._ready.set()

    def abandon(self) -> None:
        """Nothing more is read: what is on its way is lost, and writers are told."""
        self._broken = True
        self._chunks.clear()
        self._size = 0
        self._roomy.set()

    async def read(self) -> bytes:
        while not self._chunks and not self._finished and not self._ended_once:
            self._ready.clear()
            await self._ready.wait()
        if not self._chunks:
            self._ended_once = False
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._size = 0
        self._roomy.set()
        return data


class Nothing:
    """A source that is at its end, and a sink that keeps nothing: /dev/null."""

    async def read(self) -> bytes:
        return b""

    async def write(self, data: bytes) -> None:
        pass


NOTHING = Nothing()


class Window:
    """The size of a client's terminal, in cells. Changes as the client says so."""

    __slots__ = ("columns", "rows")

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.columns = columns
        self.rows = rows


class Stdio(msgspec.Struct, frozen=True):
    """What a process in a container is connected to."""

    stdin: Source = NOTHING
    stdout: Sink = NOTHING
    stderr: Sink = NOTHING
    window: Window | None = None
    """The terminal, where there is one: it echoes, edits lines, and knows Ctrl+C. `stderr` is not used then."""


class Exited(Exception):
    """A process has ended with a code other than zero."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit status {code}")
        self.code = code


class RuntimeFailure(Exception):
    """The container runtime could not do what was asked; the text is its own."""
