"""The lines of a manifest on the screen: only what is seen is coloured and cut, however long it is.

Owns where one stands, what is marked and what glows. It knows no object.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from kubetui.live.pattern import Expression
from kubetui.tui.abiding import Abiding
from kubetui.tui.componentstyle import component_style, tint_only
from kubetui.tui.logs.ansi import Span
from kubetui.tui.logs.text import LogText, height
from kubetui.tui.object.yamllines import NOTHING, Difference, Role, YamlLines, parts

GLOW = 1.5
"""Seconds for which changed lines are seen."""
_LONGEST_COLOURED = 20_000
"""Characters of a line above which its parts are not told apart."""


class _Line(LogText):
    """A line with the styles of its parts."""

    def __init__(self, text: str, spans: list[Span]) -> None:
        super().__init__(text)
        self._spans = spans


class ManifestView(Abiding, can_focus=True):
    """A window on a manifest. `show` gives it another one; the line at the top stays where it is."""

    DEFAULT_CSS = """
    ManifestView {
        background: $surface; color: $foreground; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
        padding: 0 0 0 1;
        & > .manifest--key { color: $text-primary; }
        & > .manifest--mark { color: $text-muted; }
        & > .manifest--number { color: $text-warning; }
        & > .manifest--word { color: $text-accent; }
        & > .manifest--time { color: $text-muted; }
        & > .manifest--text { color: $foreground; }
        & > .manifest--match { background: $warning 40%; }
        & > .manifest--hit { background: $warning; color: $background; text-style: bold; }
        & > .manifest--changed { background: $accent 22%; }
        & > .manifest--dimmed { color: $text-disabled; }
        &:nocolor > .manifest--changed { text-style: bold; }
        &:nocolor > .manifest--match { text-style: underline; }
        &:nocolor > .manifest--hit { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"manifest--{role.value}" for role in Role),
        "manifest--match",
        "manifest--hit",
        "manifest--changed",
        "manifest--dimmed",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="manifest.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="manifest.up"),
        Binding("pagedown,ctrl+f,space", "page(1)", "Page down", show=False, id="manifest.page-down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="manifest.page-up"),
        Binding("home,g", "top", "Top", show=False, id="manifest.top"),
        Binding("end,G", "bottom", "Bottom", show=False, id="manifest.bottom"),
        Binding("right", "shift(1)", "Right", show=False, id="manifest.right"),
        Binding("left", "shift(-1)", "Left", show=False, id="manifest.left"),
    ]

    class Moved(Message):
        """Another line is at the top."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = NOTHING
        self.notice = ""
        """What stands there while there is no manifest."""
        self.wrap = False
        self.dimmed = False
        self.painted = 0
        """Rows built since the start; what is kept from before does not count."""
        self._ends: list[int] = []
        """Rows up to the end of each line, where lines are wrapped."""
        self._x = 0
        self._widest = 0
        self._glowing: frozenset[int] = frozenset()
        self._fading: Timer | None = None
        self._search: Expression | None = None
        self._hit = -1
        self._rows: LRUCache[tuple[int, int], Strip] = LRUCache(512)
        self._styles: dict[str, Style] = {}

    @property
    def top_line(self) -> int:
        """The line at the top, counted from 0."""
        return self._line_at(self.scroll_offset.y)[0]

    def show(self, shown: YamlLines, difference: Difference | None) -> None:
        """Shows another manifest; what is different from the one before glows. None: it is not to be compared."""
        top, part = self._line_at(self.scroll_offset.y)
        self.shown = shown
        self._widest = max(map(abs, shown.sizes), default=0)
        self._hit = -1
        if difference is not None:
            top = difference.place(top)
            self._glow(difference.changed)
        self._lay_out(top, part)

    def set_wrap(self, wrap: bool) -> None:
        """Wraps long lines at the width, or cuts them off there; the line at the top stays there."""
        top = self.top_line
        self.wrap, self._x = wrap, 0
        self._lay_out(top)

    def set_dimmed(self, dimmed: bool) -> None:
        """Whether it is a state of the past."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self._repaint()

    def find(self, search: Expression | None) -> None:
        """Marks all matches; `next_hit` goes from one to the next."""
        self._search, self._hit = search, -1
        self._repaint()

    def next_hit(self, step: int) -> bool:
        """Goes to the next line with a match, or the one before, round the end; False where there is none."""
        lines = self.shown.lines
        if self._search is None or not lines:
            return False
        start = self._hit if self._hit >= 0 else self.top_line - (1 if step > 0 else 0)
        for away in range(1, len(lines) + 1):
            at = (start + away * step) % len(lines)
            if found := self._search.search(lines[at]):
                self._hit = at
                self._bring_into_view(at, found.start())
                self._repaint()
                return True
        return False

    def action_move(self, rows: int) -> None:
        self._go(self.scroll_offset.y + rows)

    def action_page(self, pages: int) -> None:
        self._go(self.scroll_offset.y + pages * max(1, self._height - 1))

    def action_top(self) -> None:
        self._go(0)

    def action_bottom(self) -> None:
        self._go(round(self.max_scroll_y))

    def action_shift(self, steps: int) -> None:
        """Sideways, by a quarter of the width."""
        most = max(0, self._widest - self._width + 1)
        self._x = 0 if self.wrap else min(max(0, self._x + steps * max(1, self._width // 4)), most)
        self._repaint()

    @property
    def _width(self) -> int:
        return max(2, self.scrollable_content_region.width)

    @property
    def _height(self) -> int:
        return max(1, self.scrollable_content_region.height)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved())

    def on_resize(self) -> None:
        self._lay_out(self.top_line)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._rows.clear()

    def _go(self, row: float) -> None:
        self.scroll_to(y=min(max(0, row), self.max_scroll_y), animate=False, force=True)

    def _bring_into_view(self, line: int, character: int) -> None:
        row = self._row_of(line)
        if self.wrap:
            row += character // self._width
        if not 0 <= row - self.scroll_offset.y < self._height:
            self._go(row - self._height // 2)
        if not self.wrap and not self._x <= character < self._x + self._width:
            self._x = max(0, character - self._width // 2) if character >= self._width else 0

    def _line_at(self, row: int) -> tuple[int, int]:
        """The line in that row, and which of the line's rows it is."""
        if not self._ends:
            return row, 0
        line = bisect_right(self._ends, row)
        return line, row - (self._ends[line - 1] if line else 0)

    def _row_of(self, line: int) -> int:
        if not self._ends:
            return line
        return self._ends[min(line, len(self._ends)) - 1] if line else 0

    def _lay_out(self, top: int, part: int = 0) -> None:
        lines, sizes, width = self.shown.lines, self.shown.sizes, self._width
        self._ends = (
            list(accumulate(map(lambda text, size: height(text, size, width), lines, sizes))) if self.wrap else []
        )
        self.virtual_size = Size(width, self._ends[-1] if self._ends else len(lines))
        self._go(self._row_of(top) + (part if self.wrap else 0))
        self._repaint()

    def _glow(self, changed: frozenset[int]) -> None:
        if not changed:
            return
        self._glowing = changed
        if self._fading is not None:
            self._fading.stop()
        self._fading = self.set_timer(GLOW, self._fade)

    def _fade(self) -> None:
        self._fading, self._glowing = None, frozenset()
        self._repaint()

    def _repaint(self) -> None:
        self._rows.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        number, part = self._line_at(self.scroll_offset.y + y)
        lines = self.shown.lines
        if number >= len(lines):
            told = self.notice.split("\n")
            text = told[y - 1] if not lines and 0 < y <= len(told) else ""
            return self._strip([Segment(text, self._style("mark"))], width)
        strip = self._rows.get((number, part))
        if strip is None:
            self.painted += 1
            strip = self._rows[number, part] = self._strip(self._row(number, part), width)
        return strip

    def _strip(self, segments: list[Segment], width: int) -> Strip:
        return Strip(segments).apply_style(self.rich_style).crop_extend(0, width, self.rich_style)

    def _row(self, number: int, part: int) -> list[Segment]:
        text, width = self.shown.lines[number], self._width
        line = _Line(text, self._spans(number, text))
        start, end = line.row(part, width) if self.wrap else line.window(self._x, width)
        mark = self._style("hit") if number == self._hit else tint_only(self._style("match"))
        segments = line.segments(start, end, self._search, mark)
        if number in self._glowing:
            segments.append(Segment(" " * width))
            return list(Segment.apply_style(segments, post_style=tint_only(self._style("changed"))))
        return segments

    def _spans(self, number: int, text: str) -> list[Span]:
        if self.dimmed:
            return [Span(0, len(text), self._style("dimmed"))]
        inner = bool(self.shown.inner[number]) or len(text) > _LONGEST_COLOURED
        return [Span(part.start, part.end, self._style(part.role.value)) for part in parts(text, inner)]

    def _style(self, name: str) -> Style:
        """The style of a component; its background only where it has one of its own."""
        if name not in self._styles:
            self._styles[name] = component_style(self, f"manifest--{name}")
        return self._styles[name]
