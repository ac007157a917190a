"""The server's side of a SPDY/3.1 connection: streams that a client opens, each with headers and two directions.

Knows nothing of what the streams are for. It opens none itself.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

from kubetui.demo.http.streaming import spdy_frames as frames
from kubetui.demo.http.streaming.spdy_frames import FIN, Control, Data, Folder, Kind, Malformed, Reader, Reset, Unfolder
from kubetui.demo.streams import Conduit, Sink, Source

MAX_STREAMS = 512
"""Streams that are open at a time."""
_PIECE = 64 * 1024
"""Bytes of a data frame that is sent."""


class Carrier(Source, Sink, Protocol):
    """What the connection runs over: an upgraded connection, or a tunnel in a websocket."""


class Stream:
    """One stream: a source of what the client sends, a sink for what it is sent."""

    def __init__(self, session: "Session", number: int, headers: Mapping[str, str], *, ended: bool) -> None:
        self._session = session
        self._incoming = Conduit()
        self._finished = False
        self._reset = False
        self.number = number
        self.headers = headers
        """As the client gave them, names in lower case."""
        self.ended = ended
        """Whether the client sends nothing more."""
        if ended:
            self._incoming.finish()

    @property
    def over(self) -> bool:
        """Whether both directions are at their end."""
        return self._reset or (self.ended and self._finished)

    async def read(self) -> bytes:
        return await self._incoming.read()

    async def write(self, data: bytes) -> None:
        """BrokenPipeError once the stream is reset or finished."""
        view = memoryview(data)
        for start in range(0, len(view), _PIECE):
            if self._reset or self._finished:
                raise BrokenPipeError
            await self._session.send(frames.data_frame(self.number, bytes(view[start : start + _PIECE])))

    def ignore(self) -> None:
        """What the client sends from now on is lost."""
        self._incoming.abandon()

    async def finish(self) -> None:
        """Sends the end of this side's direction."""
        if not self._finished and not self._reset:
            self._finished = True
            await self._session.send(frames.data_frame(self.number, b"", FIN))
            self._session.forget_if_over(self)

    async def reset(self) -> None:
        """Ends both directions at once; nothing happens where that is so already."""
        if not self._reset:
            self.was_reset()
            await self._session.send(frames.control(Kind.RST_STREAM, _pair(self.number, Reset.CANCEL)))
            self._session.forget_if_over(self)

    # What the session hears.

    async def take(self, data: bytes, *, last: bool) -> None:
        """Bytes have come; waits while too many of them are unread."""
        with suppress(BrokenPipeError):
            await self._incoming.write(data)
        if last:
            self.ended = True
            self._incoming.finish()

    def was_reset(self) -> None:
        """The stream is over in both directions."""
        self._reset = True
        self._incoming.abandon()
        self._incoming.finish()


class Session:
    """Serves the streams of one connection: `opened` is told of each. It must not wait."""

    def __init__(self, carrier: Carrier, opened: Callable[[Stream], None]) -> None:
        self._carrier = carrier
        self._opened = opened
        self._streams: dict[int, Stream] = {}
        self._newest = 0
        self._unfolder = Unfolder()
        self._folder = Folder()

    async def run(self) -> None:
        """Returns once the client is gone or breaks the protocol; its streams end then."""
        reader = Reader()
        try:
            while data := await self._carrier.read():
                for frame in reader.feed(data):
                    if isinstance(frame, Data):
                        await self._data(frame)
                    else:
                        await self._control(frame)
        except Malformed:
            await self.send(frames.control(Kind.GOAWAY, _pair(self._newest, 1)))
        finally:
            for stream in list(self._streams.values()):
                stream.was_reset()
            self._streams.clear()

    async def send(self, frame: bytes) -> None:
        """Sends a frame. BrokenPipeError where the client is gone."""
        await self._carrier.write(frame)

    def forget_if_over(self, stream: Stream) -> None:
        """Drops a stream whose both directions have ended."""
        if stream.over:
            self._streams.pop(stream.number, None)

    async def _data(self, frame: Data) -> None:
        stream = self._streams.get(frame.stream)
        if stream is None or stream.ended:
            # It has ended here while this was on its way.
            return
        await stream.take(frame.payload, last=bool(frame.flags & FIN))
        self.forget_if_over(stream)

    async def _control(self, frame: Control) -> None:
        match frame.kind:
            case Kind.SYN_STREAM:
                await self._open(frame)
            case Kind.RST_STREAM:
                stream = self._streams.pop(frames.number(frame.payload), None)
                if stream is not None:
                    stream.was_reset()
            case Kind.PING:
                # An odd number is the client's question; an even one would be the answer to a question of ours.
                if frames.number(frame.payload) % 2:
                    await self.send(frames.control(Kind.PING, frame.payload[:4]))
            case Kind.HEADERS | Kind.SYN_REPLY:
                # Compression goes on from block to block, so each must be read.
                self._unfolder.headers(frame.payload[4:])

    async def _open(self, frame: Control) -> None:
        number = frames.number(frame.payload)
        headers = self._unfolder.headers(frame.payload[10:])
        if number % 2 == 0 or number <= self._newest:
            raise Malformed("a stream with a wrong number")
        self._newest = number
        if len(self._streams) >= MAX_STREAMS:
            await self.send(frames.control(Kind.RST_STREAM, _pair(number, Reset.REFUSED_STREAM)))
            return
        stream = self._streams[number] = Stream(self, number, headers, ended=bool(frame.flags & FIN))
        await self.send(frames.control(Kind.SYN_REPLY, number.to_bytes(4, "big") + self._folder.block({})))
        self._opened(stream)


def _pair(first: int, second: int) -> bytes:
    return first.to_bytes(4, "big") + second.to_bytes(4, "big")
