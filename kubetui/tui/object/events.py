"""What the cluster reported about one object: its events, live, the newest last. Reads them while it is there."""

import time
from collections.abc import Callable
from dataclasses import replace

from kubetui.kinds.event import EVENT, Event
from kubetui.kinds.kind import Column, Kind
from kubetui.live.cluster import Cluster
from kubetui.live.order import Order
from kubetui.live.selection import Selection
from kubetui.live.state import Phase
from kubetui.live.store import Store
from kubetui.live.view import View
from kubetui.live.whole import Identity
from kubetui.tui.frames import Frames
from kubetui.tui.object.tabtable import TabTable
from kubetui.tui.pane import GHOST_SECONDS


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


class ObjectEvents(TabTable):
    """A table of the events of one object."""

    def __init__(
        self, cluster: Cluster, identity: Identity, frames: Frames, *, clock: Callable[[], float] = time.time
    ) -> None:
        view = View(OF_ONE, order=Order("LAST SEEN", descending=True), ghost_seconds=GHOST_SECONDS)
        super().__init__(view, frames, clock, cluster.time.now)
        self.selection = Selection(cluster.api, OF_ONE, identity.namespace, where(identity), wall=clock)
        self._cluster = cluster

    def on_mount(self) -> None:
        store = self.selection.store
        store.listeners += [self.view, self]
        store.state_listeners.append(self)
        self.run_worker(
            self.selection.run(), group="events", description="the events of an object", exit_on_error=False
        )
        self._cluster.on_pulse.append(self._pulse)

    def on_unmount(self) -> None:
        self._cluster.on_pulse.remove(self._pulse)

    def state_changed(self, store: Store[Event]) -> None:
        """They are live, or not."""
        self.ask()

    def dress(self) -> None:
        """Dims what is stale."""
        state, table = self.selection.store.state, self.table
        table.dimmed = state.phase is Phase.STALE and bool(len(self.view))
        table.empty = self._why_empty()
        if state.phase in (Phase.LIVE, Phase.POLLED):
            table.settle()

    def _pulse(self) -> None:
        self.selection.pulse(self._cluster.silent)

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
