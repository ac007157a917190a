"""How wide columns are and how a text is cut to a width. Knows texts and cells of the terminal, nothing of styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rich.cells import cell_len, set_cell_size

GAP = 2
MARGIN = 3
"""Cells before the first column: the link bar, the health glyph, the sign of a mark."""
SLACK = 24
"""Cells by which the naming column may grow where there is room, so that a longer name does not move the others."""
LEAST_NAME, LEAST_TEXT, LEAST_REST = 24, 12, 4
"""Cells below which a name, another text, and a column at the right edge are not cut."""
LEAST_AGE = 5
"""Room for `9m59s`, so that ages that tick do not move columns."""
MOST = 80
"""Cells that a column asks for at most, unless it stands last."""


class Heading(Protocol):
    """What the table knows of a column."""

    @property
    def title(self) -> str: ...

    @property
    def align(self) -> Literal["left", "right"]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """Where a column stands on the line."""

    column: int
    x: int
    """Cells from the left edge of the table."""
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that a line shows, from left to right, within a width."""

    width: int
    spans: tuple[Span, ...] = ()
    hidden: int = 0
    """Columns scrolled out at the left."""
    more: bool = False
    """Whether columns are cut off at the right."""

    def column_at(self, x: int) -> int | None:
        """The column at that cell, the gap before it included."""
        for span in self.spans:
            if x < span.x + span.width:
                return span.column if x >= span.x - GAP else None
        return None


def fit(wanted: Sequence[int], shrinking: Sequence[bool], named_by: int, width: int, hidden: int) -> Layout:
    """Places columns that want so many cells each.

    Where they do not fit, those that may shrink are cut, the widest first; where that does not do either, they are
    scrolled: the first `hidden` columns are left out, the naming one never.
    """
    room = width - MARGIN
    columns = range(len(wanted))
    widths = [min(want, max(room, 1)) for want in wanted]
    spare = room - _total(widths)
    if spare < 0:
        least = [_least(want, shrinking[at], at == named_by) for at, want in enumerate(widths)]
        if _total(least) <= room:
            widths = _shrink(widths, least, -spare)
            spare = 0
    if spare >= 0:
        if widths:
            widths[named_by] += min(spare, SLACK)
        return Layout(width, _place(columns, widths, width))
    widths = [min(want, MOST) for want in widths]
    others = [column for column in columns if column != named_by]
    for skipped in range(min(hidden, len(others)) + 1):
        shown = [column for column in columns if column == named_by or column in others[skipped:]]
        fits = _total([widths[column] for column in shown]) <= room
        if fits:
            break
    return Layout(width, _place(shown, widths, width), skipped, more=not fits)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _least(want: int, shrinks: bool, names: bool) -> int:
    return min(want, LEAST_NAME if names else LEAST_TEXT) if shrinks or names else want


def _shrink(widths: list[int], least: list[int], excess: int) -> list[int]:
    """Takes cells from whatever is widest, one by one; there are enough of them."""
    for _ in range(excess):
        widest = max((at for at in range(len(widths)) if widths[at] > least[at]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _place(columns: Sequence[int], widths: Sequence[int], width: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    x = MARGIN
    for column in columns:
        cells = min(widths[column], width - x)
        if cells < min(widths[column], LEAST_REST):
            break
        spans.append(Span(column, x, cells))
        x += cells + GAP
    return tuple(spans)


def cut(text: str, width: int) -> str:
    """The text in at most so many cells, its end cut off behind `…`."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else "…"[:width]


def cut_name(text: str, width: int) -> str:
    """A name in at most so many cells, with its tail, which tells it from its siblings: `web-…-x2k1p`."""
    if cell_len(text) <= width:
        return text
    if width < 4:
        return cut(text, width)
    room = width - 1
    start = len(text)
    cells = 0
    while start and (cells := cells + cell_len(text[start - 1])) <= room * 2 // 3:
        start -= 1
    boundary = text.find("-", start)
    if boundary > 0:
        start = boundary
    tail = text[start:]
    return set_cell_size(text, room - cell_len(tail)) + "…" + tail


def pad(text: str, width: int, align: Literal["left", "right"]) -> str:
    """The text with blanks to make it so many cells."""
    blanks = " " * (width - cell_len(text))
    return blanks + text if align == "right" else text + blanks
