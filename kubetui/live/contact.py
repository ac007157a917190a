"""How one subscription stands with its server: what is told of it, how long it waits, when a watch counts as one.

Both the reflector of a kind and the follower of one object keep to this; neither requests nor objects are known here.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from kubetui.client.errors import ApiError, Expired, Silent, TooLarge, Unavailable
from kubetui.client.wire import WatchEvent
from kubetui.live.backoff import Backoff
from kubetui.live.state import Phase, State
from kubetui.read import Object

T = TypeVar("T", bound=Object)

AT_ONCE = 1.0
"""Seconds; a watch that ended sooner without an event is none. Some servers end those so whose version is too old."""
HELD = 10.0
"""Seconds after which a watch has shown that all is well: what failed before does not lengthen the next wait."""
LISTS_AFTER = 3
"""Failures in a row after which the version is no longer trusted and all is read anew."""
RETRY_FORBIDDEN = 60.0
"""Seconds until what was refused is asked again: rights may have been granted meanwhile."""
GRACE = 2.0
"""Seconds in which a watch may be opened anew, or all be read anew, before what is shown is not live any more."""
UNHEARD = 3.0
"""Seconds without a byte after which what is under way is given up once the server answers elsewhere."""


class Contact:
    """The state of a subscription and its patience. `tell` hears of each state; `count` says how much was read."""

    def __init__(
        self,
        tell: Callable[[State], None],
        chance: random.Random | None = None,
        count: Callable[[], int] = lambda: 0,
    ) -> None:
        self.state = State()
        self.clock = asyncio.get_running_loop().time
        self.chance = chance or random.Random()
        self.is_silent = False
        """Whether the server is, as far as anyone knows: nothing that was opened before is live."""
        self.was_lost = False
        """Whether there was an outage since it was last made sure that the server has come as far as one has read.

        One restored from older data has not, and accepts a watch from a version that is still to come without a word.
        """
        self._tell = tell
        self._count = count
        self._backoff = Backoff(self.chance)
        self._failures = 0
        self._expired = 0
        """How often since something was heard of a watch; a version that was too old is no failure."""
        self._heard_at = self.clock()
        self._answered = asyncio.Event()
        """Set when the server answers again after silence: what waits for its next try need wait no longer."""
        self._trying: asyncio.Task[None] | None = None
        self._watches = False

    def become(self, phase: Phase, why: str = "", *, since: float | None = None, retry_at: float | None = None) -> None:
        """Tells a state; it began when its phase was first told, where nothing else is said."""
        if since is None:
            since = self.state.since if phase is self.state.phase else self.clock()
        self.state = State(phase, self._count(), since, why, retry_at)
        self._tell(self.state)

    def heard(self) -> None:
        """The server sent something."""
        self._heard_at = self.clock()

    def suspect(self, why: str, since: float) -> None:
        """The server is silent: what is shown may be old, until a watch has been opened anew."""
        self.is_silent = self.was_lost = True
        if self.state.phase in (Phase.LIVE, Phase.POLLED, Phase.SYNCING):
            self.become(Phase.STALE, why, since=since)

    def reopen(self) -> None:
        """The server answers again after silence: what waits tries at once, and a watch is opened anew.

        So is a list of which nothing comes; one that comes slowly goes on.
        """
        if not self.is_silent:
            return
        self.is_silent = False
        self._backoff.forgive()
        self._answered.set()
        if self._trying and (self._watches or self.clock() - self._heard_at > UNHEARD):
            self._trying.cancel()

    async def attempt(self, trying: Coroutine[Any, Any, None], name: str) -> bool:
        """Runs it in a task of its own, so that `reopen` can end it alone; whether it came to its end."""
        heard_at = self._heard_at
        self._trying, self._watches = asyncio.create_task(trying, name=name), False
        task = self._trying
        try:
            await asyncio.wait((task,), timeout=GRACE)
            if not (task.done() or self._watches) and self.state.phase is Phase.LIVE:
                self.become(Phase.STALE, f"catching up: {name}", since=heard_at)
            await asyncio.wait((task,))
        finally:
            self._trying = None
            task.cancel()
        if task.cancelled():
            return False
        task.result()
        return True

    async def follow(
        self, stream: AsyncIterator[list[WatchEvent[T]]], take: Callable[[list[WatchEvent[T]]], None], what: str
    ) -> None:
        """Hands on what a watch that was just opened tells, to its end; all is live meanwhile.

        A server that sends no bookmarks is quiet about what is quiet. While it answers the probe such a watch counts as
        ended in good order; it is opened anew from where it was, and only if that fails is anything stale.
        """
        opened, events = self.clock(), 0
        self._watches, self.is_silent = True, False
        self.become(Phase.LIVE)
        try:
            async for batch in stream:
                self.heard()
                events += sum(event.type != "BOOKMARK" for event in batch)
                take(batch)
                if events or self.clock() - opened >= AT_ONCE:
                    self._failures = self._expired = 0
        except Silent:
            if self.is_silent:
                raise
        finally:
            if self.clock() - opened >= HELD:
                self._backoff.forgive()
        if self.clock() - opened < AT_ONCE and not events:
            raise Expired(f"The server ended the watch of {what} at once")

    async def survive(self, why: ApiError) -> bool:
        """Waits as long as a failure asks for; whether the version one had come to may still be trusted.

        To read all anew needs no wait, unless that was in vain just before.
        """
        if isinstance(why, (Expired, TooLarge)):
            self._expired += 1
            if self._expired > 1:
                await self._be_stale(str(why))
            return False
        self._failures += 1
        self.was_lost |= isinstance(why, Unavailable)
        await self._be_stale(str(why), (why.retry_after if isinstance(why, Unavailable) else None) or 0.0)
        return isinstance(why, Unavailable) and self._failures < LISTS_AFTER

    async def pause(
        self, phase: Phase, why: str, delay: float, *, since: float | None = None, at_least: float = 0.0
    ) -> None:
        """Waits in that phase: so many seconds, or until the server answers after silence and `at_least` is over."""
        until = self.clock() + at_least
        self.become(phase, why, since=since, retry_at=self.clock() + delay)
        self._answered.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._answered.wait()
                await asyncio.sleep(until - self.clock())

    async def _be_stale(self, why: str, at_least: float = 0.0) -> None:
        since = None if self.state.phase is Phase.STALE else self._heard_at
        await self.pause(Phase.STALE, why, self._backoff.next(at_least=at_least), since=since, at_least=at_least)
