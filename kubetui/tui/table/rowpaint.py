"""Lines of a table as strips: the styles, and the painting. Knows no widget's state."""

from collections.abc import Callable, Sequence
from textwrap import wrap

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kubetui.kinds.kind import Health
from kubetui.tui.table.columns import MARGIN, Heading, Layout, cut, cut_name, pad
from kubetui.tui.table.line import FURTHER_LEFT, FURTHER_RIGHT, LINK, Flag, Line

MARK, NEW = "✓", "+"


COMPONENTS = {
    "table--header",
    "table--cursor",
    "table--cursor-blurred",
    "table--marked",
    "table--linked",
    "table--changed",
    "table--new",
    "table--ghost",
    "table--stale",
    "table--notice",
    "table--well",
    "table--progress",
    "table--broken",
    "table--off",
    "table--unknown",
}
"""The component classes by which a style sheet colours a table."""

STYLE_SHEET = """
Table {
    background: $surface;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-size-vertical: 1;
    & > .table--header { color: $text-muted; text-style: bold; }
    & > .table--cursor { background: $primary 45%; text-style: bold; }
    & > .table--cursor-blurred { background: $primary 20%; }
    & > .table--changed { background: $accent 22%; }
    & > .table--new { background: $success 22%; }
    & > .table--marked { color: $text-accent; text-style: bold; }
    & > .table--linked { color: $text-accent; }
    & > .table--ghost { color: $text-disabled; text-style: strike; }
    & > .table--stale { color: $text-disabled; }
    & > .table--notice { color: $text-muted; }
    & > .table--well { color: $text-success; }
    & > .table--progress { color: $text-warning; }
    & > .table--broken { color: $text-error; }
    & > .table--off { color: $text-disabled; }
    & > .table--unknown { color: $text-muted; }
    &:nocolor > .table--cursor { text-style: reverse; }
    &:nocolor > .table--cursor-blurred { text-style: underline; }
    &:nocolor > .table--changed { text-style: bold; }
    &:nocolor > .table--new { text-style: bold; }
    &:ansi > .table--cursor { text-style: reverse; }
    &:ansi > .table--cursor-blurred { text-style: underline; }
    &:ansi > .table--changed { background: ansi_default; text-style: bold; }
    &:ansi > .table--new { background: ansi_default; text-style: bold; }
}
"""
"""The colours they have unless a theme says otherwise; without colour, weight and strokes tell the same."""

_HEALTH = {health: f"table--{health.name.lower()}" for health in Health}
_MUTED = (Health.OFF, Health.UNKNOWN)
_GROUNDS = (
    (Flag.CURSOR, "table--cursor"),
    (Flag.NEW, "table--new"),
    (Flag.CHANGED, "table--changed"),
)
"""Whose background a line has, the first that is true of it."""
_INKS = ((Flag.GHOST, "table--ghost"), (Flag.STALE, "table--stale"), (Flag.MARKED, "table--marked"))
"""Whose colour its text has, the first that is true of it."""


class Palette:
    """Styles by component class, and the styles of lines put together of them. Lives until the theme changes."""

    def __init__(self, base: Style, component: Callable[[str], Style]) -> None:
        self.base = base
        self.header = component("table--header")
        self.notice = component("table--notice")
        self._component = component
        self._lines: dict[Flag, Style] = {}
        self._healths: dict[tuple[Flag, Health], Style] = {}

    def line(self, flags: Flag) -> Style:
        """The style of a line's text."""
        style = self._lines.get(flags)
        if style is None:
            style = self._lines[flags] = self._put_together(flags)
        return style

    def health(self, flags: Flag, health: Health) -> Style:
        """The style of a glyph or a tinted cell on such a line.

        Ghosts and stale lines have no colours, and what is muted is not on the cursor's ground, where it could not be
        read.
        """
        if flags & (Flag.GHOST | Flag.STALE) or (flags & Flag.CURSOR and health in _MUTED):
            return self.line(flags)
        style = self._healths.get((flags, health))
        if style is None:
            style = self._healths[flags, health] = self.line(flags) + _ink(self._component(_HEALTH[health]))
        return style

    def link(self, flags: Flag) -> Style:
        """The style of the bar at the left of a related row."""
        return self.line(flags) + _ink(self._component("table--linked"))

    def _put_together(self, flags: Flag) -> Style:
        style = self.base
        for flag, name in _GROUNDS:
            if flags & flag:
                blurred = flag is Flag.CURSOR and not flags & Flag.FOCUS
                style += self._component("table--cursor-blurred" if blurred else name)
                break
        for flag, name in _INKS:
            if flags & flag:
                return style + _ink(self._component(name))
        return style


def _ink(style: Style) -> Style:
    """The style without its background."""
    return Style.from_color(style.color) + Style(
        bold=style.bold, dim=style.dim, italic=style.italic, strike=style.strike, underline=style.underline
    )


def paint(line: Line, layout: Layout, palette: Palette, headings: Sequence[Heading], named_by: int) -> Strip:
    """The line as a strip of the layout's width."""
    flags = line.flags
    plain = palette.line(flags)
    margin = palette.health(flags, line.health)
    sign = MARK if flags & Flag.MARKED else NEW if flags & Flag.NEW else " "
    pieces: list[tuple[str, Style]] = [
        (LINK if flags & Flag.LINKED else " ", palette.link(flags)),
        (line.health.value, margin),
        (sign, plain),
    ]
    at = MARGIN
    for span in layout.spans:
        text = line.texts[span.column]
        shown = cut_name(text, span.width) if span.column == named_by else cut(text, span.width)
        tint = line.tints[span.column]
        style = plain if tint is None or tint is Health.WELL else palette.health(flags, tint)
        pieces.append((" " * (span.x - at), plain))
        pieces.append((pad(shown, span.width, headings[span.column].align), style))
        at = span.x + span.width
    pieces.append((" " * (layout.width - at), plain))
    return _strip(pieces, layout.width)


def paint_header(layout: Layout, palette: Palette, headings: Sequence[Heading], titles: Sequence[str]) -> Strip:
    """The line of titles, with signs where there are more columns at the sides."""
    text = (FURTHER_LEFT if layout.hidden else " ").ljust(MARGIN)
    for span in layout.spans:
        title = cut(titles[span.column], span.width)
        text = pad(text, span.x, "left") + pad(title, span.width, headings[span.column].align)
    text = pad(text, layout.width, "left")
    if layout.more:
        text = text[:-1] + FURTHER_RIGHT
    return _strip([(text, palette.header)], layout.width)


def paint_notice(text: str, y: int, height: int, width: int, palette: Palette) -> Strip:
    """Line `y` of a text in the middle of an empty table; long lines are broken at blanks."""
    lines = [part for line in text.split("\n") for part in wrap(line, max(1, width - 2 * MARGIN)) or [""]]
    at = y - max(0, (height - len(lines)) // 2)
    shown = cut(lines[at], width) if 0 <= at < len(lines) else ""
    left = (width - cell_len(shown)) // 2
    return _strip([(" " * left, palette.base), (pad(shown, width - left, "left"), palette.notice)], width)


def _strip(pieces: list[tuple[str, Style]], width: int) -> Strip:
    """Pieces of one style become one segment, so that fewer bytes go to the terminal."""
    segments: list[Segment] = []
    texts: list[str] = []
    style: Style | None = None
    for text, its in pieces:
        if not text:
            continue
        if its is not style and its != style and texts:
            segments.append(Segment("".join(texts), style))
            texts = []
        style = its
        texts.append(text)
    if texts:
        segments.append(Segment("".join(texts), style))
    return Strip(segments, width)
