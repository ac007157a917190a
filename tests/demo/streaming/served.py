"""A living cluster on a real socket, and a client that speaks websocket and SPDY byte by byte."""

import asyncio
import os
import ssl
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from kubetui.demo.bootstrap import bootstrap
from kubetui.demo.catalog import Catalog
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.certificate import Identity
from kubetui.demo.http.front import Front
from kubetui.demo.http.message import User
from kubetui.demo.http.server import Server
from kubetui.demo.http.streaming import spdy_frames as frames
from kubetui.demo.http.streaming.spdy_frames import Control, Data, Kind
from kubetui.demo.http.streaming.websocket import Opcode, masked
from tests.demo.living import Living

Json = dict[str, Any]
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""The key of RFC 6455's own example."""
PODS = "/api/v1/namespaces/default/pods"
PATIENCE = 10.0


class Served:
    """A cluster in virtual time that answers on a port. The tokens are the names of the users."""

    def __init__(self, living: Living, identity: Identity) -> None:
        self.living = living
        bootstrap(living.registry)
        groups = ("system:authenticated",)
        users = {"admin": User("admin", ("system:masters", *groups)), "viewer": User("viewer", groups)}
        front = Front(living.registry, Doorkeeper(users, living.clock), living.plane.fleet, Catalog())
        self.server = Server(front.handle, identity)
        self._context = ssl.create_default_context(cadata=identity.authority)
        self._wires: list[Wire] = []

    async def open(self) -> "Wire":
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port, ssl=self._context)
        self._wires.append(Wire(reader, writer))
        return self._wires[-1]

    async def stop(self) -> None:
        """Ends all connections, and the server."""
        for wire in self._wires:
            wire.close()
        await self.server.stop()

    async def websocket(self, target: str, *subprotocols: str, user: str = "admin") -> "Socket":
        """A websocket that the server has accepted."""
        wire = await self.open()
        status, headers, body = await wire.upgrade(target, subprotocols, user=user)
        assert status == 101, (status, body)
        return Socket(wire, headers)


def exec_path(pod: str, *command: str, **flags: int) -> str:
    """The path of an exec with both outputs; `stdin=1`, `tty=1` and the like add to it."""
    words = [*(f"command={quote(word)}" for word in command), "stdout=1", "stderr=1"]
    return f"{PODS}/{pod}/exec?{'&'.join([*words, *(f'{name}={value}' for name, value in flags.items())])}"


class Wire:
    """One connection, and HTTP enough to have it upgraded."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def upgrade(
        self,
        target: str,
        subprotocols: Sequence[str] = (),
        *,
        user: str = "admin",
        version: str = "13",
        more: str = "",
    ) -> tuple[int, Json, bytes]:
        """Asks for a websocket: the status, the headers, and the body of a refusal."""
        offered = f"Sec-WebSocket-Protocol: {', '.join(subprotocols)}\r\n" if subprotocols else ""
        self.writer.write(
            f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user}\r\nConnection: keep-alive, Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: {version}\r\n"
            f"{offered}{more}\r\n".encode()
        )
        return await self.answer()

    async def spdy(self, target: str, *protocols: str, user: str = "admin") -> tuple[int, Json, bytes]:
        """Asks for SPDY as kubectl does that knows no websockets."""
        offered = "".join(f"X-Stream-Protocol-Version: {one}\r\n" for one in protocols)
        self.writer.write(
            f"POST {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user}\r\nConnection: Upgrade\r\n"
            f"Upgrade: SPDY/3.1\r\nContent-Length: 0\r\n{offered}\r\n".encode()
        )
        return await self.answer()

    async def answer(self) -> tuple[int, Json, bytes]:
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return int(first.split()[1]), headers, body

    def close(self) -> None:
        self.writer.transport.abort()


class Socket:
    """A client's side of a websocket."""

    def __init__(self, wire: Wire, headers: Json) -> None:
        self.wire = wire
        self.headers = headers
        self.closed: int | None = None
        """The code with which the server has closed it."""

    @property
    def subprotocol(self) -> str:
        return str(self.headers.get("sec-websocket-protocol", ""))

    def send(self, data: bytes, opcode: int = Opcode.BINARY, *, final: bool = True, mask: bool = True) -> None:
        """Sends one frame."""
        size, bit = len(data), 0x80 if mask else 0
        head = bytes((opcode | (0x80 if final else 0),))
        if size < 126:
            head += bytes((size | bit,))
        elif size < 65_536:
            head += bytes((126 | bit,)) + size.to_bytes(2, "big")
        else:
            head += bytes((127 | bit,)) + size.to_bytes(8, "big")
        key = os.urandom(4)
        self.wire.writer.write(head + (key + masked(data, key) if mask else data))

    async def frame(self) -> tuple[int, bytes]:
        """The next frame that comes: what it is, and its payload."""
        async with asyncio.timeout(PATIENCE):
            first, size = await self.wire.reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await self.wire.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.wire.reader.readexactly(8), "big")
            return first & 0x0F, await self.wire.reader.readexactly(size)

    async def message(self) -> bytes | None:
        """The next message; None once the server has closed."""
        opcode, payload = await self.frame()
        if opcode == Opcode.CLOSE:
            self.closed = int.from_bytes(payload[:2], "big")
            return None
        return payload

    async def channels(self) -> dict[int, bytes]:
        """All that comes until the server closes, by channel."""
        found: dict[int, bytes] = {}
        while (message := await self.message()) is not None:
            found[message[0]] = found.get(message[0], b"") + message[1:]
        return found


def status_of(told: bytes) -> Json:
    """The Status that an error channel carried."""
    found: Json = msgspec.json.decode(told)
    return found


class Spdy:
    """A client's side of a SPDY connection, on a plain upgraded one or in the messages of a websocket."""

    def __init__(self, wire: Wire, socket: Socket | None = None) -> None:
        self.wire = wire
        self.socket = socket
        self.heard: dict[int, bytes] = {}
        """What came on each stream."""
        self.ended: set[int] = set()
        self.reset: set[int] = set()
        self.controls: list[Control] = []
        self._folder = frames.Folder()
        self._reader = frames.Reader()
        self._next = 1

    def send(self, data: bytes) -> None:
        if self.socket is None:
            self.wire.writer.write(data)
        else:
            self.socket.send(data)

    def open(self, **headers: str) -> int:
        """Opens a stream; its number."""
        number, self._next = self._next, self._next + 2
        payload = number.to_bytes(4, "big") + bytes(6) + self._folder.block(headers)
        self.send(frames.control(Kind.SYN_STREAM, payload))
        return number

    def connect(self, port: int, request: str = "0") -> tuple[int, int]:
        """Opens the streams of a connection to a port: of errors, whose own side ends at once, and of data."""
        error = self.open(streamtype="error", port=str(port), requestid=request)
        self.write(error, b"", last=True)
        return error, self.open(streamtype="data", port=str(port), requestid=request)

    def write(self, stream: int, data: bytes, *, last: bool = False) -> None:
        self.send(frames.data_frame(stream, data, frames.FIN if last else 0))

    async def hear(self) -> None:
        """Takes in what comes next. EOFError at the end."""
        if self.socket is not None:
            data = await self.socket.message()
        else:
            async with asyncio.timeout(PATIENCE):
                data = await self.wire.reader.read(65_536)
        if not data:
            raise EOFError
        for frame in self._reader.feed(data):
            if isinstance(frame, Data):
                self.heard[frame.stream] = self.heard.get(frame.stream, b"") + frame.payload
                if frame.flags & frames.FIN:
                    self.ended.add(frame.stream)
            else:
                self.controls.append(frame)
                if frame.kind == Kind.RST_STREAM:
                    self.reset.add(frames.number(frame.payload))

    async def until_over(self, *streams: int) -> None:
        """Takes in what comes until these streams have ended or been reset."""
        while not set(streams) <= self.ended | self.reset:
            await self.hear()
