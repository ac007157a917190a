"""Whose doing it is that pods go: deletions that a scaling, a rollout or a removed owner accounts for, by count.

Watches of different kinds are not ordered among each other: a pod may go before its replica set is seen to want
fewer. So an account is opened when the owner changes, and is drawn on by deletions that come later or came just before.
"""

import math
from dataclasses import dataclass
from typing import Protocol

from kubetui.kinds.pod import Pod
from kubetui.story.signs import Workload

_VALID = 60.0
"""Seconds after its last use for which an account is honoured; a controller deletes at once, in bursts."""
_ACCOUNTS = 1000
_AFTERMATH = 5.0
"""Seconds for which an episode that has ended still answers for what its workload's replica sets do."""


class Claimant(Protocol):
    """An episode that accounts for pods going."""

    ended: float | None

    def took(self, pod: Pod, at: float) -> None:
        """This pod goes on its account."""


@dataclass(slots=True)
class _Account:
    by: Claimant
    left: float
    at: float


class Ledger:
    """Accounts by the uid of a pod's owner, or by the name of its namespace; the oldest makes room."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}
        self._answers: dict[Workload, Claimant] = {}

    def expect(self, key: str, by: Claimant, at: float, count: float = math.inf) -> None:
        """So many pods of this owner or namespace go on its account."""
        found = self._accounts.pop(key, None)
        left = count if found is None or at - found.at > _VALID else found.left + count
        self._accounts[key] = _Account(by, left, at)
        if len(self._accounts) > _ACCOUNTS:
            del self._accounts[next(iter(self._accounts))]

    def claim(self, pod: Pod, owner_uid: str, at: float) -> bool:
        """Whether a pod that goes is accounted for; its episode is told."""
        for key in (owner_uid, namespace_key(pod.metadata.namespace)):
            account = self._accounts.get(key)
            if account is None:
                continue
            if at - account.at > _VALID or account.left < 1:
                del self._accounts[key]
                continue
            account.left -= 1
            account.at = at
            account.by.took(pod, at)
            return True
        return False

    def answers(self, workload: Workload, by: Claimant) -> None:
        """From now on this episode answers for what the workload's replica sets do."""
        self._answers.pop(workload, None)
        self._answers[workload] = by
        if len(self._answers) > _ACCOUNTS:
            del self._answers[next(iter(self._answers))]

    def answering(self, workload: Workload, at: float) -> Claimant | None:
        """The episode that does, if it goes on or has just ended."""
        found = self._answers.get(workload)
        if found is None or (found.ended is not None and at - found.ended > _AFTERMATH):
            return None
        return found


def namespace_key(name: str) -> str:
    """The key of an account for all pods of a namespace; no uid has a blank."""
    return f"namespace {name}"
