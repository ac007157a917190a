"""Protobuf written by hand: the wire format as protobuf.dev's encoding page has it, for what a server may send."""

from collections.abc import Iterable

MAGIC = b"k8s\x00"


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def number(at: int, value: int) -> bytes:
    """A field that is a number; a negative one takes ten bytes."""
    return varint(at << 3) + varint(value % (1 << 64))


def field(at: int, value: bytes | str) -> bytes:
    """A field that is text, bytes or a message."""
    data = value.encode() if isinstance(value, str) else value
    return varint(at << 3 | 2) + varint(len(data)) + data


def envelope(message: bytes, kind: str = "Pod") -> bytes:
    """A message as the API server wraps it: runtime.Unknown, typeMeta 1, raw 2, contentEncoding 3, contentType 4."""
    meta = field(1, "v1") + field(2, kind)
    return MAGIC + field(1, meta) + field(2, message) + field(3, "") + field(4, "")


def a_list(items: Iterable[bytes], version: str = "7", token: str = "") -> bytes:
    """A list in its envelope: ListMeta 1 (resourceVersion 2, continue 3), items 2."""
    meta = field(2, version) + (field(3, token) if token else b"")
    return envelope(field(1, meta) + b"".join(field(2, item) for item in items), "PodList")


def event(what: str, body: bytes) -> bytes:
    """A frame of a watch: its length in four bytes, then WatchEvent (type 1, object 2, whose raw is 1)."""
    message = field(1, what) + field(2, field(1, body))
    return len(message).to_bytes(4, "big") + message


def a_pod(name: str, version: str = "1", **text: str) -> bytes:
    """A pod of a name (1), uid (5) and version (6) in its metadata (1)."""
    meta = field(1, name) + field(5, text.get("uid", name)) + field(6, version)
    return field(1, meta)
