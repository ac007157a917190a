"""Removal: a deployment, a lone replica set or a whole namespace is deleted, and its pods go with it."""

from collections.abc import Callable

from kubetui.kinds.deployment import Deployment
from kubetui.kinds.kind import Health
from kubetui.kinds.namespace import Namespace
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.read import ObjectMeta
from kubetui.story.cast import SOMEONE, YOU, Announcement
from kubetui.story.ledger import namespace_key
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.shedding import Shedding
from kubetui.story.signs import controller
from kubetui.story.wording import counted


class Removal(Shedding):
    """One owner that goes, and the pods that go with it."""

    patience = 60.0

    def __init__(
        self, at: float, settle: Callable[[float], None], kind: str, meta: ObjectMeta, pods: int | None
    ) -> None:
        super().__init__(at, settle)
        self.kind, self.name, self.uid = kind, meta.name, meta.uid
        self.pods = pods
        """How many it had; None where that is not known."""
        self.is_removed = False
        """Whether the object itself is gone."""
        self.actor = SOMEONE

    @property
    def is_over(self) -> bool:
        return self.is_removed and self.gone >= max(self.pods or 0, len(self.leaving))

    def judge(self) -> Health:
        return Health.OFF if self.is_over else Health.PROGRESS

    def steps(self) -> tuple[Step, ...]:
        name = part(self.name, Role.OBJECT, self.uid)
        cause: Step = (self.actor, Part(" deleted ", Role.CAUSE), Part(f"{self.kind} "), name)
        count = max(self.pods or 0, len(self.leaving))
        span = self.span()
        if self.has_lapsed:
            left = count - self.gone
            return (cause, (Part(f"{self.gone} of {counted(count, 'pod')} gone"), outcome(f", {left} left behind")))
        if not count:
            return (cause, (outcome("gone in "), span)) if self.ended is not None else (cause,)
        if self.ended is not None:
            return (cause, (Part(f"its {counted(count, 'pod')}"), outcome(" gone in "), span))
        all_of = "" if self.pods is None else f"{len(self.leaving)} of "
        told = Part(f"{all_of}{counted(count, 'pod')} told to stop")
        return (cause, (told, Part(f", {self.gone} gone"))) if self.gone else (cause, (told,))


class RemovalNarrator(Narrator):
    """Opens an episode when an owner is deleted, and accounts for its pods until all are gone."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._open: dict[str, Removal] = {}
        """By the uid of what is removed."""
        self._namespaces: set[str] = set()
        """Names of those that go: what goes with them is no episode of its own."""

    def deployment(self, old: Deployment | None, new: Deployment | None, at: float) -> None:
        if (plot := self._going("deployment", old, new, old.status.replicas if old is not None else None, at)) is None:
            return
        for uid in self.stage.cast.revisions(plot.uid):
            self.stage.ledger.expect(uid, plot, at)
        self._settle(plot, at)

    def replicaset(self, old: ReplicaSet | None, new: ReplicaSet | None, at: float) -> None:
        known = old or new
        owner = controller(known) if known is not None else None
        if known is None:
            return
        if owner is None:
            plot = self._going("replica set", old, new, known.status.replicas, at)
        else:
            leaves = new is None or new.metadata.deletion_timestamp is not None
            plot = self._open.get(owner.uid) if leaves else None
        if plot is not None:
            self.stage.ledger.expect(known.metadata.uid, plot, at)
            self._settle(plot, at)

    def namespace(self, old: Namespace | None, new: Namespace | None, at: float) -> None:
        if (plot := self._going("namespace", old, new, None, at)) is not None:
            if plot.ended is None:
                self._namespaces.add(plot.name)
            self.stage.ledger.expect(namespace_key(plot.name), plot, at)
            self._settle(plot, at)

    def _going(
        self,
        kind: str,
        old: Deployment | ReplicaSet | Namespace | None,
        new: Deployment | ReplicaSet | Namespace | None,
        pods: int | None,
        at: float,
    ) -> Removal | None:
        """The episode of an owner that goes; None for one that stays."""
        if old is None or (new is not None and new.metadata.deletion_timestamp is None):
            return None
        if old.metadata.namespace in self._namespaces:
            return None
        uid = old.metadata.uid
        plot = self._open.get(uid)
        if plot is None:
            plot = self._begin(kind, old.metadata, pods, at)
        plot.is_removed = plot.is_removed or new is None
        return plot

    def _begin(self, kind: str, meta: ObjectMeta, pods: int | None, at: float) -> Removal:
        plot = Removal(at, lambda now: self._settle(plot, now), kind, meta, pods)
        plot.actor = self.stage.cast.actor(meta.uid, at)
        self._open[meta.uid] = plot
        self.stage.book.begin(plot, lambda: self._release(plot))
        return plot

    def _release(self, plot: Removal) -> None:
        self._open.pop(plot.uid, None)
        if plot.kind == "namespace":
            self._namespaces.discard(plot.name)

    def _settle(self, plot: Removal, at: float) -> None:
        if plot.is_over:
            self.stage.book.end(plot, at)
        else:
            self.stage.book.grow(plot, at)

    def announcement(self, uid: str, announcement: Announcement) -> None:
        plot = self._open.get(uid)
        if plot is not None:
            plot.actor = YOU
            self.stage.book.grow(plot, announcement.at)
