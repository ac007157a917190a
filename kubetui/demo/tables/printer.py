"""The columns of a kind and the cells of an object under them; which those are, a file a family of kinds tells."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from kubetui.demo.resources import CUSTOMRESOURCEDEFINITIONS, Resource
from kubetui.demo.tables.age import since

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]
Cells = Callable[[Json, float], list[Any]]
"""The cells of an object at a time (virtual epoch seconds)."""


class Column(msgspec.Struct, frozen=True):
    """One `TableColumnDefinition`. Columns of priority 1 are for `-o wide`."""

    name: str
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0


NAME = Column("Name", format="name", description="Name must be unique within a namespace.")
AGE = Column("Age", description="The time since the object was created.")


def columns(*described: str | Column) -> tuple[Column, ...]:
    """Columns after Name. A text stands for a text column; `#` before it for integers, `~` for `-o wide` alone."""
    found = [NAME]
    for one in described:
        if isinstance(one, Column):
            found.append(one)
            continue
        wide, text = (1, one[1:]) if one.startswith("~") else (0, one)
        kind, text = ("integer", text[1:]) if text.startswith("#") else ("string", text)
        found.append(Column(text, kind, priority=wide))
    return tuple(found)


class Printer:
    """Prints the objects of one kind."""

    def __init__(
        self, columns: tuple[Column, ...], cells: Cells, done: Callable[[Json], list[Json]] | None = None
    ) -> None:
        self.definitions = [msgspec.to_builtins(column) for column in columns]
        self._cells = cells
        self._done = done

    def cells(self, obj: Json, now: float) -> tuple[list[Any], list[Json]]:
        """The cells, and the conditions of the row."""
        return self._cells(obj, now), self._done(obj) if self._done else []


def _plain(obj: Json, now: float) -> list[Any]:
    return [obj["metadata"]["name"], since(obj["metadata"].get("creationTimestamp"), now)]


def _dated(obj: Json, now: float) -> list[Any]:
    return [obj["metadata"]["name"], obj["metadata"].get("creationTimestamp")]


PLAIN = Printer(columns(AGE), _plain)
DATED = Printer(columns(Column("Created At", "date", description="When the object was created.")), _dated)
"""For kinds for which the real server has no printer: clients count the age themselves."""


class Printers:
    """The printer of each resource."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry

    def of(self, resource: Resource) -> Printer:
        """How the objects of a resource are printed."""
        from kubetui.demo.tables.custom import custom_printer
        from kubetui.demo.tables.kinds import PRINTERS

        if resource.custom:
            definition = self._registry.get(CUSTOMRESOURCEDEFINITIONS, "", resource.key)
            versions = {version["name"]: version for version in definition["spec"]["versions"]}
            return custom_printer(versions[resource.version].get("additionalPrinterColumns") or [])
        known: Mapping[str, Printer] = PRINTERS
        return known.get(resource.key, DATED)
