"""A list: one kind on the whole screen; on a wide one, beside it the object under the cursor."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Resize

from kubetui.kinds.kind import Kind
from kubetui.live.filter import EVERYTHING, Filter
from kubetui.tui.asks import ToBoard
from kubetui.tui.frames import Frames
from kubetui.tui.pane import Pane
from kubetui.tui.session import Session
from kubetui.tui.table.table import Table
from kubetui.tui.ways.places import ListPlace
from kubetui.tui.widths import MOST, SHARE, WIDE
from kubetui.tui.workplace import Workplace

if TYPE_CHECKING:
    from kubetui.tui.object.drawer import Drawer


class Listing(Workplace):
    """All objects of one kind in the namespaces one looks at."""

    AUTO_FOCUS = "Table"
    FIRST_KEYS = (("enter", "open"), ("esc", "back"), ("space", "mark"))
    DEFAULT_CSS = f"""
    Listing #list-body {{ height: 1fr; }}
    Listing #list-body > Pane {{ width: 1fr; }}
    Listing Drawer {{ width: {SHARE}%; max-width: {MOST}; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("D", "drawer", "drawer", show=False, id="drawer")]

    def __init__(self, session: Session, frames: Frames, kind: Kind[Any], filter: Filter = EVERYTHING) -> None:  # noqa: A002
        super().__init__(session, frames)
        self._pane = Pane(session, frames, kind)
        self._drawer: Drawer | None = None
        """Made when there is first room for it."""
        self._is_drawn = True
        """Whether a person wants the drawer where there is room."""
        self._filter = filter

    @property
    def panes(self) -> Sequence[Pane]:
        return (self._pane,)

    @property
    def place(self) -> ListPlace:
        """How one comes back here."""
        return ListPlace(self._pane.kind, self._filter or self._pane.view.filter)

    def compose_body(self) -> ComposeResult:
        yield Horizontal(self._pane, id="list-body")

    def attach(self) -> None:
        super().attach()
        if self._filter:
            self._pane.narrow(self._filter)
            self._filter = EVERYTHING

    def tick(self) -> None:
        super().tick()
        if self._drawer is not None:
            self._drawer.tick()

    def on_screen_suspend(self) -> None:
        """Out of sight it asks nothing."""
        if self._drawer is not None:
            self._drawer.follow(None)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._draw()

    @on(Resize)
    def _resized(self) -> None:
        self._draw()

    @on(Table.CursorMoved)
    def _cursor_moved(self) -> None:
        self._draw()

    def action_drawer(self) -> None:
        """The drawer, or not."""
        self._is_drawn = not self._is_drawn
        if self.size.width < WIDE:
            self.notify(f"The drawer needs a terminal of {WIDE} columns; this one has {self.size.width}.", timeout=3)
        self._draw()

    def _draw(self) -> None:
        """Opens the drawer on the object under the cursor, or closes it."""
        drawn = self._is_drawn and self.size.width >= WIDE
        if self._drawer is not None:
            self._drawer.display = drawn
            self._drawer.follow(self._pane.under_cursor() if drawn and self.is_current else None)
        elif drawn:
            from kubetui.tui.object.drawer import Drawer

            self._drawer = Drawer(self.session, self.frames, self._pane.kind)
            self._drawer.follow(self._pane.under_cursor())
            self.query_one("#list-body").mount(self._drawer)

    def leave(self) -> None:
        self.post_message(ToBoard())
