"""OpenAPI v2: the definitions of every kind, for clients older than v3, in JSON and in protobuf.

The protobuf form is gnostic's `openapi.v2.Document` (github.com/google/gnostic-models, openapiv2/OpenAPIv2.proto).
Paths are left out: clients look kinds up by the group, version and kind that their definitions bear.
"""

import json
import struct
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from kubetui.demo.http.message import Answer, Request
from kubetui.demo.schema.schemas import components

Json = dict[str, Any]

PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_ASKED = ("proto-openapi.spec.v2@v1.0+protobuf", "proto-openapi.spec.v2.v1.0+protobuf")
_OURS = "#/components/schemas/"
_THEIRS = "#/definitions/"
_INFO = {"title": "Kubernetes", "version": "v1.36.3"}


def swagger(request: Request, custom: Mapping[str, Json]) -> Answer:
    """The whole document, with the definitions of custom kinds by their names."""
    own = tuple((name, json.dumps(schema)) for name, schema in custom.items())
    if any(form in request.headers.get("accept", "") for form in _ASKED):
        return Answer(_in_protobuf(own), content_type=PROTOBUF)
    return Answer(_in_json(own))


def _definitions(own: Iterable[tuple[str, str]]) -> Json:
    found = {name: _as_v2(schema) for name, schema in components().items()}
    return found | {name: _as_v2(json.loads(schema)) for name, schema in own}


@lru_cache(maxsize=1)
def _in_json(own: tuple[tuple[str, str], ...]) -> bytes:
    document = {"swagger": "2.0", "info": _INFO, "paths": {}, "definitions": _definitions(own)}
    return json.dumps(document).encode()


@lru_cache(maxsize=1)
def _in_protobuf(own: tuple[tuple[str, str], ...]) -> bytes:
    definitions = b"".join(_named(1, name, _schema(schema)) for name, schema in _definitions(own).items())
    info = _text(1, _INFO["title"]) + _text(2, _INFO["version"])
    return _text(1, "2.0") + _message(2, info) + _message(8, b"") + _message(9, definitions)


def _as_v2(schema: Any) -> Any:
    """A schema of v3 as v2 writes it: references elsewhere, no choices, no nulls."""
    if isinstance(schema, list):
        return [_as_v2(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found: Json = {}
    for key, value in schema.items():
        if key == "$ref":
            found[key] = value.replace(_OURS, _THEIRS)
        elif key == "allOf" and len(value) == 1 and "$ref" in value[0]:
            found["$ref"] = value[0]["$ref"].replace(_OURS, _THEIRS)
        elif key == "properties":
            found[key] = {name: _as_v2(one) for name, one in value.items()}
        elif key not in ("oneOf", "anyOf", "not", "nullable", "default", "example"):
            found[key] = _as_v2(value)
    if "$ref" in found:
        # Beside a reference v2 knows a description alone.
        return {key: found[key] for key in ("$ref", "description") if key in found}
    if schema.get("x-kubernetes-int-or-string"):
        found |= {"type": "string", "format": "int-or-string"}
    return found


# Protobuf.


def _schema(schema: Json) -> bytes:
    """One `Schema`."""
    parts: list[bytes] = []
    for key, value in schema.items():
        if key in _FIELDS:
            number, written = _FIELDS[key]
            parts.append(written(number, value))
        elif key.startswith("x-"):
            parts.append(_named(31, key, _any(value)))
    return b"".join(parts)


def _varint(value: int) -> bytes:
    parts = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _message(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _text(number: int, value: str) -> bytes:
    return _message(number, value.encode())


def _texts(number: int, values: Iterable[str]) -> bytes:
    return b"".join(_text(number, value) for value in values)


def _whole(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _double(number: int, value: float) -> bytes:
    return _varint(number << 3 | 1) + struct.pack("<d", value)


def _any(value: object) -> bytes:
    """An `Any`: a value as YAML, of which JSON is a part."""
    return _text(2, json.dumps(value))


def _named(number: int, name: str, payload: bytes) -> bytes:
    """A `NamedSchema` or a `NamedAny`."""
    return _message(number, _text(1, name) + _message(2, payload))


def _properties(number: int, value: Mapping[str, Json]) -> bytes:
    return _message(number, b"".join(_named(1, name, _schema(one)) for name, one in value.items()))


def _additional(number: int, value: Json | bool) -> bytes:
    return _message(number, _whole(2, value) if isinstance(value, bool) else _message(1, _schema(value)))


_FIELDS: Mapping[str, tuple[int, Callable[[int, Any], bytes]]] = {
    "$ref": (1, _text),
    "format": (2, _text),
    "title": (3, _text),
    "description": (4, _text),
    "maximum": (7, _double),
    "exclusiveMaximum": (8, _whole),
    "minimum": (9, _double),
    "exclusiveMinimum": (10, _whole),
    "maxLength": (11, _whole),
    "minLength": (12, _whole),
    "pattern": (13, _text),
    "maxItems": (14, _whole),
    "minItems": (15, _whole),
    "uniqueItems": (16, _whole),
    "maxProperties": (17, _whole),
    "minProperties": (18, _whole),
    "required": (19, _texts),
    "enum": (20, lambda number, values: b"".join(_message(number, _any(one)) for one in values)),
    "additionalProperties": (21, _additional),
    "type": (22, lambda number, value: _message(number, _text(1, value))),
    "items": (23, lambda number, value: _message(number, _message(1, _schema(value)))),
    "allOf": (24, lambda number, values: b"".join(_message(number, _schema(one)) for one in values)),
    "properties": (25, _properties),
}
