"""Keeps a store equal to the server: the rules of list and watch, as client-go follows them, in one loop."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable
from typing import Generic, Protocol, TypeVar

from kubetui.client.errors import (
    ApiError,
    Expired,
    Forbidden,
    NotFound,
    Rejected,
    Silent,
    TooLarge,
    Unavailable,
    from_status,
)
from kubetui.client.listwatch import FIRST_PAGE, Batch, ListWatch
from kubetui.client.wire import ListMeta, WatchEvent
from kubetui.live.backoff import Backoff
from kubetui.live.state import Phase, State
from kubetui.live.store import Store, uid_of
from kubetui.read import Object

T = TypeVar("T", bound=Object)

SLICE = 0.006
"""Seconds of decoding between which the event loop is let go, so that a key is answered."""
TURNS = 10
"""Turns of the loop for which it is let go: a key goes through as many hands, from the terminal to what it paints."""

RETRY_FORBIDDEN = 60.0
"""Seconds until a refused list is asked again: rights may have been granted meanwhile."""

ANY = "0"
"""The version of a list that may be as old as the server's cache is."""

POLL = 10.0
"""Seconds between two lists of what may not be watched; longer where a list takes long."""
POLITE = 20
"""How many times as long as a list took the pause after it is at least."""

LISTS_AFTER = 3
"""Failed watches in a row after which the version is no longer trusted and a list is made."""


class _Listing(Generic[T]):
    """What has been read of one list."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.later: list[T] = []
        """What is put into the store once the list is whole."""


class Reporter(Protocol):
    """Who is told what this subscription is."""

    def __call__(self, state: State) -> None: ...


class Reflector(Generic[T]):
    """One list-and-watch of one kind in one scope. `run` goes on until it is cancelled."""

    def __init__(
        self,
        source: ListWatch[T],
        store: Store[T],
        report: Reporter,
        *,
        namespace: str = "",
        chance: random.Random | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._store = store
        self._report = report
        self._namespace = namespace
        self._chance = chance or random.Random()
        self._wall = wall
        self._clock = asyncio.get_running_loop().time
        self._backoff = Backoff(self._clock, self._chance)
        self._version: str | None = None
        """Where to watch from; None where a list is due."""
        self._list_from = ANY
        self._synced = False
        self._failures = 0
        self._heard = self._clock()
        self._watching: asyncio.Task[None] | None = None
        self._silent = False
        self._watch_again = 0.0
        """When a watch that was refused is tried again; lists are read until then."""
        self._why_polled = ""
        self._list_took = 0.0
        self._answered = asyncio.Event()
        """Set when the server answers again after silence: what waits for its next try need wait no longer."""
        self.state = State()

    async def run(self) -> None:
        """Follows the server, telling every change of state."""
        while True:
            try:
                if self._version is None:
                    began = self._clock()
                    await self._list()
                    self._list_took = self._clock() - began
                if self._clock() < self._watch_again:
                    await self._poll()
                else:
                    await self._watch()
            except (Expired, TooLarge) as why:
                self._version, self._list_from = None, ""
                self._failures += 1
                if self._failures > 1:
                    await self._wait(Phase.STALE, str(why), self._backoff.next())
            except (Forbidden, Rejected) as why:
                if self._version is not None:
                    # What was just listed may not be watched.
                    self._watch_again = self._clock() + RETRY_FORBIDDEN
                    self._why_polled = why.message
                    continue
                if isinstance(why, Rejected):
                    await self._failed(str(why), 0.0)
                    continue
                await self._wait(Phase.FORBIDDEN, why.message, RETRY_FORBIDDEN)
            except NotFound:
                self._version = None
                await self._wait(Phase.GONE, f"this cluster does not serve {self._source.what}", RETRY_FORBIDDEN)
            except Silent as why:
                # A server that sends no bookmarks is quiet about a quiet kind. While it answers the probe, the watch
                # is opened anew from where it was, and only if that fails is anything stale.
                if self._silent or self._version is None:
                    await self._failed(str(why), 0.0)
            except Unavailable as why:
                await self._failed(str(why), why.retry_after or 0.0)
            except ApiError as why:
                self._version = None
                await self._failed(str(why), 0.0)

    def suspect(self, why: str, since: float) -> None:
        """The server is silent: what is shown may be old, until the watch has been opened anew."""
        self._silent = True
        if self.state.phase in (Phase.LIVE, Phase.POLLED, Phase.SYNCING):
            self._become(State(Phase.STALE, since=since, why=why))

    def reopen(self) -> None:
        """The server answers again: tries at once, and opens a watch that was silent anew from the same version."""
        self._answered.set()
        if self._silent:
            self._silent = False
            if self._watching:
                self._watching.cancel()

    async def _list(self) -> None:
        """Every page of a list. The first list's rows are shown as they come; a later one replaces in one step.

        The very first begins with a small page, which a server has ready long before it has put a large list together.
        What follows then is not the rest by `continue`, which a server reads from etcd or sorts out of its cache (ten
        times slower, measured), but the list as its watch cache has it, not older than that page.
        """
        if not self._synced:
            self._become(State(Phase.SYNCING, since=self._clock()))
        listing: _Listing[T] = _Listing()
        version = self._list_from
        if version == ANY and not self._source.where:
            meta = await self._take(listing, self._source.page("", limit=FIRST_PAGE))
            if not meta.continue_:
                return self._listed(listing, meta)
            listing, version = _Listing(), meta.resource_version
        meta = await self._take(listing, self._source.page(version))
        while meta.continue_:
            meta = await self._take(listing, self._source.page(version, meta.continue_))
        self._listed(listing, meta)

    async def _take(self, listing: "_Listing[T]", page: AsyncIterator[Batch[T]]) -> ListMeta:
        """Takes a page as it comes; what it says of the list."""
        meta = ListMeta()
        let_go = time.perf_counter()
        async for batch in page:
            self._heard = self._clock()
            listing.seen.update(map(uid_of, batch.items))
            if self._synced:
                listing.later += batch.items
            elif batch.items:
                self._store.put(batch.items, self._wall(), initial=True)
                self._become(State(Phase.SYNCING, len(self._store), since=self.state.since))
            meta = batch.meta or meta
            if time.perf_counter() - let_go > SLICE:
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                let_go = time.perf_counter()
        return meta

    def _listed(self, listing: "_Listing[T]", meta: ListMeta) -> None:
        """The list is whole."""
        now = self._wall()
        self._store.retain(listing.seen, now, self._namespace)
        self._store.put(listing.later, now)
        self._version = self._list_from = meta.resource_version
        self._synced = True

    async def _poll(self) -> None:
        """Waits until it is time for the next list of what may not be watched."""
        self._version = None
        self._silent = False
        now = self._clock()
        delay = max(POLL, POLITE * self._list_took) * self._chance.uniform(0.9, 1.1)
        self._become(State(Phase.POLLED, len(self._store), now, self._why_polled, now + delay))
        self._answered.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._answered.wait()

    async def _watch(self) -> None:
        """One watch, in a task of its own so that `reopen` can end it alone."""
        watching = asyncio.create_task(self._follow(), name=f"watch {self._source.what}")
        self._watching = watching
        try:
            await asyncio.wait((watching,))
        finally:
            self._watching = None
            watching.cancel()
        if not watching.cancelled():
            watching.result()

    async def _follow(self) -> None:
        assert self._version is not None
        began, events = self._clock(), 0
        async with self._source.watch(self._version, self._chance.uniform(300, 600)) as stream:
            self._silent = False
            self._become(State(Phase.LIVE, since=self._clock()))
            async for batch in stream:
                self._heard = self._clock()
                events += sum(event.type != "BOOKMARK" for event in batch)
                self._apply(batch)
                if events or self._clock() - began >= 1:
                    self._failures = 0
        if self._clock() - began < 1 and not events:
            raise Expired(f"The server ended the watch of {self._source.what} at once")

    def _apply(self, batch: list[WatchEvent[T]]) -> None:
        """Runs of additions and of removals go to the store together, in the order of the stream."""
        now = self._wall()
        for event in batch:
            if event.type in ("ADDED", "MODIFIED") and event.object is not None:
                self._store.put((event.object,), now)
            elif event.type == "DELETED" and event.object is not None:
                self._store.drop((event.object,), now)
            elif event.type == "ERROR":
                raise from_status(event.status or {}, 0, f"watch {self._source.what}")
            if event.resource_version:
                self._version = self._list_from = event.resource_version

    async def _failed(self, why: str, at_least: float) -> None:
        self._failures += 1
        if self._failures >= LISTS_AFTER:
            self._version = None
        await self._wait(Phase.STALE, why, self._backoff.next(at_least=at_least), at_least)

    async def _wait(self, phase: Phase, why: str, delay: float, at_least: float = 0.0) -> None:
        now = self._clock()
        known = self.state.phase is phase
        since = self.state.since if known else self._heard if phase is Phase.STALE else now
        self._become(State(phase, len(self._store), since, why, now + delay))
        self._answered.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._answered.wait()
                await asyncio.sleep(now + at_least - self._clock())

    def _become(self, state: State) -> None:
        self.state = state
        self._report(state)
