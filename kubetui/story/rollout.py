"""Rollouts: a deployment turns to another replica set, pod by pod, until all are new, or until it is stuck."""

from kubetui.kinds.deployment import Deployment
from kubetui.kinds.event import Event
from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.story.birth import Birth, stuck
from kubetui.story.cast import YOU, Announcement
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.scaling import Scaling
from kubetui.story.shedding import Shedding
from kubetui.story.signs import controller, is_controlled_by, workload
from kubetui.story.wording import counted, shortened

_PAST = {"restart": "restarted", "rollback": "rolled back", "image": "changed the image of"}
"""Announced verbs as the story says them."""
_EARLY = 2.0
"""Seconds by which a new pod may be read before the replica set that made it."""
_AT_ONCE = 10.0
"""Seconds within which a deployment makes its new pods once the old ones are gone."""
_JUST_BEFORE = 10.0
"""Seconds between a rollout and its announcement, whichever is first."""


class Rollout(Shedding):
    """One turn of a deployment to one replica set."""

    def __init__(self, at: float, narrator: "RolloutNarrator", target: ReplicaSet, wanted: int) -> None:
        super().__init__(at, lambda now: narrator.settle(self, now))
        owner = controller(target)
        self.deployment_uid = owner.uid if owner is not None else ""
        self.subject = part(owner.name if owner is not None else "", Role.OBJECT, self.deployment_uid)
        self.target = target
        """As it was last seen."""
        self.wanted = wanted
        self.old = 0
        """Replicas that other revisions are still to have."""
        self.is_return = False
        """Whether the target served before: a rollback."""
        self.by_you = ""
        """The announced verb, where the app did it."""
        self.births: dict[str, Birth] = {}
        self.stalled = False
        self.obstacle = ""
        self.overtaken = ""
        self.is_taken_back = False
        """Whether the target was to have none any more before all were new: the old ones stay."""

    @property
    def ready(self) -> int:
        return self.target.status.ready_replicas

    @property
    def is_over(self) -> bool:
        return self.target.spec.replicas == self.ready == self.wanted and self.old == 0

    def judge(self) -> Health:
        if self.overtaken or self.is_taken_back:
            return Health.OFF
        if self.is_over:
            return Health.WELL
        broken = self.stalled or self.obstacle or stuck(self.births.values())
        return Health.BROKEN if broken else Health.PROGRESS

    def steps(self) -> tuple[Step, ...]:
        progress = Part(f"{self.ready} of {self.wanted} new pods ready")
        steps = self._causes()
        if self.is_over:
            return (*steps, (progress, outcome(": done in "), self.span()))
        old = Part(f", {counted(self.old, 'old one')} left" if self.old else ", no old one left")
        if self.is_taken_back:
            return (*steps, (outcome("rolled back after "), self.span()))
        steps.append((progress, old))
        if self.overtaken:
            return (*steps, (part(self.overtaken, Role.OUTCOME),))
        steps += stuck(self.births.values())
        if self.obstacle:
            steps.append((outcome("no more can be created: "), part(self.obstacle, Role.OUTCOME)))
        if self.stalled:
            steps.append((outcome("stalled: no progress within its deadline"),))
        return tuple(steps)

    def _causes(self) -> list[Step]:
        turns = " goes back to " if self.is_return else " rolls out "
        images = self.target.spec.template.images
        new = part(self.target.metadata.name, Role.OBJECT, self.target.metadata.uid)
        what: Step = (Part(turns, Role.CAUSE), new, part(f" ({images})" if images else ""))
        if not self.by_you:
            return [(self.subject, *what)]
        did = Part(f" {_PAST.get(self.by_you, 'changed')} ", Role.CAUSE)
        return [(YOU, did, self.subject), (Part("it"), *what)]


def _desired(target: ReplicaSet) -> int | None:
    """How many its deployment wants in all, as the deployment's controller notes on each of its replica sets."""
    noted = target.metadata.annotations.get("deployment.kubernetes.io/desired-replicas", "")
    return int(noted) if noted.isdecimal() else None


class RolloutNarrator(Narrator):
    """Opens an episode when a deployment that has other replica sets makes one, or wakes one up."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._open: dict[str, Rollout] = {}
        """By the deployment's uid: one turns to one revision at a time."""
        self._by_target: dict[str, Rollout] = {}
        """The same by the uid of the replica set that it turns to."""
        self._by_birth: dict[str, Rollout] = {}
        """The same by the uid of a new pod."""

    def replicaset(self, old: ReplicaSet | None, new: ReplicaSet | None, at: float) -> None:
        owner = controller(new) if new is not None else None
        if new is None or owner is None or owner.kind != "Deployment":
            return
        siblings = self.stage.cast.siblings(new)
        wakes = new.spec.replicas > 0 and old is not None and old.spec.replicas == 0
        plot = self._open.get(owner.uid)
        is_target = plot is not None and plot.target.metadata.uid == new.metadata.uid
        turns = wakes and (any(siblings.values()) or self._emptied(new, at) is not None)
        if not is_target and (turns or (old is None and siblings)):
            plot = self._begin(new, siblings, at)
            plot.is_return = old is not None
        if plot is None:
            return
        before = plot.target.spec.replicas
        if plot.target.metadata.uid == new.metadata.uid:
            plot.target = new
        plot.old = sum(self.stage.cast.siblings(plot.target).values())
        desired = _desired(plot.target)
        wanted = plot.wanted if desired is None else desired
        plot.is_taken_back = plot.target.spec.replicas == 0 < before and plot.old > 0 and wanted > 0
        self.settle(plot, at)

    def _emptied(self, target: ReplicaSet, at: float) -> Scaling | None:
        """Where all old pods end before the first new one is made (strategy Recreate): what told of that so far."""
        whose = workload(target)
        found = self.stage.ledger.latest(whose) if whose is not None else None
        if not isinstance(found, Scaling) or found.actor is not None or found.after:
            return None
        return found if found.ended is None or at - found.ended < _AT_ONCE else None

    def _begin(self, target: ReplicaSet, siblings: dict[str, int], at: float) -> Rollout:
        whose = workload(target)
        assert whose is not None
        desired = _desired(target)
        wanted = sum(siblings.values()) or target.spec.replicas if desired is None else desired
        plot = Rollout(at, self, target, wanted)
        before = self._open.get(plot.deployment_uid)
        if before is not None:
            before.overtaken = f"overtaken by {target.metadata.name}"
            self.stage.book.end(before, at)
        emptied = self._emptied(target, at)
        if emptied is not None:
            plot.began = emptied.began
            self.stage.book.withdraw(emptied)
        announced = self.stage.cast.announced(plot.deployment_uid, at)
        plot.by_you = announced.verb if announced is not None else ""
        plot.births = self.stage.cast.newborns(at - _EARLY, lambda pod: is_controlled_by(pod, target))
        self._by_birth.update(dict.fromkeys(plot.births, plot))
        self._open[plot.deployment_uid] = plot
        self._by_target[target.metadata.uid] = plot
        self.stage.ledger.answers(whose, plot)
        self.stage.book.begin(plot, lambda: self._release(plot))
        return plot

    def _release(self, plot: Rollout) -> None:
        if self._open.get(plot.deployment_uid) is plot:
            del self._open[plot.deployment_uid]
        for uid in plot.births:
            self._by_birth.pop(uid, None)
        if self._by_target.get(plot.target.metadata.uid) is plot:
            del self._by_target[plot.target.metadata.uid]

    def settle(self, plot: Rollout, at: float) -> None:
        """Say how it stands, and end it once all is new, or is not to be any more."""
        if plot.is_over or plot.is_taken_back:
            self.stage.book.end(plot, at)
        else:
            self.stage.book.grow(plot, at)

    def deployment(self, old: Deployment | None, new: Deployment | None, at: float) -> None:
        known = new or old
        plot = self._open.get(known.metadata.uid) if known is not None else None
        if plot is None:
            return
        if new is None or new.metadata.deletion_timestamp is not None:
            plot.overtaken = "the deployment was deleted"
            self.stage.book.end(plot, at)
            return
        progressing = new.condition("Progressing")
        stalled = progressing is not None and progressing.reason == "ProgressDeadlineExceeded"
        if (new.spec.replicas, stalled) != (plot.wanted, plot.stalled):
            plot.wanted, plot.stalled = new.spec.replicas, stalled
            self.settle(plot, at)

    def pod(self, old: Pod | None, new: Pod | None, at: float) -> None:
        if not self._open:
            return
        known = new or old
        owner = controller(known) if known is not None else None
        if known is None or owner is None:
            return
        plot = self._by_target.get(owner.uid)
        if plot is not None:
            self._follow(plot, known.metadata.uid, old, new, at)

    def _follow(self, plot: Rollout, uid: str, old: Pod | None, new: Pod | None, at: float) -> None:
        birth = plot.births.get(uid)
        if new is None:
            if plot.births.pop(uid, None) is not None:
                self._by_birth.pop(uid, None)
                self.settle(plot, at)
        elif old is None and birth is None:
            plot.births[uid] = self.stage.cast.born(new, at)
            self._by_birth[uid] = plot
            plot.obstacle = ""
            self.settle(plot, at)
        elif birth is not None and birth.see(new, at):
            self.settle(plot, at)

    def event(self, old: Event | None, new: Event | None, at: float) -> None:
        if not self._open or new is None:
            return
        about = new.involved_object
        if about.uid in self._by_birth:
            plot = self._by_birth[about.uid]
            if plot.births[about.uid].hear(new, at):
                self.stage.book.grow(plot, at)
        elif new.reason == "FailedCreate" and about.uid in self._by_target:
            plot = self._by_target[about.uid]
            if not plot.obstacle:
                plot.obstacle = shortened(new.message)
                self.stage.book.grow(plot, at)

    def announcement(self, uid: str, announcement: Announcement) -> None:
        plot = self._open.get(uid)
        if plot is not None and abs(announcement.at - plot.began) < _JUST_BEFORE:
            plot.by_you = announcement.verb
            self.stage.book.grow(plot, announcement.at)
