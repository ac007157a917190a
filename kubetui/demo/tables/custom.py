"""Custom resources: the columns that their definition asks for, each with a JSONPath into the object."""

import re
from typing import Any

from kubetui.demo.objects import name_of
from kubetui.demo.tables.age import UNKNOWN, since
from kubetui.demo.tables.printer import PLAIN, Column, Printer, columns

Json = dict[str, Any]

_STEP = re.compile(
    r"""\.?(?P<name>[\w-]+)|\[(?P<index>-?\d+)\]|\['(?P<quoted>[^']+)'\]|"""
    r"""\[\?\(\s*@\.(?P<key>[\w.-]+)\s*==\s*['"](?P<value>[^'"]*)['"]\s*\)\]|(?P<all>\[\*\])"""
)


def custom_printer(described: list[Json]) -> Printer:
    """A printer for `additionalPrinterColumns`; Name comes first in any case, and Age where nothing is described."""
    if not described:
        return PLAIN
    found = [
        Column(
            one.get("name", ""),
            one.get("type", "string"),
            one.get("format", ""),
            one.get("description", ""),
            1 if one.get("priority") else 0,
        )
        for one in described
    ]

    def cells(obj: Json, now: float) -> list[Any]:
        return [name_of(obj), *(_cell(obj, one, now) for one in described)]

    return Printer(columns(*found), cells)


def _cell(obj: Json, column: Json, now: float) -> Any:
    value = at_path(obj, column["jsonPath"])
    match column["type"]:
        case "date":
            return since(value, now) if isinstance(value, str) and value else UNKNOWN
        case "integer" | "number":
            return value if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "boolean":
            return value if isinstance(value, bool) else None
    if value is None:
        return None
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def at_path(value: Any, path: str) -> Any:
    """The first value that a simple JSONPath leads to; None where it leads nowhere."""
    for step in _STEP.finditer(path.strip("{}")):
        if step["all"]:
            value = value[0] if isinstance(value, list) and value else None
        elif step["key"]:
            items = value if isinstance(value, list) else ()
            value = next((one for one in items if str(at_path(one, step["key"])) == step["value"]), None)
        elif step["index"] is not None:
            place = int(step["index"])
            value = value[place] if isinstance(value, list) and -len(value) <= place < len(value) else None
        else:
            name = step["name"] or step["quoted"]
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            return None
    return value
