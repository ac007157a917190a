"""The protobuf wire format as far as envelopes, list metadata and Status objects need it; no message classes."""

from collections.abc import Iterator
from typing import Any

MAGIC = b"k8s\x00"
LENGTH_DELIMITED = 2


def varint(data: memoryview | bytes | bytearray, at: int) -> tuple[int, int]:
    """A varint and where it ends; IndexError where the bytes end before it does, ValueError where it has no end."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("no varint")


def walk(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The length-delimited fields of one whole message, in order; varints and fixed widths are stepped over."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        wire = tag & 7
        if wire == LENGTH_DELIMITED:
            size, at = varint(data, at)
            yield tag >> 3, data[at : at + size]
            at += size
        elif wire == 0:
            _, at = varint(data, at)
        else:
            at += 8 if wire == 1 else 4


def field(data: memoryview, number: int) -> memoryview:
    """The first length-delimited field of that number; empty where there is none."""
    return next((value for found, value in walk(data) if found == number), memoryview(b""))


def unwrapped(data: memoryview) -> memoryview:
    """The message inside `k8s\\0` + runtime.Unknown (its field 2); ValueError where there is no such envelope."""
    if bytes(data[:4]) != MAGIC:
        raise ValueError("no envelope")
    return field(data[4:], 2)


def decode_status(body: bytes) -> dict[str, Any]:
    """The Status with which a server refuses what was asked for in protobuf; ValueError where it is none."""
    try:
        return status(unwrapped(memoryview(body)))
    except IndexError:
        raise ValueError("half a status") from None


def status(data: memoryview) -> dict[str, Any]:
    """k8s.io/apimachinery meta/v1 Status: status 2, message 3, reason 4, details 5 (causes 4, seconds 5), code 6."""
    text = {number: bytes(value).decode(errors="replace") for number, value in walk(data) if number in (2, 3, 4)}
    details = field(data, 5)
    return {
        "kind": "Status",
        "status": text.get(2, ""),
        "message": text.get(3, ""),
        "reason": text.get(4, ""),
        "details": {
            "causes": [
                {"reason": bytes(field(cause, 1)).decode(errors="replace")}
                for number, cause in walk(details)
                if number == 4
            ],
            "retryAfterSeconds": number_of(details, 5),
        },
        "code": number_of(data, 6),
    }


def number_of(data: memoryview, number: int) -> int:
    """A varint field of a message that has no fixed-width ones; 0 where it is absent."""
    value = at = 0
    while at < len(data):
        tag, at = varint(data, at)
        size, at = varint(data, at)
        if tag & 7 == LENGTH_DELIMITED:
            at += size
        elif tag >> 3 == number:
            value = size
    return value
