"""The lines of a log book on the screen: only what is seen is styled and wrapped, whatever was written before.

Owns which lines are shown, where one stands in them and how a row is painted. Reads the book; asks nobody.
"""

import re
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kubetui.live.logring import NOTICE, Entry, LogRing
from kubetui.text import sanitise
from kubetui.tui.ansi import plain
from kubetui.tui.logjson import fold
from kubetui.tui.loglayout import LogLayout
from kubetui.tui.logtext import height, line, size

SLICE = 0.008
"""Seconds of laying lines out between which keys are answered."""
_PATIENCE = 0.1
"""Seconds of laying out, slice by slice, after which what is there so far is shown."""

_COLOURS = 8
_LONGEST_NAME = 24
_TIME_WIDTH = 13

Test = Callable[[str], bool]


class Book(Protocol):
    """What is shown."""

    ring: LogRing
    names: list[str]


class LogView(ScrollView, can_focus=True):
    """A window on a log. Tell it of new lines with `absorb`, as often as there are frames."""

    DEFAULT_CSS = """
    LogView {
        background: $surface; color: $text; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
        & > .log--time { color: $text-muted; }
        & > .log--notice { color: $text-accent; text-style: italic; }
        & > .log--match { background: $warning 40%; }
        & > .log--hit { background: $warning; color: $background; text-style: bold; }
        & > .log--source-0 { color: $text-primary; }
        & > .log--source-1 { color: $text-success; }
        & > .log--source-2 { color: $text-warning; }
        & > .log--source-3 { color: $text-accent; }
        & > .log--source-4 { color: $text-secondary; }
        & > .log--source-5 { color: $text-error; }
        & > .log--source-6 { color: $primary-lighten-2; }
        & > .log--source-7 { color: $success-lighten-2; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--time",
        "log--notice",
        "log--match",
        "log--hit",
        *(f"log--source-{number}" for number in range(_COLOURS)),
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="log.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="log.up"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="log.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="log.page_up"),
        Binding("home,g", "top", "Top", show=False, id="log.top"),
        Binding("end,G", "bottom", "Bottom", show=False, id="log.bottom"),
        Binding("right", "shift(1)", "Right", show=False, id="log.right"),
        Binding("left", "shift(-1)", "Left", show=False, id="log.left"),
    ]

    class Moved(Message):
        """Where one stands, or whether new lines are followed, is different."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book
        self.following = True
        """Whether the view stays at the end as lines come."""
        self.wrap = False
        self.timestamps = False
        self.folded = False
        """Whether JSON objects are told as message and fields."""
        self.shown = LogLayout()
        """The lines that pass the filter."""
        self.painted = 0
        """Rows built since the start; what is kept from before does not count."""
        self._test: Test | None = None
        self._marks: re.Pattern[str] | None = None
        self._search: re.Pattern[str] | None = None
        self._hit: int | None = None
        self._absorbed = book.ring.first
        self._x = 0
        self._rows: LRUCache[tuple[int, int], Strip] = LRUCache(1024)
        self._styles: dict[str, Style] = {}
        self._named: list[str] = []
        self._width = 80
        """Cells of a row; the scroll bar's are not among them."""
        self._moving = False
        self._led = self._lost = self._settled_rows = 0
        self._settled_at = 0.0
        self._anchor: int | None = None
        """The line that was at the top when all were laid out again; it comes back there."""

    # What is shown ------------------------------------------------------------------------------------------------

    def absorb(self) -> bool:
        """Takes over new lines of the book, for a slice of time at most; says whether there are more."""
        ring = self.book.ring
        if self._named != self.book.names:
            self._named = list(self.book.names)
            self._lay_out()
        self._lost += self.shown.drop_before(ring.first)
        self._absorbed = max(self._absorbed, ring.first)
        until, width, test = perf_counter() + SLICE, self._wrap_width(), self._test
        while self._absorbed < ring.end and perf_counter() < until:
            for number in range(self._absorbed, min(self._absorbed + 64, ring.end)):
                entry = ring[number]
                text = self._text(entry)
                if test is None or entry.source == NOTICE or test(plain(text)):
                    cells = size(text)
                    self.shown.append(number, cells, height(text, cells, width))
                self._absorbed = number + 1
        more = self._absorbed < ring.end
        if not more or perf_counter() - self._settled_at > _PATIENCE:
            self._settle()
        if not more and self._anchor is not None:
            if not self.following:
                self._scroll(self.shown.row_of(self._anchor) + self._lead)
            self._anchor = None
        return more

    def forget(self, *, following: bool) -> None:
        """The book was opened anew: shows it from its start, and stays there or at the end."""
        self._start_over()
        self.following, self._anchor = following, None
        self._settle()

    def filter(self, test: Test | None, marks: re.Pattern[str] | None) -> None:
        """Shows only lines that pass, and this program's own; None shows all. `absorb` does the work, in slices.

        `marks` is what is marked in them, where nothing else is searched for.
        """
        self._test, self._marks = test, marks
        self._start_over()

    def find(self, search: re.Pattern[str] | None) -> None:
        """Marks all matches; `next_hit` goes from one to the next."""
        self._search, self._hit = search, None
        self._repaint()

    def next_hit(self, step: int) -> bool:
        """Goes to the next line with a match, or the one before; False where there is none."""
        numbers = self.shown.numbers()
        search = self._search or self._marks
        if search is None or not numbers:
            return False
        start = self._hit if self._hit is not None else self._top_number() - (step > 0)
        after = [number for number in numbers if number > start]
        before = numbers[: len(numbers) - len(after)]
        if before and before[-1] == start:
            before.pop()
        order = after + before if step > 0 else before[::-1] + after[::-1]
        for number in order:
            if search.search(plain(self._text(self.book.ring[number]))):
                self._hit = number
                self.following = False
                self._scroll(self.shown.row_of(number) + self._lead - self.size.height // 2)
                self._repaint()
                return True
        return False

    def set_wrap(self, wrap: bool) -> None:
        """Wraps long lines at the width, or cuts them off there; the line at the top stays there."""
        self.wrap, self._x = wrap, 0
        self._lay_out()

    def set_timestamps(self, timestamps: bool) -> None:
        """Shows when each line was written, in local time."""
        self.timestamps = timestamps
        self._lay_out()

    def set_folded(self, folded: bool) -> None:
        """Tells JSON objects as message and fields, or as they were written; what one sees is what is filtered."""
        self.folded = folded
        self._start_over()

    def set_following(self, following: bool) -> None:
        """Stays at the end from now on, or stays here."""
        self.following = following
        self._settle()

    def lines(self) -> list[Entry]:
        """All lines shown, in order."""
        return [self.book.ring[number] for number in self.shown.numbers() if number >= self.book.ring.first]

    # Keys ---------------------------------------------------------------------------------------------------------

    def action_move(self, rows: int) -> None:
        self._go(self.scroll_offset.y + rows)

    def action_page(self, pages: int) -> None:
        self._go(self.scroll_offset.y + pages * max(1, self.size.height - 1))

    def action_top(self) -> None:
        self._go(0)

    def action_bottom(self) -> None:
        self._go(self.max_scroll_y)

    def action_shift(self, steps: int) -> None:
        most = max(0, self.shown.widest - self._text_width() + 1)
        self._x = 0 if self.wrap else min(max(0, self._x + steps * max(1, self._text_width() // 4)), most)
        self._repaint()

    # Where one stands ---------------------------------------------------------------------------------------------

    @property
    def _lead(self) -> int:
        """Rows before the first line: one that tells how many lines were dropped."""
        return 1 if self.book.ring.dropped else 0

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._moving and round(old_value) != round(new_value):
            self.following = new_value >= self.max_scroll_y
            self.post_message(self.Moved())

    def _go(self, row: int) -> None:
        """Moves as a person asked: following goes on at the end and stops elsewhere."""
        self._scroll(row)
        self.following = self.scroll_offset.y >= self.max_scroll_y
        self.post_message(self.Moved())

    def _scroll(self, row: int) -> None:
        self._moving = True
        self.scroll_to(y=min(max(0, row), self.max_scroll_y), animate=False, force=True)
        self._moving = False

    def _settle(self) -> None:
        """After lines came or went: the right size, and the same lines on the screen, or the last ones."""
        at, rows, seen = self.scroll_offset.y, self.shown.rows + self._lead, self._settled_rows
        row = at - self._lost + self._lead - self._led
        untouched = not self._lost and seen <= rows and seen >= at + self.size.height
        self._led, self._lost, self._settled_rows, self._settled_at = self._lead, 0, rows, perf_counter()
        self._moving = True
        self.virtual_size = Size(self._width, rows)
        self._moving = False
        if self.following:
            row = self.max_scroll_y
        if row != at:
            self._scroll(row)
        elif not untouched:
            self.refresh()

    def _top_number(self) -> int:
        try:
            return self.shown.at(max(0, self.scroll_offset.y - self._lead))[0]
        except IndexError:
            return self._absorbed

    def _start_over(self) -> None:
        """Every line anew; `absorb` does the work, in slices, and comes back to where one stood."""
        if self._anchor is None and len(self.shown):
            self._anchor = self._top_number()
        self.shown.clear()
        self._absorbed = self.book.ring.first
        self._hit = None
        self._x = self._lost = self._settled_rows = 0
        self._repaint()

    def _lay_out(self) -> None:
        """New rows for every line, since the width for text is another; the line at the top stays there."""
        top, ring, width = self._top_number(), self.book.ring, self._wrap_width()
        self._lost += self.shown.drop_before(ring.first)
        self.shown.lay_out(width and (lambda number, cells: height(self._text(ring[number]), cells, width)))
        self._repaint()
        self._settle()
        if not self.following:
            self._scroll(self.shown.row_of(top) + self._lead)

    # Painting -----------------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._rows.clear()

    def on_resize(self, event: Resize) -> None:
        self._width = self.scrollable_content_region.width
        self._lay_out()

    def _repaint(self) -> None:
        self._rows.clear()
        self.refresh()

    def _text(self, entry: Entry) -> str:
        """What stands for an entry: its text, folded where that is wanted."""
        return fold(entry.text) if self.folded else entry.text

    def _names_width(self) -> int:
        names = self.book.names
        if len(names) < 2:
            return 0
        return min(max(map(len, names)), _LONGEST_NAME, max(4, self._width // 4)) + 1

    def _text_width(self) -> int:
        """Cells for text, right of time and source."""
        return max(2, self._width - self._names_width() - _TIME_WIDTH * self.timestamps)

    def _wrap_width(self) -> int | None:
        return self._text_width() if self.wrap else None

    def render_line(self, y: int) -> Strip:
        row = self.scroll_offset.y + y - self._lead
        width = self._width
        if row < 0:
            ring = self.book.ring
            told = f"{ring.dropped:,} older lines were dropped; the last {len(ring):,} are kept"
            return Strip([Segment(told, self._style("log--notice"))]).crop_extend(0, width, self.rich_style)
        try:
            number, part = self.shown.at(row)
            entry = self.book.ring[number]
        except IndexError:
            return Strip.blank(width, self.rich_style)
        key = number, part
        strip = self._rows.get(key)
        if strip is None:
            self.painted += 1
            painted = Strip(self._row(number, entry, part)).apply_style(self.rich_style)
            strip = self._rows[key] = painted.crop_extend(0, width, self.rich_style)
        return strip

    def _row(self, number: int, entry: Entry, part: int) -> list[Segment]:
        text, width = line(self._text(entry)), self._text_width()
        start, end = text.row(part, width) if self.wrap else text.window(self._x, width)
        segments = self._before(entry, part)
        if entry.source == NOTICE:
            return [*segments, Segment(text.text[start:end], self._style("log--notice"))]
        match = self._style("log--hit" if number == self._hit else "log--match")
        return segments + text.segments(start, end, self._search or self._marks, match)

    def _before(self, entry: Entry, part: int) -> list[Segment]:
        """Time and source, on the first row of a line."""
        segments: list[Segment] = []
        if self.timestamps:
            told = ""
            if entry.time and not part:
                told = f"{datetime.fromtimestamp(entry.time // 10**9):%H:%M:%S}.{entry.time // 10**6 % 1000:03d}"
            segments.append(Segment(told.ljust(_TIME_WIDTH), self._style("log--time")))
        if width := self._names_width():
            name = sanitise(self.book.names[entry.source]) if entry.source != NOTICE and not part else ""
            name = name if len(name) < width else "…" + name[-(width - 2) :]
            style = self._style(f"log--source-{entry.source % _COLOURS}") if name else Style()
            segments.append(Segment(name.ljust(width), style))
        return segments

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(name)
        return self._styles[name]
