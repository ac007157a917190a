"""Objects held against the schema of their kind, as a Go decoder does: unknown fields, values of a wrong type."""

import re
from datetime import datetime
from typing import Any

import msgspec

from kubetui.demo.quantity import number
from kubetui.demo.schema.schemas import field_of, item_of, resolved, schema_of

Json = dict[str, Any]


class Decoded(msgspec.Struct, frozen=True):
    """An object with what its kind does not know taken out, and the paths of that."""

    obj: Json
    unknown: tuple[str, ...] = ()


def decoded_as(api_version: str, kind: str, obj: Json) -> Decoded:
    """An object as its kind can hold it. Misfit where a value is of a wrong type.

    A kind without a published schema holds everything.
    """
    schema = schema_of(api_version, kind)
    if schema is None:
        return Decoded(obj)
    unknown: list[str] = []
    return Decoded(_pruned(obj, schema, _Place("", kind, ""), unknown), tuple(unknown))


class Misfit(Exception):
    """A value that does not fit its field. As text what a JSON decoder says."""

    def __init__(self, told: str, converted: str = "", typed: str = "") -> None:
        super().__init__(told)
        self.converted = converted or told
        """What the converter of patched objects says."""
        self.typed = typed or told
        """What the typed objects of server-side apply say."""


_GO_TYPES = {"string": "string", "boolean": "bool", "integer": "int32", "number": "float64"}


class _Place(msgspec.Struct, frozen=True):
    """Where a value stands."""

    path: str
    """With the places in lists and the keys of maps: spec.containers[0].image"""
    struct: str
    """The Go struct that it is, or that it is in."""
    field: str
    """As encoding/json tells it, structs' fields alone: ContainerPort.spec.containers.ports.containerPort"""

    def of(self, key: str, struct: str) -> "_Place":
        """A field of the struct."""
        told = self.field.partition(".")[2]
        return _Place(_joined(self.path, key), struct or self.struct, f"{self.struct}.{_joined(told, key)}")

    def at(self, step: str) -> "_Place":
        """An item or the value of a key."""
        return msgspec.structs.replace(self, path=f"{self.path}{step}")


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _pruned(value: Any, schema: Json | None, place: _Place, unknown: list[str]) -> Any:
    here = resolved(schema)
    if here is not None and here.get("format") == "int-or-string":
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
            raise _wrong(value, place, "int32")
        return value
    if here is None or value is None or "oneOf" in here or here.get("x-kubernetes-preserve-unknown-fields"):
        return _quantity(value) if is_quantity(schema) else value
    expected = here.get("type")
    if expected == "object":
        if not isinstance(value, dict):
            raise _wrong(value, place, "map[string]interface {}" if "additionalProperties" in here else place.struct)
        if "properties" in here:
            return _fields(value, here, place, unknown)
        item = here.get("additionalProperties")
        if not isinstance(item, dict):
            return value
        return {key: _pruned(_given(one, item), item, place.at(f".{key}"), unknown) for key, one in value.items()}
    if expected == "array":
        if not isinstance(value, list):
            raise _wrong(value, place, "[]interface {}")
        item = item_of(here)
        return [_pruned(_given(one, item), item, place.at(f"[{at}]"), unknown) for at, one in enumerate(value)]
    return _scalar(value, here, place)


_ZEROS = {"string": "", "boolean": False, "integer": 0, "number": 0}


def _given(value: Any, schema: Json | None) -> Any:
    """An item or a value of a map; null stands for the zero of its type."""
    if value is not None:
        return value
    here = resolved(schema) or {}
    return {} if here.get("type") == "object" else _ZEROS.get(here.get("type", ""))


def _fields(value: Json, here: Json, place: _Place, unknown: list[str]) -> Json:
    found = {}
    for key, one in value.items():
        field = field_of(here, key)
        if field is None:
            unknown.append(_joined(place.path, key))
        elif one is not None:
            found[key] = _pruned(one, field, place.of(key, _struct(field)), unknown)
    return found


def _struct(schema: Json) -> str:
    """The Go type of a field's value or of its items: the last part of the name that it is referred to by."""
    for one in (schema, schema.get("items") or {}, schema.get("additionalProperties") or {}):
        if isinstance(one, dict):
            parts: list[Json] = [one, *(one.get("allOf") or ())]
            target: str = next((part["$ref"] for part in parts if "$ref" in part), "")
            if target:
                return target.rpartition(".")[2]
    return ""


def _check_time(value: str) -> None:
    try:
        datetime.fromisoformat(value)
        if len(value) < len("2006-01-02T15:04:05Z"):
            raise ValueError
    except ValueError:
        layout = "2006-01-02T15:04:05Z07:00"
        raise Misfit(f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"') from None


def is_quantity(schema: Json | None) -> bool:
    """Whether a value is an amount: a text or a number, whatever the schema says."""
    return schema is not None and _struct({"items": schema}) == "Quantity"


def _quantity(value: Any) -> Any:
    try:
        number(value)
    except (TypeError, ValueError):
        pattern = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
        raise Misfit(f"quantities must match the regular expression '{pattern}'") from None
    return value


def _scalar(value: Any, here: Json, place: _Place) -> Any:
    expected = here.get("type", "")
    fits = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
    }.get(expected, True)
    if fits and here.get("format") == "date-time":
        _check_time(value)
    if fits and here.get("format") == "byte":
        _check_base64(value)
    if not fits:
        go_type = "int64" if here.get("format") == "int64" else _GO_TYPES[expected]
        raise _wrong(value, place, go_type)
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
        raise Misfit(f"illegal base64 data at input byte {at}")


_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def _wrong(value: Any, place: _Place, wanted: str) -> Misfit:
    if place.path == "metadata.uid":
        wanted = "types.UID"
    kind, text = json_kind(value), msgspec.json.encode(value).decode()
    told = f"json: cannot unmarshal {kind} into Go struct field {place.field} of type {wanted}"
    if wanted.startswith(("map[", "[]")):
        shape, expected = ("map", "map") if wanted.startswith("map[") else ("slice", "list")
        converted = f"cannot restore {shape} from {kind}"
    elif wanted in _EXPECTED:
        converted, expected = f"unrecognized type: {wanted}", _EXPECTED[wanted]
    else:
        converted, expected = f"cannot restore struct from: {kind}", "map"
    return Misfit(told, converted, f".{place.path}: expected {expected}, got &value.valueUnstructured{{Value:{text}}}")


_EXPECTED = {
    "string": "string",
    "bool": "boolean",
    "int32": "numeric (int or float)",
    "int64": "numeric (int or float)",
    "float64": "numeric (int or float)",
}


def json_kind(value: Any) -> str:
    """What encoding/json calls a value of this kind."""
    kinds = {str: "string", bool: "bool", int: "number", float: "number", dict: "object", list: "array"}
    return kinds.get(type(value), "null")
