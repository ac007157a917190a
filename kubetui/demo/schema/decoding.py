"""Objects held against the schema of their kind, as a Go decoder does: unknown fields, values of a wrong type."""

import re
from typing import Any

import msgspec

from kubetui.demo.refusals import bad_request
from kubetui.demo.schema.schemas import field_of, item_of, resolved, schema_of

Json = dict[str, Any]


class Decoded(msgspec.Struct, frozen=True):
    """An object with what its kind does not know taken out, and the paths of that."""

    obj: Json
    unknown: tuple[str, ...] = ()


def decoded_as(api_version: str, kind: str, obj: Json) -> Decoded:
    """An object as its kind can hold it. 400 where a value is of a wrong type.

    A kind without a published schema holds everything.
    """
    schema = schema_of(api_version, kind)
    if schema is None:
        return Decoded(obj)
    unknown: list[str] = []
    try:
        pruned = _pruned(obj, schema, "", unknown)
    except _Unfit as why:
        version = api_version.rpartition("/")[2]
        text = f'{kind} in version "{version}" cannot be handled as a {kind}: {why}'
        raise bad_request(text) from None
    return Decoded(pruned, tuple(unknown))


class _Unfit(Exception):
    """A value that is of a wrong type."""


_GO_TYPES = {"string": "string", "boolean": "bool", "integer": "int32", "number": "float64"}


def _pruned(value: Any, schema: Json | None, path: str, unknown: list[str]) -> Any:
    here = resolved(schema)
    if here is None or value is None or "oneOf" in here or here.get("x-kubernetes-preserve-unknown-fields"):
        return value
    expected = here.get("type")
    if expected == "object":
        if not isinstance(value, dict):
            raise _wrong(value, path, "map" if "additionalProperties" in here else "struct")
        if "properties" in here:
            return _fields(value, here, path, unknown)
        item = here.get("additionalProperties")
        if not isinstance(item, dict):
            return value
        return {key: _pruned(one, item, f"{path}.{key}" if path else key, unknown) for key, one in value.items()}
    if expected == "array":
        if not isinstance(value, list):
            raise _wrong(value, path, "slice")
        item = item_of(here)
        return [_pruned(one, item, f"{path}[{at}]", unknown) for at, one in enumerate(value)]
    return _scalar(value, here, path)


def _fields(value: Json, here: Json, path: str, unknown: list[str]) -> Json:
    found = {}
    for key, one in value.items():
        inner = f"{path}.{key}" if path else key
        field = field_of(here, key)
        if field is None:
            unknown.append(inner)
        else:
            found[key] = _pruned(one, field, inner, unknown)
    return found


def _scalar(value: Any, here: Json, path: str) -> Any:
    expected = here.get("type", "")
    # Quantities are texts or numbers, whatever the schema says.
    if here.get("format") == "int-or-string" or "Quantity" in here.get("description", "")[:9]:
        return value
    fits = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
    }.get(expected, True)
    if fits and here.get("format") == "byte":
        _check_base64(value)
    if not fits:
        go_type = "int64" if here.get("format") == "int64" else _GO_TYPES[expected]
        raise _wrong(value, path, go_type)
    return value


def _check_base64(text: str) -> None:
    """Refuses what encoding/base64 does not decode, at the byte at which it gives up."""
    bare = text.replace("\n", "").replace("\r", "")
    found = _BASE64.match(bare)
    whole = found.group() if found else ""
    if len(whole) != len(bare) or len(bare) % 4:
        # A group of four that has no fourth letter is told at its end, a letter that is none where it stands.
        body = len(whole.rstrip("="))
        at = body if body < len(bare) and bare[body] != "=" else len(bare)
        raise _Unfit(f"illegal base64 data at input byte {at}")


_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def _wrong(value: Any, path: str, wanted: str) -> _Unfit:
    return _Unfit(f"json: cannot unmarshal {json_kind(value)} into Go struct field {path} of type {wanted}")


def json_kind(value: Any) -> str:
    """What encoding/json calls a value of this kind."""
    kinds = {str: "string", bool: "bool", int: "number", float: "number", dict: "object", list: "array"}
    return kinds.get(type(value), "null")
