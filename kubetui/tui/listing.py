"""A list: one kind on the whole screen."""

from typing import Any

from textual.app import ComposeResult

from kubetui.kinds.kind import Kind
from kubetui.live.filter import EVERYTHING, Filter
from kubetui.tui.frames import Frames
from kubetui.tui.pane import Pane
from kubetui.tui.places import ListPlace
from kubetui.tui.session import Session
from kubetui.tui.workplace import Workplace


class Listing(Workplace):
    """All objects of one kind in the namespaces one looks at."""

    FIRST_KEYS = (("enter", "open"), ("esc", "back"), ("space", "mark"))

    def __init__(self, session: Session, frames: Frames, kind: Kind[Any], filter: Filter = EVERYTHING) -> None:  # noqa: A002
        super().__init__(session, frames)
        self._pane = Pane(session, frames, kind)
        self._filter = filter

    @property
    def place(self) -> ListPlace:
        """How one comes back here."""
        return ListPlace(self._pane.kind, self._filter or self._pane.view.filter)

    def compose_body(self) -> ComposeResult:
        yield self._pane

    def attach(self) -> None:
        super().attach()
        if self._filter:
            self._pane.narrow(self._filter)
            self._filter = EVERYTHING

    def on_mount(self) -> None:
        self.call_after_refresh(self._pane.table.focus)

    def leave(self) -> None:
        self.dismiss()
