"""Strategic merge patch: lists whose items have a name are merged item by item (apimachinery's util/strategicpatch).

Which lists those are, and what names an item, the schema tells. Pure: nothing given is changed.
"""

from typing import Any

from kubetui.demo.objects import copied
from kubetui.demo.refusals import bad_request
from kubetui.demo.schema.decoding import json_kind
from kubetui.demo.schema.schemas import field_of, item_of

Json = dict[str, Any]

_DELETE, _ORDER, _RETAIN, _PATCH = "$deleteFromPrimitiveList/", "$setElementOrder/", "$retainKeys", "$patch"


def strategic(old: Json, patch: Any, schema: Json | None) -> Json:
    """The object after a patch. 400 for a patch that is none."""
    if not isinstance(patch, dict):
        raise bad_request(f"json: cannot unmarshal {json_kind(patch)} into Go value of type map[string]interface {{}}")
    return _map(old, patch, schema)


def _map(old: Any, patch: Json, schema: Json | None) -> Json:
    directive = patch.get(_PATCH)
    if directive == "replace":
        return {key: _clean(value) for key, value in patch.items() if key != _PATCH and value is not None}
    if directive == "delete":
        return {}
    new: Json = dict(old) if isinstance(old, dict) else {}
    if isinstance(patch.get(_RETAIN), list):
        new = {key: value for key, value in new.items() if key in patch[_RETAIN]}
    for key, value in patch.items():
        if key.startswith(_DELETE) and isinstance(value, list):
            name = key.removeprefix(_DELETE)
            new[name] = [item for item in new.get(name) or () if item not in value]
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        field = field_of(schema, key)
        strategy = (field or {}).get("x-kubernetes-patch-strategy", "")
        if value is None:
            new.pop(key, None)
        elif isinstance(value, dict):
            new[key] = _clean(value) if strategy == "replace" else _map(new.get(key), value, field)
        elif isinstance(value, list) and "merge" in strategy.split(","):
            order = patch.get(_ORDER + key)
            new[key] = _list(new.get(key), value, field, order if isinstance(order, list) else None)
        else:
            new[key] = _clean(value)
    for key, value in patch.items():
        if key.startswith(_ORDER) and isinstance(value, list):
            name = key.removeprefix(_ORDER)
            if name in new and name not in patch:
                merge_key = (field_of(schema, name) or {}).get("x-kubernetes-patch-merge-key")
                new[name] = _ordered(new[name], new[name], value, merge_key)
    return new


def _list(old: Any, patch: list[Any], field: Json | None, order: list[Any] | None) -> list[Any]:
    before: list[Any] = list(old) if isinstance(old, list) else []
    merge_key = (field or {}).get("x-kubernetes-patch-merge-key")
    if merge_key is None:
        after = before + [item for item in patch if item not in before]
        return _ordered(after, before, patch if order is None else order, None)
    if any(isinstance(item, dict) and item.get(_PATCH) == "replace" for item in patch):
        return [_clean(item) for item in patch if item.get(_PATCH) != "replace"]
    after = list(before)
    for item in patch:
        if not isinstance(item, dict) or merge_key not in item:
            raise bad_request(f"map: {item} does not contain declared merge key: {merge_key}")
        place = next((at for at, known in enumerate(after) if known.get(merge_key) == item[merge_key]), None)
        if item.get(_PATCH) == "delete":
            after = [known for known in after if known.get(merge_key) != item[merge_key]]
        elif place is None:
            after.append(_map(None, item, item_of(field)))
        else:
            after[place] = _map(after[place], item, item_of(field))
    return _ordered(after, before, patch if order is None else order, merge_key)


def _ordered(items: list[Any], before: list[Any], order: list[Any], merge_key: str | None) -> list[Any]:
    """Items in the order that the patch wants; those it does not name stay where they stood among the others."""

    def identity(item: Any) -> Any:
        return item.get(merge_key) if merge_key and isinstance(item, dict) else item

    wanted = [identity(item) for item in order]
    stood = {repr(identity(item)): at for at, item in enumerate(before)}
    named = sorted((item for item in items if identity(item) in wanted), key=lambda item: wanted.index(identity(item)))
    others = [item for item in items if identity(item) not in wanted]
    found: list[Any] = []
    while named and others:
        mine, other = stood.get(repr(identity(named[0]))), stood.get(repr(identity(others[0])))
        first = others if mine is not None and other is not None and other < mine else named
        found.append(first.pop(0))
    return [*found, *named, *others]


def _clean(value: Any) -> Any:
    """A value that the patch brings whole: without directives, and without nulls in its objects."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items() if item is not None and not key.startswith("$")}
    return [_clean(item) for item in value] if isinstance(value, list) else copied(value)
