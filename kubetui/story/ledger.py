"""Whose doing it is that pods go: deletions that a scaling, a rollout or a removed owner accounts for, by count.

Watches of different kinds are not ordered among each other: a pod may go before its replica set is seen to want
fewer. So an account is opened when the owner changes, and is drawn on by deletions that come later or came just before.
"""

import math
from dataclasses import dataclass

from kubetui.kinds.pod import Pod
from kubetui.story.memory import keep
from kubetui.story.shedding import Shedding
from kubetui.story.signs import Workload

_VALID = 30.0
"""Seconds after its last use for which an account is honoured; a controller deletes at once, in bursts."""
_MOST = 4096
"""Accounts, and pods followed until they are gone."""


@dataclass(slots=True)
class _Account:
    by: Shedding
    left: float
    at: float


class Ledger:
    """Accounts by the uid of a pod's owner, or by the name of its namespace; the oldest make room."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}
        self._answers: dict[Workload, tuple[Shedding, ...]] = {}
        self._leaving: dict[str, Shedding] = {}

    def expect(self, key: str, by: Shedding, at: float, count: float = math.inf) -> None:
        """So many pods of this owner or namespace go on its account."""
        found = self._accounts.get(key)
        left = count if found is None or at - found.at > _VALID else found.left + count
        keep(self._accounts, key, _Account(by, left, at), _MOST)

    def claim(self, pod: Pod, owner_uid: str, at: float) -> bool:
        """Whether a pod that goes is accounted for; if so its episode is told, and told again when it is gone."""
        for key in (owner_uid, namespace_key(pod.metadata.namespace)):
            account = self._accounts.get(key)
            if account is None:
                continue
            if at - account.at > _VALID or account.left < 1:
                del self._accounts[key]
                continue
            account.left -= 1
            account.at = at
            keep(self._leaving, pod.metadata.uid, account.by, _MOST)
            account.by.took(pod, at)
            return True
        return False

    def removed(self, uid: str, at: float) -> None:
        """The pod of that uid is gone."""
        by = self._leaving.pop(uid, None)
        if by is not None:
            by.went(at)

    def answers(self, workload: Workload, by: Shedding) -> None:
        """While it goes on, this episode answers for what the workload's replica sets do."""
        others = tuple(each for each in self._answers.get(workload, ()) if each.ended is None)
        keep(self._answers, workload, (*others, by), _MOST)

    def answering(self, workload: Workload) -> Shedding | None:
        """The latest episode that does."""
        return next((each for each in reversed(self._answers.get(workload, ())) if each.ended is None), None)

    def latest(self, workload: Workload) -> Shedding | None:
        """The latest episode that does, or did."""
        found = self._answers.get(workload)
        return found[-1] if found else None


def namespace_key(name: str) -> str:
    """The key of an account for all pods of a namespace; no uid has a blank."""
    return f"namespace {name}"
