"""Nodes: one stops answering or serving and comes back; joins, leaves, is cordoned, runs short of something."""

from kubetui.kinds.kind import Health
from kubetui.kinds.node import Node
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.plot import Plot
from kubetui.story.wording import counted

_SHORT_OF = {"MemoryPressure": "memory", "DiskPressure": "disk space", "PIDPressure": "process ids"}


class Outage(Plot):
    """One node that is not ready, until it is; or one that has just joined, until it is ready first."""

    patience = 24 * 3600.0

    def __init__(self, node: Node, pods: int, at: float, joins: bool = False) -> None:
        super().__init__(at)
        self.uid = node.metadata.uid
        self._subject = _named(node)
        self.joins = joins
        self.reason = _ready(node)[1]
        self.is_silent = _ready(node)[0] == "Unknown"
        self.pods = pods
        """How many are bound to it."""
        self.is_ready = False
        self.was_removed = False

    def judge(self) -> Health:
        if self.was_removed:
            return Health.OFF
        if self.is_ready:
            return Health.WELL
        return Health.PROGRESS if self.joins else Health.BROKEN

    def steps(self) -> tuple[Step, ...]:
        steps: list[Step] = [(*self._subject, *self._what())]
        if self.pods:
            steps.append((Part(f"{counted(self.pods, 'pod')} on it"),))
        if self.was_removed:
            steps.append((outcome("removed"),))
        elif self.ended is not None and self.is_ready:
            took = self.span()
            steps.append((outcome("ready in " if self.joins else "ready again after "), took))
        return tuple(steps)

    def _what(self) -> Step:
        if self.joins:
            return (Part(" joined", Role.CAUSE),)
        if self.is_silent:
            return (Part(" stopped answering", Role.CAUSE),)
        return (Part(" is not ready", Role.CAUSE), part(f" ({self.reason})" if self.reason else ""))


class OutageNarrator(Narrator):
    """Opens an episode when a node stops being ready, and tells what else befalls it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._open: dict[str, Outage] = {}
        """By the node's uid."""

    def node(self, old: Node | None, new: Node | None, at: float) -> None:
        known = new or old
        if known is None:
            return
        uid, name = known.metadata.uid, known.metadata.name
        pods = self.stage.cast.pods_on[name]
        if new is None:
            self._removed(known, pods, at)
            return
        status, reason = _ready(new)
        is_ready = status == "True"
        plot = self._open.get(uid)
        if plot is not None and is_ready:
            plot.is_ready = True
            self.stage.book.end(plot, at)
        elif plot is not None:
            self._grow(plot, status, reason, at)
        elif not is_ready and (old is None or _ready(old)[0] == "True"):
            self._begin(Outage(new, pods, at, joins=old is None))
        if old is None:
            if is_ready:
                self.stage.book.tell(at, Health.WELL, (*_named(new), Part(" joined", Role.CAUSE)))
            return
        if old.spec.unschedulable != new.spec.unschedulable:
            self._cordoned(new, pods, at)
        for type_, thing in _SHORT_OF.items():
            self._pressure(old, new, type_, thing, at)

    def _begin(self, plot: Outage) -> None:
        self._open[plot.uid] = plot
        self.stage.book.begin(plot, lambda: self._open.pop(plot.uid, None))

    def _grow(self, plot: Outage, status: str, reason: str, at: float) -> None:
        is_silent = status == "Unknown"
        if (plot.is_silent, plot.reason) != (is_silent, reason):
            plot.is_silent, plot.reason = is_silent, reason
            self.stage.book.grow(plot, at)

    def _removed(self, node: Node, pods: int, at: float) -> None:
        plot = self._open.get(node.metadata.uid)
        if plot is not None:
            plot.was_removed = True
            self.stage.book.end(plot, at)
            return
        steps: list[Step] = [(*_named(node), Part(" was removed", Role.CAUSE))]
        if pods:
            steps.append((Part(f"{counted(pods, 'pod')} left without it"),))
        self.stage.book.tell(at, Health.OFF, *steps)

    def _cordoned(self, node: Node, pods: int, at: float) -> None:
        cause = Part(" was cordoned" if node.spec.unschedulable else " takes new pods again", Role.CAUSE)
        steps: list[Step] = [(*_named(node), cause)]
        if node.spec.unschedulable:
            steps.append((Part(f"no new pods; {counted(pods, 'pod')} on it" if pods else "no new pods"),))
        self.stage.book.tell(at, Health.OFF if node.spec.unschedulable else Health.WELL, *steps)

    def _pressure(self, old: Node, new: Node, type_: str, thing: str, at: float) -> None:
        before, after = old.condition(type_), new.condition(type_)
        was, is_ = before is not None and before.status == "True", after is not None and after.status == "True"
        if is_ and not was:
            self.stage.book.tell(at, Health.BROKEN, (*_named(new), Part(f" runs short of {thing}", Role.CAUSE)))
        elif was and not is_:
            self.stage.book.tell(at, Health.WELL, (*_named(new), Part(f" has {thing} again", Role.CAUSE)))


def _ready(node: Node) -> tuple[str, str]:
    """Status and reason of its Ready condition; Unknown is the word of the node controller for a silent kubelet."""
    condition = node.condition("Ready")
    return (condition.status, condition.reason) if condition is not None else ("False", "")


def _named(node: Node) -> Step:
    return (Part("node "), part(node.metadata.name, Role.OBJECT, node.metadata.uid))
