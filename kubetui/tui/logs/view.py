"""The lines of a log book on the screen: only what is seen is styled and wrapped, whatever was written before.

Owns which lines are shown and where one stands in them; `logpaint` makes the rows. Reads the book; asks nobody.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import ClassVar, Protocol

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from kubetui.live.logring import NOTICE, Entry, LogRing
from kubetui.live.pattern import Expression
from kubetui.tui.abiding import Abiding
from kubetui.tui.logs.ansi import plain
from kubetui.tui.logs.layout import LogLayout
from kubetui.tui.logs.paint import SOURCES, LogPaint
from kubetui.tui.logs.text import height, size
from kubetui.tui.table.scrollbar import place
from kubetui.tui.veil.filters import CURTAIN, Masking

SLICE = 0.008
"""Seconds of laying lines out between which keys are answered."""
_PATIENCE = 0.1
"""Seconds of laying out, slice by slice, after which what is there so far is shown."""
_MOST_SELECTED = 10_000
"""Rows of a selection that are copied."""

Test = Callable[[str], bool]


class Book(Protocol):
    """What is shown."""

    ring: LogRing
    names: list[str]


class LogView(Abiding, can_focus=True):
    """A window on a log. Tell it of new lines with `absorb`, as often as there are frames."""

    DEFAULT_CSS = """
    LogView {
        background: $surface; color: $text; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
        & > .log--time { color: $text-muted; }
        & > .log--notice { color: $text-accent; text-style: italic; }
        & > .log--match { background: $warning 40%; }
        & > .log--hit { background: $warning; color: $background; text-style: bold; }
        /* Eight hues that stand apart on a dark ground and on a light one. */
        & > .log--source-0 { color: #268bd2; }
        & > .log--source-1 { color: #859900; }
        & > .log--source-2 { color: #d33682; }
        & > .log--source-3 { color: #b58900; }
        & > .log--source-4 { color: #2aa198; }
        & > .log--source-5 { color: #6c71c4; }
        & > .log--source-6 { color: #cb4b16; }
        & > .log--source-7 { color: #dc322f; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--time",
        "log--notice",
        "log--match",
        "log--hit",
        *(f"log--source-{number}" for number in range(SOURCES)),
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="log.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="log.up"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="log.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="log.page_up"),
        Binding("home,g", "top", "Top", show=False, id="log.top"),
        Binding("end,G", "bottom", "Bottom", show=False, id="log.bottom"),
        Binding("s", "follow", "Autoscroll", id="log.follow"),
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
        self.shown = LogLayout()
        """The lines that pass the filter."""
        self.painted = 0
        """Rows built since the start; what is kept from before does not count."""
        self._paint = LogPaint(self._style)
        self._styles: dict[str, Style] = {}
        self._rows: LRUCache[tuple[int, int], Strip] = LRUCache(1024)
        self._test: Test | None = None
        self._filter_marks: Expression | None = None
        self._search: Expression | None = None
        self._hit: int | None = None
        self._absorbed = book.ring.first
        self._anchor: int | None = None
        """The line that was at the top when all were laid out again; it comes back there."""
        self._lost = self._led = self._settled_rows = 0
        self._settled_at = 0.0

    # What is shown ------------------------------------------------------------------------------------------------

    def absorb(self) -> bool:
        """Takes over new lines of the book, for a slice of time at most; says whether there are more."""
        ring, paint = self.book.ring, self._paint
        if paint.names != self.book.names:
            paint.names = list(self.book.names)
            self._lay_out()
        self._lost += self.shown.drop_before(ring.first)
        self._absorbed = max(self._absorbed, ring.first)
        until, width, test = perf_counter() + SLICE, paint.wrap_width, self._test
        while self._absorbed < ring.end and perf_counter() < until:
            for number, entry in enumerate(ring.some(self._absorbed, 64), self._absorbed):
                text = paint.text(entry)
                if test is None or entry.source == NOTICE or test(plain(text)):
                    cells = size(text)
                    self.shown.append(number, cells, height(text, cells, width))
                self._absorbed = number + 1
        more = self._absorbed < ring.end
        if not more or perf_counter() - self._settled_at > _PATIENCE:
            self._settle()
        if not more and self._anchor is not None:
            if not self.following:
                self._scroll(self._row_of(self._anchor))
            self._anchor = None
        return more

    def forget(self, *, following: bool) -> None:
        """The book was opened anew: shows it from its start, and stays there or at the end."""
        self._start_over()
        self.following, self._anchor = following, None
        self._settle()

    def filter(self, test: Test | None, marks: Expression | None) -> None:
        """Shows only lines that pass, and this program's own; None shows all.

        `marks` is what is marked in them, where nothing is searched for.
        """
        self._test, self._filter_marks = test, marks
        self._paint.marks = self._search or marks
        self._start_over()

    def find(self, search: Expression | None) -> None:
        """Marks all matches; `next_hit` goes from one to the next."""
        self._search, self._hit = search, None
        self._paint.marks = search or self._filter_marks
        self._repaint()

    def next_hit(self, step: int) -> bool:
        """Goes to the next line with a match (1) or the one before (-1), round at the end; False where none is."""
        self._lost += self.shown.drop_before(self.book.ring.first)
        numbers, search = self.shown.numbers(), self._paint.marks
        if search is None:
            return False
        if self._hit is None:
            before = after = bisect_left(numbers, self._top_number())
        else:
            before, after = bisect_left(numbers, self._hit), bisect_right(numbers, self._hit)
        order = numbers[after:] + numbers[:after] if step > 0 else numbers[:before][::-1] + numbers[before:][::-1]
        for number in order:
            if search.search(plain(self._paint.text(self.book.ring[number]))):
                self._hit, self.following = number, False
                self._settle()
                self._scroll(self._row_of(number) - self.size.height // 2)
                self._repaint()
                return True
        return False

    def lines(self) -> list[Entry]:
        """All lines shown, in order."""
        self._lost += self.shown.drop_before(self.book.ring.first)
        return [self.book.ring[number] for number in self.shown.numbers()]

    # How it is shown ----------------------------------------------------------------------------------------------

    @property
    def wrap(self) -> bool:
        """Whether long lines go on in the next row, or are cut off at the edge; the line at the top stays there."""
        return self._paint.wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        self._paint.wrap, self._paint.x = wrap, 0
        self._lay_out()

    @property
    def timestamps(self) -> bool:
        """Whether each line begins with when it was written, in local time."""
        return self._paint.timestamps

    @timestamps.setter
    def timestamps(self, timestamps: bool) -> None:
        self._paint.timestamps = timestamps
        self._lay_out()

    @property
    def folded(self) -> bool:
        """Whether JSON objects are told as message and fields; what one sees is what is filtered and searched."""
        return self._paint.folded

    @folded.setter
    def folded(self, folded: bool) -> None:
        self._paint.folded = folded
        self._start_over()

    # Keys ---------------------------------------------------------------------------------------------------------

    def action_follow(self) -> None:
        """Stays at the end from now on, or stays here."""
        self.following = not self.following
        self._settle()
        self.post_message(self.Moved())

    def action_move(self, rows: int) -> None:
        self._go(self.scroll_offset.y + rows)

    def action_page(self, pages: int) -> None:
        self._go(self.scroll_offset.y + pages * max(1, self.size.height - 1))

    def action_top(self) -> None:
        self._go(0)

    def action_bottom(self) -> None:
        self._go(self.max_scroll_y)

    def action_shift(self, steps: int) -> None:
        """Shows what is further right or left, a quarter of the width at a time."""
        width = self._paint.text_width
        most = 0 if self.wrap else max(0, self.shown.widest - width + 1)
        self._paint.x = min(max(0, self._paint.x + steps * max(1, width // 4)), most)
        self._repaint()

    # Where one stands ---------------------------------------------------------------------------------------------

    @property
    def _lead(self) -> int:
        """Rows before the first line: one that tells how many lines were dropped."""
        return 1 if self.book.ring.dropped else 0

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.following = new_value >= self.max_scroll_y
            self.post_message(self.Moved())

    def _go(self, row: int) -> None:
        """Moves as a person asked: following goes on at the end and stops elsewhere."""
        self._scroll(row)
        self.following = self.scroll_offset.y >= self.max_scroll_y
        self.post_message(self.Moved())

    def _scroll(self, row: int) -> None:
        """Brings that row to the top, or as near as it gets; what is there already is painted again."""
        rows, height = self._settled_rows, self.size.height
        top = float(min(max(0, row), max(0, rows - height)))
        # Set in the usual way these would have the whole screen laid out, at each frame of a busy log.
        self.set_reactive(LogView.virtual_size, Size(self._paint.width, rows))
        self.set_reactive(LogView.scroll_y, top)
        self.set_reactive(LogView.scroll_target_y, top)
        place(self.vertical_scrollbar, rows, height, top)
        self.refresh(self.size.region)

    def _settle(self) -> None:
        """After lines came or went: the right size, and the same lines on the screen, or the last ones."""
        at, rows, seen = self.scroll_offset.y, self.shown.rows + self._lead, self._settled_rows
        row = rows if self.following else at - self._lost + self._lead - self._led
        untouched = row == at and not self._lost and at + self.size.height <= seen <= rows
        self._led, self._lost, self._settled_rows, self._settled_at = self._lead, 0, rows, perf_counter()
        if untouched:
            self.set_reactive(LogView.virtual_size, Size(self._paint.width, rows))
            place(self.vertical_scrollbar, rows, self.size.height, at)
        else:
            self._scroll(row)

    def _row_of(self, number: int) -> int:
        return self.shown.row_of(number) + self._lead

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
        self._paint.x = self._lost = self._settled_rows = 0
        self._repaint()

    def _lay_out(self) -> None:
        """New rows for every line, since the width for text is another; the line at the top stays there."""
        ring, paint = self.book.ring, self._paint
        self._lost += self.shown.drop_before(ring.first)
        top, width = self._top_number(), paint.wrap_width
        wrapped = (lambda number, cells: height(paint.text(ring[number]), cells, width)) if width else None
        self.shown.lay_out(wrapped)
        self._repaint()
        self._settle()
        if not self.following:
            self._scroll(self._row_of(top))

    def on_resize(self, event: Resize) -> None:
        self._paint.width = self.scrollable_content_region.width
        self._lay_out()

    # Painting -----------------------------------------------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        """A log may hold any name: on a shared screen it is hidden whole."""
        filters = super().get_line_filters()
        return [*filters, CURTAIN] if any(isinstance(each, Masking) for each in filters) else filters

    def render_line(self, y: int) -> Strip:
        at = self.scroll_offset.y + y
        strip = self._row(at - self._lead)
        selected = self.text_selection
        if selected is not None and (span := selected.get_span(at)) is not None:
            start, end = span[0], strip.cell_length if span[1] < 0 else span[1]
            style = self.screen.get_component_rich_style("screen--selection")
            strip = Strip.join([strip.crop(0, start), strip.crop(start, end).apply_style(style), strip.crop(end)])
        return strip.apply_offsets(0, at)

    def _row(self, row: int) -> Strip:
        ring, width, style = self.book.ring, self._paint.width, self.rich_style
        if row < 0:
            told = f"{ring.dropped:,} older lines were dropped; the last {len(ring):,} are kept"
            return self._paint.told(told).crop_extend(0, width, style)
        try:
            number, part = self.shown.at(row)
            entry = ring[number]
        except IndexError:
            return Strip.blank(width, style)
        strip = self._rows.get((number, part))
        if strip is None:
            self.painted += 1
            strip = self._paint.strip(entry, part, hit=number == self._hit).apply_style(style)
            strip = self._rows[number, part] = strip.crop_extend(0, width, style)
        return strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What was drawn over with the mouse, as it stands on the screen; wrapped lines are whole again."""
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else self._settled_rows - 1
        text: list[str] = []
        for at in range(first, min(last, first + _MOST_SELECTED, self._settled_rows - 1) + 1):
            start, end = selection.get_span(at) or (0, 0)
            row = at - self._lead
            part = self.shown.at(row)[1] if row >= 0 else 0
            start = max(start, self._paint.gutter) if part else start
            words = self._row(row).crop(start, None if end < 0 else end).text
            text += [words] if part and text else ["\n", words] if text else [words]
        return "\n".join(line.rstrip() for line in "".join(text).split("\n")), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._rows.clear()

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(name)
        return self._styles[name]

    def _repaint(self) -> None:
        self._rows.clear()
        self.refresh()
