"""A pane: one kind over one scope, live. It joins a store, a view and a table, and tells their state in its title."""

import asyncio
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from kubetui.actions.action import Target
from kubetui.kinds.kind import Health, Kind
from kubetui.live.change import Change
from kubetui.live.feed import Scope
from kubetui.live.filter import EVERYTHING, Filter, FilterError, parse_filter
from kubetui.live.state import Phase, State
from kubetui.live.store import Store
from kubetui.live.tally import Tally
from kubetui.live.view import View
from kubetui.read import Object
from kubetui.text import sanitise
from kubetui.tui.frames import Frames
from kubetui.tui.headline import HEALTH_STYLE, told
from kubetui.tui.seen import seen
from kubetui.tui.session import Session
from kubetui.tui.steadfast import Steadfast
from kubetui.tui.table.table import Table

FAULTS = parse_filter(f"{Health.BROKEN.value}|{Health.PROGRESS.value}")

GHOST_SECONDS = 4.0
"""How long a deleted row stays as a ghost, so that an eye that blinked still saw it."""
TITLE_PACE = 0.2
"""Seconds between two titles that tell other counts, while changes keep coming; nobody reads them faster."""
SLICE = 0.004
"""Seconds of work at a time that nobody waits for."""


class Pane(Steadfast, Vertical):
    """Title and table of one kind. Folded to one line it shows its title alone: kind, count, health."""

    DEFAULT_CSS = """
    Pane > .title { height: 1; background: $panel; color: $text; padding: 0 1; }
    Pane > Table { height: 1fr; }
    """

    class StateChanged(Message):
        """What the pane shows is live, or stale, or not to be had."""

    def __init__(
        self, session: Session, frames: Frames, kind: Kind[Any], *, key: str = "", shown: Kind[Any] | None = None
    ) -> None:
        """`shown` is the kind with the columns of this pane, where they are not the kind's own."""
        super().__init__()
        self.kind = kind
        self.shown = shown or kind
        self.view = View(self.shown)
        self.tally = Tally(kind)
        self.table = Table(self.view, clock=session.clock, ages=session.cluster_time)
        self._heading = Static("", classes="title", markup=False)
        self._session = session
        self._frames = frames
        self._key = key
        """The key that brings one here, shown in the title."""
        self._store: Store[Any] | None = None
        self._opened: Callable[[], None] = lambda: None
        self._title: Content | None = None
        self._title_at = 0.0
        """Loop time from which other counts may be told again."""
        self._title_due: Timer | None = None
        self._title_phase: Phase | None = None
        self._wide = False
        self._awaited: Filter | None = None
        """The filter that is to be in force when its time has come."""

    def compose(self) -> ComposeResult:
        yield self._heading
        yield self.table

    @property
    def state(self) -> State:
        """The state of what is shown; connecting where there is no cluster."""
        return State() if self._store is None else self._store.state

    @property
    def is_known(self) -> bool:
        """Whether its objects were ever read, so that their number means something."""
        return bool(self.count) or self.state.phase in (Phase.LIVE, Phase.POLLED, Phase.STALE)

    @property
    def count(self) -> int:
        return 0 if self._store is None else len(self._store)

    def attach(self, *, filter: Filter = EVERYTHING) -> None:  # noqa: A002
        """Shows the session's cluster and namespaces from now on."""
        self.detach()
        self._awaited = None
        cluster, scope = self._session.cluster, self._session.scope
        self.view = View(
            self.shown,
            filter=filter,
            order=self.view.order,
            wide=self._wide,
            namespaces=len(scope) != 1,
            ghost_seconds=GHOST_SECONDS,
        )
        if cluster is not None:
            store = self._store = cluster.open(self.kind, scope)
            self._opened = lambda: cluster.leave(self.kind, scope)
            self.view.load(store)
            self.tally = Tally(self.kind, store)
            store.listeners += [self.view, self.tally, self]
            store.state_listeners.append(self)
        else:
            self.tally = Tally(self.kind)
        self.table.show(self.view)
        self._frames.ask(self.paint)

    def detach(self) -> None:
        """Lets go of the store."""
        if self._store is not None:
            for listener in (self.view, self.tally, self):
                self._store.listeners.remove(listener)
            self._store.state_listeners.remove(self)
            self._store = None
            self._opened()

    def on_resize(self) -> None:
        """What is said where there are no rows is broken to the width there is."""
        self._frames.ask(self.paint)

    def on_unmount(self) -> None:
        self.detach()

    def changed(self, changes: list[Change]) -> None:
        """Rows may differ: painted in the next frame."""
        self._frames.ask(self._paint_changes)

    def state_changed(self, store: Store[Any]) -> None:
        """The state is told in the title, and by the screen in its head line."""
        self._frames.ask(self._paint_changes)
        self.post_message(self.StateChanged())

    def paint(self) -> None:
        """Brings the screen into line with the view; costs nothing where the pane is hidden."""
        if self._is_seen:
            self._paint_title()
            self._paint_rows()

    def _paint_changes(self) -> None:
        """The same where it was the cluster that changed: counts in the title follow at a pace one can read."""
        if self._is_seen:
            wait = self._title_at - asyncio.get_running_loop().time()
            if wait <= 0 or self.state.phase is not self._title_phase:
                self._paint_title()
            elif self._title_due is None:
                self._title_due = self.set_timer(wait, self._paint_title)
            self._paint_rows()

    @property
    def _is_seen(self) -> bool:
        return self.is_attached and bool(self.size.width) and seen(self.screen)

    def _paint_rows(self) -> None:
        table = self.table
        table.dimmed = self.state.phase in (Phase.STALE, Phase.GONE) and bool(len(self.view))
        width = max(20, self.size.width - 8)
        table.empty = "\n".join(line for told in self._why_empty().split("\n") for line in textwrap.wrap(told, width))
        if self.state.phase in (Phase.LIVE, Phase.POLLED):
            table.settle()
        table.frame()

    def tick(self, now: float) -> None:
        """Once a second: ages grow, ghosts close, glow ends."""
        self.view.expire(now)
        if self.size.height > 1:
            self.table.tick(now)
        self._paint_title()

    def targets(self) -> list[Target]:
        """What a verb acts on: the marked objects, else the one under the cursor."""
        table = self.table
        uids: Sequence[str] = list(table.marks) or ([table.cursor] if table.cursor else [])
        found = [obj for uid in uids if (obj := self.view.get(uid)) is not None]
        return [Target(self.kind, obj) for obj in found]

    def under_cursor(self) -> Target | None:
        """The object under the cursor, marks aside."""
        obj = self.view.get(self.table.cursor) if self.table.cursor else None
        return Target(self.kind, obj) if obj is not None else None

    def find(self, part: str) -> Iterator[Object]:
        """The objects that have this in their name, the filter aside."""
        return (obj for obj in self._store or () if part in obj.metadata.name)

    def prepare(self) -> None:
        """Makes ready for a filter that is about to be typed, in slices between keys."""
        if self.view.prepare(SLICE):
            self.call_later(self.prepare)

    def narrow(self, filter: Filter) -> None:  # noqa: A002
        """Puts a filter in force and shows it at once; raises FilterError where it takes too long."""
        self._awaited = None
        self.view.narrow(filter)
        self.paint()

    def narrow_soon(self, filter: Filter, refused: Callable[[FilterError], None]) -> None:  # noqa: A002
        """The same as soon as what it looks at has been made ready, between keys; of several the last one counts.

        `refused` is told where it takes too long.
        """
        self._awaited = filter
        self._go_on(filter, refused)

    def _go_on(self, filter: Filter, refused: Callable[[FilterError], None]) -> None:  # noqa: A002
        if filter is not self._awaited:
            return
        if filter and self.view.prepare(SLICE):
            self.call_later(self._go_on, filter, refused)
            return
        try:
            self.narrow(filter)
        except FilterError as why:
            refused(why)

    def sort(self, column: str) -> None:
        """Sorts by a column, the other way round when asked again."""
        if any(each.title == column for each in self.view.columns):
            self.view.sort(self.view.order.turned(column))
            self.table.show(self.view)
            self._frames.ask(self.paint)

    def toggle_faults(self) -> None:
        """Only what is not well, told by its glyph in the filter; or everything again."""
        self.narrow(EVERYTHING if self.view.filter == FAULTS else FAULTS)

    def toggle_wide(self) -> None:
        """kubectl's wide columns, or not."""
        self._wide = not self._wide
        self.view.show(wide=self._wide, namespaces=len(self._session.scope) != 1)
        self.table.show(self.view)
        self._frames.ask(self.paint)

    def _paint_title(self) -> None:
        now = asyncio.get_running_loop().time()
        self._title_at, self._title_phase = now + TITLE_PACE, self.state.phase
        if self._title_due is not None:
            self._title_due.stop()
            self._title_due = None
        resource = self.kind.resource
        name = resource.plural[:1].upper() + resource.plural[1:] if self.kind.table else f"{resource.kind}s"
        shown, total = self.view.matching, self.view.total
        count = (f"{shown:,} of {total:,}" if self.view.filter else f"{total:,}") if self.is_known else ""
        parts: list[tuple[str, str] | str] = []
        if self._key:
            parts.append((f"{self._key} ", "$text-muted"))
        parts += [(name, "bold"), " ", count]
        if self.view.filter:
            parts.append((f"  /{self.view.filter.text}", "$text-accent"))
        if marks := len(self.table.marks):
            parts.append((f"  {marks} marked", "$text-accent"))
        for health in (Health.BROKEN, Health.PROGRESS):
            if number := self.tally.counts[health]:
                parts.append((f"  {health.value} {number:,}", HEALTH_STYLE[health]))
        if self._store is not None and self._store.narrowed and not self._is_told_by_head(self._store.narrowed):
            parts.append((f"  ⊘ only in {sanitise(', '.join(self._store.narrowed))}", "$text-warning"))
        if self._store is not None and self.state.phase is not Phase.LIVE:
            text, style = told(self.state, asyncio.get_running_loop().time())
            refused = self.state.phase is Phase.FORBIDDEN
            parts.append((f"  ⊘ forbidden: list {resource.plural}" if refused else f"  {text}", style))
        title = Content.assemble(*parts)
        if self._title is None or title.plain != self._title.plain:
            self._title = title
            self._heading.update(title, layout=False)

    def _is_told_by_head(self, namespaces: Scope) -> bool:
        """Whether the head line says that one looks at these alone."""
        cluster, scope = self._session.cluster, self._session.scope
        return cluster is not None and namespaces == (scope or cluster.readable)

    def _why_empty(self) -> str:
        if self._store is None:
            problem = sanitise(self._session.problem)
            return f"{problem}\n:ctx lists the contexts there are." if problem else "Connecting …"
        plural = self.kind.resource.plural
        if self.view.filter and self.view.total:
            return f"None of {self.view.total:,} {plural} match /{self.view.filter.text}. Esc shows them all."
        scope = self._store.narrowed or self._session.scope
        where = sanitise(f" in {', '.join(scope)}") if scope and self.kind.resource.namespaced else ""
        match self.state.phase:
            case Phase.LIVE | Phase.POLLED:
                return f"No {plural}{where}."
            case Phase.FORBIDDEN if self.kind.resource.namespaced and not self._session.scope:
                ways = "If you may read some namespaces, name them: :ns NAME, -n A,B, or in the settings file."
                return f"{sanitise(self.state.why)}\n{ways}"
            case Phase.FORBIDDEN | Phase.GONE | Phase.STALE:
                return sanitise(self.state.why)
            case _:
                return f"Waiting for {plural} …"
