"""Small readings of plain JSON objects that every part of the cluster shares. Pure; never changes what it is given."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def copied(value: Any) -> Any:
    """A deep copy of JSON; texts and numbers are shared."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def name_of(obj: Json) -> str:
    name: str = obj["metadata"].get("name", "")
    return name


def namespace_of(obj: Json) -> str:
    """Empty for an object of the cluster."""
    namespace: str = obj["metadata"].get("namespace", "")
    return namespace


def uid_of(obj: Json) -> str:
    uid: str = obj["metadata"].get("uid", "")
    return uid


def labels_of(obj: Json) -> Mapping[str, str]:
    return obj["metadata"].get("labels") or {}


def deleting(obj: Json) -> bool:
    """Whether its deletion has been asked for."""
    return "deletionTimestamp" in obj["metadata"]


def controller_of(obj: Json) -> Json | None:
    """The owner reference that controls it, if any."""
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            found: Json = owner
            return found
    return None


def owner_reference(owner: Json) -> Json:
    """The reference by which a controller owns what it creates."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def with_(obj: Json, **parts: object) -> Json:
    """The object with other values at the top: `with_(pod, status={...})`."""
    return {**obj, **parts}


def with_metadata(obj: Json, **parts: object) -> Json:
    """The object with other metadata; None takes a field out."""
    metadata = {**obj["metadata"], **parts}
    return {**obj, "metadata": {key: value for key, value in metadata.items() if value is not None}}


def reference(obj: Json, field_path: str = "") -> Json:
    """The `ObjectReference` of events and the like."""
    found = {
        "kind": obj["kind"],
        "namespace": namespace_of(obj),
        "name": name_of(obj),
        "uid": uid_of(obj),
        "apiVersion": obj["apiVersion"],
        "resourceVersion": obj["metadata"].get("resourceVersion", ""),
        "fieldPath": field_path,
    }
    return {key: value for key, value in found.items() if value}
