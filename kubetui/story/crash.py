"""Containers that end and are started again in their pod: why, how often, and when the pods are ready again."""

from typing import NamedTuple

from kubetui.kinds.event import Event
from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.plot import Plot
from kubetui.story.signs import Workload, counts, is_ready, trouble, workload
from kubetui.story.wording import counted, shortened


class Crash(NamedTuple):
    """One container that ended though it should run."""

    container: str
    reason: str
    """As the kubelet says: OOMKilled, Error, Completed …; empty where it did not."""
    exit_code: int | None
    restarts: int
    """How often it has been restarted in all, this time included."""
    is_back: bool
    """Whether it was restarted already."""


def crash(old: Pod, new: Pod) -> Crash | None:
    """The first container that was restarted by this change, or that ended badly and is about to be."""
    for then, now in zip(old.status.container_statuses, new.status.container_statuses, strict=False):
        if then.name != now.name:
            continue
        is_back = now.restart_count > then.restart_count
        ended = (now.last_state.terminated or then.state.terminated) if is_back else now.state.terminated
        fell = ended is not None and ended.exit_code != 0 and then.state.running is not None
        if is_back or fell:
            reason, code = (ended.reason, ended.exit_code) if ended is not None else ("", None)
            return Crash(now.name, reason, code, now.restart_count + (not is_back), is_back)
    return None


class Victim:
    """One pod of which a container ended."""

    def __init__(self, pod: Pod, seen: Crash, why: str) -> None:
        self.name, self.uid = pod.metadata.name, pod.metadata.uid
        self.crash = seen
        self.why = why
        """What the kubelet said of a failed probe."""
        self.trouble = ""
        self.is_ready = False
        self.went = False

    def see(self, pod: Pod, seen: Crash | None) -> bool:
        """Whether the pod's change brought something new."""
        before = (self.crash, self.trouble, self.is_ready)
        if seen is not None:
            self.crash = seen
        self.trouble = trouble(pod)
        self.is_ready = is_ready(pod)
        return before != (self.crash, self.trouble, self.is_ready)


class Crashing(Plot):
    """The same container of one pod, or of several pods of one workload."""

    def __init__(self, at: float) -> None:
        super().__init__(at)
        self.victims: dict[str, Victim] = {}
        """By the pod's uid."""

    @property
    def is_over(self) -> bool:
        return all(each.is_ready or each.went for each in self.victims.values())

    def judge(self) -> Health:
        if self.is_over:
            return Health.WELL if any(each.is_ready for each in self.victims.values()) else Health.OFF
        return Health.BROKEN if any(each.trouble for each in self.victims.values()) else Health.PROGRESS

    def steps(self) -> tuple[Step, ...]:
        victims = list(self.victims.values())
        first, last = victims[0], victims[-1].crash
        where = part(first.name, Role.OBJECT, first.uid) if len(victims) == 1 else Part(counted(len(victims), "pod"))
        steps: list[Step] = [(Part("container "), part(last.container), Part(" of "), where, *_ending(last))]
        if first.why:
            steps[0] = (*steps[0], part(f": {shortened(first.why)}"))
        ready = sum(each.is_ready for each in victims)
        stuck = next((each for each in victims if each.trouble and not each.went), None)
        if last.is_back:
            steps.append((Part(f"restarted{f', {last.restarts} times by now' if last.restarts > 1 else ''}"),))
        if self.is_over and ready:
            again = "ready again after " if len(victims) == 1 else f"{ready} of {len(victims)} ready again after "
            steps.append((outcome(again), self.span()))
        elif self.is_over:
            steps.append((outcome("gone"),))
        elif stuck is not None:
            steps.append((outcome("it "), part(stuck.trouble, Role.OUTCOME)))
        elif len(victims) > 1:
            steps.append((Part(f"{ready} of {len(victims)} ready again"),))
        return tuple(steps)


def _ending(seen: Crash) -> Step:
    again = " again" if seen.restarts > 1 and not seen.is_back else ""
    if seen.reason == "OOMKilled":
        return (Part(f" was killed{again}: out of memory", Role.CAUSE), Part(" (OOMKilled)"))
    if seen.exit_code is None:
        return (Part(f" ended{again}", Role.CAUSE),)
    if seen.exit_code == 0:
        return (Part(f" ran to its end{again}", Role.CAUSE),)
    return (Part(f" crashed{again}", Role.CAUSE), Part(f" with exit code {seen.exit_code}"))


class CrashNarrator(Narrator):
    """Opens an episode at a container's end, joins those of the same workload while it is open."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._open: dict[tuple[Workload | str, str], Crashing] = {}
        """By workload (or the uid of a lone pod) and container."""
        self._victims: dict[str, Crashing] = {}
        """By the pod's uid."""

    def pod(self, old: Pod | None, new: Pod | None, at: float) -> None:
        if old is None:
            return
        uid = old.metadata.uid
        if new is None or not counts(new):
            if uid in self._victims:
                plot = self._victims[uid]
                plot.victims[uid].went = True
                self._settle(plot, at)
            return
        seen = crash(old, new)
        if uid in self._victims:
            plot = self._victims[uid]
            if plot.victims[uid].see(new, seen):
                self._settle(plot, at)
        elif seen is not None:
            self._join(new, seen, at)

    def _join(self, pod: Pod, seen: Crash, at: float) -> None:
        key = (workload(pod) or pod.metadata.uid, seen.container)
        plot = self._open.get(key)
        if plot is None:
            plot = Crashing(at)
            self._open[key] = plot
            self.stage.book.begin(plot, lambda: self._release(key, plot))
        victim = Victim(pod, seen, self.stage.cast.complaint(pod.metadata.uid, at))
        victim.see(pod, None)
        plot.victims[victim.uid] = victim
        self._victims[victim.uid] = plot
        self._settle(plot, at)

    def _settle(self, plot: Crashing, at: float) -> None:
        if plot.is_over:
            self.stage.book.end(plot, at)
        else:
            self.stage.book.grow(plot, at)

    def _release(self, key: tuple[Workload | str, str], plot: Crashing) -> None:
        if self._open.get(key) is plot:
            del self._open[key]
        for uid in plot.victims:
            self._victims.pop(uid, None)

    def event(self, old: Event | None, new: Event | None, at: float) -> None:
        if new is None or new.reason != "Unhealthy":
            return
        plot = self._victims.get(new.involved_object.uid)
        if plot is not None:
            victim = plot.victims[new.involved_object.uid]
            if not victim.why:
                victim.why = new.message
                self.stage.book.grow(plot, at)
