"""Lists and watches in protobuf: cut by tag and length, decoded item by item as their bytes arrive.

A body is `k8s\\0` and a runtime.Unknown around the message. A watch is frames: a length of four bytes and a WatchEvent
as it is, whose object is enveloped like a body (k8s.io/apimachinery pkg/runtime/serializer/protobuf).
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from google.protobuf.message import DecodeError

from kubetui.client.wire import LONGEST, ListMeta, WatchEvent, garbled
from kubetui.read import Object

T = TypeVar("T", bound=Object)

MAGIC = b"k8s\x00"
_LENGTH_DELIMITED = 2


def _varint(data: memoryview | bytes | bytearray, at: int) -> tuple[int, int]:
    """A varint and where it ends; IndexError where the bytes end before it does."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise garbled("protobuf")


def _walk(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The length-delimited fields of one whole message, in order; varints and fixed widths are stepped over."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire == _LENGTH_DELIMITED:
            size, at = _varint(data, at)
            yield tag >> 3, data[at : at + size]
            at += size
        elif wire == 0:
            _, at = _varint(data, at)
        else:
            at += 8 if wire == 1 else 4


def _field(data: memoryview, number: int) -> memoryview:
    """The first length-delimited field of that number; empty where there is none."""
    return next((value for found, value in _walk(data) if found == number), memoryview(b""))


def _unwrapped(data: memoryview) -> memoryview:
    """The message inside `k8s\\0` + runtime.Unknown (its field 2)."""
    if bytes(data[:4]) != MAGIC:
        raise garbled("protobuf", bytes(data[:200]))
    return _field(data[4:], 2)


class ProtobufListReader(Generic[T]):
    """A list in protobuf: metadata is field 1, each item field 2, walked by tag and length as bytes come."""

    def __init__(self, decode: Callable[[bytes], T]) -> None:
        self.meta = ListMeta()
        self._decode = decode
        self._rest = bytearray()
        self._left = -1
        """Bytes of the list message still to come; -1 until its beginning has been found."""

    def feed(self, chunk: bytes) -> Iterator[T]:
        self._rest += chunk
        at = 0
        if self._left < 0:
            try:
                at = self._head()
            except IndexError:
                return
        with memoryview(self._rest) as data:
            while self._left > 0:
                try:
                    tag, begin = _varint(data, at)
                    size, begin = _varint(data, begin)
                except IndexError:
                    break
                if tag & 7 != _LENGTH_DELIMITED:
                    self._left -= begin - at
                    at = begin
                    continue
                end = begin + size
                if end > len(data):
                    break
                field = bytes(data[begin:end])
                self._left -= end - at
                at = end
                if tag >> 3 == 2:
                    yield self._item(field)
                elif tag >> 3 == 1:
                    self.meta = _list_meta(memoryview(field))
        del self._rest[:at]

    def _head(self) -> int:
        """Steps over the envelope to where the list message begins; IndexError where more bytes are needed."""
        if len(self._rest) >= 4 and self._rest[:4] != MAGIC:
            raise garbled("a protobuf list", self._rest)
        at = 4
        while True:
            tag, at = _varint(self._rest, at)
            size, at = _varint(self._rest, at)
            if tag >> 3 == 2:
                self._left = size
                return at
            at += size

    def _item(self, data: bytes) -> T:
        try:
            return self._decode(data)
        except (DecodeError, UnicodeDecodeError):
            raise garbled("a protobuf list", data) from None

    def finish(self) -> Iterator[T]:
        if self._left != 0:
            raise garbled("a whole list", self._rest)
        return iter(())


def _list_meta(data: memoryview) -> ListMeta:
    """k8s.io/apimachinery meta/v1 ListMeta: resourceVersion 2, continue 3."""
    found = {number: bytes(value).decode() for number, value in _walk(data) if number in (2, 3)}
    return ListMeta(found.get(2, ""), found.get(3, ""))


class ProtobufWatchReader(Generic[T]):
    """A watch in protobuf: frames of a four-byte length and an enveloped WatchEvent."""

    def __init__(self, decode: Callable[[bytes], T]) -> None:
        self._decode = decode
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> Iterator[WatchEvent[T]]:
        self._rest += chunk
        at = 0
        while len(self._rest) >= at + 4:
            size = int.from_bytes(self._rest[at : at + 4], "big")
            if size > LONGEST:
                raise garbled(f"a watch event of less than {LONGEST >> 20} MiB", self._rest)
            if len(self._rest) < at + 4 + size:
                break
            frame = bytes(self._rest[at + 4 : at + 4 + size])
            at += 4 + size
            yield self._event(memoryview(frame))
        del self._rest[:at]

    def _event(self, frame: memoryview) -> WatchEvent[T]:
        try:
            what = bytes(_field(frame, 1)).decode()
            body = _unwrapped(_field(_field(frame, 2), 1))
            if what == "ERROR":
                return WatchEvent(what, None, status=_status(body))
            if what == "BOOKMARK":
                return WatchEvent(what, None, bytes(_field(_field(body, 1), 6)).decode())
            obj = self._decode(bytes(body))
        except (DecodeError, IndexError, UnicodeDecodeError):
            raise garbled("a watch event", bytes(frame)) from None
        return WatchEvent(what, obj, obj.metadata.resource_version)


def decode_status(body: bytes) -> dict[str, Any]:
    """The Status with which a server refuses what was asked for in protobuf; raises `Unavailable` where it is none."""
    try:
        return _status(_unwrapped(memoryview(body)))
    except IndexError:
        raise garbled("a status", body) from None


def _status(data: memoryview) -> dict[str, Any]:
    """k8s.io/apimachinery meta/v1 Status: status 2, message 3, reason 4, details 5 (causes 4, seconds 5), code 6."""
    text = {number: bytes(value).decode(errors="replace") for number, value in _walk(data) if number in (2, 3, 4)}
    details = _field(data, 5)
    return {
        "kind": "Status",
        "status": text.get(2, ""),
        "message": text.get(3, ""),
        "reason": text.get(4, ""),
        "details": {
            "causes": [
                {"reason": bytes(_field(cause, 1)).decode(errors="replace")}
                for number, cause in _walk(details)
                if number == 4
            ],
            "retryAfterSeconds": _number(details, 5),
        },
        "code": _number(data, 6),
    }


def _number(data: memoryview, number: int) -> int:
    """A varint field of a message that has no fixed-width ones; 0 where it is absent."""
    value = at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        size, at = _varint(data, at)
        if tag & 7 == _LENGTH_DELIMITED:
            at += size
        elif tag >> 3 == number:
            value = size
    return value
