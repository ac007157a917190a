"""Request bodies in protobuf, read into plain JSON objects.

Clients written in Go send the kinds that they know in protobuf without asking first. Answers are always JSON, which all
of them take. The numbers and types of fields come from the schemas; the envelope is runtime.Unknown's.
"""

import base64
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kubetui.demo.clock import micro_stamp, stamp
from kubetui.demo.refusals import Refusal, bad_request
from kubetui.demo.schema.schemas import messages

Json = dict[str, Any]
Fields = Mapping[str, tuple[str, str, str]]

MEDIA = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_META = "k8s.io/apimachinery/pkg/apis/meta/v1"
_DEEPEST = 100
_ZERO = {"string": "", "bool": False, "int": 0, "double": 0.0}


def read(body: bytes) -> Json:
    """The object of a body. 400 where it can't be read."""
    try:
        if body[:4] != _MAGIC:
            raise ValueError("the magic number is missing")
        envelope = dict(_parts(memoryview(body)[4:]))
        kinds = dict(_parts(_bytes(envelope.get(1, b""))))
        api_version, kind = _text(kinds.get(1, b"")), _text(kinds.get(2, b""))
        fields = _message(api_version, kind)
        if fields is None:
            raise ValueError(f'no kind "{kind}" is registered for version "{api_version}"')
        return {"apiVersion": api_version, "kind": kind, **_object(_bytes(envelope.get(2, b"")), fields, 0)}
    except (ValueError, IndexError, struct.error, UnicodeDecodeError, msgspec.DecodeError) as why:
        raise _unreadable(why) from None


def _message(api_version: str, kind: str) -> Fields | None:
    group, _, version = api_version.rpartition("/")
    package = group.partition(".")[0] or "core"
    known = messages()
    return known.get(f"k8s.io/api/{package}/{version}.{kind}") or known.get(f"{_META}.{kind}")


def _object(data: memoryview, fields: Fields, depth: int) -> Json:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    found: Json = {}
    for number, raw in _parts(data):
        known = fields.get(str(number))
        if known is None:
            continue
        name, code, flags = known
        if code.startswith("[]"):
            found.setdefault(name, []).append(_value(raw, code[2:], depth))
        elif code.startswith("{}"):
            entry = dict(_parts(_bytes(raw)))
            key = _text(entry.get(1, b""))
            value = _value(entry[2], code[2:], depth) if 2 in entry else _ZERO.get(code[2:], {})
            # A list as a value of a map travels as a message with one field.
            found.setdefault(name, {})[key] = value["items"] if isinstance(value, dict) and "items" in value else value
        elif "i" in flags:
            found |= _value(raw, code, depth)
        else:
            value = _value(raw, code, depth)
            if value is not None and not ("o" in flags and value == _ZERO.get(code)):
                found[name] = value
    return found


def _value(raw: Any, code: str, depth: int) -> Any:
    match code:
        case "string":
            return _text(raw)
        case "bool":
            return bool(raw)
        case "int":
            return _signed(raw)
        case "double":
            return struct.unpack("<d", raw)[0]
        case "bytes":
            return base64.b64encode(_bytes(raw)).decode()
        case "quantity":
            return _text(dict(_parts(_bytes(raw))).get(1, b"0"))
        case "raw":
            content = bytes(_bytes(dict(_parts(_bytes(raw))).get(1, b"null")))
            return msgspec.json.decode(content)
        case "time" | "microtime":
            parts = dict(_parts(_bytes(raw)))
            if 1 not in parts:
                return None
            at = _signed(parts[1]) + _signed(parts.get(2, 0)) / 1e9
            return micro_stamp(at) if code == "microtime" else stamp(at)
        case "duration":
            return f"{_signed(dict(_parts(_bytes(raw))).get(1, 0)) / 1e9:g}s"
        case "intorstring":
            parts = dict(_parts(_bytes(raw)))
            return _text(parts.get(3, b"")) if parts.get(1, 0) else _signed(parts.get(2, 0))
    return _object(_bytes(raw), messages()[code], depth + 1)


def _parts(data: memoryview | bytes) -> Iterator[tuple[int, Any]]:
    """The numbers and raw values of the fields of a message: an int, or the bytes."""
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire} is not known")
        if at + size > end:
            raise ValueError("it ends too early")
        yield number, data[at : at + size]
        at += size


def _varint(data: memoryview | bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a number is too long")


def _bytes(raw: Any) -> memoryview:
    if isinstance(raw, int):
        raise ValueError("a number stands where bytes should")
    return memoryview(raw)


def _text(raw: Any) -> str:
    return bytes(_bytes(raw)).decode()


def _signed(raw: Any) -> int:
    if not isinstance(raw, int):
        raise ValueError("bytes stand where a number should")
    return raw - (1 << 64) if raw >= 1 << 63 else raw


def _unreadable(why: Exception) -> Refusal:
    return bad_request(f"the object provided is unrecognized (must be of type protobuf): {why}")
