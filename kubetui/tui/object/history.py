"""What has happened to one object since its kind is read: each field that changed, the newest first."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from textual.app import ComposeResult
from textual.widgets import Static

from kubetui.kinds.difference import Difference, differences
from kubetui.kinds.kind import Column, Health, Kind
from kubetui.live.change import Change
from kubetui.live.cluster import Cluster
from kubetui.live.history import Entry
from kubetui.live.order import Order
from kubetui.live.store import uid_of
from kubetui.live.view import View
from kubetui.live.whole import Identity
from kubetui.read import Object, ObjectMeta
from kubetui.resource import resource
from kubetui.text import Aged
from kubetui.tui.frames import Frames
from kubetui.tui.object.tabtable import TabTable

MOST = 2_000
"""Steps that are shown; older ones make room."""


class Step(Object):
    """One field that changed; not an object of any cluster."""

    number: int = 0
    """Grows from step to step."""
    at: datetime | None = None
    what: Difference = Difference("", "", "")


STEP: Kind[Step] = Kind(
    Step,
    resource("kubetui/v1", "steps", "Step", namespaced=False),
    (
        Column("WHEN", lambda step: Aged(step.at), by=lambda step: step.number),
        Column("FIELD", lambda step: step.what.path),
        Column("BEFORE", lambda step: step.what.before),
        Column("AFTER", lambda step: step.what.after),
    ),
    health=lambda step: Health.WELL,
)


class ObjectHistory(TabTable):
    """A table of the changes of one object, as the log of changes has them."""

    DEFAULT_CSS = """
    ObjectHistory > .reach { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(
        self,
        cluster: Cluster,
        kind: Kind[Any],
        identity: Identity,
        frames: Frames,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(View(STEP, order=Order("WHEN", descending=True)), frames, clock)
        self._cluster = cluster
        self._kind = kind
        self._identity = identity
        self._reach = Static("", classes="reach", markup=False)
        self._read = 0
        """The number of the last entry of the log that is shown."""
        self._steps = 0
        """So many were made."""
        self._shown: deque[Step] = deque()

    def compose(self) -> ComposeResult:
        yield self._reach
        yield from super().compose()

    def on_mount(self) -> None:
        self._cluster.hear(self)

    def on_unmount(self) -> None:
        self._cluster.listeners.remove(self)

    def changed(self, changes: list[Change]) -> None:
        """Of the object perhaps."""
        if any(uid_of(change.object) == self._identity.uid for change in changes):
            self.ask()

    def dress(self) -> None:
        """Takes what is new in the log, and says how far back that reaches."""
        entries = self._cluster.history.of(self._identity.uid, self._read)
        if entries:
            self._read = entries[-1].number
            self._show([step for entry in entries for step in self._steps_of(entry)])
        since = self._cluster.history.reaches_back_to(self._kind)
        self.table.empty = self._why_empty(since)
        self._reach.display = since is not None
        if since is not None:
            begin = datetime.fromtimestamp(since)
            self._reach.update(f"What changed since {begin:%H:%M:%S}; nothing from before that is known.")
        self.table.settle()

    def _show(self, steps: list[Step]) -> None:
        now = self._clock()
        self._shown += steps
        changes = [Change(STEP, None, step, now, initial=True) for step in steps]
        changes += [Change(STEP, self._shown.popleft(), None, now) for _ in range(len(self._shown) - MOST)]
        self.view.changed(changes)

    def _why_empty(self, since: float | None) -> str:
        what = self._kind.resource.plural
        if self.view.total:
            return f"None of {self.view.total:,} changes match /{self.view.filter.text}. Esc shows them all."
        if since is None:
            return f"Changes are kept of what is being read, and {what} are not: `:{what}` reads them."
        return f"Nothing of it has changed while {what} were read."

    def _steps_of(self, entry: Entry) -> list[Step]:
        change, at = entry.change, datetime.fromtimestamp(entry.change.at, UTC)
        if change.old is None:
            found = [Difference("created", "", "")]
        elif change.new is None:
            found = [Difference("deleted", "", "")]
        else:
            found = differences(change.kind, change.old, change.new)
        steps = []
        for difference in reversed(found):  # of one change the first field stands first, also where the newest does
            self._steps += 1
            meta = ObjectMeta(uid=f"{self._steps:08}", resource_version="1")
            steps.append(Step(metadata=meta, number=self._steps, at=at, what=difference))
        return steps
