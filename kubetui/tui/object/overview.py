"""The page of an object on the screen: scrolled, with links that one goes to by key or click. Fetches nothing."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from kubetui.kinds.page import Page, Reference
from kubetui.text import sanitise_lines
from kubetui.tui.abiding import Abiding
from kubetui.tui.componentstyle import component_style, tint_only
from kubetui.tui.object.pagelayout import PageLine, PageLines, lay_out
from kubetui.tui.table.scrollbar import place

_NO_STYLE = Style()


class Overview(Abiding, can_focus=True):
    """Shows a page, or a sentence where there is none yet. Down and up go from link to link, and scroll between."""

    DEFAULT_CSS = """
    Overview {
        background: $surface; color: $foreground; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
        padding: 0 1;
        & > .overview--title { color: $primary; text-style: bold; }
        & > .overview--label { color: $text-muted; }
        & > .overview--soft { color: $text-muted; }
        & > .overview--strong { text-style: bold; }
        & > .overview--link { color: $text-accent; text-style: underline; }
        & > .overview--cursor { background: $primary 45%; text-style: bold; }
        & > .overview--dimmed { color: $text-disabled; }
        & > .overview--well { color: $text-success; }
        & > .overview--progress { color: $text-warning; }
        & > .overview--broken { color: $text-error; }
        & > .overview--off { color: $text-disabled; }
        & > .overview--unknown { color: $text-muted; }
        &:nocolor > .overview--cursor { text-style: reverse; }
        &:ansi > .overview--cursor { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"overview--{name}"
        for name in (
            "title", "label", "soft", "strong", "link", "cursor", "dimmed",
            "well", "progress", "broken", "off", "unknown",
        )
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Next link", show=False, id="overview.down"),
        Binding("up,k", "step(-1)", "Link before", show=False, id="overview.up"),
        Binding("pagedown,ctrl+f,space", "page(1)", "Page down", show=False, id="overview.page-down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="overview.page-up"),
        Binding("home,g", "first", "Top", show=False, id="overview.first"),
        Binding("end,G", "last", "Bottom", show=False, id="overview.last"),
        Binding("enter", "follow", "Open the link", show=False, id="overview.follow"),
    ]

    class Followed(Message):
        """A person wants to see another object."""

        def __init__(self, to: Reference) -> None:
            super().__init__()
            self.to = to

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        """The clock gives seconds since the epoch."""
        super().__init__()
        self._clock = clock
        self._page: Page = ()
        self._notice = ""
        self._dimmed = False
        self._laid = PageLines([], [])
        self._link = -1
        self._styles: dict[str, Style] = {}

    def tell(self, page: Page, *, dimmed: bool = False, notice: str = "") -> None:
        """Shows a page; or the notice, while the page is empty."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.refresh()
        self._page, self._notice = page, sanitise_lines(notice)
        self._lay_out()

    def tick(self) -> None:
        """Ages have grown."""
        if self._page:
            self._lay_out()

    def top(self) -> None:
        """Shows another object: from its top, no link chosen."""
        self._link = -1
        self.scroll_to(y=0, animate=False, force=True)

    def action_step(self, by: int) -> None:
        """To the next link that is seen; where there is none, a line further."""
        links = self._laid.links
        at = self._link + by if self._link >= 0 else 0 if by > 0 else -1
        if self._link < 0 and by > 0:
            at = next((at for at, (_, line) in enumerate(links) if line >= self.scroll_offset.y), len(links))
        if 0 <= at < len(links) and self._is_near(links[at][1], by):
            self._choose(at)
        else:
            self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)

    def action_page(self, by: int) -> None:
        height = max(1, self.scrollable_content_region.height - 1)
        self.scroll_to(y=self.scroll_offset.y + by * height, animate=False, force=True)
        seen = [at for at, (_, line) in enumerate(self._laid.links) if self._is_seen(line)]
        if seen and self._link not in seen:
            self._choose(seen[0] if by > 0 else seen[-1])

    def action_first(self) -> None:
        self.top()
        self.refresh()

    def action_last(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def action_follow(self) -> None:
        if 0 <= self._link < len(self._laid.links):
            self.post_message(self.Followed(self._laid.links[self._link][0]))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = offset.y + self.scroll_offset.y
        if not 0 <= line < len(self._laid.lines):
            return
        x = 0
        for piece in self._laid.lines[line]:
            x += piece.cells
            if offset.x < x:
                if piece.link >= 0:
                    event.stop()
                    self._choose(piece.link)
                    self.action_follow()
                return

    def on_resize(self) -> None:
        self._lay_out()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        number = y + self.scroll_offset.y
        if not self._page:
            lines = self._notice.split("\n")
            text = lines[y - 1] if 0 < y <= len(lines) else ""
            return (
                Strip([Segment(text, self._style("soft"))])
                .crop_extend(0, width, self.rich_style)
                .apply_style(self.rich_style)
            )
        line = self._laid.lines[number] if number < len(self._laid.lines) else ()
        segments = [Segment(piece.text, self._look(piece.style, piece.link)) for piece in line]
        return Strip(segments).apply_style(self.rich_style).crop_extend(0, width, self.rich_style)

    def _look(self, name: str, link: int) -> Style:
        style = self._style(name) if name else _NO_STYLE
        if link >= 0:
            style = self._style("link") + style
        if self._dimmed:
            style += self._style("dimmed")
        if link >= 0 and link == self._link and self.has_focus:
            style += tint_only(self._style("cursor"))
        return style

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = component_style(self, f"overview--{name}")
        return self._styles[name]

    def _lay_out(self) -> None:
        """The lines as they are now; only those that differ are painted."""
        width = self.scrollable_content_region.width
        if not width:
            return
        before, chosen = self._laid.lines, self._chosen()
        self._laid = lay_out(self._page, width, datetime.fromtimestamp(self._clock(), UTC))
        if chosen is not None and self._chosen() != chosen:
            self._link = next((at for at, (to, _) in enumerate(self._laid.links) if to == chosen), -1)
        self._measure(width, len(self._laid.lines))
        self._repaint(before, self._laid.lines)

    def _measure(self, width: int, lines: int) -> None:
        """Takes the size of what there is to scroll. In the usual way that has the whole screen laid out."""
        self.set_reactive(Overview.virtual_size, Size(width, lines))
        self._refresh_scrollbars()
        if self.scroll_offset.y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        if self.show_vertical_scrollbar:
            height = self.scrollable_content_region.height
            place(self.vertical_scrollbar, lines, height, self.scroll_offset.y)

    def _repaint(self, before: list[PageLine], after: list[PageLine]) -> None:
        top, size = self.scroll_offset.y, self.size
        if not before or not after:
            self.refresh()
            return
        for y in range(size.height):
            at = top + y
            if before[at : at + 1] != after[at : at + 1]:
                self.refresh(Region(0, y, self.outer_size.width, 1))

    def _chosen(self) -> Reference | None:
        links = self._laid.links
        return links[self._link][0] if 0 <= self._link < len(links) else None

    def _choose(self, at: int) -> None:
        self._link = at
        line, height = self._laid.links[at][1], max(1, self.scrollable_content_region.height)
        if not self._is_seen(line):
            top = line if line < self.scroll_offset.y else line - height + 1
            self.scroll_to(y=top, animate=False, force=True)
        self.refresh()

    def _is_seen(self, line: int) -> bool:
        return 0 <= line - self.scroll_offset.y < self.scrollable_content_region.height

    def _is_near(self, line: int, by: int) -> bool:
        """Whether a line is on the screen, or would be with one step."""
        return self._is_seen(line) or self._is_seen(line - by)
