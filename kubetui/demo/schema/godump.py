"""A pod template printed as Go prints its struct: what the real controllers make their hashes of. Pure.

The form is that of k8s.io/utils/dump.ForHash (spew's `%#v` with sorted keys): types in parentheses, fields in the order
of the struct. `podtemplate.txt` holds that order: a struct a line, each field as `Name|json|type`, where `<` stands for
an embedded struct; it was made by reflection on k8s.io/api v0.36.3.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kubetui.demo.schema.goquantity import Amount, amount

Json = dict[str, Any]
Field = tuple[str, str, str]

_NIL = "<nil>"
_ZERO_TIME = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"
_MAPS = {"v1.ResourceList": "map[v1.ResourceName]resource.Quantity"}
"""Maps with a name of their own."""


def dumped(template: Json) -> str:
    """The template of a pod, with its defaults, as `(v1.PodTemplateSpec){ObjectMeta:(v1.ObjectMeta){…}}`."""
    return f"(v1.PodTemplateSpec){''.join(_struct('v1.PodTemplateSpec', template))}"


@lru_cache(maxsize=1)
def _structs() -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for line in (files("kubetui.demo.schema") / "podtemplate.txt").read_text().splitlines():
        name, *fields = line.split(" ")
        found[name] = [_field(field) for field in fields]
    return found


def _field(written: str) -> Field:
    name, json, kind = written.split("|")
    return name, json, kind


def _struct(kind: str, value: Json) -> Iterator[str]:
    opener = "{"
    for name, json, field in _structs()[kind]:
        yield f"{opener}{name}:"
        yield from _typed(field, value if json == "<" else value.get(json))
        opener = " "
    yield "}"


def _typed(kind: str, value: Any) -> Iterator[str]:
    yield f"({kind})"
    if kind.startswith("*"):
        if value is None:
            yield _NIL
        else:
            yield from _plain(kind[1:], value)
    else:
        yield from _plain(kind, value)


def _plain(kind: str, value: Any) -> Iterator[str]:
    """A value whose type has been told."""
    written = _MAPS.get(kind, kind)
    if kind.startswith("[]"):
        yield from _items(kind[2:], value)
    elif written.startswith("map["):
        yield from _pairs(written.partition("]")[2], value)
    elif kind in _SPECIAL:
        yield _SPECIAL[kind](value)
    elif kind in _structs():
        yield from _struct(kind, value or {})
    elif kind == "bool":
        yield "true" if value else "false"
    elif kind.startswith(("int", "uint")):
        yield str(value or 0)
    else:
        yield str(value or "")


def _items(kind: str, value: Any) -> Iterator[str]:
    if not value:
        yield _NIL
        return
    opener = "["
    for item in value:
        yield opener
        # The items of a list of pointers would have their types told; there is none in a template.
        yield from _plain(kind, item)
        opener = " "
    yield "]"


def _pairs(kind: str, value: Any) -> Iterator[str]:
    if not value:
        yield _NIL
        return
    opener = "map["
    for key in sorted(value):
        yield f"{opener}{key}:"
        yield from _plain(kind, value[key])
        opener = " "
    yield "]"


def _quantity(value: Any) -> str:
    found: Amount = amount(value)
    return (
        f"{{i:(resource.int64Amount){{value:(int64){found.value} scale:(resource.Scale){found.scale}}} "
        f"d:(resource.infDecAmount){{Dec:(*inf.Dec){_NIL}}} s:(string){found.text} "
        f"Format:(resource.Format){found.format}}}"
    )


def _int_or_string(value: Any) -> str:
    number, text = (0, value) if isinstance(value, str) else (value or 0, "")
    return f"{{Type:(intstr.Type){int(isinstance(value, str))} IntVal:(int32){number} StrVal:(string){text}}}"


_SPECIAL: dict[str, Callable[[Any], str]] = {
    "resource.Quantity": _quantity,
    "intstr.IntOrString": _int_or_string,
    "v1.Time": lambda value: _ZERO_TIME,
}
