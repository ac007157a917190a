"""Aligned columns as kubectl prints them: the rules of github.com/liggitt/tabwriter, with kubectl's settings.

A column is a run of lines that have a cell there which is not their last one. It is as wide as its widest cell and
three blanks, six at least, and never narrower than that column was before: lines of a watch stay under the first
ones. Widths are counted in code points, as kubectl counts them.
"""

from collections.abc import Sequence

_LEAST = 6
_PADDING = 3


class TabWriter:
    """Pads lines of cells; remembers the widths of columns from one `write` to the next."""

    def __init__(self) -> None:
        self._remembered: list[int] = []

    def write(self, lines: Sequence[Sequence[str]]) -> str:
        """The lines aligned, each with its line break; the last cell of a line is never padded."""
        text: list[str] = []
        self._format(lines, [], text)
        return "".join(text)

    def _format(self, lines: Sequence[Sequence[str]], widths: list[int], text: list[str]) -> None:
        """Lines whose first columns have these widths: finds the runs that share the next column."""
        column = len(widths)
        at = 0
        while at < len(lines):
            end = at
            if column >= len(lines[at]) - 1:
                while end < len(lines) and column >= len(lines[end]) - 1:
                    end += 1
                text += (_padded(line, widths) for line in lines[at:end])
            else:
                while end < len(lines) and column < len(lines[end]) - 1:
                    end += 1
                width = self._width(column, max(len(line[column]) for line in lines[at:end]))
                self._format(lines[at:end], [*widths, width], text)
            at = end

    def _width(self, column: int, widest: int) -> int:
        width = max(_LEAST, widest + _PADDING)
        if column < len(self._remembered):
            width = self._remembered[column] = max(width, self._remembered[column])
        else:
            self._remembered.append(width)
        return width


def _padded(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
    return "".join((*padded, *line[len(widths) :], "\n"))
