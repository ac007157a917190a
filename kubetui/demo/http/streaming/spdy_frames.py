"""Frames of SPDY/3.1, as bytes and as values: the few kinds that Kubernetes clients use. Pure but for the compression.

The format is that of the SPDY/3 draft; flow control and settings are left out, as spdystream, the library of all
Kubernetes clients, leaves them out.
"""

import zlib
from collections.abc import Iterator, Mapping
from enum import IntEnum

import msgspec

VERSION = 3
MAX_CONTROL = 64 * 1024
"""Bytes of a control frame, and of the headers that one unfolds to."""
FIN = 1
"""The flag on the last frame of a direction of a stream."""

_WORDS = (
    "options", "head", "post", "put", "delete", "trace", "accept", "accept-charset", "accept-encoding",
    "accept-language", "accept-ranges", "age", "allow", "authorization", "cache-control", "connection",
    "content-base", "content-encoding", "content-language", "content-length", "content-location", "content-md5",
    "content-range", "content-type", "date", "etag", "expect", "expires", "from", "host", "if-match",
    "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "location",
    "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization", "range", "referer", "retry-after",
    "server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "vary", "via", "warning",
    "www-authenticate", "method", "get", "status", "200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie",
    "keep-alive", "origin",
)  # fmt: skip
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Au"
    "thoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidd"
    "en404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr Ma"
    "y Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,imag"
    "e/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicpri"
    "vatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
_DICTIONARY = b"".join(len(word).to_bytes(4, "big") + word.encode() for word in _WORDS) + _REST.encode()
"""What both sides' compression knows beforehand."""


class Kind(IntEnum):
    """What a control frame is."""

    SYN_STREAM = 1
    SYN_REPLY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PING = 6
    GOAWAY = 7
    HEADERS = 8
    WINDOW_UPDATE = 9


class Reset(IntEnum):
    """Why a stream is reset."""

    PROTOCOL_ERROR = 1
    INVALID_STREAM = 2
    REFUSED_STREAM = 3
    CANCEL = 5


class Control(msgspec.Struct, frozen=True):
    """A control frame; `kind` may be one that is not known."""

    kind: int
    flags: int
    payload: bytes


class Data(msgspec.Struct, frozen=True):
    """A piece of a data frame; the last one of the frame has its flags."""

    stream: int
    flags: int
    payload: bytes


class Malformed(Exception):
    """Bytes that are no SPDY."""


class Reader:
    """Cuts frames out of bytes as they come. A data frame's bytes are handed on at once, so its size has no limit."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._stream = 0
        self._flags = 0
        self._left = 0

    def feed(self, data: bytes) -> Iterator[Control | Data]:
        """The frames, and pieces of frames, that are there now. Malformed where there is something else."""
        self._buffer += data
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> Control | Data | None:
        buffer = self._buffer
        if self._left:
            piece = bytes(buffer[: self._left])
            if not piece:
                return None
            del buffer[: len(piece)]
            self._left -= len(piece)
            return Data(self._stream, 0 if self._left else self._flags, piece)
        if len(buffer) < 8:
            return None
        first, flags, size = int.from_bytes(buffer[:4], "big"), buffer[4], int.from_bytes(buffer[5:8], "big")
        if not first >> 31:
            del buffer[:8]
            self._stream, self._flags, self._left = first, flags, size
            return self._next() if size else Data(first, flags, b"")
        if (first >> 16) & 0x7FFF != VERSION:
            raise Malformed("an unknown version")
        if size > MAX_CONTROL:
            raise Malformed("a control frame that is too long")
        if len(buffer) < 8 + size:
            return None
        payload = bytes(buffer[8 : 8 + size])
        del buffer[: 8 + size]
        return Control(first & 0xFFFF, flags, payload)


class Unfolder:
    """Reads the header blocks of one connection, in their order."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(zdict=_DICTIONARY)

    def headers(self, block: bytes) -> dict[str, str]:
        """Names in lower case, and values. Malformed where they can't be read or are too long."""
        try:
            raw = self._zlib.decompress(block, MAX_CONTROL)
        except zlib.error as why:
            raise Malformed("headers that can't be unfolded") from why
        if self._zlib.unconsumed_tail:
            raise Malformed("headers that are too long")
        try:
            return _read(raw)
        except ValueError as why:
            raise Malformed(str(why)) from why


class Folder:
    """Writes the header blocks of one connection, in their order."""

    def __init__(self) -> None:
        self._zlib = zlib.compressobj(zdict=_DICTIONARY)

    def block(self, headers: Mapping[str, str]) -> bytes:
        parts = [len(headers).to_bytes(4, "big")]
        for text in (one for pair in headers.items() for one in pair):
            data = text.encode("latin-1")
            parts += (len(data).to_bytes(4, "big"), data)
        return self._zlib.compress(b"".join(parts)) + self._zlib.flush(zlib.Z_SYNC_FLUSH)


def control(kind: Kind, payload: bytes, flags: int = 0) -> bytes:
    """A control frame."""
    head = (1 << 31) | (VERSION << 16) | kind
    return head.to_bytes(4, "big") + bytes((flags,)) + len(payload).to_bytes(3, "big") + payload


def data_frame(stream: int, payload: bytes, flags: int = 0) -> bytes:
    """A data frame of at most 16 MB."""
    return stream.to_bytes(4, "big") + bytes((flags,)) + len(payload).to_bytes(3, "big") + payload


def number(payload: bytes, start: int = 0) -> int:
    """The 31 bit number at a place in a control frame's payload. Malformed where the payload ends before it."""
    if len(payload) < start + 4:
        raise Malformed("a control frame that is too short")
    return int.from_bytes(payload[start : start + 4], "big") & 0x7FFF_FFFF


def _read(raw: bytes) -> dict[str, str]:
    def text(start: int) -> tuple[str, int]:
        size = int.from_bytes(raw[start : start + 4], "big")
        end = start + 4 + size
        if end > len(raw):
            raise ValueError("headers that end too early")
        return raw[start + 4 : end].decode("latin-1"), end

    if len(raw) < 4:
        raise ValueError("headers that end too early")
    headers: dict[str, str] = {}
    at = 4
    for _ in range(int.from_bytes(raw[:4], "big")):
        name, at = text(at)
        value, at = text(at)
        headers[name.lower()] = value
    return headers
