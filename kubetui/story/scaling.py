"""Scaling: somebody wants more or fewer replicas of a workload, or a new workload, and pods come or go for it.

A deployment's replica set follows its deployment, so both are one episode. Where the replica set is seen to follow
first, the episode begins with it and takes the deployment's name once that is seen.
"""

from collections.abc import Callable

from kubetui.kinds.deployment import Deployment
from kubetui.kinds.event import Event
from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.story.birth import Birth, nodes, stuck
from kubetui.story.cast import SOMEONE, YOU, Announcement
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.shedding import Shedding
from kubetui.story.signs import Workload, workload
from kubetui.story.wording import counted, listed, shortened

_SAME = 5.0
"""Seconds within which a deployment, its replica set and its autoscaler speak of one change."""
_EARLY = 1.0
"""Seconds by which a new pod may be read before what it is created for."""
_AUTOSCALER = Part("its autoscaler", Role.ACTOR)


class Scaling(Shedding):
    """One change of what a workload wants."""

    def __init__(self, at: float, settle: Callable[[float], None], subject: Part, before: int, after: int) -> None:
        super().__init__(at, settle)
        self.subject = subject
        self.before, self.after = before, after
        self.actor: Part | None = None
        """Who did it; None where only a deployment's replica set was seen to follow."""
        self.is_new = False
        """Whether the workload itself came."""
        self.exists = before
        """Pods that the workload counts, by its own status."""
        self.ready = 0
        self.births: dict[str, Birth] = {}
        self.due: int | None = None
        """Pods that the replica sets have too many of, once they were seen to want fewer."""
        self.obstacle = ""
        self.overtaken = ""
        """What came in between."""

    @property
    def is_over(self) -> bool:
        if self.after > self.before:
            return self.exists == self.ready == self.after
        return self.exists <= self.after and self.gone >= (self.before - self.after if self.due is None else self.due)

    def judge(self) -> Health:
        if self.overtaken:
            return Health.OFF
        if self.is_over:
            return Health.WELL if self.after else Health.OFF
        return Health.BROKEN if self.obstacle or stuck(self.births.values()) else Health.PROGRESS

    def steps(self) -> tuple[Step, ...]:
        steps = [self._cause(), *(self._growth() if self.after > self.before else self._shrinking())]
        if self.overtaken:
            steps.append((outcome(self.overtaken),))
        return tuple(steps)

    def _cause(self) -> Step:
        if self.is_new:
            return (self.actor or SOMEONE, Part(" created ", Role.CAUSE), Part("deployment "), self.subject)
        numbers = Part(f" from {self.before} to {self.after}")
        if self.actor is None:
            return (self.subject, Part(" was scaled", Role.CAUSE), numbers)
        return (self.actor, Part(" scaled ", Role.CAUSE), self.subject, numbers)

    def _growth(self) -> list[Step]:
        ready = Part(f"{min(self.ready, self.after)} of {self.after} ready")
        if self.is_over:
            return [(ready, outcome(" in "), self.span())]
        births, due = self.births.values(), self.after - self.before
        created = min(max(self.exists - self.before, len(births)), due)
        steps: list[Step] = [(Part(f"{created} of {due} created" if created < due else f"{due} created"),)]
        if placed := nodes(births):
            steps.append((Part("scheduled to "), part(listed(placed), Role.OBJECT)))
        steps.append((ready,))
        if self.obstacle and created < due:
            steps.append((outcome("no more can be created: "), part(self.obstacle, Role.OUTCOME)))
        return [*steps, *stuck(births)]

    def _shrinking(self) -> list[Step]:
        names = list(self.leaving.values())
        pods = part(listed(names), Role.OBJECT) if names else Part(counted(self.before - self.after, "pod"))
        return [(pods, outcome(" gone in "), self.span())] if self.is_over else [(pods, Part(" told to stop"))]


class ScalingNarrator(Narrator):
    """Opens an episode when a deployment, or a replica set that stands alone, comes to want another number."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._open: dict[Workload, Scaling] = {}
        self._by_uid: dict[str, Scaling] = {}
        """Open episodes by the uids of the deployment and of the replica sets that act for it."""
        self._by_birth: dict[str, Scaling] = {}
        """The same by the uid of a new pod."""

    def deployment(self, old: Deployment | None, new: Deployment | None, at: float) -> None:
        known = new or old
        if known is None:
            return
        whose = Workload(known.metadata.namespace, "Deployment", known.metadata.name)
        if new is None or new.metadata.deletion_timestamp is not None:
            self._overtake(whose, "deleted before that was done", at)
        elif old is None:
            if new.spec.replicas:
                self._begin(whose, new, 0, at).is_new = True
        elif old.spec.replicas != new.spec.replicas:
            self._begin(whose, new, old.spec.replicas, at)
        self._follow(whose, new, at)

    def replicaset(self, old: ReplicaSet | None, new: ReplicaSet | None, at: float) -> None:
        known = new or old
        if known is None:
            return
        owned = workload(known)
        whose = owned or Workload(known.metadata.namespace, "ReplicaSet", known.metadata.name)
        if old is not None and new is not None and old.spec.replicas != new.spec.replicas:
            if owned is None:
                self._begin(whose, new, old.spec.replicas, at)
            if new.spec.replicas < old.spec.replicas:
                self._account(whose, old, new, at)
        if whose in self._open:
            self._by_uid[known.metadata.uid] = self._open[whose]
        if owned is None:
            self._follow(whose, new, at)

    def _account(self, whose: Workload, old: ReplicaSet, new: ReplicaSet, at: float) -> None:
        """Say on whose account the pods go that a replica set now has too many of."""
        plot = self.stage.ledger.answering(whose)
        if plot is None:
            plot = self._open_plot(whose, new, old.spec.replicas, at)
        surplus = max(min(old.spec.replicas, new.status.replicas) - new.spec.replicas, 0)
        if isinstance(plot, Scaling):
            plot.due = (plot.due or 0) + surplus
        if surplus:
            self.stage.ledger.expect(new.metadata.uid, plot, at, surplus)

    def _begin(self, whose: Workload, scaled: Deployment | ReplicaSet, before: int, at: float) -> Scaling:
        """The episode of what somebody wants: a new one, or the one that a replica set began for it."""
        plot = self._open.get(whose)
        if plot is None or plot.actor is not None or at - plot.began > _SAME:
            self._overtake(whose, "scaled again before that was done", at)
            plot = self._open_plot(whose, scaled, before, at)
        plot.subject = part(scaled.metadata.name, Role.OBJECT, scaled.metadata.uid)
        plot.before, plot.after = before, scaled.spec.replicas
        plot.actor = self.stage.cast.actor(scaled.metadata.uid, at)
        self._by_uid[scaled.metadata.uid] = plot
        return plot

    def _open_plot(self, whose: Workload, scaled: Deployment | ReplicaSet, before: int, at: float) -> Scaling:
        subject = part(scaled.metadata.name, Role.OBJECT, scaled.metadata.uid)
        plot = Scaling(at, lambda now: self._settle(whose, now), subject, before, scaled.spec.replicas)
        plot.births = self.stage.cast.newborns(at - _EARLY, lambda pod: workload(pod) == whose)
        self._by_birth.update(dict.fromkeys(plot.births, plot))
        self._open[whose] = plot
        self.stage.ledger.answers(whose, plot)
        self.stage.book.begin(plot, lambda: self._release(whose, plot))
        return plot

    def _follow(self, whose: Workload, scaled: Deployment | ReplicaSet | None, at: float) -> None:
        """Take in the numbers that the workload tells of itself."""
        plot = self._open.get(whose)
        if plot is None or scaled is None:
            return
        numbers = (scaled.status.replicas, scaled.status.ready_replicas)
        if numbers != (plot.exists, plot.ready):
            plot.exists, plot.ready = numbers
            self._settle(whose, at)

    def _settle(self, whose: Workload, at: float) -> None:
        plot = self._open.get(whose)
        if plot is None:
            return
        if plot.is_over:
            self.stage.book.end(plot, at)
        else:
            self.stage.book.grow(plot, at)

    def _overtake(self, whose: Workload, why: str, at: float) -> None:
        plot = self._open.get(whose)
        if plot is not None:
            plot.overtaken = why
            self.stage.book.end(plot, at)

    def _release(self, whose: Workload, plot: Scaling) -> None:
        if self._open.get(whose) is plot:
            del self._open[whose]
        for uid in plot.births:
            self._by_birth.pop(uid, None)
        self._by_uid = {uid: each for uid, each in self._by_uid.items() if each is not plot}

    def pod(self, old: Pod | None, new: Pod | None, at: float) -> None:
        if not self._open or new is None:
            return
        whose = workload(new)
        plot = self._open.get(whose) if whose is not None else None
        if whose is None or plot is None or plot.after <= plot.before:
            return
        birth = plot.births.get(new.metadata.uid)
        if old is None:
            self._by_birth[new.metadata.uid] = plot
            plot.births[new.metadata.uid] = self.stage.cast.born(new, at)
            self._settle(whose, at)
        elif birth is not None and birth.see(new, at):
            self._settle(whose, at)

    def event(self, old: Event | None, new: Event | None, at: float) -> None:
        if not self._open or new is None:
            return
        about = new.involved_object
        if new.reason == "FailedCreate":
            plot = self._by_uid.get(about.uid)
            if plot is not None and not plot.obstacle:
                plot.obstacle = shortened(new.message)
                self.stage.book.grow(plot, at)
        elif new.reason == "SuccessfulRescale":
            # An autoscaler's target is not in its event; by custom it bears the same name.
            plot = self._open.get(Workload(about.namespace, "Deployment", about.name))
            if plot is not None and plot.actor == SOMEONE and abs(at - plot.began) < _SAME:
                plot.actor = _AUTOSCALER
                self.stage.book.grow(plot, at)
        else:
            plot = self._by_birth.get(about.uid)
            if plot is not None and plot.births[about.uid].hear(new, at):
                self.stage.book.grow(plot, at)

    def announcement(self, uid: str, announcement: Announcement) -> None:
        plot = self._by_uid.get(uid)
        if plot is not None and abs(announcement.at - plot.began) < _SAME:
            plot.actor = YOU
            self.stage.book.grow(plot, announcement.at)
