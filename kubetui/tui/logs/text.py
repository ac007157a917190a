"""One log line as cells: its characters, their styles, and which of them stand in which row when it is wrapped.

Rows are cut by width, not at blanks: the number of rows is then known without looking at the text, where each
character is one cell wide. Knows nothing of a widget.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style

from kubetui.live.pattern import Expression
from kubetui.tui.logs.ansi import Span, parse, plain

_LONG = 4096
"""Characters of a line of mixed widths after which two cells are set aside for each, so that none need be measured."""
_REACH = 200
"""Characters round a row in which a match may begin or end."""

_NO_STYLE = Style()
_end = attrgetter("end")


def size(text: str) -> int:
    """Cells of what the screen shows of a line; negative where its characters are not one cell each."""
    shown = plain(text)
    if shown.isascii():
        return len(shown)
    cells = _cells(shown)
    return cells if cells == len(shown) else -cells


def height(text: str, cells: int, width: int | None) -> int:
    """Rows that a line takes; `cells` is its `size`, `width` None where lines are not wrapped."""
    if width is None or abs(cells) <= width:
        return 1
    return -(-cells // width) if cells > 0 else line(text).height(width)


@lru_cache(512)
def line(text: str) -> "LogText":
    """The line made ready to be painted; kept while it is likely to be asked for again."""
    return LogText(text)


class LogText:
    """A line of known cells."""

    def __init__(self, text: str) -> None:
        self.text: str
        self._spans: list[Span]
        self.text, self._spans = parse(text)
        self._uniform = 1
        """Cells that each character takes; 0 where they differ and are measured."""
        if not self.text.isascii() and _cells(self.text) != len(self.text):
            self._uniform = 2 if len(self.text) > _LONG else 0
        self._width = 0
        self._starts: list[int] = []

    def height(self, width: int) -> int:
        """Rows at that width; at least one."""
        if self._uniform:
            return max(1, -(-len(self.text) // self._characters(width)))
        self._measure(width)
        return len(self._starts)

    def row(self, index: int, width: int) -> tuple[int, int]:
        """First and last (exclusive) character of a row at that width."""
        if self._uniform:
            characters = self._characters(width)
            return index * characters, min(len(self.text), (index + 1) * characters)
        self._measure(width)
        after = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
        return self._starts[index], after

    def window(self, x: int, width: int) -> tuple[int, int]:
        """First and last (exclusive) character of what is seen of the unwrapped line from cell `x` on.

        Where characters are of mixed widths the window begins at a whole one, so it may be a cell off.
        """
        if self._uniform:
            first = x // self._uniform
            return first, min(len(self.text), first + self._characters(width))
        first = len(chop_cells(self.text, x)[0]) if x > 1 and self.text else 0
        rest = self.text[first:]
        return first, first + (len(chop_cells(rest, width)[0]) if rest and width > 1 else 0)

    def segments(self, start: int, end: int, search: Expression | None, match: Style) -> list[Segment]:
        """The characters from `start` to before `end` in their styles, matches of `search` in theirs."""
        marks = [start, end]
        spans = self._spans[bisect_left(self._spans, start + 1, key=_end) :] if self._spans else []
        near: list[Span] = []
        for span in spans:
            if span.start >= end:
                break
            near.append(span)
            marks += (max(start, span.start), min(end, span.end))
        matches = list(self._matches(start, end, search, match)) if search else []
        for found in matches:
            marks += (found.start, found.end)
        cuts = sorted(set(marks))
        return [
            Segment(self.text[left:right], _style_at(near, left) + _style_at(matches, left))
            for left, right in pairwise(cuts)
        ]

    def _matches(self, start: int, end: int, search: Expression, style: Style) -> Iterator[Span]:
        for found in search.finditer(self.text, max(0, start - _REACH), min(len(self.text), end + _REACH)):
            left, right = max(start, found.start()), min(end, found.end())
            if left < right:
                yield Span(left, right, style)

    def _characters(self, width: int) -> int:
        return max(1, width // self._uniform)

    def _measure(self, width: int) -> None:
        """Where the rows begin, kept for one width."""
        if width == self._width:
            return
        self._width, self._starts, at = width, [], 0
        for row in chop_cells(self.text, max(2, width)) or [""]:
            self._starts.append(at)
            at += len(row)


def _cells(text: str) -> int:
    """Cells of a text; of a very long one with wide characters, an upper bound."""
    if len(text) <= _LONG:
        return cell_len(text)
    return len(text) if cell_len(text) == len(text) else 2 * len(text)


def _style_at(spans: list[Span], position: int) -> Style:
    for span in spans:
        if span.start <= position < span.end:
            return span.style
    return _NO_STYLE
