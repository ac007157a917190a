"""The one who is fed changes and has episodes: routes each change to the narrators that want its kind. Pure.

Feed it pods, replica sets, deployments, nodes, namespaces and events; it does without any of them, and says less.
"""

from collections.abc import Callable, Sequence
from typing import Any

from kubetui.kinds.deployment import Deployment
from kubetui.kinds.event import Event
from kubetui.kinds.namespace import Namespace
from kubetui.kinds.node import Node
from kubetui.kinds.pod import Pod
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.live.change import Change
from kubetui.story.cast import Announcement, Cast
from kubetui.story.episode import Episode
from kubetui.story.ledger import Ledger
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.narrators import NARRATORS
from kubetui.story.plot import Book

_HEARD: dict[type[Any], str] = {
    Pod: "pod",
    ReplicaSet: "replicaset",
    Deployment: "deployment",
    Node: "node",
    Namespace: "namespace",
    Event: "event",
}
"""Which method of a narrator hears of which Struct."""
_TICK = 1.0
"""Seconds of the changes' own clock between two looks for what has lapsed."""

Hears = Callable[[Any, Any, float], None]


class Teller:
    """Consumes changes one at a time, in the order in which they were read."""

    def __init__(self, most: int = 200) -> None:
        """`most`: how many episodes are kept."""
        self._book = Book(most)
        self._cast = Cast()
        stage = Stage(self._book, self._cast, Ledger())
        self._narrators = tuple(narrator(stage) for narrator in NARRATORS)
        self._hears = {struct: self._listeners(name) for struct, name in _HEARD.items()}
        self._hears[Pod] = (self._cast.hear_pod, *self._hears[Pod])
        self._hears[Event] = (self._cast.hear_event, *self._hears[Event])
        self._meets: dict[type[Any], Callable[[Any, Any], None]] = {
            Pod: self._cast.meet_pod,
            ReplicaSet: self._cast.meet_replicaset,
        }
        self._ticked = 0.0

    def _listeners(self, name: str) -> tuple[Hears, ...]:
        deaf = getattr(Narrator, name)
        return tuple(getattr(each, name) for each in self._narrators if getattr(type(each), name) is not deaf)

    def tell(self, change: Change) -> None:
        """Take in one change."""
        struct = change.kind.struct
        listeners = self._hears.get(struct)
        if listeners is None:
            return
        _, old, new, at, initial = change
        meet = self._meets.get(struct)
        if meet is not None:
            meet(old, new)
        if initial:
            return
        for hears in listeners:
            hears(old, new, at)
        if at - self._ticked > _TICK:
            self.tick(at)

    def announce(self, uid: str, verb: str, at: float) -> None:
        """The app did this to that object (`delete`, `scale` …), before or shortly after the change is read."""
        self._cast.announce(uid, verb, at)
        for narrator in self._narrators:
            narrator.announcement(uid, Announcement(verb, at))

    def tick(self, now: float) -> None:
        """Let go of what has had no news for too long; worth a call a second while nothing changes."""
        self._ticked = now
        self._book.tick(now)

    @property
    def episodes(self) -> Sequence[Episode]:
        """Snapshots, the newest last; the same object for an episode that has not changed."""
        return self._book.episodes()

    @property
    def version(self) -> int:
        """Changes whenever `episodes` does."""
        return self._book.version

    @property
    def is_running(self) -> bool:
        """Whether any episode has a running clock to be painted."""
        return self._book.open_plots > 0
