"""Healing: pods are lost, their controller replaces them, and the time until the replacements are ready.

Replacements are matched to losses by count, per owner, in the order of creation: the API names no replacement, and a
controller makes no difference between one lost pod and another. A StatefulSet's come back under the lost name.
"""

from collections import defaultdict, deque
from collections.abc import Callable

from kubetui.kinds.event import Event
from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.read import OwnerReference
from kubetui.story.birth import nodes, stuck
from kubetui.story.cast import Announcement
from kubetui.story.loss import Loss, cause, is_lost
from kubetui.story.memory import keep
from kubetui.story.narrator import Narrator, Stage
from kubetui.story.part import Part, Role, Step, outcome, part
from kubetui.story.plot import Plot
from kubetui.story.signs import controller
from kubetui.story.wording import counted, duration, listed, shortened, tail

_TOGETHER = 2.0
"""Seconds after the last loss within which the next one of the same pods belongs to the same episode."""
_REMEMBERED = 512
"""Losses that an announcement or a removal may still find."""
_BEFORE_ITS_CAUSE = 5.0
"""Seconds by which a deletion may be read before the replica set's change that caused it."""


class Healing(Plot):
    """Pods of one owner, or all that one node drives out, and their replacements."""

    def __init__(self, first: Loss) -> None:
        super().__init__(first.at)
        self.group = first.group
        self.losses: list[Loss] = []
        self.pending: set[Loss] = set()
        """Losses of which more is to come."""
        self.obstacle = ""
        """Why the owner creates no replacement, as the server says it."""

    @property
    def is_over(self) -> bool:
        """Whether nothing is to follow; what nobody owns is waited for only where it is alone."""
        if len(self.losses) == 1:
            return not self.pending
        return all(each.owner is None for each in self.pending)

    def add(self, loss: Loss) -> None:
        """One more is lost."""
        self.losses.append(loss)
        self.pending.add(loss)

    def drop(self, loss: Loss) -> None:
        """It is no loss after all."""
        self.losses.remove(loss)
        self.pending.discard(loss)

    def judge(self) -> Health:
        if self.is_over:
            if any(each.has_failed for each in self.losses):
                return Health.UNKNOWN
            return Health.WELL if any(each.is_healed for each in self.losses) else Health.OFF
        stuck = any(each.birth is not None and each.birth.trouble for each in self.losses)
        return Health.BROKEN if self.obstacle or stuck else Health.PROGRESS

    def steps(self) -> tuple[Step, ...]:
        return self._one(self.losses[0]) if len(self.losses) == 1 else self._many()

    def _one(self, loss: Loss) -> tuple[Step, ...]:
        steps = [cause((loss,))]
        birth, owner = loss.birth, loss.owner
        if owner is None:
            gone = () if loss.gone is None else (outcome(": gone after "), _span(loss.gone - loss.at))
            return (*steps, (outcome("nothing will replace it"), *gone))
        if birth is None:
            return (*steps, self._waiting(loss, owner))
        later = f" {duration(birth.created - loss.at)} later" if birth.created > loss.at else ""
        anew = birth.name == loss.pod.metadata.name
        created: Step = (
            part(owner.name, Role.OBJECT, owner.uid),
            Part(" created "),
            part(birth.name if anew else tail(birth.name, owner.name), Role.OBJECT, birth.uid),
            Part(f" anew{later}" if anew else later, Role.TIME),
        )
        steps += [created, *birth.steps()]
        if birth.ready is not None:
            steps.append((Part("ready"), *_healed(birth.ready - loss.at)))
        elif loss.lost_again:
            steps.append((outcome("but it went too before it was ready"),))
        elif birth.finished:
            steps.append((outcome("it ran to its end"),))
        elif birth.trouble:
            steps.append((outcome("it "), part(birth.trouble, Role.OUTCOME)))
        return tuple(steps)

    def _waiting(self, loss: Loss, owner: OwnerReference) -> Step:
        name = part(owner.name, Role.OBJECT, owner.uid)
        if loss.unwanted:
            return (name, outcome(" wants fewer now: nothing will replace it"))
        if self.obstacle:
            return (name, outcome(" can't create its replacement: "), part(self.obstacle, Role.OUTCOME))
        return (Part("waiting for "), name, Part(" to replace it"))

    def _many(self) -> tuple[Step, ...]:
        steps = [cause(self.losses)]
        expected = [each for each in self.losses if each.owner is not None and not each.unwanted]
        if not expected:
            return (*steps, (outcome("nothing will replace them"),))
        if (rest := len(self.losses) - len(expected)) > 0:
            steps[0] = (*steps[0], Part(f" ({rest} of them for good)"))
        births = [each.birth for each in expected if each.birth is not None]
        ready = [birth.ready for birth in births if birth.ready is not None]
        again = sum(each.has_failed for each in expected)
        of = f"{len(ready)} of {len(expected)}"
        if len(births) < len(expected):
            steps.append((Part(f"{len(births)} of {len(expected)} created"),))
        if self.obstacle and len(births) < len(expected):
            steps.append((outcome("no more can be created: "), part(self.obstacle, Role.OUTCOME)))
        elif self.is_over and ready and not again:
            steps.append((Part(f"{of} back"), *_healed(max(ready) - self.began)))
        elif self.is_over:
            steps.append((outcome(f"{of} back, {again} went again before they were ready"),))
        else:
            if len(births) == len(expected):
                steps.append((Part(f"{counted(len(births), 'replacement')} created"),))
                if placed := nodes(births):
                    steps.append((Part("scheduled to "), part(listed(placed), Role.OBJECT)))
            steps.append((Part(f"{of} back"),))
            steps += stuck(births)
        return tuple(steps)


def _healed(seconds: float) -> Step:
    """How long it took; of what was read in one list, after a gap, that is not known."""
    return (outcome(": healed in "), _span(seconds)) if seconds > 0 else (outcome(": healed before it was seen"),)


def _span(seconds: float) -> Part:
    return Part(duration(seconds), Role.TIME)


class HealingNarrator(Narrator):
    """Opens an episode at each loss that nothing else accounts for; follows the replacements until they are ready."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._groups: dict[str, Healing] = {}
        """The open episode that took the last loss of a group."""
        self._waiting: defaultdict[str, deque[tuple[Healing, Loss]]] = defaultdict(deque)
        """Losses without a replacement, oldest first, by the owner's uid."""
        self._born: dict[str, tuple[Healing, Loss]] = {}
        """Losses whose replacement is not ready yet, by the replacement's uid."""
        self._lost: dict[str, tuple[Healing, Loss]] = {}
        """The latest losses, in open episodes or not, by the uid of the pod that went."""

    def pod(self, old: Pod | None, new: Pod | None, at: float) -> None:
        if old is None:
            if new is not None and self._waiting:
                self._came(new, at)
            return
        uid = old.metadata.uid
        if is_lost(old, new):
            self._lose(new or old, at)
        elif new is not None and uid in self._born:
            plot, loss = self._born[uid]
            if loss.birth is not None and loss.birth.see(new, at):
                self._settle(plot, loss, at)
        if new is None:
            self.stage.ledger.removed(uid, at)
            if uid in self._lost:
                plot, loss = self._lost[uid]
                loss.gone = at
                if loss.owner is None:
                    self._settle(plot, loss, at)

    def _lose(self, pod: Pod, at: float) -> None:
        uid, owner = pod.metadata.uid, controller(pod)
        if uid in self._born:
            plot, replaced = self._born.pop(uid)
            replaced.lost_again = True
            self._settle(plot, replaced, at)
        announced = self.stage.cast.announced(uid, at) is not None
        if not announced and self.stage.ledger.claim(pod, owner.uid if owner is not None else "", at):
            return
        loss = Loss(pod, at, by_you=announced)
        plot = self._episode(loss)
        keep(self._lost, uid, (plot, loss), _REMEMBERED)
        if owner is not None:
            self._waiting[owner.uid].append((plot, loss))
        self._settle(plot, loss, at)

    def _episode(self, loss: Loss) -> Healing:
        found = self._groups.get(loss.group)
        if found is not None and loss.at - found.losses[-1].at <= _TOGETHER:
            found.add(loss)
            return found
        plot = Healing(loss)
        plot.add(loss)
        self._groups[loss.group] = plot
        self.stage.book.begin(plot, lambda: self._release(plot))
        return plot

    def _came(self, pod: Pod, at: float) -> None:
        owner = controller(pod)
        queue = self._waiting.get(owner.uid) if owner is not None else None
        if owner is None or not queue:
            return
        found = queue[0]
        if owner.kind == "StatefulSet":
            found = next((each for each in queue if each[1].pod.metadata.name == pod.metadata.name), found)
        queue.remove(found)
        if not queue:
            del self._waiting[owner.uid]
        plot, loss = found
        loss.birth = self.stage.cast.born(pod, at)
        plot.obstacle = ""
        self._born[pod.metadata.uid] = (plot, loss)
        self._settle(plot, loss, at)

    def _settle(self, plot: Healing, loss: Loss, at: float) -> None:
        """The loss has come on: nothing is to follow, or something."""
        if loss.is_over:
            plot.pending.discard(loss)
            if loss.birth is not None:
                self._born.pop(loss.birth.uid, None)
        if plot.is_over:
            self.stage.book.end(plot, at)
        else:
            self.stage.book.grow(plot, at)

    def _release(self, plot: Healing) -> None:
        if self._groups.get(plot.group) is plot:
            del self._groups[plot.group]
        for loss in plot.pending:
            if loss.birth is not None:
                self._born.pop(loss.birth.uid, None)
        for uid in {loss.owner.uid for loss in plot.pending if loss.owner is not None}:
            self._keep_waiting(uid, lambda other, loss: other is not plot)

    def _keep_waiting(self, owner_uid: str, fits: Callable[[Healing, Loss], bool]) -> None:
        """Let those losses of an owner wait on that fit, and no others."""
        left = deque(each for each in self._waiting.get(owner_uid, ()) if fits(*each))
        if left:
            self._waiting[owner_uid] = left
        else:
            self._waiting.pop(owner_uid, None)

    def replicaset(self, old: ReplicaSet | None, new: ReplicaSet | None, at: float) -> None:
        known = new or old
        if known is None or known.metadata.uid not in self._waiting:
            return
        owner_uid = known.metadata.uid
        # Where the owner wants fewer, or goes, what it lost just before may have been its own doing.
        claimed = [each for each in self._waiting[owner_uid] if self.stage.ledger.claim(each[1].pod, owner_uid, at)]
        settled = {loss for _, loss in claimed}
        self._keep_waiting(owner_uid, lambda _, loss: loss not in settled)
        for plot, loss in claimed:
            if loss.by_you or at - loss.at > _BEFORE_ITS_CAUSE:
                loss.unwanted = True
                self._settle(plot, loss, at)
            elif len(plot.losses) > 1:
                plot.drop(loss)
                self._settle(plot, plot.losses[-1], at)
            else:
                self.stage.book.withdraw(plot)

    def event(self, old: Event | None, new: Event | None, at: float) -> None:
        if new is None:
            return
        uid = new.involved_object.uid
        if uid in self._born:
            plot, loss = self._born[uid]
            if loss.birth is not None and loss.birth.hear(new, at):
                self._settle(plot, loss, at)
        elif new.reason == "FailedCreate" and uid in self._waiting:
            for plot in {id(each): each for each, _ in self._waiting[uid]}.values():
                if not plot.obstacle:
                    plot.obstacle = shortened(new.message)
                    self.stage.book.grow(plot, at)

    def announcement(self, uid: str, announcement: Announcement) -> None:
        found = self._lost.get(uid)
        if found is not None:
            plot, loss = found
            loss.by_you = True
            self.stage.book.grow(plot, announcement.at)
