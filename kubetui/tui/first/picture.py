"""The first screen as lines of a terminal: where one is, the panes with the rows there are to read, room for the rest.

What Textual alone knows (the state of the connection, the keys, what the story and the drawer tell) is left blank.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from kubetui.kinds.kind import Kind
from kubetui.live.store import Store
from kubetui.live.view import View
from kubetui.text import sanitise
from kubetui.tui.board.places import Place
from kubetui.tui.first.brush import Brush, Piece
from kubetui.tui.first.look import Look
from kubetui.tui.first.pane import Shown, pane_lines
from kubetui.tui.session import Session
from kubetui.tui.table.columns import cut, pad
from kubetui.tui.widths import drawer

_BRAND = " kubetui  "


class Sight(NamedTuple):
    """What is to be seen at a moment."""

    panes: Sequence[Shown]
    linked: frozenset[str] = frozenset()
    """The uids of rows that belong to what the cursor is on."""
    story: Place | None = None
    """Where the story will stand, below a rule."""
    drawer: Place | None = None
    """Where the drawer will stand, beside a rule."""


class Scene(Protocol):
    """What a session starts with. Loads nothing of Textual."""

    @property
    def stores(self) -> Sequence[Store[Any]]:
        """What its panes are made of; the first is that of the pane with the focus."""
        ...

    def sight(self, width: int, height: int) -> Sight:
        """What there is to see now, on a terminal of so many cells and lines."""
        ...


class ListScene:
    """One list on the whole screen, but for the drawer."""

    def __init__(self, kind: Kind[Any], store: Store[Any], *, namespaces: bool) -> None:
        self.stores = (store,)
        self._kind = kind
        self._namespaces = namespaces

    def sight(self, width: int, height: int) -> Sight:
        view = View(self._kind, namespaces=self._namespaces)
        view.load(self.stores[0])
        room, side = height - 2, drawer(width)
        beside = Place(width - side, 1, side, room) if side else None
        return Sight([Shown(view, Place(0, 1, width - side, room))], drawer=beside)


def lines(scene: Scene, session: Session, brush: Brush, width: int, height: int) -> list[str]:
    """The lines of the screen, each of that width, as they are now."""
    look = brush.look
    sight = scene.sight(width, height)
    parts = [
        (shown.place, pane_lines(shown, look, sight.linked.__contains__, session.cluster_time()))
        for shown in sight.panes
    ]
    parts.append((Place(0, 0, width, 1), [_head(session.where, width, look)]))
    parts.append((Place(0, height - 1, width, 1), [[_blank(width, look, look.bar)]]))
    if (place := sight.story) is not None:
        rule = Piece("─" * width, look.rule, look.ground)
        parts.append((place, [[rule], *[[_blank(width, look, look.ground)]] * (place.height - 1)]))
    if (place := sight.drawer) is not None:
        rule = Piece("│", look.rule, look.ground)
        grounds = [look.bar] + [look.ground] * (place.height - 1)
        parts.append((place, [[rule, _blank(place.width - 1, look, ground)] for ground in grounds]))
    return [brush.line(pieces) for pieces in _put_together(parts, height, _blank(1, look, look.bar))]


def _put_together(parts: list[tuple[Place, list[list[Piece]]]], height: int, gap: Piece) -> list[list[Piece]]:
    """The lines of a screen of which each part has its place; what is left between two of them is one cell."""
    screen: list[list[Piece]] = [[] for _ in range(height)]
    reached = [0] * height
    for place, part in sorted(parts, key=lambda part: part[0].x):
        for y, pieces in enumerate(part, place.y):
            screen[y] += [gap, *pieces] if place.x > reached[y] else pieces
            reached[y] = place.x + place.width
    return screen


def _head(where: str, width: int, look: Look) -> list[Piece]:
    room = width - len(_BRAND)
    place = pad(cut(sanitise(where), room - 1), room, "left")
    return [
        Piece(_BRAND, look.primary, look.bar, bold=True),
        Piece(place, look.bar_ink, look.bar, bold=True),
    ]


def _blank(cells: int, look: Look, ground: int) -> Piece:
    return Piece(" " * cells, look.ink, ground)
