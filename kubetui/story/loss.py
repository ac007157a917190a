"""A pod that its controller no longer counts: how it was lost, in words, and what came in its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kubetui.kinds.pod import Pod
from kubetui.read import OwnerReference
from kubetui.story.birth import Birth
from kubetui.story.cast import SOMEONE, YOU
from kubetui.story.part import Part, Role, Step, part
from kubetui.story.signs import controller, counts, disruption, workload
from kubetui.story.wording import counted

_BY_NODE = {
    "EvictionByEvictionAPI": "evicted from",
    "DeletionByTaintManager": "evicted by a taint of",
    "DeletionByPodGC": "cleaned up with",
    "TerminationByKubelet": "ended by the kubelet of",
}
"""Reasons of DisruptionTarget (k8s.io/api core/v1 types.go) that have to do with the pod's node."""
_PREEMPTED = "PreemptionByScheduler"


def is_lost(old: Pod, new: Pod | None) -> bool:
    """Whether this change is the one with which a controller has to replace it, or a lone pod goes.

    A pod that succeeds is not lost: its work is done.
    """
    leaves = new is None or new.metadata.deletion_timestamp is not None
    if not counts(old):
        return leaves and old.metadata.deletion_timestamp is None and controller(old) is None
    return new is None or leaves or new.status.phase == "Failed"


@dataclass(slots=True, eq=False)
class Loss:
    """One lost pod and its replacement. Times are seconds since the epoch."""

    pod: Pod
    """As it was when it was lost."""
    at: float
    by_you: bool = False
    gone: float | None = None
    """When the object itself was removed."""
    birth: Birth | None = None
    lost_again: bool = False
    """The replacement went before it was ready."""
    unwanted: bool = False
    """The owner came to want fewer, so none is due."""
    owner: OwnerReference | None = field(init=False)

    def __post_init__(self) -> None:
        self.owner = controller(self.pod)

    @property
    def uid(self) -> str:
        return self.pod.metadata.uid

    @property
    def group(self) -> str:
        """Losses of the same group may be told together: those of one owner, or of what one node drives out."""
        if disruption(self.pod) in _BY_NODE:
            return f"node {self.pod.spec.node_name}"
        return self.owner.uid if self.owner is not None else self.uid

    @property
    def is_healed(self) -> bool:
        return self.birth is not None and (self.birth.ready is not None or self.birth.finished == "Succeeded")

    @property
    def has_failed(self) -> bool:
        """Whether the replacement did not hold."""
        return self.lost_again or (self.birth is not None and self.birth.finished == "Failed")

    @property
    def is_over(self) -> bool:
        """Whether nothing is to follow."""
        if self.owner is None:
            return self.gone is not None or self.pod.metadata.deletion_timestamp is None
        return self.unwanted or self.has_failed or self.is_healed


def cause(losses: Sequence[Loss]) -> Step:
    """Who or what took the pods."""
    first = losses[0]
    reason, node = disruption(first.pod), part(first.pod.spec.node_name, Role.OBJECT)
    by_you = any(loss.by_you for loss in losses)
    what = _subject(losses)
    were = " was " if len(losses) == 1 else " were "
    if reason == "EvictionByEvictionAPI" and by_you:
        return (YOU, Part(" evicted ", Role.CAUSE), *what, Part(" from "), node)
    if reason in _BY_NODE:
        return (*what, Part(f"{were}{_BY_NODE[reason]} ", Role.CAUSE), node)
    if reason == _PREEMPTED:
        return (Part("the scheduler", Role.ACTOR), Part(" preempted ", Role.CAUSE), *what)
    if first.pod.metadata.deletion_timestamp is None and first.pod.status.phase == "Failed":
        why = part(f" ({first.pod.status.reason})", Role.OUTCOME) if first.pod.status.reason else Part("")
        return (*what, Part(" failed", Role.CAUSE), why)
    return (YOU if by_you else SOMEONE, Part(" deleted ", Role.CAUSE), *what)


def _subject(losses: Sequence[Loss]) -> Step:
    """`pod web-7d4b9c-x2k1p`, `3 pods of web`, `14 pods`."""
    if len(losses) == 1:
        pod = losses[0].pod.metadata
        return (Part("pod "), part(pod.name, Role.OBJECT, pod.uid))
    owners = {workload(loss.pod) for loss in losses}
    count = Part(counted(len(losses), "pod"))
    owner = owners.pop()
    if owners or owner is None:
        return (count,)
    return (count, Part(" of "), part(owner.name, Role.OBJECT))
