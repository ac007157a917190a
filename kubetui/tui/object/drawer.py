"""The object under the cursor of a list, beside it: what it is, how it is, what it leads to.

It looks only where the cursor rests, so that moving through a list asks the server nothing.
"""

from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from kubetui.actions.action import Target
from kubetui.kinds.kind import Kind
from kubetui.kinds.page import Reference
from kubetui.live.portrait import Portrait
from kubetui.live.state import Phase
from kubetui.tui.frames import Frames
from kubetui.tui.object.overview import Overview
from kubetui.tui.object.title import ObjectTitle
from kubetui.tui.session import Session
from kubetui.tui.ways.follow import open_reference

REST = 0.25
"""Seconds the cursor rests on an object before it is looked at."""


class Drawer(Vertical):
    """Follows a cursor. Closed or out of sight it asks nothing."""

    DEFAULT_CSS = """
    Drawer { height: 1fr; background: $surface; border-left: solid $panel-lighten-1; }
    Drawer > ObjectTitle { background: $panel; }
    Drawer > Overview { height: 1fr; }
    """

    def __init__(self, session: Session, frames: Frames, kind: Kind[Any]) -> None:
        super().__init__()
        self._session = session
        self._frames = frames
        self._title = ObjectTitle(kind)
        self._overview = Overview(clock=session.cluster_time)
        self._overview.can_focus = False
        self._target: Target | None = None
        self._portrait: Portrait | None = None
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._overview

    def on_mount(self) -> None:
        target, self._target = self._target, None
        self.follow(target)

    def follow(self, target: Target | None) -> None:
        """The cursor is on this object; None for none, or to ask nothing any more."""
        if not self.is_running:
            self._target = target
            return
        if target is not None and self._target is not None and target.uid == self._target.uid:
            self._target = target
            self._frames.ask(self.paint)
            return
        if self._resting is not None:
            self._resting.stop()
        self._target = target
        if target is not None:
            # The page and its title stay with the object before until the cursor rests: moving paints nothing here.
            self._resting = self.set_timer(REST, self._look)
        else:
            self._stop()
            self._overview.top()
            self._frames.ask(self.paint)

    def tick(self) -> None:
        """Ages have grown."""
        if self.size.width:
            self._overview.tick()
            self._paint_title()

    def paint(self) -> None:
        """Brings the page into line with the object."""
        if not self.is_attached or not self.size.width:
            return
        portrait = self._portrait
        whole = portrait.whole if portrait else None
        if self._session.veil is not None and whole is not None:
            self._session.veil.learn_document(whole.body)
        refused = whole is not None and whole.state.phase in (Phase.FORBIDDEN, Phase.GONE, Phase.STALE)
        self._overview.tell(
            portrait.page() if portrait else (),
            dimmed=whole is not None and (whole.gone_at is not None or whole.state.phase is Phase.STALE),
            notice=whole.state.why if whole is not None and refused else "",
        )
        self._paint_title()

    def on_resize(self) -> None:
        self._frames.ask(self.paint)

    @on(Overview.Followed)
    def _followed(self, event: Overview.Followed) -> None:
        event.stop()
        self.open_reference(event.to)

    @work(group="follow", exclusive=True, exit_on_error=False, description="a link")
    async def open_reference(self, to: Reference) -> None:
        """Opens what a link leads to."""
        await open_reference(self, self._session, to)

    def _look(self) -> None:
        cluster, target = self._session.cluster, self._target
        if cluster is None or target is None:
            return
        self._stop()
        self._overview.top()
        self._session.relate()
        self._portrait = Portrait(
            cluster, self._session.scope, target.kind, target.object, self._wake, wall=self._session.clock
        )
        self.run_worker(
            self._portrait.run(), group="drawer", description="a drawer", exclusive=True, exit_on_error=False
        )

    def _wake(self) -> None:
        self._frames.ask(self.paint)

    def _stop(self) -> None:
        self.workers.cancel_group(self, "drawer")
        self._portrait = None
        if self._resting is not None:
            self._resting.stop()
            self._resting = None

    def _paint_title(self) -> None:
        if self._target is None:
            self._title.update("")
            return
        whole = self._portrait.whole if self._portrait else None
        self._title.tell(
            self._portrait.object if self._portrait else self._target.object,
            self._session.clock(),
            gone_at=whole.gone_at if whole else None,
            reborn=False,
        )
