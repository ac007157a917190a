"""One verb done to some objects: sent once, never again. What came of it is known, or said not to be.

Where the answer to a change is lost, the change may have been made or not. So it is looked up, for as long as looking
can tell; and of several objects those whose turn has not come are left alone meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from kubetui.actions.action import Action, Answers, Target
from kubetui.client.api import Api
from kubetui.client.errors import ApiError, NotFound, Throttled, Unavailable

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Requests under way at once."""
LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each look for what a lost answer would have said. A request may still be on its way at the first."""
REMIND = 5.0
"""Seconds after which it is told again what is under way."""
LONGEST_LOOK = 10.0
"""Seconds that one look may take."""


class Result(Enum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"


class Outcome(NamedTuple):
    """What came of a verb on one object."""

    target: Target
    result: Result
    said: str
    """A sentence for the person."""
    reason: str = ""
    """The API's word for a refusal (`Forbidden`, `Conflict`); for the journal, which keeps no free text of a server."""


class Deed:
    """A verb, its objects and what was answered to its question. `done` does it."""

    def __init__(
        self,
        action: Action,
        api: Api,
        answers: Answers,
        *,
        about: Callable[[Target], None],
        lost: Callable[[str], None],
    ) -> None:
        """`about` hears of each object before it happens; `lost` hears, once, why an answer was lost."""
        self._action = action
        self._api = api
        self._answers = answers
        self._about = about
        self._lost = lost
        self._why_lost = ""
        self._open: dict[str, Target] = {}
        """By uid, what was sent and has no outcome yet."""

    @property
    def open(self) -> list[Outcome]:
        """What is not known of that which was sent, where it is given up now."""
        return [self._unknown(target, "kubetui was left before an answer came") for target in self._open.values()]

    async def done(self, targets: Sequence[Target]) -> list[Outcome]:
        """Does it to each object, and tells what came of it; in their order."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(target: Target) -> Outcome:
            async with gate:
                if self._why_lost:
                    left = f"{target} was left alone, as the server does not answer: {self._why_lost}"
                    return Outcome(target, Result.NOT_DONE, left)
                self._open[target.uid] = target
                outcome = await self._send(target)
            outcome = outcome or await self._look(target)
            del self._open[target.uid]
            return outcome

        reminding = asyncio.create_task(self._remind(), name="remind of what is under way")
        try:
            return list(await asyncio.gather(*map(one, targets)))
        finally:
            reminding.cancel()

    async def _remind(self) -> None:
        """Tells of what is under way again and again: it may happen long after it was asked for."""
        while True:
            await asyncio.sleep(REMIND)
            for target in self._open.values():
                self._about(target)

    async def _send(self, target: Target) -> Outcome | None:
        """Sends the request, once; None where its answer was lost."""
        self._about(target)
        try:
            said = await self._action.run(self._api, target, self._answers)
        except Throttled as why:
            return self._refused(target, why)
        except Unavailable as why:
            log.warning("%s %s in %s: the answer was lost: %s", self._action.name, target, _place(target), why)
            if not self._why_lost:
                self._why_lost = str(why)
                self._lost(self._why_lost)
            return None
        except ApiError as why:
            return self._refused(target, why)
        log.info("%s %s in %s: done", self._action.name, target, _place(target))
        return Outcome(target, Result.DONE, said)

    def _refused(self, target: Target, why: ApiError) -> Outcome:
        reason = str(why.status.get("reason") or type(why).__name__)
        log.warning("%s %s in %s: refused: %s", self._action.name, target, _place(target), reason)
        return Outcome(target, Result.REFUSED, f"{target}: {why.message}", reason)

    async def _look(self, target: Target) -> Outcome:
        """Looks whether it happened, until that is certain or time is up. What is not so twice in a row did not."""
        name, missing = self._action.name, 0
        for pause in LOOKS:
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout(LONGEST_LOOK):
                    happened = await self._action.happened(self._api, target, self._answers)
            except (Unavailable, TimeoutError):
                missing = 0
                continue
            except NotFound:
                return Outcome(target, Result.NOT_DONE, f"{target}: the answer to {name} was lost, and it is gone now")
            except ApiError as why:
                return self._unknown(target, str(why))
            if happened:
                return Outcome(target, Result.DONE, f"{target}: the answer to {name} was lost, but it was done")
            missing += 1
            if missing > 1:
                return Outcome(target, Result.NOT_DONE, f"{target}: {name} was lost on its way, and was not done")
        return self._unknown(target, self._why_lost)

    def _unknown(self, target: Target, why: str) -> Outcome:
        told = f"{target}: whether {self._action.name} was done is not known: {why}. It is not tried again; look at it."
        return Outcome(target, Result.UNKNOWN, told)


def _place(target: Target) -> str:
    return target.namespace or "the cluster"
