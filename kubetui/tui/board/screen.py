"""The board: four live panes whose rows are linked, and the story of what happens."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import DescendantFocus, Resize
from textual.layout import Layout
from textual.widget import Widget

from kubetui.tui.board.columns import Gauges
from kubetui.tui.board.firstsight import FIRST_PANE, ON_BOARD, UNSEEN
from kubetui.tui.board.layout import BoardLayout
from kubetui.tui.board.places import LOW_SCREEN
from kubetui.tui.board.storystrip import StoryStrip
from kubetui.tui.frames import Frames
from kubetui.tui.pane import Pane
from kubetui.tui.seen import seen
from kubetui.tui.session import Session
from kubetui.tui.table.table import Table
from kubetui.tui.ways.prompt import is_typing
from kubetui.tui.workplace import Workplace


class Panes(Widget):
    """The four panes, placed by who has the focus."""

    DEFAULT_CSS = """
    Panes { height: 1fr; background: $panel; }
    """

    def __init__(self, *panes: Pane) -> None:
        super().__init__(*panes)
        self.places = BoardLayout(FIRST_PANE)

    @property
    def layout(self) -> Layout:
        return self.places

    def place(self, wide: int, *, zoomed: bool) -> None:
        """Gives one pane the wide place, or the whole."""
        if (wide, zoomed) != (self.places.wide, self.places.zoomed):
            self.places.wide, self.places.zoomed = wide, zoomed
            # A layout that is asked for by a child is what makes its parent arrange anew.
            self.children[wide].refresh(layout=True)


class Board(Workplace):
    """Nodes, deployments, pods and services in one look; the story below."""

    AUTO_FOCUS = "#first Table"
    FIRST_KEYS = (("enter", "open"), ("tab", "next"), ("z", "zoom"))

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "zoom", "zoom", show=False, id="zoom"),
        Binding("tab", "next(1)", "next pane", show=False, priority=True, id="next-pane"),
        Binding("shift+tab", "next(-1)", "pane before", show=False, priority=True, id="pane-before"),
        Binding("v", "bring_related", "show related rows", show=False, id="related"),
        *(Binding(f"f{at}", f"pane({at - 1})", f"pane {at}", show=False, priority=True) for at in range(1, 5)),
    ]

    def __init__(self, session: Session, frames: Frames) -> None:
        super().__init__(session, frames)
        self._gauges = Gauges()
        self._unseen: list[Callable[[], None]] = []
        """What lets go of the kinds without a pane."""
        self._panes = [
            Pane(session, frames, kind, key=f"F{at}", shown=self._gauges.kinds.get(kind))
            for at, kind in enumerate(ON_BOARD, 1)
        ]
        self._panes[FIRST_PANE].id = "first"
        self._story = StoryStrip(session)
        self._related: frozenset[str] = frozenset()
        self._asked: tuple[str, int] = ("", -1)

    @property
    def panes(self) -> Sequence[Pane]:
        return self._panes

    def compose_body(self) -> ComposeResult:
        yield Panes(*self._panes)
        yield self._story

    def on_mount(self) -> None:
        for pane in self._panes:
            pane.table.linked = self._is_linked
        self._clock = self.set_interval(0.25, self._run_clock, pause=True)
        self.session.on_story.append(self._story_grew)

    def attach(self) -> None:
        super().attach()
        for leave in self._unseen:
            leave()
        self._unseen.clear()
        if (cluster := self.session.cluster) is not None:
            scope = self.session.scope
            for kind in UNSEEN:
                cluster.open(kind, scope)
                self._unseen.append(partial(cluster.leave, kind, scope))
            self._gauges.views = {pane.kind.resource.plural: pane.view for pane in self._panes}
            self._gauges.attach(cluster, self.session.scope)
        self._story_grew()

    def paint(self) -> None:
        super().paint()
        self._link()

    def learnt(self) -> None:
        super().learnt()
        self._story_grew()

    @on(Resize)
    def _resized(self) -> None:
        self._story.set_class(self.size.height < LOW_SCREEN, "-low")
        self._story_grew()

    @on(DescendantFocus)
    def _focused(self) -> None:
        """The pane in focus takes the wide place."""
        pane, panes = self.pane, self.query_one(Panes)
        if pane is not None:
            panes.place(self._panes.index(pane), zoomed=panes.places.zoomed)
        self.frames.ask(self.paint)

    @on(Table.CursorMoved)
    def _cursor_moved(self) -> None:
        self.frames.ask(self._link)

    def _link(self) -> None:
        """Marks the rows that belong to the one under the cursor; asked anew when a link or the cursor has moved."""
        pane, cluster = self.pane, self.session.cluster
        cursor = pane.table.cursor if pane else None
        if cluster is None or cursor is None:
            return
        if (cursor, cluster.relations.version) == self._asked:
            return
        self._asked = (cursor, cluster.relations.version)
        self._related = cluster.relations.related(cursor)
        for each in self._panes:
            each.paint()

    def _is_linked(self, uid: str) -> bool:
        return uid in self._related

    def on_screen_resume(self) -> None:
        self._story_grew()

    def _story_grew(self) -> None:
        """Told while the board is to be seen: from behind, it would have the whole screen in front painted anew."""
        if self.is_mounted and seen(self):
            self.frames.ask(self._story.paint)
            self._clock.resume()

    def _run_clock(self) -> None:
        """Runs for as long as there is something to be timed and seen."""
        if seen(self) and self._story.is_running:
            self._story.paint()
        else:
            self._clock.pause()

    def action_zoom(self) -> None:
        panes = self.query_one(Panes)
        panes.place(panes.places.wide, zoomed=not panes.places.zoomed)
        self._story.display = not panes.places.zoomed

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key leads to another pane while a line is being typed."""
        return super().check_action(action, parameters) and (action not in ("next", "pane") or not is_typing(self))

    def action_next(self, step: int) -> None:
        at = self._panes.index(self.pane) if self.pane else 0
        self.action_pane((at + step) % len(self._panes))

    def action_pane(self, at: int) -> None:
        panes = self.query_one(Panes)
        panes.place(at, zoomed=panes.places.zoomed)
        self.set_focus(self._panes[at].table)

    def action_bring_related(self) -> None:
        """Scrolls the other panes to the first row that belongs to the one under the cursor."""
        for pane in self._panes:
            if pane is not self.pane:
                places = [(at, uid) for uid in self._related if (at := pane.view.index(uid)) is not None]
                if places:
                    pane.table.reveal(min(places)[1])

    def leave(self) -> None:
        if self.query_one(Panes).places.zoomed:
            self.action_zoom()
