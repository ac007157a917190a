"""What the cluster reported about one object: its events, live, the newest last. Reads them while it is there."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kubetui.kinds.event import EVENT, Event
from kubetui.kinds.kind import Column, Kind
from kubetui.live.change import Change
from kubetui.live.cluster import Cluster
from kubetui.live.filter import EVERYTHING, Filter, FilterError, parse_filter
from kubetui.live.order import Order
from kubetui.live.selection import Selection
from kubetui.live.state import Phase
from kubetui.live.store import Store
from kubetui.live.view import View
from kubetui.live.whole import Identity
from kubetui.tui.frames import Frames
from kubetui.tui.pane import GHOST_SECONDS
from kubetui.tui.table.table import Table
from kubetui.tui.ways.prompt import Prompt, is_typing


def _columns() -> tuple[Column[Event], ...]:
    """Those of a list but what it is about, and who tells it and how often."""
    known = {column.title: column for column in EVENT.columns}
    source: Column[Event] = Column("FROM", lambda event: event.component)
    count = replace(known["COUNT"], wide=False)
    return (known["LAST SEEN"], known["TYPE"], known["REASON"], source, count, known["MESSAGE"])


OF_ONE: Kind[Event] = replace(EVENT, columns=_columns())
"""Events where it is plain what they are about."""


def where(identity: Identity) -> dict[str, str]:
    """The selector of an object's events. Who reports about a node puts its name where the uid belongs."""
    fields = {"involvedObject.kind": identity.resource.kind, "involvedObject.name": identity.name}
    if identity.uid and identity.resource.qualified != "nodes":
        fields["involvedObject.uid"] = identity.uid
    return {"fieldSelector": ",".join(f"{key}={value}" for key, value in fields.items())}


class ObjectEvents(Vertical):
    """A table of the events of one object."""

    DEFAULT_CSS = """
    ObjectEvents { height: 1fr; }
    ObjectEvents > Table { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", show=False, priority=True, id="events.filter")
    ]

    def __init__(
        self, cluster: Cluster, identity: Identity, frames: Frames, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self.selection = Selection(cluster.api, OF_ONE, identity.namespace, where(identity), wall=clock)
        self.view = View(OF_ONE, order=Order("LAST SEEN", descending=True), ghost_seconds=GHOST_SECONDS)
        self.table = Table(self.view, clock=clock)
        self._cluster = cluster
        self._frames = frames
        self._clock = clock

    def compose(self) -> ComposeResult:
        yield self.table
        yield Prompt(lambda text: ())

    def on_mount(self) -> None:
        store = self.selection.store
        store.listeners += [self.view, self]
        store.state_listeners.append(self)
        self.run_worker(
            self.selection.run(), group="events", description="the events of an object", exit_on_error=False
        )
        self._cluster.on_pulse.append(self._pulse)
        self._ask()

    def on_unmount(self) -> None:
        self._cluster.on_pulse.remove(self._pulse)

    def on_resize(self) -> None:
        """There is room now, or another one."""
        self._ask()

    def changed(self, changes: list[Change]) -> None:
        """There are others."""
        self._ask()

    def state_changed(self, store: Store[Event]) -> None:
        """They are live, or not."""
        self._ask()

    def narrow(self, filter: Filter) -> None:  # noqa: A002
        """Shows only events that pass; FilterError where that takes too long."""
        self.view.narrow(filter)
        self._ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A line that is being typed has these keys for itself."""
        return action != "filter" or not is_typing(self)

    def action_filter(self) -> None:
        self.query_one(Prompt).open("/", self.view.filter.text)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        event.stop()
        try:
            self.narrow(parse_filter(event.text))
        except FilterError as why:
            self.query_one(Prompt).fault(str(why))

    def on_prompt_entered(self, event: Prompt.Entered) -> None:
        event.stop()
        self._leave_prompt()

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        event.stop()
        self.narrow(EVERYTHING)
        self._leave_prompt()

    def _leave_prompt(self) -> None:
        self.query_one(Prompt).close()
        self.table.focus()

    def tick(self) -> None:
        """Ages have grown."""
        now = self._clock()
        self.view.expire(now)
        self.table.tick(now)

    def paint(self) -> None:
        """Brings the table into line with the events."""
        if not self.is_attached or not self.size.width:
            return
        state, table = self.selection.store.state, self.table
        table.dimmed = state.phase is Phase.STALE and bool(len(self.view))
        table.empty = self._why_empty()
        if state.phase in (Phase.LIVE, Phase.POLLED):
            table.settle()
        table.frame()

    def _pulse(self) -> None:
        self.selection.pulse(self._cluster.silent)

    def _ask(self) -> None:
        self._frames.ask(self.paint)

    def _why_empty(self) -> str:
        state = self.selection.store.state
        match state.phase:
            case Phase.LIVE | Phase.POLLED if self.view.total:
                return f"None of {self.view.total:,} events match /{self.view.filter.text}. Esc shows them all."
            case Phase.LIVE | Phase.POLLED:
                return "No events. The cluster keeps them for an hour, as a rule."
            case Phase.FORBIDDEN | Phase.GONE | Phase.STALE:
                return state.why
            case _:
                return "Waiting for events …"
