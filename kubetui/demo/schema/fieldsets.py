"""Sets of fields of an object, as `metadata.managedFields` writes them, and what can be done with one (fieldpath).

A path is a tuple of steps: `f:name` into a map, `k:{"name":"c"}` to an item of a list with keys, `v:"x"` to a value of
a set. Lists without keys and atomic maps are leaves. Pure: nothing given is changed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from kubetui.demo.schema.schemas import field_of, item_of, resolved

Json = dict[str, Any]
Path = tuple[str, ...]
Fields = frozenset[Path]


def fields_of(obj: Json, schema: Json | None) -> Fields:
    """Every field that an object sets, but those that only say which object it is."""
    return frozenset(path for path in _walk(obj, schema, ()) if not _identifies(path))


def holders(obj: Json, schema: Json | None) -> Fields:
    """The maps, lists and optional structs that hold something: who makes one owns it besides what is in it.

    Structs that every object of the kind has, and lists that it must have, are nobody's.
    """
    return frozenset(path for path in _holding(obj, schema, ()) if not _identifies(path))


def _holding(value: Any, schema: Json | None, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and value and not _atomic_map(schema):
        required = (resolved(schema) or {}).get("required") or ()
        for key, one in value.items():
            field, inner = field_of(schema, key), (*path, f"f:{key}")
            kept = key in required or (field or {}).get("default") == {} or key == "metadata"
            if (
                one
                and not kept
                and _is_open(one, field)
                and (path or not isinstance(one, dict) or not _is_struct(field))
            ):
                yield inner
            yield from _holding(one, field, inner)
    elif isinstance(value, list) and _list_type(schema) == "map":
        for one in value:
            yield from _holding(one, item_of(schema), (*path, _key(one, schema)))


def _is_open(value: Any, schema: Json | None) -> bool:
    """Whether a value is told part by part: a map or a list with keys, or a set."""
    if isinstance(value, dict):
        return not _atomic_map(schema)
    return isinstance(value, list) and _list_type(schema) in ("map", "set")


def _is_struct(schema: Json | None) -> bool:
    return "properties" in (resolved(schema) or {})


def _identifies(path: Path) -> bool:
    return path[:1] in (("f:apiVersion",), ("f:kind",)) or path[:2] in _IDENTITY


_IDENTITY = {
    ("f:metadata", f"f:{name}")
    for name in (
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink",
        "deletionTimestamp", "deletionGracePeriodSeconds", "generateName",
    )
}  # fmt: skip


def _walk(value: Any, schema: Json | None, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and value and not _atomic_map(schema):
        for key, one in value.items():
            yield from _walk(one, field_of(schema, key), (*path, f"f:{key}"))
        return
    if isinstance(value, list) and value:
        kind, item = _list_type(schema), item_of(schema)
        if kind == "map":
            for one in value:
                step = (*path, _key(one, schema))
                yield step
                yield from _walk(one, item, step)
            return
        if kind == "set":
            for one in value:
                yield (*path, f"v:{_json(one)}")
            return
    if path:
        yield path


def encoded(fields: Iterable[Path]) -> Json:
    """A set as FieldsV1."""
    root: Json = {}
    for path in sorted(fields):
        node = root
        for step in path:
            node = node.setdefault(step, {})
        node["."] = {}
    return _without_lone_dots(root)


def _without_lone_dots(node: Json) -> Json:
    if set(node) == {"."}:
        return {}
    return {step: _without_lone_dots(child) if step != "." else {} for step, child in node.items()}


def decoded(found: Any) -> Fields:
    """The set that FieldsV1 writes."""
    return frozenset(_members(found, ())) if isinstance(found, dict) else frozenset()


def _members(node: Json, path: Path) -> Iterator[Path]:
    if not node and path:
        yield path
    for step, child in node.items():
        if step == ".":
            yield path
        elif isinstance(child, dict):
            yield from _members(child, (*path, step))


def value_at(obj: Any, path: Path, schema: Json | None) -> Any:
    """The value at a path; `MISSING` where there is none."""
    for step in path:
        if step.startswith("f:"):
            key = step[2:]
            if not isinstance(obj, dict) or key not in obj:
                return MISSING
            obj, schema = obj[key], field_of(schema, key)
        elif not isinstance(obj, list):
            return MISSING
        elif step.startswith("v:"):
            return next((one for one in obj if f"v:{_json(one)}" == step), MISSING)
        else:
            obj = next((one for one in obj if _key(one, schema) == step), MISSING)
            schema = item_of(schema)
    return obj


MISSING = object()


def without(obj: Any, path: Path, schema: Json | None) -> Any:
    """The object without what is at a path; an item or map that this leaves empty of all but its key stays."""
    if not path:
        return MISSING
    step, rest = path[0], path[1:]
    if step.startswith("f:"):
        key = step[2:]
        if not isinstance(obj, dict) or key not in obj:
            return obj
        left = without(obj[key], rest, field_of(schema, key))
        if left is MISSING:
            return {name: value for name, value in obj.items() if name != key}
        return {**obj, key: left}
    if not isinstance(obj, list):
        return obj
    kept = []
    for one in obj:
        found = f"v:{_json(one)}" if step.startswith("v:") else _key(one, schema)
        left = without(one, rest, item_of(schema)) if found == step else one
        if left is not MISSING:
            kept.append(left)
    return kept


def merged(live: Any, applied: Any, schema: Json | None) -> Any:
    """What is live with what is applied put over it, by the list and map types of the schema."""
    if isinstance(live, dict) and isinstance(applied, dict) and not _atomic_map(schema):
        new = dict(live)
        for key, value in applied.items():
            new[key] = merged(live.get(key), value, field_of(schema, key))
        return new
    if isinstance(live, list) and isinstance(applied, list):
        kind = _list_type(schema)
        if kind == "map":
            wanted = {_key(one, schema): one for one in applied}
            known = {_key(one, schema) for one in live}
            kept = [
                merged(one, wanted[_key(one, schema)], item_of(schema)) if _key(one, schema) in wanted else one
                for one in live
            ]
            return [*kept, *(one for key, one in wanted.items() if key not in known)]
        if kind == "set":
            return [*live, *(one for one in applied if one not in live)]
    return applied


def readable(path: Path) -> str:
    """A path as conflicts tell it: .spec.containers[name="c"].image"""
    text = ""
    for step in path:
        kind, rest = step[:2], step[2:]
        if kind == "f:":
            text += f".{rest}"
        elif kind == "v:":
            text += f"[={rest}]"
        else:
            text += "[" + ",".join(f"{key}={_json(value)}" for key, value in msgspec.json.decode(rest).items()) + "]"
    return text


def _atomic_map(schema: Json | None) -> bool:
    return bool(_extension(schema, "x-kubernetes-map-type") == "atomic")


def _list_type(schema: Json | None) -> str:
    return str(_extension(schema, "x-kubernetes-list-type") or "atomic")


def _extension(schema: Json | None, name: str) -> Any:
    if schema is None:
        return None
    return schema.get(name) or (resolved(schema) or {}).get(name)


def _key(item: Any, schema: Json | None) -> str:
    keys = _extension(schema, "x-kubernetes-list-map-keys") or ()
    if not isinstance(item, dict):
        return f"k:{_json(item)}"
    found = {key: item.get(key, (field_of(item_of(schema), key) or {}).get("default")) for key in sorted(keys)}
    return "k:" + _json({key: value for key, value in found.items() if value is not None})


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
