"""The server's side of a websocket: the handshake, frames, and clients that break the rules."""

import asyncio

import msgspec
import pytest

from kubetui.demo.http import connection
from kubetui.demo.http.streaming import websocket
from kubetui.demo.http.streaming.pipe import UNREAD, Pipe
from kubetui.demo.http.streaming.websocket import Close, Opcode
from tests.demo.streaming.served import Served, exec_path

V5 = "v5.channel.k8s.io"
CAT = exec_path("p", "cat", stdin=1)


async def test_the_handshake_proves_that_the_key_was_read(served: Served) -> None:
    socket = await served.websocket(CAT, V5)
    assert socket.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert (socket.headers["upgrade"].lower(), socket.subprotocol) == ("websocket", V5)


async def test_the_client_s_first_known_subprotocol_is_taken(served: Served) -> None:
    socket = await served.websocket(CAT, "v9.channel.k8s.io", "v4.channel.k8s.io", V5)
    assert socket.subprotocol == "v4.channel.k8s.io"


async def test_subprotocols_that_nobody_knows_are_refused(served: Served) -> None:
    wire = await served.open()
    assert (await wire.upgrade(CAT, ["chat"]))[0] == 403


async def test_another_version_of_the_protocol_is_refused(served: Served) -> None:
    wire = await served.open()
    status, _, body = await wire.upgrade(CAT, [V5], version="8")
    assert (status, body) == (400, b"missing or bad WebSocket Version")


async def test_who_asks_for_no_upgrade_is_told_to(served: Served) -> None:
    wire = await served.open()
    wire.writer.write(f"GET {CAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n\r\n".encode())
    status, _, body = await wire.answer()
    assert (status, msgspec.json.decode(body)["message"]) == (400, "Upgrade request required")


async def test_an_upgrade_of_what_can_not_be_upgraded_is_answered_and_closed(served: Served) -> None:
    wire = await served.open()
    status, headers, _ = await wire.upgrade("/version", [V5])
    assert (status, headers["connection"]) == (200, "close")
    assert await wire.reader.read() == b""


async def test_a_message_comes_in_fragments_with_a_ping_between(served: Served) -> None:
    socket = await served.websocket(CAT, V5)
    await socket.message()
    socket.send(b"\0one ", final=False)
    socket.send(b"two ", Opcode.CONTINUATION, final=False)
    socket.send(b"are you there?", Opcode.PING)
    socket.send(b"three", Opcode.CONTINUATION)
    assert await socket.frame() == (Opcode.PONG, b"are you there?")
    assert await socket.message() == b"\1one two three"


async def test_a_frame_comes_byte_by_byte(served: Served) -> None:
    socket = await served.websocket(CAT, V5)
    await socket.message()
    key = b"\1\2\3\4"
    for byte in b"\x82\x83" + key + websocket.masked(b"\0ab", key):
        socket.wire.writer.write(bytes((byte,)))
        await socket.wire.writer.drain()
    assert await socket.message() == b"\1ab"


@pytest.mark.parametrize("size", [125, 126, 65_535, 65_536, 300_000])
async def test_a_message_of_any_size_goes_there_and_back(served: Served, size: int) -> None:
    socket = await served.websocket(CAT, V5)
    await socket.message()
    socket.send(b"\0" + b"x" * size)
    came = 0
    while came < size:
        came += len(await socket.message() or b"") - 1
    assert came == size


async def test_what_was_sent_with_the_handshake_is_not_lost(served: Served) -> None:
    wire = await served.open()
    early = "\0early"
    key = bytes(4)
    first = b"\x82\x86" + key + early.encode()
    head = (
        f"GET {CAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {V5}\r\n\r\n"
    )
    wire.writer.write(head.encode() + first)
    await wire.reader.readuntil(b"\r\n\r\n")
    assert await wire.reader.readexactly(3 + 8) == b"\x82\x01\x01" + b"\x82\x06\x01early"


async def test_goodbye_is_answered(served: Served) -> None:
    socket = await served.websocket(CAT, V5)
    await socket.message()
    socket.send((1000).to_bytes(2, "big"), Opcode.CLOSE)
    assert await socket.message() is None
    assert socket.closed == Close.NORMAL


BROKEN = {
    "a frame without a mask": (b"\x82\x01x", Close.PROTOCOL_ERROR),
    "an unknown opcode": (b"\x83\x80" + bytes(4), Close.PROTOCOL_ERROR),
    "a bit of an extension": (b"\xc2\x80" + bytes(4), Close.PROTOCOL_ERROR),
    "a ping in fragments": (b"\x09\x80" + bytes(4), Close.PROTOCOL_ERROR),
    "a ping that is too long": (b"\x89\xfe\x00\x7e" + bytes(4 + 126), Close.PROTOCOL_ERROR),
    "a continuation of nothing": (b"\x80\x80" + bytes(4), Close.PROTOCOL_ERROR),
    "a message within a message": (b"\x02\x80" + bytes(4) + b"\x82\x80" + bytes(4), Close.PROTOCOL_ERROR),
    "a message without measure": (b"\x82\xff" + b"\x7f" * 8, Close.TOO_BIG),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
async def test_who_breaks_the_rules_is_told_so_and_left(served: Served, sent: tuple[bytes, Close]) -> None:
    socket = await served.websocket(CAT, V5)
    await socket.message()
    socket.wire.writer.write(sent[0])
    assert await socket.message() is None
    assert socket.closed == sent[1]
    socket.wire.close()
    await served.server.quiet()


async def test_fragments_are_too_big_together(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "MAX_MESSAGE", 1_000)
    socket = await served.websocket(CAT, V5)
    await socket.message()
    socket.send(b"\0" + b"x" * 600, final=False)
    socket.send(b"x" * 600, Opcode.CONTINUATION, final=False)
    assert await socket.message() is None
    assert socket.closed == Close.TOO_BIG


async def test_a_client_that_never_reads_is_dropped(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STUCK", 0.05)
    await served.websocket(exec_path("p", "yes"), V5)
    async with asyncio.timeout(10):
        await served.server.quiet()


class _Transport(asyncio.Transport):
    """A transport that remembers whether it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = True

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


async def test_a_client_that_sends_what_nobody_reads_is_read_no_further() -> None:
    transport = _Transport()

    async def drained() -> None:
        return

    pipe = Pipe(transport, drained)
    pipe.feed(b"x" * (UNREAD + 1))
    assert not transport.reads
    assert len(await pipe.read()) == UNREAD + 1
    assert transport.reads
