"""The published schemas, loaded once when they are first asked for, and steps through them: a field, an item."""

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

Json = dict[str, Any]
_REF = "#/components/schemas/"


@cache
def _data() -> Json:
    packed = files("kubetui.demo.schema").joinpath("kubernetes.json.gz").read_bytes()
    data: Json = msgspec.json.decode(gzip.decompress(packed))
    return data


def components() -> Mapping[str, Json]:
    """Every schema by its name, as `components.schemas` of an OpenAPI document has them."""
    schemas: Mapping[str, Json] = _data()["schemas"]
    return schemas


def messages() -> Mapping[str, Mapping[str, tuple[str, str, str]]]:
    """Of each protobuf message the JSON name, the type and the flags of its fields, by their numbers."""
    wire: Mapping[str, Mapping[str, tuple[str, str, str]]] = _data()["wire"]
    return wire


@cache
def _by_kind() -> Mapping[tuple[str, str], str]:
    found = {}
    for name, schema in components().items():
        for one in schema.get("x-kubernetes-group-version-kind", ()):
            api_version = f"{one['group']}/{one['version']}" if one["group"] else one["version"]
            found[api_version, one["kind"]] = name
    return found


def name_of_kind(api_version: str, kind: str) -> str:
    """The name of the schema of a kind; empty for one that is not built in."""
    return _by_kind().get((api_version, kind), "")


def schema_of(api_version: str, kind: str) -> Json | None:
    """The schema of a kind; None for one that is not built in."""
    return components().get(name_of_kind(api_version, kind))


def resolved(schema: Json | None) -> Json | None:
    """The schema that a reference stands for."""
    while schema is not None:
        parts: list[Json] = schema.get("allOf") or []
        target = schema.get("$ref") or next((part.get("$ref") for part in parts), None)
        if target is None:
            return schema
        schema = components().get(target.removeprefix(_REF))
    return None


def field_of(schema: Json | None, key: str) -> Json | None:
    """The schema of a field as the object's schema writes it, its extensions beside the reference."""
    here = resolved(schema)
    if here is None:
        return None
    found: Json | None = (here.get("properties") or {}).get(key)
    if found is None and isinstance(here.get("additionalProperties"), dict):
        found = here["additionalProperties"]
    return found


def item_of(schema: Json | None) -> Json | None:
    """The schema of a list's items."""
    here = resolved(schema)
    return here.get("items") if here is not None else None
