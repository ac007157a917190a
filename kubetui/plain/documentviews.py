"""Whole objects as YAML and JSON."""

from collections.abc import Sequence
from typing import Any

from kubetui import yamltext
from kubetui.plain import jsontext
from kubetui.plain.documents import Document


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
