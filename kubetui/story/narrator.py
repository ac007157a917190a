"""What every narrator of one sort of episode is given and may hear. The teller routes only what is overridden."""

from dataclasses import dataclass

from kubetui.kinds.deployment import Deployment
from kubetui.kinds.event import Event
from kubetui.kinds.namespace import Namespace
from kubetui.kinds.node import Node
from kubetui.kinds.pod import Pod
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.story.cast import Announcement, Cast
from kubetui.story.ledger import Ledger
from kubetui.story.plot import Book


@dataclass(frozen=True, slots=True)
class Stage:
    """What the narrators share."""

    book: Book
    cast: Cast
    ledger: Ledger


class Narrator:
    """Tells one sort of episode. No `old`: it came; no `new`: it went; `at` is seconds since the epoch.

    Never called for what was there when watching began. Narrators hear a change in the order of `narrators.NARRATORS`.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def pod(self, old: Pod | None, new: Pod | None, at: float) -> None: ...

    def replicaset(self, old: ReplicaSet | None, new: ReplicaSet | None, at: float) -> None: ...

    def deployment(self, old: Deployment | None, new: Deployment | None, at: float) -> None: ...

    def node(self, old: Node | None, new: Node | None, at: float) -> None: ...

    def namespace(self, old: Namespace | None, new: Namespace | None, at: float) -> None: ...

    def event(self, old: Event | None, new: Event | None, at: float) -> None: ...

    def announcement(self, uid: str, announcement: Announcement) -> None:
        """The app did this to that object; what it causes may have been read already."""
