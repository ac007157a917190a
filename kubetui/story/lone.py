"""Lone pods: one that nobody owns is created, and starts. (Healing tells that nothing replaces it when it goes.)"""

from kubetui.kinds.event import Event
from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from kubetui.story.birth import Birth
from kubetui.story.cast import SOMEONE
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.plot import Plot
from kubetui.story.signs import controller


class Arrival(Plot):
    """One pod made by hand."""

    def __init__(self, birth: Birth, at: float) -> None:
        super().__init__(at)
        self.birth = birth
        self.was_removed = False

    def judge(self) -> Health:
        if self.birth.finished == "Failed":
            return Health.BROKEN
        if self.was_removed or self.birth.finished:
            return Health.OFF
        if self.birth.ready is not None:
            return Health.WELL
        return Health.BROKEN if self.birth.trouble else Health.PROGRESS

    def steps(self) -> tuple[Step, ...]:
        birth = self.birth
        name = part(birth.name, Role.OBJECT, birth.uid)
        steps: list[Step] = [(SOMEONE, Part(" created ", Role.CAUSE), Part("pod "), name), *birth.steps()]
        span = self.span()
        if birth.finished:
            steps.append((outcome("failed after " if birth.finished == "Failed" else "ran to its end in "), span))
        elif birth.ready is not None:
            steps.append((outcome("ready in "), span))
        elif self.was_removed:
            steps.append((outcome("removed before it was ready"),))
        elif birth.trouble:
            steps.append((outcome("it "), part(birth.trouble, Role.OUTCOME)))
        return tuple(steps)


class LoneNarrator(Narrator):
    """Opens an episode when a pod without an owner comes, and follows it until it is ready."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._open: dict[str, Arrival] = {}
        """By the pod's uid."""

    def pod(self, old: Pod | None, new: Pod | None, at: float) -> None:
        if old is None:
            if new is not None and controller(new) is None:
                self._begin(new, at)
            return
        plot = self._open.get(old.metadata.uid)
        if plot is None:
            return
        if new is None or new.metadata.deletion_timestamp is not None:
            plot.was_removed = True
            self._settle(plot, at)
        elif plot.birth.see(new, at):
            self._settle(plot, at)

    def _begin(self, pod: Pod, at: float) -> None:
        plot = Arrival(self.stage.cast.born(pod, at), at)
        uid = pod.metadata.uid
        self._open[uid] = plot
        self.stage.book.begin(plot, lambda: self._open.pop(uid, None))
        self._settle(plot, at)

    def _settle(self, plot: Arrival, at: float) -> None:
        if plot.was_removed or plot.birth.finished or plot.birth.ready is not None:
            self.stage.book.end(plot, at)
        else:
            self.stage.book.grow(plot, at)

    def event(self, old: Event | None, new: Event | None, at: float) -> None:
        plot = self._open.get(new.involved_object.uid) if new is not None and self._open else None
        if new is not None and plot is not None and plot.birth.hear(new, at):
            self._settle(plot, at)
