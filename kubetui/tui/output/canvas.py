"""What a terminal is to show beside what it shows: two pictures, and the bytes that make the one the other.

Knows which cells differ and the cheapest way to write these. A line whose characters are not one cell each is written
whole, since terminals do not agree on where such characters end.
"""

from collections.abc import Iterable

from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, LayoutUpdate

from kubetui.tui.output.cells import Line
from kubetui.tui.output.look import PLAIN, switch
from kubetui.tui.output.scroll import Scroll, find

_UNKNOWN = "??"
_BRIDGE = 4
"""Cells that are written once more rather than jumped over: a jump takes as many bytes."""

Update = LayoutUpdate | ChopsUpdate
"""What the compositor makes: the whole picture, or some of its lines."""


class Canvas:
    """Two pictures of so many cells. Of a new one it is not known what the terminal shows."""

    def __init__(self, width: int = 0, height: int = 0) -> None:
        self.size = (width, height)
        self._wanted = [Line.of(" ", width) for _ in range(height)]
        self._shown = [Line.of(_UNKNOWN, width) for _ in range(height)]
        self._touched = set(range(height))
        """Lines that may differ."""

    def forget(self) -> None:
        """It is no longer known what the terminal shows."""
        width, height = self.size
        self._shown = [Line.of(_UNKNOWN, width) for _ in range(height)]
        self._touched.update(range(height))

    def take(self, update: Update, colours: ColorSystem) -> None:
        """What is to be shown from now on."""
        if isinstance(update, LayoutUpdate):
            for y, strips in enumerate(update.strips[: len(self._wanted)], update.region.y):
                x = update.region.x
                for strip in strips:
                    self._wanted[y].put(x, strip, colours)
                    x += strip.cell_length
                self._touched.add(y)
            return
        for y, start, end in update.spans:
            if y >= len(self._wanted):
                continue
            # Beside its spans an update holds what lies behind the widgets that had nothing to paint.
            for x, part in update.chops[y].items():
                if part is not None and x < end and x + part.cell_length > start:
                    self._wanted[y].put(x, part, colours)
            self._touched.add(y)

    def changes(self) -> str:
        """The bytes after which the terminal shows what it is to show; none where it does. It is taken to get them."""
        touched = [y for y in sorted(self._touched) if not self._wanted[y].same(self._shown[y])]
        self._touched.clear()
        parts: list[str] = []
        if scroll := find(self._shown, self._wanted, touched):
            parts.append(scroll.sequence)
            touched = self._scrolled(scroll, touched)
        at: tuple[int, int] | None = None
        look = PLAIN
        for y in touched:
            line, shown = self._wanted[y], self._shown[y]
            even = line.even and shown.even
            for start, end in _runs(shown, line) if even else [(0, len(line.texts))]:
                parts.append(_move(at, start, y))
                x = start
                while x < end:
                    stop, its = x + 1, line.looks[x]
                    while stop < end and line.looks[stop] is its:
                        stop += 1
                    parts += (switch(look, its), "".join(line.texts[x:stop]))
                    look, x = its, stop
                at = (end, y) if even and end < len(line.texts) else None
            self._shown[y] = line.copy()
        parts.append(switch(look, PLAIN))
        return "".join(parts)

    def _scrolled(self, scroll: Scroll, touched: Iterable[int]) -> list[int]:
        """Follows what the terminal does then; the lines that differ now."""
        region = range(scroll.top, scroll.bottom + 1)
        moved = {y: self._shown[y + scroll.by] for y in region if y + scroll.by in region}
        for y in region:
            self._shown[y] = moved.get(y) or Line.of(_UNKNOWN, self.size[0])
        return [y for y in sorted({*touched, *region}) if not self._wanted[y].same(self._shown[y])]


def _runs(old: Line, new: Line) -> list[tuple[int, int]]:
    """Stretches of cells that differ: their first and the one after their last."""
    runs: list[tuple[int, int]] = []
    looks = new.looks
    cells = zip(old.texts, new.texts, old.looks, looks, strict=True)
    for x, (was, text, wore, look) in enumerate(cells):
        if was == text and (wore is look or wore == look):
            continue
        if runs and x - (end := runs[-1][1]) <= _BRIDGE and all(each is looks[end - 1] for each in looks[end:x]):
            runs[-1] = (runs[-1][0], x + 1)
        else:
            runs.append((x, x + 1))
    return runs


def _move(at: tuple[int, int] | None, x: int, y: int) -> str:
    """The shortest way of the terminal's cursor to a cell; `at` is where it is, if that is known."""
    ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
    if at is not None and at[1] <= y:
        right, down = x - at[0], y - at[1]
        ways.append(_step("B", down) + (_step("C", right) if right >= 0 else "\b" * -right))
    return min(ways, key=len)


def _step(way: str, by: int) -> str:
    return f"\x1b[{by}{way}" if by > 1 else f"\x1b[{way}" if by else ""
