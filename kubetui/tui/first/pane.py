"""One pane of the first picture: its title, the titles of its columns, its rows."""

from collections.abc import Callable
from typing import NamedTuple

from kubetui.kinds.kind import Health
from kubetui.live.view import View
from kubetui.tui.board.places import Place
from kubetui.tui.first.brush import Piece
from kubetui.tui.first.look import Look
from kubetui.tui.table.columns import MARGIN, cut, cut_name, pad
from kubetui.tui.table.line import FURTHER_RIGHT, LINK, Flag, Line
from kubetui.tui.table.viewport import Moment, Viewport

_TITLES = 2
"""Lines above the rows: the pane's title, those of its columns."""
_MUTED = (Health.OFF, Health.UNKNOWN)


class Shown(NamedTuple):
    """What a pane shows, and where."""

    view: View
    place: Place
    focused: bool = True
    key: str = ""
    """The key that brings one here."""


def pane_lines(shown: Shown, look: Look, linked: Callable[[str], bool], now: float) -> list[list[Piece]]:
    """The lines of the place, each of its width; `now` is in seconds since the epoch."""
    view, (_, _, width, height), focused, key = shown
    title = _title(f"{view.kind.resource.kind}s", key, width, look)
    room = height - _TITLES
    if room < 0:
        return [title][:height]
    inner = width - 1 if len(view) > room else width  # a scroll bar stands at the right
    port = Viewport(view, linked, 0.0)
    port.resize(inner, room)
    port.arrange(Moment(now, focused=focused, stale=False))
    side = Piece(" " * (width - inner), look.ink, look.ground)
    return [
        title,
        [Piece(_titles(port), look.heading, look.ground, bold=True), side],
        *([*_row(line, port, look), side] for line in port.lines),
        *[[Piece(" " * width, look.ink, look.ground)]] * (room - len(port.lines)),
    ]


def _title(name: str, key: str, width: int, look: Look) -> list[Piece]:
    sign = f" {key} " if key else " "
    return [
        Piece(sign, look.faint, look.bar),
        Piece(pad(cut(name, width - len(sign)), width - len(sign), "left"), look.bar_ink, look.bar, bold=True),
    ]


def _titles(port: Viewport) -> str:
    text = " " * MARGIN
    for span in port.layout.spans:
        title = cut(port.titles[span.column], span.width)
        text = pad(text, span.x, "left") + pad(title, span.width, port.columns[span.column].align)
    text = pad(text, port.width, "left")
    return text[:-1] + FURTHER_RIGHT if port.layout.more else text


def _row(line: Line, port: Viewport, look: Look) -> list[Piece]:
    here, bold = bool(line.flags & Flag.CURSOR), bool(line.flags & Flag.FOCUS)
    ground = look.ground if not here else look.cursor if bold else look.cursor_elsewhere

    def put(text: str, health: Health | None = None) -> Piece:
        plain = health is None or (here and health in _MUTED)
        return Piece(text, look.ink if health is None or plain else look.health[health], ground, bold)

    link = Piece(LINK, look.accent, ground, bold) if line.flags & Flag.LINKED else put(" ")
    pieces = [link, put(line.health.value, line.health), put(" ")]
    at = MARGIN
    for span in port.layout.spans:
        text, tint = line.texts[span.column], line.tints[span.column]
        shown = cut_name(text, span.width) if span.column == port.named_by else cut(text, span.width)
        pieces.append(put(" " * (span.x - at)))
        pieces.append(
            put(pad(shown, span.width, port.columns[span.column].align), None if tint is Health.WELL else tint)
        )
        at = span.x + span.width
    return [*pieces, put(" " * (port.width - at))]
