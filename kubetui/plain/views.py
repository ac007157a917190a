"""The forms in which `get` prints objects. Each takes objects and gives text; none reads or writes anything else.

Whole documents are in documentviews.py, which only those load who print them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from kubetui.kinds.printer import TablePrinter
from kubetui.read import Object
from kubetui.resource import Resource

T_contra = TypeVar("T_contra", bound=Object, contravariant=True)


class View(Protocol[T_contra]):
    """What was asked for, as text."""

    def whole(self, objects: Sequence[T_contra], *, single: bool) -> str:
        """All of an answer; `single` where one object was asked for by its name."""
        ...

    def more(self, objects: Sequence[T_contra]) -> str:
        """Objects one by one, as a watch shows them, the first ones too."""
        ...


class TableView:
    """Rows under a header."""

    def __init__(self, printer: TablePrinter) -> None:
        self._printer = printer

    def whole(self, objects: Sequence[Object], *, single: bool) -> str:
        return self.more(objects)

    def more(self, objects: Sequence[Object]) -> str:
        return self._printer.rows(objects, datetime.now(UTC))


class NameView:
    """`pod/web-1`, `deployment.apps/web`."""

    def __init__(self, resource: Resource) -> None:
        self._prefix = f"{resource.kind.lower()}.{resource.group}" if resource.group else resource.kind.lower()

    def whole(self, objects: Sequence[Object], *, single: bool) -> str:
        return self.more(objects)

    def more(self, objects: Sequence[Object]) -> str:
        return "".join(f"{self._prefix}/{obj.metadata.name}\n" for obj in objects)
