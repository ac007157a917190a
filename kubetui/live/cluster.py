"""All that lives as long as one connection: the feeds that views share, the relations, the probe."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from kubetui.client.api import Api
from kubetui.kinds.kind import Kind
from kubetui.live.change import Change
from kubetui.live.clustertime import ClusterTime
from kubetui.live.feed import FAULT, AnyFeed, Feed, Scope
from kubetui.live.history import History
from kubetui.live.probe import Probe
from kubetui.live.relations import Relations
from kubetui.live.rights import Rights
from kubetui.live.state import Phase
from kubetui.live.store import Listener, Store, uid_of
from kubetui.read import Object

T = TypeVar("T", bound=Object)

log = logging.getLogger(__name__)

LINGER = 60.0
"""Seconds a feed goes on after its last view has closed, so that going back costs nothing."""
_READ = (Phase.LIVE, Phase.POLLED, Phase.SYNCING, Phase.STALE)


class Cluster:
    """One API server as one user. Feeds are opened and closed by views; a second view of a kind costs nothing."""

    def __init__(self, api: Api, *, wall: Callable[[], float] = time.time) -> None:
        self.api = api
        self._wall = wall
        self.rights = Rights(api)
        self.relations = Relations()
        self.history = History()
        self.listeners: list[Listener] = [self.relations, self.history]
        """Hear of every change, in the order they were read; of what several feeds read, once."""
        self.on_pulse: list[Callable[[], None]] = []
        """Called after each question of the probe."""
        self.silent: str = ""
        """Why the server counts as silent; empty while it answers."""
        self.silent_since = 0.0
        """When it was last heard before, on the event loop's clock."""
        self._feeds: dict[tuple[str, Scope], AnyFeed] = {}
        self._users: dict[tuple[str, Scope], int] = {}
        self._leaving: dict[tuple[str, Scope], asyncio.TimerHandle] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self.time = ClusterTime(wall)
        """By which its objects are as old as it takes them for."""
        self.probe = Probe(
            api,
            silent=self._fell_silent,
            answers=self._answers,
            wakes=self._pulse,
            wall=wall,
            dates=self.time.hear,
        )
        self._probing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to ask whether the server answers."""
        self._probing = asyncio.create_task(self.probe.run(), name="probe")
        self._probing.add_done_callback(self._probe_ended)

    def open(self, kind: Kind[T], scope: Scope = ()) -> Store[T]:
        """The store of that kind and scope, live from now on; each `open` is ended by one `leave`."""
        key = self._key(kind, scope)
        if handle := self._leaving.pop(key, None):
            handle.cancel()
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = Feed(self.api, kind, scope, wall=self._wall)
            feed.store.listeners.append(_Herald(self, feed))
            feed.start()
            if self.silent:
                feed.suspect(self.silent, asyncio.get_running_loop().time())
        self._users[key] = self._users.get(key, 0) + 1
        store: Store[T] = feed.store
        return store

    def peek(self, kind: Kind[T], scope: Scope = ()) -> Store[T] | None:
        """The store of that kind and scope if one is open."""
        feed = self._feeds.get(self._key(kind, scope))
        return feed.store if feed else None

    def leave(self, kind: Kind[T], scope: Scope = ()) -> None:
        """Ends one view's use of a store; nothing where all has been closed meanwhile."""
        key = self._key(kind, scope)
        if key not in self._feeds:
            return
        self._users[key] -= 1
        if not self._users[key]:
            loop = asyncio.get_running_loop()
            self._leaving[key] = loop.call_later(LINGER, self._end, key)

    def relist(self, kind: Kind[T], scope: Scope = ()) -> None:
        """Has an open store read anew."""
        if feed := self._feeds.get(self._key(kind, scope)):
            feed.relist()

    @property
    def stores(self) -> list[Store[Any]]:
        """All that is read at the moment."""
        return [feed.store for feed in self._feeds.values()]

    @property
    def readable(self) -> Scope:
        """The namespaces one may read, where nothing that is looked at everywhere may be read everywhere; else none."""
        everywhere = [
            feed.store for (_, scope), feed in self._feeds.items() if not scope and feed.store.kind.resource.namespaced
        ]
        if any(not store.narrowed and store.state.phase in _READ for store in everywhere):
            return ()
        return tuple(dict.fromkeys(name for store in everywhere for name in store.narrowed))

    def hear(self, listener: Listener) -> None:
        """Tells a listener of every change from now on."""
        self.listeners.append(listener)

    def tell(self, feed: AnyFeed, changes: list[Change]) -> None:
        """Passes on what a feed read, but for what another, older one of that kind tells of."""
        if rivals := self._before(feed):
            changes = [
                change
                for change in changes
                if not any(rival.reads(change.object.metadata.namespace) for rival in rivals)
            ]
        if changes:
            for listener in tuple(self.listeners):
                listener.changed(changes)

    async def close(self) -> None:
        """Ends every feed and every connection."""
        for handle in self._leaving.values():
            handle.cancel()
        if self._probing:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        feeds = tuple(self._feeds.values())
        self._feeds.clear()
        await asyncio.gather(*(feed.stop() for feed in feeds), *self._closing, self.rights.close())
        await self.api.close()

    def _key(self, kind: Kind[T], scope: Scope) -> tuple[str, Scope]:
        return kind.resource.qualified, scope if kind.resource.namespaced else ()

    def _before(self, feed: AnyFeed) -> list[AnyFeed]:
        """The feeds of the same kind that were opened earlier."""
        name = feed.store.kind.resource.qualified
        same = [each for (qualified, _), each in self._feeds.items() if qualified == name]
        return same[: same.index(feed)] if feed in same else []

    def _end(self, key: tuple[str, Scope]) -> None:
        del self._leaving[key]
        feed = self._feeds.pop(key)
        del self._users[key]
        now = self._wall()
        others = [each.store for (qualified, _), each in self._feeds.items() if qualified == key[0]]
        gone = [last for last in feed.store if not any(store.get(uid_of(last)) for store in others)]
        self.relations.changed([Change(feed.store.kind, last, None, now) for last in gone])
        task = asyncio.create_task(feed.stop())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _fell_silent(self, why: str, since: float) -> None:
        self.silent, self.silent_since = why, since
        for feed in self._feeds.values():
            feed.suspect(why, since)

    def _probe_ended(self, task: asyncio.Task[None]) -> None:
        """It goes on until it is cancelled; where a fault of our own has ended it, nothing counts as live."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("%s ended", task.get_name(), exc_info=fault)
            self._fell_silent(FAULT, asyncio.get_running_loop().time())

    def _answers(self) -> None:
        self.silent = ""
        for feed in self._feeds.values():
            feed.reopen()

    def _pulse(self) -> None:
        for wake in self.on_pulse:
            wake()


class _Herald:
    """The first listener of each store: brings what it tells before the cluster's own listeners."""

    def __init__(self, cluster: Cluster, feed: AnyFeed) -> None:
        self._cluster = cluster
        self._feed = feed

    def changed(self, changes: list[Change]) -> None:
        self._cluster.tell(self._feed, changes)
