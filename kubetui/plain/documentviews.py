"""Whole objects as YAML and JSON."""

from collections.abc import Callable, Sequence
from typing import Any

from kubetui import yamltext
from kubetui.plain import jsontext
from kubetui.plain.documents import Document
from kubetui.text import sanitise_lines


class YamlView:
    """Documents between `---`. For a terminal, without characters that it, or an eye, may be led astray by."""

    def __init__(self, *, for_terminal: bool) -> None:
        self._clean: Callable[[str], str] = sanitise_lines if for_terminal else str
        self._begun = False

    def whole(self, objects: Sequence[Document], *, single: bool) -> str:
        return self._clean(yamltext.dump(_together(objects, single)))

    def more(self, objects: Sequence[Document]) -> str:
        text = ""
        for obj in objects:
            text += ("---\n" if self._begun else "") + self._clean(yamltext.dump(obj.body))
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
