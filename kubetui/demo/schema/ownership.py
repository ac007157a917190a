"""Who set which field of an object: server-side apply, and the trail that other writes leave for it. Pure."""

from typing import Any

import msgspec

from kubetui.demo.objects import with_metadata
from kubetui.demo.refusals import bad_request, refuse
from kubetui.demo.schema.fieldsets import (
    MISSING,
    Fields,
    Path,
    decoded,
    encoded,
    fields_of,
    holders,
    merged,
    readable,
    value_at,
    without,
)
from kubetui.demo.schema.schemas import schema_of

Json = dict[str, Any]


class Manager(msgspec.Struct, frozen=True):
    """Who writes: a name, whether by applying or by any other way, and which part of the object."""

    name: str
    operation: str = "Update"
    subresource: str = ""

    @property
    def writes_status(self) -> bool:
        return self.subresource == "status"


def applied(live: Json | None, config: Json, manager: str, *, force: bool, now: str) -> Json:
    """An object after somebody applied a configuration to it; `live` is None where there is none yet.

    409 where a field that it sets to something else belongs to another, unless it is forced.
    """
    if config.get("metadata", {}).get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    schema = schema_of(config["apiVersion"], config["kind"])
    wanted = fields_of(config, schema)
    me = Manager(manager, "Apply")
    if live is None:
        return _recorded(config, {me: wanted}, {}, now, me)
    owners = _owners(live)
    disputed = {
        other: frozenset(
            path
            for path in fields & wanted
            if value_at(config, path, schema) != value_at(live, path, schema) and not _item(path)
        )
        for other, fields in owners.items()
        if other != me and not other.writes_status
    }
    disputed = {other: paths for other, paths in disputed.items() if paths}
    if disputed and not force:
        raise _conflict(disputed, config["apiVersion"])
    new = merged(live, config, schema)
    others = {other: fields - disputed.get(other, frozenset()) for other, fields in owners.items() if other != me}
    kept = frozenset().union(*others.values()) if others else frozenset()
    for path in sorted(owners.get(me, frozenset()) - wanted - kept, key=len, reverse=True):
        if not any(known[: len(path)] == path for known in kept | wanted):
            new = without(new, path, schema)
    return _recorded(new, {**others, me: wanted}, _times(live), now, me, before=owners)


def updated(old: Json | None, new: Json, manager: str, now: str, subresource: str = "") -> Json:
    """An object with the trail of a write that is no apply: what it has changed belongs to its manager from now on.

    `new` has its defaults. A write of the status concerns the status alone, every other one all the rest.
    """
    schema = schema_of(new["apiVersion"], new["kind"])
    me = Manager(manager, subresource=subresource)
    part = {key: value for key, value in new.items() if (key == "status") is me.writes_status}
    present = fields_of(part, schema)
    # Who leaves the trail out changes nothing of it.
    trail = new if old is None or "managedFields" in new["metadata"] else old
    owners = _owners(trail)
    changed = frozenset(
        path
        for path in present
        if (before := value_at(old, path, schema)) != value_at(new, path, schema)
        and (before is MISSING or not _item(path))
    )
    held: dict[Manager, Fields] = {}
    for other, fields in owners.items():
        if other.writes_status is not me.writes_status:
            held[other] = fields
            continue
        left = frozenset(path for path in fields if value_at(new, path, schema) is not MISSING)
        held[other] = left if other == me else left - changed
    added = frozenset(path for path in holders(part, schema) if value_at(old, path, schema) is MISSING)
    if changed or added:
        held[me] = held.get(me, frozenset()) | changed | added
    return _recorded(new, held, _times(trail), now, me, before=owners)


def _item(path: Path) -> bool:
    """Whether a path is that of a list's item itself: several may own it, whatever is in it."""
    return path[-1].startswith("k:")


def _owners(obj: Json) -> dict[Manager, Fields]:
    found: dict[Manager, Fields] = {}
    for entry in obj["metadata"].get("managedFields") or ():
        found[_manager(entry)] = decoded(entry.get("fieldsV1"))
    return found


def _manager(entry: Json) -> Manager:
    return Manager(entry.get("manager", ""), entry.get("operation", ""), entry.get("subresource", ""))


def _times(obj: Json) -> dict[Manager, str]:
    return {_manager(entry): entry.get("time", "") for entry in obj["metadata"].get("managedFields") or ()}


def _recorded(
    obj: Json,
    owners: dict[Manager, Fields],
    times: dict[Manager, str],
    now: str,
    me: Manager,
    before: dict[Manager, Fields] | None = None,
) -> Json:
    entries = []
    for manager, fields in owners.items():
        if fields:
            same = manager != me or (before is not None and before.get(manager) == fields)
            entry = {
                "manager": manager.name,
                "operation": manager.operation,
                "apiVersion": obj["apiVersion"],
                "time": times.get(manager, now) if same else now,
                "fieldsType": "FieldsV1",
                "fieldsV1": encoded(fields),
            }
            entries.append({**entry, "subresource": manager.subresource} if manager.subresource else entry)
    # Those who apply before those who update, the first to write before the later ones.
    entries.sort(key=lambda entry: (entry["operation"], entry["time"], entry["manager"]))
    return with_metadata(obj, managedFields=entries or None)


def _members_first(path: Path) -> list[tuple[bool, str]]:
    """Of two fields at one place the one that ends there comes before the one that goes on."""
    return [(at < len(path) - 1, step) for at, step in enumerate(path)]


def _conflict(disputed: dict[Manager, Fields], api_version: str) -> Exception:
    causes: list[Json] = []
    texts = []
    for other, paths in sorted(disputed.items(), key=lambda one: one[0].name):
        part = f' with subresource "{other.subresource}"' if other.subresource else ""
        using = f"{part} using {api_version}" if other.operation == "Update" else part
        who = f'conflict with "{other.name}"{using}'
        named = [readable(path) for path in sorted(paths, key=_members_first)]
        causes += [{"reason": "FieldManagerConflict", "message": who, "field": path} for path in named]
        if len(named) == 1:
            texts.append(f"{who}: {named[0]}")
        else:
            texts.append(who.replace("conflict", "conflicts", 1) + ":\n" + "\n".join(f"- {path}" for path in named))
    count = f"{len(causes)} conflict{'s' if len(causes) > 1 else ''}"
    return refuse(409, "Conflict", f"Apply failed with {count}: " + "\n".join(texts), {"causes": causes})
