"""A page as lines of cells: labels and columns aligned, long text going on below itself. Pure but for cell widths."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from kubetui.kinds.kind import Health
from kubetui.kinds.page import Fact, Page, Reference, Row, Section, Span
from kubetui.text import Aged, sanitise

_LABEL_SHARE = 0.4
"""Part of the width that labels may take; a longer one stands on a line of its own."""
_ROW_SHARE = 0.6
"""Part of the width that the columns before the last may take, for that to go on below itself."""
_LEAST = 16
"""Cells that are left for text, however narrow the screen."""
_INDENT = 2
_GAP = 2
LONGEST = 4_000
"""Characters of one text that are shown; a longer one is for the manifest, which lays out only what is to be seen."""
_WORDS = re.compile(r"\s+|\S+")


class Piece(NamedTuple):
    """A stretch of a line that looks the same all along."""

    text: str
    cells: int
    style: str = ""
    """`title`, `label`, `soft`, `strong`, the name of a health, or empty."""
    link: int = -1
    """The index of the link it belongs to, or -1."""


PageLine = tuple[Piece, ...]


class PageLines(NamedTuple):
    """A page at one width and one moment."""

    lines: list[PageLine]
    links: list[tuple[Reference, int]]
    """Every link, and the line it begins in."""


def lay_out(page: Page, width: int, now: datetime) -> PageLines:
    """The page in lines of that many cells, ages as they are at that moment."""
    layout = _Layout(max(width, _LEAST), now)
    for section in page:
        layout.section(section)
    return PageLines(layout.lines, layout.links)


class _Layout:
    def __init__(self, width: int, now: datetime) -> None:
        self.lines: list[PageLine] = []
        self.links: list[tuple[Reference, int]] = []
        self._width = width
        self._now = now

    def section(self, section: Section) -> None:
        if self.lines:
            self.lines.append(())
        self._wrap([_piece(sanitise(section.title), "title")], 0)
        labels = [_INDENT * line.depth + cell_len(line.label) for line in section.lines if isinstance(line, Fact)]
        most = int(self._width * _LABEL_SHARE)
        column = max((label for label in labels if label <= most), default=0)
        rows = [line for line in section.lines if isinstance(line, Row)]
        told = {id(row): [self._pieces(cell) for cell in row.cells] for row in rows}
        widths = _widths(told.values())
        for line in section.lines:
            if isinstance(line, Fact):
                self._fact(line, column)
            else:
                self._row(line, told[id(line)], widths)

    def _fact(self, fact: Fact, column: int) -> None:
        lead = " " * (_INDENT * (fact.depth + 1))
        label = sanitise(fact.label)
        pieces = [_piece(lead), _piece(label, "label")]
        taken = sum(piece.cells for piece in pieces)
        start = _INDENT + column + _GAP if fact.label or fact.depth else _INDENT
        if not fact.spans:
            self._wrap(pieces, _INDENT * (fact.depth + 2))
        elif taken + _GAP > start and label:
            self._wrap(pieces, _INDENT * (fact.depth + 2))
            self._wrap([_piece(" " * (_INDENT * (fact.depth + 2))), *self._pieces(fact.spans)], 2 * _INDENT)
        else:
            self._wrap([*pieces, _piece(" " * max(0, start - taken)), *self._pieces(fact.spans)], start)

    def _row(self, row: Row, cells: list[list[Piece]], widths: list[int]) -> None:
        pieces = [_piece(" " * (_INDENT * (row.depth + 1)))]
        last = max((at for at, cell in enumerate(cells) if any(piece.text for piece in cell)), default=-1)
        x = pieces[0].cells
        for at, cell in enumerate(cells[: last + 1]):
            pieces += cell
            if at < last:
                gap = 1 if at == 0 and widths[0] == 1 else _GAP
                pieces.append(_piece(" " * (gap + widths[at] - sum(piece.cells for piece in cell))))
                x += widths[at] + gap
        self._wrap(pieces, x if x < self._width * _ROW_SHARE else 2 * _INDENT)

    def _pieces(self, spans: Iterable[Span]) -> list[Piece]:
        return [self._spanned(span) for span in spans]

    def _spanned(self, span: Span) -> Piece:
        text = span.text.shown(self._now) if isinstance(span.text, Aged) else span.text
        if len(text) > LONGEST:
            text = f"{text[:LONGEST]} … {len(text) - LONGEST:,} more characters: y shows them"
        link = -1
        if span.link is not None and span.link.name:
            self.links.append((span.link, -1))
            link = len(self.links) - 1
        return _piece(sanitise(text), _style(span), link)

    def _wrap(self, pieces: list[Piece], hang: int) -> None:
        """Adds the pieces as one line, or as several where they are too long for one."""
        hang = min(hang, self._width - _LEAST)
        line: list[Piece] = []
        x = 0
        if sum(piece.cells for piece in pieces) <= self._width:
            self._add(pieces)
            return
        for word in _words(pieces, self._width - hang):
            if x + word.cells > self._width:
                self._add(line)
                line, x = [_piece(" " * hang)], hang
                if word.text.isspace():
                    continue
            line.append(word)
            x += word.cells
        self._add(line)

    def _add(self, line: list[Piece]) -> None:
        for piece in line:
            if piece.link >= 0 and self.links[piece.link][1] < 0:
                self.links[piece.link] = (self.links[piece.link][0], len(self.lines))
        self.lines.append(tuple(piece for piece in line if piece.text))


def _words(pieces: list[Piece], longest: int) -> Iterator[Piece]:
    """The pieces word by word, none longer than that."""
    for piece in pieces:
        for word in _WORDS.findall(piece.text):
            parts = [word] if cell_len(word) <= longest else chop_cells(word, longest)
            for part in parts:
                yield piece._replace(text=part, cells=cell_len(part))


def _widths(rows: Iterable[list[list[Piece]]]) -> list[int]:
    widths: list[int] = []
    for cells in rows:
        widths += [0] * (len(cells) - len(widths))
        for at, cell in enumerate(cells):
            widths[at] = max(widths[at], sum(piece.cells for piece in cell))
    return widths


def _piece(text: str, style: str = "", link: int = -1) -> Piece:
    return Piece(text, cell_len(text), style, link)


_TINTS = {health: health.name.lower() for health in Health}


def _style(span: Span) -> str:
    if span.tint is not None:
        return _TINTS[span.tint]
    return "strong" if span.strong else "soft" if span.soft else ""
