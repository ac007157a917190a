"""Objects as rows under a header, as kubectl's human-readable printer writes them (cli-runtime tableprinter.go)."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from kubetui.kinds.kind import Cell, Column
from kubetui.read import Object
from kubetui.tabwriter import TabWriter
from kubetui.text import sanitise

_END_OF_CELL = re.compile("[\f\n\r]")


class TablePrinter:
    """Prints rows, the header once before the first of them; later rows stay under the widths of the earlier ones."""

    def __init__(
        self, columns: Sequence[Column[Any]], *, wide: bool, with_namespace: bool, for_terminal: bool = False
    ) -> None:
        """for_terminal: drop what a terminal would obey, beyond what kubectl escapes."""
        self._columns = [column for column in columns if wide or not column.wide]
        self._with_namespace = with_namespace
        self._clean: Callable[[str], str] = sanitise if for_terminal else str
        self._writer = TabWriter()
        self._headed = False

    def rows(self, objects: Iterable[Object], now: datetime) -> str:
        """The rows of these objects, aligned; empty where there are none."""
        lines = [self._line(obj, now) for obj in objects]
        if lines and not self._headed:
            self._headed = True
            titles = [self._clean(column.title) for column in self._columns]
            lines.insert(0, ["NAMESPACE", *titles] if self._with_namespace else titles)
        return self._writer.write(lines)

    def _line(self, obj: Object, now: datetime) -> list[str]:
        cells = [self._cell(column.text(obj), now) for column in self._columns]
        if self._with_namespace:
            cells.insert(0, self._clean(obj.metadata.namespace))
        # kubectl gives its rows to the tab writer as text, so a tab inside a cell begins another one.
        return re.split("[\t\v]", "\t".join(cells))

    def _cell(self, cell: Cell, now: datetime) -> str:
        text = cell if isinstance(cell, str) else cell.at(now)
        if text.isascii() and text.isprintable():
            return text
        first, *more = _END_OF_CELL.split(text, maxsplit=1)
        return self._clean(first.replace("\x1b", "^[")) + ("..." if more else "")
