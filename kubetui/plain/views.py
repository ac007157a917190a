"""The forms in which `get` prints objects. Each takes objects and gives text; none reads or writes anything else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from kubetui import yamltext
from kubetui.kinds.printer import TablePrinter
from kubetui.plain import jsontext
from kubetui.plain.documents import Document
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


class YamlView:
    """Documents between `---`."""

    def __init__(self) -> None:
        self._begun = False

    def whole(self, objects: Sequence[Document], *, single: bool) -> str:
        return yamltext.dump(_together(objects, single))

    def more(self, objects: Sequence[Document]) -> str:
        text = ""
        for obj in objects:
            text += ("---\n" if self._begun else "") + yamltext.dump(obj.body)
            self._begun = True
        return text


class JsonView:
    """Documents one after the other."""

    def __init__(self, *, for_terminal: bool) -> None:
        self._for_terminal = for_terminal

    def whole(self, objects: Sequence[Document], *, single: bool) -> str:
        return jsontext.dump(_together(objects, single), for_terminal=self._for_terminal)

    def more(self, objects: Sequence[Document]) -> str:
        return "".join(jsontext.dump(obj.body, for_terminal=self._for_terminal) for obj in objects)


def _together(objects: Sequence[Document], single: bool) -> dict[str, Any]:
    """One object by itself, or several as kubectl's v1 List, which has no version of its own."""
    if single:
        return objects[0].body
    items = [obj.body for obj in objects]
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}
