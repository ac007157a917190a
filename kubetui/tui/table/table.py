"""A live table: costs what is visible, repaints the cells that differ, and keeps cursor and marks on an object.

It knows identity and text, nothing of Kubernetes, and asks nobody when something changed: its owner calls `frame`.
"""

import time
from collections.abc import Callable
from itertools import zip_longest
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from kubetui.text import sanitise_lines
from kubetui.tui.abiding import Abiding
from kubetui.tui.table.line import Line, changed_cells
from kubetui.tui.table.rowpaint import COMPONENTS, STYLE_SHEET, Palette, paint, paint_header, paint_notice
from kubetui.tui.table.rows import Rows
from kubetui.tui.table.scrollbar import place
from kubetui.tui.table.viewport import Moment, Viewport

HEADER = 1
"""Lines above the rows."""
RIGHT_BUTTON = 3


def _unlinked(_: str) -> bool:
    return False


class Table(Abiding, can_focus=True):
    """Shows `Rows`. The cursor and the marks belong to a uid: when rows move, they move with their object.

    Until a person moves the cursor (or `settle` is called) it stays on the first row, so that a list that still loads
    is seen from its top.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = STYLE_SHEET
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="table.page-up"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="table.page-down"),
        Binding("home,g", "first", "First", show=False, id="table.first"),
        Binding("end,G", "last", "Last", show=False, id="table.last"),
        Binding("left", "sideways(-1)", "Columns left", show=False, id="table.left"),
        Binding("right", "sideways(1)", "Columns right", show=False, id="table.right"),
        Binding("enter", "open", "Open", show=False, id="table.open"),
        Binding("space", "mark", "Mark", show=False, id="table.mark"),
        Binding("ctrl+@,ctrl+space", "mark_range", "Mark range", show=False, id="table.mark-range"),
        Binding("ctrl+backslash", "clear_marks", "Clear marks", show=False, id="table.clear-marks"),
    ]

    dimmed: reactive[bool] = reactive(False, repaint=False)
    """Whether what is shown is stale."""
    empty: reactive[str] = reactive("", repaint=False)
    """What stands in the middle while there are no rows; plain text, made safe here."""

    class Event(Message):
        """Something a person did to a row, or that happened to the cursor."""

        def __init__(self, table: "Table", uid: str) -> None:
            super().__init__()
            self.table = table
            self.uid = uid

        @property
        def control(self) -> "Table":
            return self.table

    class CursorMoved(Event):
        """The cursor is on another object; `uid` is empty where there is none."""

    class Opened(Event):
        """Enter or a double click."""

    class MenuAsked(Event):
        """A right click, at that place of the screen."""

        def __init__(self, table: "Table", uid: str, x: int, y: int) -> None:
            super().__init__(table, uid)
            self.x = x
            self.y = y

    class MarksChanged(Message):
        """Rows were marked or unmarked; `Table.marks` has them."""

        def __init__(self, table: "Table") -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> "Table":
            return self.table

    class HeaderClicked(Message):
        """A person asks to sort by that column; its index."""

        def __init__(self, table: "Table", column: int) -> None:
            super().__init__()
            self.table = table
            self.column = column

        @property
        def control(self) -> "Table":
            return self.table

    def __init__(
        self,
        rows: Rows,
        *,
        linked: Callable[[str], bool] = _unlinked,
        clock: Callable[[], float] = time.time,
        ages: Callable[[], float] | None = None,
        glow: float = 1.0,
        empty: str = "",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """`linked` tells whether a row belongs to what another table's cursor is on.

        The clock gives seconds since the epoch, and so does `ages`, where ages are counted by another one; `glow` is
        for how many seconds a change is seen, 0 for not at all.
        """
        super().__init__(id=id, classes=classes)
        self.set_reactive(Table.empty, sanitise_lines(empty))
        self._port = Viewport(rows, linked, glow)
        self._clock = clock
        self._now = clock()
        self._ages = ages or clock
        self._ahead = 0.0
        """Seconds by which ages are counted ahead of the clock."""
        self._waking = False
        self._announced = ""
        """The cursor as it was last told of."""
        self._palette: Palette | None = None
        self._strips: LRUCache[Line, Strip] = LRUCache(512)

    @property
    def rows(self) -> Rows:
        return self._port.rows

    @property
    def cursor(self) -> str:
        """The uid that the cursor is on; empty where there is none."""
        return self._port.cursor

    @property
    def cursor_region(self) -> Region:
        """Where the cursor's row is on the screen; the header's line where it is out of sight."""
        place = self._port.index() - self._port.top
        line = HEADER + place if 0 <= place < len(self._port.lines) else 0
        return Region(*self.scrollable_content_region.offset, self._port.width, 1).translate((0, line))

    @property
    def linked(self) -> Callable[[str], bool]:
        """Tells whether a row belongs to what another table's cursor is on."""
        return self._port.linked

    @linked.setter
    def linked(self, linked: Callable[[str], bool]) -> None:
        self._port.linked = linked

    @property
    def marks(self) -> tuple[str, ...]:
        """The marked uids that the list shows and that are alive, in its order."""
        return self._port.marked()

    def show(self, rows: Rows) -> None:
        """Shows other rows from their top, without marks; the same rows again only have their columns fitted anew."""
        self._port.show(rows)
        self._strips.clear()
        self.frame()

    def settle(self) -> None:
        """From now on the cursor keeps to its object; called when a list has loaded."""
        self._port.settled = True

    def frame(self) -> None:
        """Repaints whatever of the visible rows differs from what was painted last."""
        self._look_at(self._clock())

    def tick(self, now: float) -> None:
        """The same for what changes by itself until then, in seconds since the epoch: ages, and what glows."""
        if not self._port.is_still(now, now + self._ahead):
            self._look_at(now)

    def _look_at(self, now: float) -> None:
        self._now, self._ahead = now, self._ages() - self._clock()
        self._repaint()

    def move_to(self, uid: str) -> None:
        """Puts the cursor on an object and brings it into view; nothing happens where it is not among the rows."""
        if (index := self.rows.index(uid)) is not None:
            self._port.go(index)
            self._repaint()

    def reveal(self, uid: str) -> None:
        """Brings an object into view; the cursor stays where it is."""
        if (index := self.rows.index(uid)) is not None:
            self._port.bring_into_view(index)
            self._repaint()

    def action_move(self, by: int) -> None:
        self._port.go(self._port.index() + by)
        self._repaint()

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self._port.height - 1))

    def action_first(self) -> None:
        self._port.go(0)
        self._repaint()

    def action_last(self) -> None:
        self._port.go(len(self.rows) - 1)
        self._repaint()

    def action_sideways(self, by: int) -> None:
        self._port.sideways(by)
        self._repaint()

    def action_open(self) -> None:
        if self.cursor:
            self._port.settled = True
            self.post_message(self.Opened(self, self.cursor))

    def action_mark(self) -> None:
        if self.cursor:
            self._port.mark()
            self.post_message(self.MarksChanged(self))
            self.action_move(1)

    def action_mark_range(self) -> None:
        if self.cursor:
            self._port.mark_range()
            self.post_message(self.MarksChanged(self))
            self._repaint()

    def action_clear_marks(self) -> None:
        if self._port.marks:
            self._port.marks.clear()
            self.post_message(self.MarksChanged(self))
            self._repaint()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or event.widget is not self:
            return
        event.stop()
        if offset.y < HEADER:
            if (column := self._port.layout.column_at(offset.x)) is not None:
                self.post_message(self.HeaderClicked(self, column))
        elif offset.y - HEADER < len(self._port.lines):
            uid = self._port.lines[offset.y - HEADER].uid
            self.move_to(uid)
            if event.button == RIGHT_BUTTON:
                self.post_message(self.MenuAsked(self, uid, event.screen_x, event.screen_y))
            elif event.chain == 2:
                self.post_message(self.Opened(self, uid))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._wheel(event, 1, sideways=True)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._wheel(event, -1, sideways=True)

    def _wheel(self, event: events.MouseEvent, by: int, sideways: bool = False) -> None:
        """Up and down are left to the base class, which keeps the scroll bar."""
        if sideways or event.shift or event.ctrl:
            event.stop()
            event.prevent_default()
            self.action_sideways(by)

    def on_mount(self) -> None:
        self._repaint()

    def on_resize(self) -> None:
        self._repaint()

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._repaint()

    def watch_dimmed(self) -> None:
        self._repaint()

    def validate_empty(self, empty: str) -> str:
        return sanitise_lines(empty)

    def watch_empty(self) -> None:
        if not self._port.lines:
            self._repaint_all()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel or the scroll bar moved the rows; the cursor stays on its own."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(new_value) != self._port.top:
            self._port.settled = True
            self._port.top = round(new_value)
            self._repaint()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = None
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._resize():
            self._arrange()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The strip of a line as it was last arranged."""
        port, palette = self._port, self._colours()
        if y < HEADER:
            return paint_header(port.layout, palette, port.columns, port.titles)
        if not port.lines:
            return paint_notice(self.empty, y - HEADER, port.height, port.width, palette)
        if y - HEADER >= len(port.lines):
            return Strip.blank(port.width, palette.base)
        line = port.lines[y - HEADER]
        strip = self._strips.get(line)
        if strip is None:
            strip = paint(line, port.layout, palette, port.columns, port.named_by)
            self._strips[line] = strip
        return strip

    def _repaint(self) -> None:
        """Arranges the visible lines anew and has those cells painted that differ from the screen."""
        if not self.is_mounted or not self.size:
            return
        resized = self._resize()
        port = self._port
        layout, titles, lines = port.layout, port.titles, port.lines
        self._arrange()
        if resized or layout != port.layout or bool(lines) != bool(port.lines):
            self._repaint_all()
        else:
            regions = [Region(0, 0, port.width, HEADER)] if titles != port.titles else []
            for y, (old, new) in enumerate(zip_longest(lines, port.lines), HEADER):
                if old != new:
                    cells = changed_cells(old, new, port.layout) if old and new else (0, port.width)
                    if cells:
                        regions.append(Region(cells[0], y, cells[1], 1))
            if regions:
                self._refresh(*regions)
        if port.cursor != self._announced:
            self._announced = port.cursor
            self.post_message(self.CursorMoved(self, port.cursor))
        self._wake_when_glow_ends()

    def _repaint_all(self) -> None:
        self._strips.clear()
        self._refresh(self.size.region)

    def _refresh(self, *regions: Region) -> None:
        """Has parts painted in the very next frame, with whatever else a key changes.

        Textual's own way there takes two messages more, by which the first frame after a key would go without.
        """
        self.refresh(*regions)
        if self.is_mounted:
            self.screen._dirty_widgets.add(self)

    def _arrange(self) -> None:
        layout = self._port.layout
        self._port.arrange(Moment(self._now, self.has_focus, self.dimmed, self._ahead))
        if layout != self._port.layout:
            self._strips.clear()
        top = float(self._port.top)
        self.set_reactive(Widget.scroll_y, top)
        self.set_reactive(Widget.scroll_target_y, top)
        if self.show_vertical_scrollbar:
            place(self.vertical_scrollbar, self.virtual_size.height, self._port.height + HEADER, top)

    def _resize(self) -> bool:
        """Takes the widget's size, with a scroll bar or without; tells whether it was another before.

        The reactive is set without its watchers, which would lay out the whole screen for each row that comes.
        """
        self.set_reactive(Widget.virtual_size, Size(self._port.width, len(self.rows) + HEADER))
        self._refresh_scrollbars()
        width, height = self.scrollable_content_region.size
        before = (self._port.width, self._port.height)
        self._port.resize(width, height - HEADER)
        return before != (self._port.width, self._port.height)

    def _colours(self) -> Palette:
        if self._palette is None:
            self._palette = Palette(self.rich_style, self.get_component_rich_style)
        return self._palette

    def _wake_when_glow_ends(self) -> None:
        """A frame at the moment when a visible row stops glowing; one that comes sooner asks again."""
        until = self._port.glows_until
        if until is not None and not self._waking:
            self._waking = True
            self.set_timer(max(0.0, until - self._now), self._wake)

    def _wake(self) -> None:
        self._waking = False
        self.frame()
