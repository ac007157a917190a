"""The server's side of a websocket (RFC 6455): handshake, frames, fragments, ping and pong, close. No extensions.

Knows nothing of what the messages mean.
"""

import base64
import hashlib
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import IntEnum

from kubetui.demo.http.streaming.pipe import Pipe

MAX_MESSAGE = 8 * 1024 * 1024
"""Bytes of one message, fragments together."""
_CONTROL = 125
"""Bytes of a control frame's payload."""
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Close(IntEnum):
    """Why a websocket is closed."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    TOO_BIG = 1009


_OPCODES = frozenset(Opcode)


class _Violation(Exception):
    """The client breaks the protocol."""

    def __init__(self, code: Close, why: str) -> None:
        super().__init__(why)
        self.code = code


def is_websocket(headers: Mapping[str, str]) -> bool:
    """Whether a request asks to become a websocket."""
    words = [word.strip().lower() for word in headers.get("connection", "").split(",")]
    return "upgrade" in words and headers.get("upgrade", "").strip().lower() == "websocket"


def offered(headers: Mapping[str, str]) -> list[str]:
    """The subprotocols that a client offers, the most wanted first."""
    return [word.strip() for word in headers.get("sec-websocket-protocol", "").split(",") if word.strip()]


def accepted(headers: Mapping[str, str], subprotocol: str) -> tuple[tuple[str, str], ...]:
    """The headers with which a handshake is accepted. ValueError with what is wrong with the request."""
    if headers.get("sec-websocket-version", "").strip() != "13":
        raise ValueError("missing or bad WebSocket Version")
    key = headers.get("sec-websocket-key", "").strip()
    try:
        known = len(base64.b64decode(key, validate=True)) == 16
    except (Base64Error, ValueError):
        known = False
    if not known:
        raise ValueError("missing or bad WebSocket key")
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    told = (("Sec-WebSocket-Accept", base64.b64encode(digest).decode()),)
    return (*told, ("Sec-WebSocket-Protocol", subprotocol)) if subprotocol else told


class WebSocket:
    """Messages over one upgraded connection. One reader; any number of writers."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._buffer = bytearray()
        self._closed = False

    async def receive(self) -> bytes | None:
        """The next message; None once the websocket is closed, by the client or because it broke the protocol."""
        try:
            return await self._message()
        except _Violation as why:
            await self.close(why.code, str(why))
            return None
        except EOFError:
            self._closed = True
            return None

    async def send(self, *parts: bytes, text: bool = False) -> None:
        """Sends one message; its parts are joined. BrokenPipeError once the websocket is closed."""
        if self._closed:
            raise BrokenPipeError
        await self._pipe.write(frame(Opcode.TEXT if text else Opcode.BINARY, parts))

    async def close(self, code: Close = Close.NORMAL, why: str = "") -> None:
        """Says goodbye; nothing is sent any more."""
        if not self._closed:
            self._closed = True
            # The client may have been faster.
            with suppress(BrokenPipeError):
                await self._pipe.write(frame(Opcode.CLOSE, (code.to_bytes(2, "big"), why.encode()[:123])))

    async def _message(self) -> bytes | None:
        message = bytearray()
        begun = False
        while not self._closed:
            final, opcode, payload = await self._frame(MAX_MESSAGE - len(message))
            match opcode:
                case Opcode.PING:
                    await self._pipe.write(frame(Opcode.PONG, (payload,)))
                    continue
                case Opcode.PONG:
                    continue
                case Opcode.CLOSE:
                    await self.close()
                    return None
                case Opcode.CONTINUATION if not begun:
                    raise _Violation(Close.PROTOCOL_ERROR, "a continuation of nothing")
                case Opcode.TEXT | Opcode.BINARY if begun:
                    raise _Violation(Close.PROTOCOL_ERROR, "a new message before the last one's end")
            begun = True
            message += payload
            if final:
                return bytes(message)
        return None

    async def _frame(self, most: int) -> tuple[bool, Opcode, bytes]:
        """The next frame: whether it is its message's last, what it is, its payload. EOFError at the end."""
        first, second = await self._take(2)
        final, number, size = bool(first & 0x80), first & 0x0F, second & 0x7F
        if first & 0x70 or number not in _OPCODES:
            raise _Violation(Close.PROTOCOL_ERROR, "unknown bits or opcode")
        opcode = Opcode(number)
        if opcode >= Opcode.CLOSE and (not final or size > _CONTROL):
            raise _Violation(Close.PROTOCOL_ERROR, "a control frame too long or in fragments")
        if not second & 0x80:
            raise _Violation(Close.PROTOCOL_ERROR, "a client's frames are masked")
        if size == 126:
            size = int.from_bytes(await self._take(2), "big")
        elif size == 127:
            size = int.from_bytes(await self._take(8), "big")
        if opcode < Opcode.CLOSE and size > most:
            raise _Violation(Close.TOO_BIG, f"a message has more than {MAX_MESSAGE} bytes")
        mask = await self._take(4)
        return final, opcode, masked(await self._take(size), mask)

    async def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            data = await self._pipe.read()
            if not data:
                raise EOFError
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def frame(opcode: Opcode, parts: Sequence[bytes]) -> bytes:
    """A whole unmasked frame, as a server sends it."""
    size = sum(map(len, parts))
    head = bytes((0x80 | opcode,))
    if size < 126:
        head += bytes((size,))
    elif size < 65_536:
        head += b"\x7e" + size.to_bytes(2, "big")
    else:
        head += b"\x7f" + size.to_bytes(8, "big")
    return b"".join((head, *parts))


def masked(data: bytes, mask: bytes) -> bytes:
    """The data with each byte turned by its byte of the mask; done twice it is as before."""
    size = len(data)
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")
