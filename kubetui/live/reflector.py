"""Keeps a store equal to the server: the rules of list and watch, as client-go follows them, in one loop."""

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
from kubetui.live.contact import RETRY_FORBIDDEN, Contact
from kubetui.live.snapshot import Snapshot
from kubetui.live.state import Phase, State
from kubetui.live.store import Store
from kubetui.read import Object

T = TypeVar("T", bound=Object)

ANY = "0"
"""The version of a list from the server's cache; it may be old, but for the page of now that comes before it."""

POLL = 10.0
"""Seconds between two lists of what may not be watched; longer where a list takes long."""
POLITE = 20
"""How many times as long as a list took the pause after it is at least."""


class Reporter(Protocol):
    """Who is told what this subscription is."""

    def __call__(self, state: State) -> None: ...


class Reflector(Generic[T]):
    """One list-and-watch of one kind in one scope. `run` goes on until it is cancelled.

    What may be listed and not watched is listed again and again. What may be watched and not listed is read from the
    first events of a watch (WatchList, KEP-3157), and is forbidden only where that can't be had either.
    """

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
        self._namespace = namespace
        self._wall = wall
        self._contact = Contact(report, chance, store.__len__)
        self._clock = self._contact.clock
        self._version: str | None = None
        """Where to watch from; None where all is to be read first."""
        self._list_from = ANY
        self._synced = False
        self._watch_again = 0.0
        """When a watch that was refused is tried again; lists are read until then."""
        self._why_polled = ""
        self._list_took = 0.0
        self._unlistable = ""
        """Why it may not be listed, while watches tell all there is."""

    async def run(self) -> None:
        """Follows the server, telling every change of state."""
        while True:
            try:
                if self._version is None and not self._unlistable:
                    began = self._clock()
                    if not await self._contact.attempt(self._list(), f"list {self._source.what}"):
                        continue
                    self._list_took = self._clock() - began
                if self._clock() < self._watch_again:
                    await self._poll()
                else:
                    await self._contact.attempt(self._watch(), f"watch {self._source.what}")
            except (Forbidden, Rejected) as why:
                await self._refused(why)
            except NotFound:
                self._version = None
                gone = f"this cluster does not serve {self._source.what}"
                await self._contact.pause(Phase.GONE, gone, RETRY_FORBIDDEN)
            except ApiError as why:
                await self._survive(why)

    def suspect(self, why: str, since: float) -> None:
        """The server is silent: what is shown may be old, until the watch has been opened anew."""
        self._contact.suspect(why, since)

    def reopen(self) -> None:
        """The server answers again after silence: tries at once, and opens the watch anew from the same version."""
        self._contact.reopen()

    async def _refused(self, why: ApiError) -> None:
        """What was: the watch of what has been listed, a list, or the one after the other."""
        if self._version is not None and not self._unlistable:
            self._watch_again = self._clock() + RETRY_FORBIDDEN
            self._why_polled = why.message
        elif isinstance(why, Forbidden) and not self._unlistable and self._clock() >= self._watch_again:
            self._unlistable = why.message
        elif isinstance(why, Forbidden) or self._unlistable:
            told = self._unlistable or why.message
            if isinstance(why, Rejected):
                told += "; to watch it is not enough, for this server does not tell by that what there is"
            self._version, self._unlistable = None, ""
            await self._contact.pause(Phase.FORBIDDEN, told, RETRY_FORBIDDEN)
        else:
            await self._survive(why)

    async def _survive(self, why: ApiError) -> None:
        if isinstance(why, (Expired, TooLarge)):
            self._list_from = ANY if isinstance(why, Expired) and not self._source.where else ""
        if not await self._contact.survive(why):
            self._version = None

    async def _list(self) -> None:
        """Every page of a list. The first list's rows are shown as they come; a later one replaces in one step.

        One that continues no version begins with a small page, which a server has ready long before it has put a large
        list together. What follows then is not the rest by `continue`, which a server reads from etcd or sorts out of
        its cache (ten times slower, measured), but the list as its watch cache has it, not older than that page.
        """
        snapshot, version = self._begin(), self._list_from
        if version == ANY and not self._source.where:
            meta = await self._take(snapshot, self._source.page("", limit=FIRST_PAGE))
            if not meta.continue_:
                return self._know(snapshot, meta.resource_version)
            snapshot, version = self._begin(), meta.resource_version
        meta = await self._take(snapshot, self._source.page(version))
        while meta.continue_:
            meta = await self._take(snapshot, self._source.page(version, meta.continue_))
        self._know(snapshot, meta.resource_version)

    async def _take(self, snapshot: Snapshot[T], page: AsyncIterator[Batch[T]]) -> ListMeta:
        """Takes a page as it comes; what it says of the list."""
        meta = ListMeta()
        async for batch in page:
            await self._more(snapshot, batch.items)
            meta = batch.meta or meta
        return meta

    async def _poll(self) -> None:
        """Waits until it is time for the next list of what may not be watched."""
        self._version = None
        self._contact.is_silent = False
        delay = max(POLL, POLITE * self._list_took) * self._contact.chance.uniform(0.9, 1.1)
        await self._contact.pause(Phase.POLLED, self._why_polled, delay, since=self._clock())

    async def _watch(self) -> None:
        if self._contact.was_lost and self._version is not None:
            await self._make_sure(self._version)
        async with self._source.watch(self._version or "", self._contact.chance.uniform(300, 600)) as stream:
            if self._version is None:
                await self._catch_up(stream)
            await self._contact.follow(stream, self._apply, self._source.what)

    async def _make_sure(self, version: str) -> None:
        """After an outage: all is read anew where the server has not come to that version (which KEP-5504 compares)."""
        newest = ""
        if not self._unlistable:
            try:
                async for batch in self._source.page("", limit=1):
                    newest = batch.meta.resource_version if batch.meta else newest
            except Forbidden as why:
                self._unlistable = why.message
        self._contact.was_lost = False
        if self._unlistable:
            self._version = None
        elif newest.isdecimal() and version.isdecimal() and int(newest) < int(version):
            raise Expired(f"The server has older data than before: version {newest}, not {version}")

    async def _catch_up(self, stream: AsyncIterator[list[WatchEvent[T]]]) -> None:
        """Takes the first events of a watch, which say what there is, up to the bookmark that ends them.

        A server that knows of no such bookmark sends one of the usual ones, or falls silent.
        """
        snapshot = self._begin()
        try:
            async for batch in stream:
                fresh: list[T] = []
                for at, event in enumerate(batch):
                    if event.type == "BOOKMARK":
                        if not event.ends_initial:
                            raise Rejected("initial events were not told")
                        await self._more(snapshot, fresh)
                        self._know(snapshot, event.resource_version)
                        return self._apply(batch[at + 1 :])
                    if event.type == "ERROR":
                        raise from_status(event.status or {}, 0, f"watch {self._source.what}")
                    if event.object is not None and event.type == "DELETED":
                        await self._more(snapshot, fresh)
                        fresh = []
                        snapshot.drop(event.object)
                    elif event.object is not None:
                        fresh.append(event.object)
                await self._more(snapshot, fresh)
        except Silent as why:
            if self._contact.is_silent:
                raise
            raise Rejected(str(why)) from None
        raise Unavailable(f"The server ended the watch of {self._source.what} before it had told what there is")

    def _begin(self) -> Snapshot[T]:
        """What is read next says all there is."""
        if not self._synced and self._contact.state.phase not in (Phase.FORBIDDEN, Phase.GONE):
            self._contact.become(Phase.SYNCING)
        return Snapshot(self._store, self._namespace, self._wall, first=not self._synced)

    async def _more(self, snapshot: Snapshot[T], objects: list[T]) -> None:
        """Some of it came."""
        self._contact.heard()
        await snapshot.take(objects)
        if objects and not self._synced:
            self._contact.become(Phase.SYNCING)

    def _know(self, snapshot: Snapshot[T], version: str) -> None:
        """All of it came, as it was at that version."""
        snapshot.complete()
        self._version = self._list_from = version
        self._synced, self._contact.was_lost = True, False

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
