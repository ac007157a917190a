"""Lists and watches in protobuf: cut by tag and length, decoded item by item as their bytes arrive.

A body is `k8s\\0` and a runtime.Unknown around the message. A watch is frames: a length of four bytes and a WatchEvent
as it is, whose object is enveloped like a body (k8s.io/apimachinery pkg/runtime/serializer/protobuf).
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from google.protobuf.message import DecodeError

from kubetui.client.protobuf import decoder
from kubetui.client.protowire import LENGTH_DELIMITED, MAGIC, field, status, varint, walk
from kubetui.client.wire import INITIAL_END, LONGEST, ListMeta, WatchEvent, garbled
from kubetui.read import At, Object, Read

T = TypeVar("T", bound=Object)

GARBLED = (DecodeError, IndexError, ValueError, OverflowError)
"""What bytes raise that are not what they should be: cut short, no UTF-8, a time beyond all times."""


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
            except ValueError:
                raise garbled("a protobuf list", self._rest) from None
        with memoryview(self._rest) as data:
            while self._left > 0:
                try:
                    tag, begin = varint(data, at)
                    size, begin = varint(data, begin)
                except IndexError:
                    break
                except ValueError:
                    raise garbled("a protobuf list", self._rest) from None
                if tag & 7 != LENGTH_DELIMITED:
                    self._left -= begin - at
                    at = begin
                    continue
                end = begin + size
                if end > len(data):
                    break
                found = bytes(data[begin:end])
                self._left -= end - at
                at = end
                try:
                    if tag >> 3 == 2:
                        yield self._decode(found)
                    elif tag >> 3 == 1:
                        self.meta = _list_meta(found)
                except GARBLED:
                    raise garbled("a protobuf list", found) from None
        del self._rest[:at]

    def _head(self) -> int:
        """Steps over the envelope to where the list message begins; IndexError where more bytes are needed."""
        if len(self._rest) >= 4 and self._rest[:4] != MAGIC:
            raise garbled("a protobuf list", self._rest)
        at = 4
        while True:
            tag, at = varint(self._rest, at)
            size, at = varint(self._rest, at)
            if tag >> 3 == 2:
                self._left = size
                return at
            at += size

    def finish(self) -> Iterator[T]:
        if self._left != 0:
            raise garbled("a whole list", self._rest)
        return iter(())


def _list_meta(data: bytes) -> ListMeta:
    """k8s.io/apimachinery meta/v1 ListMeta: resourceVersion 2, continue 3."""
    found = {number: bytes(value).decode() for number, value in walk(memoryview(data)) if number in (2, 3)}
    return ListMeta(found.get(2, ""), found.get(3, ""))


class _RawExtension(Read):
    """k8s.io/apimachinery runtime.RawExtension."""

    raw: At[bytes, 1] = b""


class _Frame(Read):
    """k8s.io/apimachinery meta/v1 WatchEvent."""

    type: At[str, 1] = ""
    object: At[_RawExtension, 2] = _RawExtension()


class _Envelope(Read):
    """k8s.io/apimachinery runtime.Unknown."""

    raw: At[bytes, 2] = b""


class ProtobufWatchReader(Generic[T]):
    """A watch in protobuf: frames of a four-byte length and a WatchEvent."""

    def __init__(self, decode: Callable[[bytes], T]) -> None:
        self._decode = decode
        self._frame, self._envelope = decoder(_Frame), decoder(_Envelope)
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
            yield self._event(frame)
        del self._rest[:at]

    def _event(self, frame: bytes) -> WatchEvent[T]:
        try:
            told = self._frame(frame)
            what, raw = told.type, told.object.raw
            if raw[:4] != MAGIC:
                raise garbled("a watch event", frame)
            body = self._envelope(raw[4:]).raw
            if what == "ERROR":
                return WatchEvent(what, None, status=status(memoryview(body)))
            if what == "BOOKMARK":
                return _mark(field(memoryview(body), 1))
            obj = self._decode(body)
        except GARBLED:
            raise garbled("a watch event", frame) from None
        return WatchEvent(what, obj, obj.metadata.resource_version)


def _mark(meta: memoryview) -> WatchEvent[Any]:
    """The bookmark of an object's metadata: resourceVersion 6, annotations 12 (each a key 1 and a value 2)."""
    annotations = {bytes(field(pair, 1)): bytes(field(pair, 2)) for number, pair in walk(meta) if number == 12}
    ends = annotations.get(INITIAL_END.encode()) == b"true"
    return WatchEvent("BOOKMARK", None, bytes(field(meta, 6)).decode(), ends_initial=ends)
