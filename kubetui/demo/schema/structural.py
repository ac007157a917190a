"""The schema of a custom resource held against an object: pruned, defaulted, validated, as apiextensions does."""

import re
from typing import Any

from kubetui.demo.objects import copied
from kubetui.demo.refusals import Cause, not_supported, required, wrong_value

Json = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def settled(value: Any, schema: Json) -> Any:
    """A value without fields that the schema does not know, and with its defaults."""
    if isinstance(value, dict):
        known = schema.get("properties") or {}
        more = schema.get("additionalProperties")
        keeps = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or more is True
        found = {}
        for key, one in value.items():
            if key in known:
                found[key] = settled(one, known[key])
            elif isinstance(more, dict):
                found[key] = settled(one, more)
            elif keeps or (schema.get("x-kubernetes-embedded-resource") and key in _ROOT):
                found[key] = one
        for key, field in known.items():
            if key not in found and "default" in field:
                found[key] = settled(copied(field["default"]), field)
        return found
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [settled(one, schema["items"]) for one in value]
    return value


def unknown(value: Any, schema: Json, path: str) -> list[str]:
    """The paths of what `settled` takes out."""
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [one for at, item in enumerate(value) for one in unknown(item, schema["items"], f"{path}[{at}]")]
    if not isinstance(value, dict):
        return []
    found: list[str] = []
    kept = settled(value, schema)
    fields, more = schema.get("properties") or {}, schema.get("additionalProperties")
    for key, one in value.items():
        field = fields.get(key, more)
        if key not in kept:
            found.append(_joined(path, key))
        elif isinstance(field, dict):
            found += unknown(one, field, _joined(path, key))
    return found


_ROOT = ("apiVersion", "kind", "metadata")


def wrongs(value: Any, schema: Json, path: str) -> list[Cause]:
    """Everything that the schema finds wrong with a value, its parts included."""
    if value is None and schema.get("nullable"):
        return []
    expected = schema.get("type")
    if expected and not schema.get("x-kubernetes-int-or-string") and not _fits(value, expected):
        kind = _name(value)
        text = f'Invalid value: "{kind}": {path} in body must be of type {expected}: "{kind}"'
        return [Cause("FieldValueTypeInvalid", text, path)]
    causes = _limits(value, schema, path)
    if isinstance(value, dict):
        for key in schema.get("required") or ():
            if key not in value:
                causes.append(required(_joined(path, key)))
        known, more = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, one in value.items():
            field = known.get(key, more if isinstance(more, dict) else None)
            if field is not None:
                causes += wrongs(one, field, _joined(path, key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for at, one in enumerate(value):
            causes += wrongs(one, schema["items"], f"{path}[{at}]")
    return causes


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _fits(value: Any, expected: str) -> bool:
    if isinstance(value, bool):
        return expected == "boolean"
    return isinstance(value, _TYPES.get(expected, (object,)))


def _name(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return names.get(type(value), "null")


def _limits(value: Any, schema: Json, path: str) -> list[Cause]:
    causes: list[Cause] = []
    if "enum" in schema and value not in schema["enum"]:
        causes.append(not_supported(path, value, [str(one) for one in schema["enum"]]))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            told = f"{path} in body should be greater than or equal to {schema['minimum']}"
            causes.append(wrong_value(path, value, told))
        if "maximum" in schema and value > schema["maximum"]:
            causes.append(
                wrong_value(path, value, f"{path} in body should be less than or equal to {schema['maximum']}")
            )
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            told = f"{path} in body should be at least {schema['minLength']} chars long"
            causes.append(wrong_value(path, value, told))
        if "maxLength" in schema and len(value) > schema["maxLength"]:
            causes.append(
                Cause("FieldValueTooLong", f"Too long: may not be more than {schema['maxLength']} bytes", path)
            )
        if "pattern" in schema and not re.search(schema["pattern"], value):
            told = f"{path} in body should match '{schema['pattern']}'"
            causes.append(wrong_value(path, value, told))
    return causes
