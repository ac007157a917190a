"""The first picture of a list, painted before Textual is loaded, which then paints the same picture over it.

It has what there is to read: where one is, the titles, the rows. It is painted once and takes no keys: what is typed
meanwhile waits for Textual.
"""

import os
import sys
import termios
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from kubetui.kinds.builtin import find
from kubetui.kinds.kind import Health, Kind
from kubetui.live.change import Change
from kubetui.live.store import Store
from kubetui.live.view import View
from kubetui.text import sanitise
from kubetui.tui.firstlook import DEFAULT, LOOKS, Look, codes, is_fine
from kubetui.tui.session import Session, whereabouts
from kubetui.tui.table.columns import MARGIN, cut, cut_name, pad
from kubetui.tui.table.line import Flag, Line
from kubetui.tui.table.viewport import Moment, Viewport

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_OTHER_LINES = 4
"""Head line, title, titles of columns, keys."""
_LEAST = (40, 8)
"""Cells and lines below which Textual's layout is not that simple."""


class Piece(NamedTuple):
    """A text of one look."""

    text: str
    ink: int
    ground: int
    bold: bool = False


class Brush:
    """Writes lines in a theme's colours, as SGR."""

    def __init__(self, look: Look, *, fine: bool) -> None:
        self.look = look
        self._fine = fine

    def line(self, pieces: Iterable[Piece]) -> str:
        """The pieces side by side; a blank takes the ink that is there, which nobody sees."""
        parts: list[str] = []
        now = Piece("", -1, -1)
        for piece in pieces:
            if piece.ground != now.ground or (not piece.text.isspace() and piece[1:] != now[1:]):
                weight = "1;" if piece.bold else ""
                ink, ground = codes(piece.ink, fine=self._fine), codes(piece.ground, fine=self._fine)
                parts.append(f"\x1b[0;{weight}38;{ink};48;{ground}m")
                now = piece
            parts.append(piece.text)
        return "".join(parts)


class Picture:
    """One list as it looks at first, with the cursor on its first row."""

    def __init__(self, kind: Kind[Any], scope: tuple[str, ...], context: str, brush: Brush) -> None:
        self._kind = kind
        self._view = View(kind, namespaces=len(scope) != 1)
        self._where = sanitise(whereabouts(context, scope))
        self._brush = brush

    def lines(self, store: Store[Any], width: int, height: int, now: float) -> list[str]:
        """The lines of the screen, each of that width; `now` is in seconds since the epoch."""
        look = self._brush.look
        self._view.load(store)
        room = height - _OTHER_LINES
        inner = width - 1 if len(self._view) > room else width  # a scroll bar stands at the right
        port = Viewport(self._view, lambda uid: False, 0.0)
        port.resize(inner, room)
        port.arrange(Moment(now, focused=True, stale=False))
        name, where, title = " kubetui  ", cut(self._where, width - 11), f" {self._kind.resource.kind}s"
        side = Piece(" " * (width - inner), look.ink, look.ground)
        lines: list[list[Piece]] = [
            [
                Piece(name, look.primary, look.bar, bold=True),
                Piece(pad(where, width - len(name), "left"), look.bar_ink, look.bar, bold=True),
            ],
            [Piece(pad(title, width, "left"), look.bar_ink, look.bar, bold=True)],
            [Piece(_titles(port), look.heading, look.ground, bold=True), side],
            *([*self._row(line, port), side] for line in port.lines),
            *[[Piece(" " * width, look.ink, look.ground)]] * (room - len(port.lines)),
            [Piece(" " * width, look.bar_ink, look.bar)],
        ]
        return [self._brush.line(line) for line in lines]

    def _row(self, line: Line, port: Viewport) -> list[Piece]:
        look, here = self._brush.look, bool(line.flags & Flag.CURSOR)

        def put(text: str, health: Health | None = None) -> Piece:
            muted = health is None or (here and health in (Health.OFF, Health.UNKNOWN))
            ink = look.ink if health is None or muted else look.health[health]
            return Piece(text, ink, look.cursor if here else look.ground, bold=here)

        pieces = [put(" "), put(line.health.value, line.health), put(" ")]
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


def _titles(port: Viewport) -> str:
    text = " " * MARGIN
    for span in port.layout.spans:
        title = cut(port.titles[span.column], span.width)
        text = pad(text, span.x, "left") + pad(title, span.width, port.columns[span.column].align)
    return pad(text, port.width, "left")


class FirstPicture:
    """Waits for the first rows of a store and paints them once. Without a store it paints nothing."""

    def __init__(self, picture: Picture | None, store: Store[Any] | None) -> None:
        self.painted = threading.Event()
        self._picture = picture
        self._store = store
        if store is not None:
            store.listeners.append(self)

    def changed(self, changes: list[Change]) -> None:
        """There are rows."""
        store, picture = self._store, self._picture
        self.over()
        width, height = os.get_terminal_size(sys.stdout.fileno())
        if store is None or picture is None or width < _LEAST[0] or height < _LEAST[1]:
            return
        lines = picture.lines(store, width, height, time.time())
        sys.stdout.write(ENTER + "".join(f"\x1b[{at}H{line}" for at, line in enumerate(lines, 1)) + "\x1b[0m")
        sys.stdout.flush()
        self.painted.set()

    def over(self) -> None:
        """Nothing is painted from here on."""
        if self._store is not None:
            self._store.listeners.remove(self)
            self._store = None


def first_picture(session: Session) -> FirstPicture:
    """The picture of the list that a session starts with, on the terminal of this process."""
    kind = find(session.options.kind or "")
    store = session.cluster.peek(kind, session.scope) if kind and session.cluster else None
    brush = brush_for(session.options.theme or session.settings.theme or DEFAULT, os.environ)
    if kind is None or store is None or brush is None:
        return FirstPicture(None, None)
    return FirstPicture(Picture(kind, session.scope, session.context, brush), store)


def brush_for(theme: str, environ: Mapping[str, str]) -> Brush | None:
    """What a theme is painted with on a terminal; None where the picture might not be the one Textual paints."""
    fine = is_fine(environ)
    return Brush(LOOKS[theme], fine=fine) if theme in LOOKS and fine is not None else None


@contextmanager
def quiet_terminal() -> Iterator[None]:
    """What is typed is not echoed into the picture. At the end the terminal is as it was."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
