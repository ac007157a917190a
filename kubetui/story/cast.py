"""What the story must remember of the cluster to tell causes: revisions, pods per node, announcements."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from kubetui.kinds.event import Event
from kubetui.kinds.pod import Pod
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.story.birth import Birth
from kubetui.story.memory import keep
from kubetui.story.part import Part, Role
from kubetui.story.signs import controller

_ANNOUNCED_FOR = 10.0
"""Seconds for which an announcement claims what happens to its object."""
_ANNOUNCEMENTS = 512
_COMPLAINED_FOR = 60.0
"""Seconds for which a failed probe explains that its pod is not ready or restarts."""
_COMPLAINTS = 512
_NEWBORNS = 256


class Announcement(NamedTuple):
    """What the app itself asked the server to do to one object."""

    verb: str
    """`delete`, `scale`, `restart` …"""
    at: float
    """Seconds since the epoch."""


class Complaint(NamedTuple):
    """What a kubelet said of a probe that failed."""

    message: str
    at: float
    """Seconds since the epoch."""


class Cast:
    """Grows with the number of replica sets and nodes, not of pods or changes."""

    def __init__(self) -> None:
        self.pods_on: Counter[str] = Counter()
        """How many pods are bound to each node, by the node's name."""
        self._revisions: dict[str, dict[str, int]] = {}
        """Replicas wanted of each replica set, by its uid, by the uid of the owning deployment."""
        self._announced: dict[str, Announcement] = {}
        self._complaints: dict[str, Complaint] = {}
        self._unscheduled: dict[str, Event] = {}
        self._newborns: dict[str, tuple[Pod, float]] = {}

    def meet_pod(self, old: Pod | None, new: Pod | None) -> None:
        """Take note of where it is bound."""
        before = old.spec.node_name if old is not None else ""
        after = new.spec.node_name if new is not None else ""
        if before == after:
            return
        if before:
            self.pods_on[before] -= 1
            if self.pods_on[before] <= 0:
                del self.pods_on[before]
        if after:
            self.pods_on[after] += 1

    def meet_replicaset(self, old: ReplicaSet | None, new: ReplicaSet | None) -> None:
        """Take note of how many it wants."""
        known = new or old
        owner = controller(known) if known is not None else None
        if known is None or owner is None:
            return
        family = self._revisions.setdefault(owner.uid, {})
        if new is not None:
            family[new.metadata.uid] = new.spec.replicas
        elif family.pop(known.metadata.uid, None) is not None and not family:
            del self._revisions[owner.uid]

    def revisions(self, deployment_uid: str) -> tuple[str, ...]:
        """The uids of a deployment's replica sets."""
        return tuple(self._revisions.get(deployment_uid, ()))

    def hear_pod(self, old: Pod | None, new: Pod | None, at: float) -> None:
        """Take note of a new pod: what it is created for may be read a moment later."""
        if new is None:
            return
        uid = new.metadata.uid
        if old is None:
            keep(self._newborns, uid, (new, at), _NEWBORNS)
        elif uid in self._newborns:
            self._newborns[uid] = (new, self._newborns[uid][1])

    def newborns(self, since: float, fits: Callable[[Pod], bool]) -> dict[str, Birth]:
        """The pods that were created since then and fit, by uid."""
        found = [(pod, at) for pod, at in self._newborns.values() if at >= since and fits(pod)]
        return {pod.metadata.uid: self.born(pod, at) for pod, at in found}

    def hear_event(self, old: Event | None, new: Event | None, at: float) -> None:
        """Take note of what explains a change that is read a moment later."""
        if new is None:
            return
        if new.reason == "Unhealthy":
            keep(self._complaints, new.involved_object.uid, Complaint(new.message, at), _COMPLAINTS)
        elif new.reason == "FailedScheduling":
            keep(self._unscheduled, new.involved_object.uid, new, _COMPLAINTS)

    def born(self, pod: Pod, at: float) -> Birth:
        """A new pod, with what the scheduler said of it before the pod itself was read."""
        birth = Birth(pod, at)
        early = self._unscheduled.get(birth.uid)
        if early is not None:
            birth.hear(early, at)
        return birth

    def complaint(self, pod_uid: str, at: float) -> str:
        """Why its probe failed shortly before; empty where nothing was said."""
        found = self._complaints.get(pod_uid)
        return found.message if found is not None and abs(at - found.at) < _COMPLAINED_FOR else ""

    def siblings(self, replicaset: ReplicaSet) -> dict[str, int]:
        """The other replica sets of its deployment: the replicas that each wants, by uid."""
        owner = controller(replicaset)
        family = self._revisions.get(owner.uid, {}) if owner is not None else {}
        return {uid: wanted for uid, wanted in family.items() if uid != replicaset.metadata.uid}

    def announce(self, uid: str, verb: str, at: float) -> None:
        """The app did this; the oldest announcement makes room."""
        keep(self._announced, uid, Announcement(verb, at), _ANNOUNCEMENTS)

    def announced(self, uid: str, at: float) -> Announcement | None:
        """What the app did to this object shortly before."""
        found = self._announced.get(uid)
        return found if found is not None and abs(at - found.at) < _ANNOUNCED_FOR else None

    def actor(self, uid: str, at: float) -> Part:
        """`you` where the app did it, else `someone`."""
        return YOU if self.announced(uid, at) is not None else SOMEONE


YOU = Part("you", Role.ACTOR)
SOMEONE = Part("someone", Role.ACTOR)
