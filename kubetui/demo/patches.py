"""An object changed by a patch; JSON patch and JSON merge patch themselves. Pure: nothing given is changed."""

from typing import Any

import msgspec

from kubetui.demo.objects import copied
from kubetui.demo.refusals import Refusal, bad_request, refuse, unsupported_media
from kubetui.demo.resources import Resource
from kubetui.demo.schema.schemas import schema_of
from kubetui.demo.schema.strategic import strategic

Json = dict[str, Any]

MOST_OPERATIONS = 10_000
MOST_COPIED = 3 * 1024 * 1024
"""Bytes that the copies of one JSON patch may add up to, as on the real server: each could double the object."""


def patched(resource: Resource, old: Json, patch: Any, kind: str) -> Json:
    """The object after a patch. Refusal where the patch does not fit it."""
    match kind:
        case "merge":
            if patch is None:
                raise bad_request("Invalid JSON Patch")
            if not isinstance(patch, dict):
                raise _undecoded(patch, "map[string]interface {}")
            new = merged(old, patch)
        case "json":
            new = json_patched(old, patch)
        case "strategic":
            new = strategic(old, patch, schema_of(resource.api_version, resource.kind))
        case _:
            raise unsupported_media(f"the body of the request was in an unknown format: {kind}")
    if not isinstance(new, dict):
        raise bad_request("the patch makes something of the object that is no object")
    return new


def _undecoded(patch: Any, wanted: str) -> Refusal:
    names = {bool: "bool", str: "string", int: "number", float: "number", dict: "object", list: "array"}
    unfit = f"json: cannot unmarshal {names[type(patch)]} into Go value of type {wanted}"
    return bad_request(f"error decoding patch: {unfit}")


def merged(old: Any, patch: Any) -> Any:
    """RFC 7386: null takes out, objects are merged, everything else is replaced."""
    if not isinstance(patch, dict):
        return copied(patch)
    new = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = merged(new.get(key), value)
    return new


def json_patched(old: Any, patch: Any) -> Any:
    """RFC 6902. 400 for what is no patch, 422 where an operation can't be carried out."""
    if not isinstance(patch, list | None):
        raise _undecoded(patch, "[]handlers.jsonPatchOp")
    operations = patch or []
    if len(operations) > MOST_OPERATIONS:
        told = f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(operations)}"
        raise refuse(413, "RequestEntityTooLarge", f"Request entity too large: {told}", {})
    document, room = copied(old), MOST_COPIED
    for operation in operations:
        if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
            raise _unfit()
        if operation.get("op") == "copy":
            room -= len(msgspec.json.encode(_found(document, _parts(operation.get("from", "")))))
            if room < 0:
                raise _unfit()
        document = _operated(document, operation)
    return document


def _operated(document: Any, operation: Json) -> Any:
    path, value = _parts(operation["path"]), copied(operation.get("value"))
    match operation.get("op"):
        case "add":
            return _added(document, path, value)
        case "remove":
            _taken(document, path)
            return document
        case "replace":
            if not path:
                return value
            _taken(document, path)
            return _added(document, path, value)
        case "move":
            return _added(document, path, _taken(document, _parts(operation.get("from", ""))))
        case "copy":
            return _added(document, path, copied(_found(document, _parts(operation.get("from", "")))))
        case "test":
            if _found(document, path) != value:
                raise _unfit()
            return document
        case _:
            raise _unfit()


def _parts(path: Any) -> list[str]:
    if not isinstance(path, str):
        raise _unfit()
    if path and not path.startswith("/"):
        raise _unfit()
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _found(document: Any, path: list[str]) -> Any:
    here = document
    for part in path:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and _is_place(part) and int(part) < len(here):
            here = here[int(part)]
        else:
            raise _unfit()
    return here


def _added(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _found(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list) and last == "-":
        parent.append(value)
    elif isinstance(parent, list) and _is_place(last) and int(last) <= len(parent):
        parent.insert(int(last), value)
    else:
        raise _unfit()
    return document


def _taken(document: Any, path: list[str]) -> Any:
    if not path:
        raise _unfit()
    value = _found(document, path)
    parent, last = _found(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        parent.pop(int(last))
    else:
        del parent[last]
    return value


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _unfit() -> Refusal:
    """An operation that can't be carried out. The real server doesn't tell which either."""
    return refuse(422, "Invalid", "the server rejected our request due to an error in our request", {})
