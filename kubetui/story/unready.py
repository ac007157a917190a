"""Pods that stop being ready while their containers run, and are ready again: a probe fails, traffic goes elsewhere."""

from kubetui.kinds.event import Event
from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.plot import Plot
from kubetui.story.signs import Workload, counts, is_ready, is_running, workload
from kubetui.story.wording import counted, shortened

_TOGETHER = 2.0
"""Seconds after the last one within which the next pod of the same workload belongs to the same episode."""


class Unready(Plot):
    """Pods of one workload that are out of service."""

    def __init__(self, at: float, of: Workload | None) -> None:
        super().__init__(at)
        self.of = of
        self.names: dict[str, str] = {}
        """By the pod's uid."""
        self.back: set[str] = set()
        self.went: set[str] = set()
        self.why = ""
        """What the kubelet said of the failed probe."""

    @property
    def is_over(self) -> bool:
        return len(self.back | self.went) == len(self.names)

    def judge(self) -> Health:
        if not self.is_over:
            return Health.BROKEN
        return Health.WELL if self.back else Health.OFF

    def steps(self) -> tuple[Step, ...]:
        count, back = len(self.names), len(self.back)
        if count == 1:
            uid, name = next(iter(self.names.items()))
            who: Step = (Part("pod "), part(name, Role.OBJECT, uid))
        else:
            of = (Part(" of "), part(self.of.name, Role.OBJECT)) if self.of is not None else ()
            who = (Part(counted(count, "pod")), *of)
        why = (part(f": {shortened(self.why)}"),) if self.why else ()
        steps: list[Step] = [(*who, Part(" stopped being ready", Role.CAUSE), *why)]
        if self.is_over and back:
            words = "ready again after " if count == 1 else f"{back} of {count} ready again after "
            steps.append((outcome(words), self.span()))
        elif self.is_over:
            steps.append((outcome("gone"),))
        elif count > 1:
            steps.append((Part(f"{back} of {count} ready again"),))
        return tuple(steps)


class UnreadyNarrator(Narrator):
    """Opens an episode when a pod whose containers run is taken out of service by its kubelet.

    Where a container ended, that is told as a crash. Where a node falls silent the node controller marks its pods
    without giving a reason, and the node's own episode tells it.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._open: dict[Workload | str, Unready] = {}
        """The episode that took the last pod of a workload, or a lone pod by its uid."""
        self._by_uid: dict[str, Unready] = {}

    def pod(self, old: Pod | None, new: Pod | None, at: float) -> None:
        if old is None:
            return
        uid = old.metadata.uid
        plot = self._by_uid.get(uid)
        if plot is not None:
            self._follow(plot, uid, new, at)
        elif new is not None and not is_ready(new) and is_ready(old) and counts(new) and is_running(new):
            condition = new.condition("Ready")
            if condition is not None and condition.reason:
                self._join(new, at)

    def _join(self, pod: Pod, at: float) -> None:
        of, uid = workload(pod), pod.metadata.uid
        key = of or uid
        plot = self._open.get(key)
        if plot is None or at - plot.news > _TOGETHER:
            plot = self._begin(key, of, at)
        plot.names[uid] = pod.metadata.name
        plot.why = plot.why or self.stage.cast.complaint(uid, at)
        self._by_uid[uid] = plot
        self.stage.book.grow(plot, at)

    def _begin(self, key: Workload | str, of: Workload | None, at: float) -> Unready:
        plot = Unready(at, of)
        self._open[key] = plot
        self.stage.book.begin(plot, lambda: self._release(key, plot))
        return plot

    def _release(self, key: Workload | str, plot: Unready) -> None:
        if self._open.get(key) is plot:
            del self._open[key]
        for uid in plot.names:
            self._by_uid.pop(uid, None)

    def _follow(self, plot: Unready, uid: str, pod: Pod | None, at: float) -> None:
        if pod is None or not counts(pod):
            plot.went.add(uid)
        elif is_ready(pod) and uid not in plot.back:
            plot.back.add(uid)
        elif not is_ready(pod) and uid in plot.back:
            plot.back.discard(uid)
        else:
            return
        if plot.is_over:
            self.stage.book.end(plot, at)
        else:
            self.stage.book.grow(plot, at)

    def event(self, old: Event | None, new: Event | None, at: float) -> None:
        plot = self._by_uid.get(new.involved_object.uid) if new is not None and self._by_uid else None
        if new is not None and plot is not None and new.reason == "Unhealthy" and not plot.why:
            plot.why = new.message
            self.stage.book.grow(plot, at)
