"""A new pod on its way: created, scheduled, pulled, started, ready; or what keeps it. No episode of its own."""

from collections.abc import Collection

from kubetui.kinds.event import Event
from kubetui.kinds.pod import Pod
from kubetui.story.part import Part, Role, Step, part
from kubetui.story.signs import FINISHED, is_ready, is_running, trouble
from kubetui.story.wording import duration, shortened
from kubetui.text import natural

_CANT_START = frozenset(("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"))


class Birth:
    """Follows one pod by its changes and by the events about it. Times are seconds since the epoch."""

    def __init__(self, pod: Pod, at: float) -> None:
        self.name = pod.metadata.name
        self.uid = pod.metadata.uid
        self.created = at
        self.node = ""
        self.started: float | None = None
        self.ready: float | None = None
        self.finished = ""
        """The phase in which it ended by itself, if it did."""
        self._stuck = ""
        self._unscheduled = ""
        self._unstarted = ""
        self._pulling: float | None = None
        self._pulled: float | None = None
        self.see(pod, at)

    @property
    def trouble(self) -> str:
        """What keeps it, in words that follow its name. Events say more than the pod does, while they hold."""
        if self.ready is not None:
            return ""
        if not self.node:
            return self._unscheduled or self._stuck
        return self._stuck or ("" if self.started is not None else self._unstarted)

    def see(self, pod: Pod, at: float) -> bool:
        """Whether the pod's change brought it on, or kept it."""
        before = (self.node, self.started, self.ready, self.finished, self._stuck)
        self.node = pod.spec.node_name
        if self.started is None and is_running(pod):
            self.started = at
        if self.ready is None and is_ready(pod):
            self.ready = at
        if pod.status.phase in FINISHED:
            self.finished = pod.status.phase
        self._stuck = trouble(pod)
        return before != (self.node, self.started, self.ready, self.finished, self._stuck)

    def hear(self, event: Event, at: float) -> bool:
        """Whether an event about the pod added something."""
        if event.reason == "FailedScheduling":
            self._unscheduled = f"fits on no node: {shortened(event.message)}"
        elif event.reason == "Pulling":
            self._pulling = at
        elif event.reason == "Pulled":
            self._pulled = at
        elif event.reason in _CANT_START:
            self._unstarted = f"can't start ({event.reason}): {shortened(event.message)}"
        else:
            return False
        return True

    def steps(self) -> list[Step]:
        """What came after its creation, short of being ready or in trouble."""
        if not self.node:
            return []
        steps: list[Step] = [(Part("scheduled to "), part(self.node, Role.OBJECT))]
        if self._pulling is not None and self._pulled is not None:
            steps.append((Part("image pulled in "), Part(duration(self._pulled - self._pulling), Role.TIME)))
        if self.started is not None:
            steps.append((Part("started"),))
        elif self.ready is None and not self.trouble and not self.finished:
            pulls = self._pulling is not None and self._pulled is None
            steps.append((Part("pulling its image" if pulls else "starting"),))
        return steps


def nodes(births: Collection[Birth]) -> list[str]:
    """The names of the nodes that they were scheduled to."""
    return sorted({birth.node for birth in births if birth.node}, key=natural)


def stuck(births: Collection[Birth]) -> list[Step]:
    """The first of those that can't go on, and how many share its fate; nothing where all go their way."""
    kept = [birth for birth in births if birth.trouble]
    if not kept:
        return []
    more = f" ({len(kept) - 1} more like it)" if len(kept) > 1 else ""
    name = part(kept[0].name, Role.OBJECT, kept[0].uid)
    return [(name, part(f" {kept[0].trouble}{more}", Role.OUTCOME))]
