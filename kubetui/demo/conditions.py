"""Conditions in the statuses of objects: found, and put in the place of the one of their type. Pure."""

from collections.abc import Iterable

from kubetui.demo.objects import Json


def condition(obj: Json, kind: str) -> Json | None:
    """The object's condition of that type."""
    for found in (obj.get("status") or {}).get("conditions") or ():
        if found["type"] == kind:
            chosen: Json = found
            return chosen
    return None


def is_true(obj: Json, kind: str) -> bool:
    """Whether the object's condition of that type is True."""
    found = condition(obj, kind)
    return found is not None and found["status"] == "True"


def with_condition(conditions: Iterable[Json], new: Json) -> list[Json]:
    """The conditions with `new` in the place of the one of its type, or at the end."""
    out = list(conditions)
    for place, old in enumerate(out):
        if old["type"] == new["type"]:
            out[place] = new
            return out
    out.append(new)
    return out
