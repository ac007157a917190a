"""One object as the server has it, all of it: fetched, and watched only while someone looks.

It keeps to the object's uid. Once that is deleted its last state stays; a namesake born later is told, never shown.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, NamedTuple, TypeVar

import msgspec

from kubetui.client.api import Api
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
from kubetui.client.listwatch import SILENCE
from kubetui.client.wire import WatchEvent, garbled
from kubetui.client.wirejson import GARBLED, JsonWatchReader, decode_json
from kubetui.live.backoff import Backoff
from kubetui.live.state import Phase, State
from kubetui.live.store import uid_of
from kubetui.read import Object
from kubetui.resource import Resource

T = TypeVar("T", bound=Object)

POLL = 5.0
"""Seconds between two looks at what may be read but not watched, or is not there."""
RETRY_FORBIDDEN = 60.0
"""Seconds until a refused object is asked for again."""


class Identity(NamedTuple):
    """Which object is meant. An empty uid means whichever has the name when it is first read."""

    resource: Resource
    namespace: str
    name: str
    uid: str = ""


class _Document(Object):
    """An object as it came, beside its metadata."""

    raw: bytes = b""


class _Reader(JsonWatchReader[_Document]):
    def __init__(self) -> None:
        super().__init__(_Document)
        self._decode = lambda raw: _document(bytes(raw))


class Whole:
    """An object's last known state and what is known of that. `run` it while someone looks."""

    def __init__(
        self,
        api: Api,
        identity: Identity,
        *,
        chance: random.Random | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.identity = identity
        self.raw = b""
        """The object in JSON, byte for byte as it came; empty until it is known."""
        self.body: dict[str, Any] = {}
        """The same, decoded. Never changed, only replaced."""
        self.version = 0
        """Grows with each change of the object."""
        self.state = State()
        self.gone_at: float | None = None
        """When it was seen to be deleted, in seconds since the epoch."""
        self.heir = ""
        """The uid of an object that has taken its name since; empty where there is none."""
        self.listeners: list[Callable[[], None]] = []
        """Called when anything of this is different; must be quick."""
        self._api = api
        self._wall = wall
        self._chance = chance or random.Random()
        self._clock = asyncio.get_running_loop().time
        self._backoff = Backoff(self._clock, self._chance)
        self._since = ""
        """The resource version to watch from; empty where the object is to be read first."""
        self._refused = 0
        """Watches in a row that ended at once because their version was too old, or for no reason."""
        self._heard = self._clock()
        self._silent = False
        self._answered = asyncio.Event()
        """Set when the server answers again after silence: what waits for its next try need wait no longer."""
        self._watching: asyncio.Task[None] | None = None

    def narrow(self, struct: type[T]) -> T:
        """What a kind reads of it; not to be asked before it is known."""
        return decode_json(self.raw, struct)

    async def run(self) -> None:
        """Follows the object until cancelled."""
        while True:
            try:
                if not self._since:
                    await self._read()
                await self._watch()
            except (Expired, TooLarge) as why:
                self._since = ""
                self._refused += 1
                if self._refused > 1:
                    await self._wait(Phase.STALE, str(why), self._backoff.next())
            except NotFound as why:
                self._since = ""
                self._lost()
                await self._wait(Phase.LIVE if self.body else Phase.GONE, why.message, POLL)
            except Forbidden as why:
                self._since = ""
                await self._wait(Phase.FORBIDDEN, why.message, RETRY_FORBIDDEN)
            except Silent as why:
                if self._silent:
                    await self._wait(Phase.STALE, str(why), self._backoff.next())
            except Unavailable as why:
                at_least = why.retry_after or 0.0
                await self._wait(Phase.STALE, str(why), self._backoff.next(at_least=at_least), at_least)
            except ApiError as why:
                self._since = ""
                await self._wait(Phase.STALE, str(why), self._backoff.next())

    def suspect(self, why: str) -> None:
        """The server is silent: what is shown may be old, until the watch has been opened anew."""
        self._silent = True
        if self.state.phase is Phase.LIVE:
            self._become(State(Phase.STALE, since=self._heard, why=why))

    def reopen(self) -> None:
        """The server answers again: tries at once, and leaves a watch that was silent meanwhile."""
        if self._silent:
            self._silent = False
            self._answered.set()
            if self._watching:
                self._watching.cancel()

    async def _read(self) -> None:
        resource, namespace, name, _ = self.identity
        document = _document(await self._api.get(resource.path(namespace, name)))
        self._heard = self._clock()
        self._since = document.metadata.resource_version
        self._take(document)
        self._become(State(Phase.LIVE, since=self._clock()))

    async def _watch(self) -> None:
        """One watch, in a task of its own so that `reopen` can end it alone; where none is allowed, a pause."""
        watching = asyncio.create_task(self._follow(), name=f"watch {self.identity.resource.singular} as a whole")
        self._watching = watching
        try:
            await asyncio.wait((watching,))
        finally:
            self._watching = None
            watching.cancel()
        if watching.cancelled():
            return
        try:
            watching.result()
        except (Forbidden, Rejected, NotFound):
            self._since = ""
            await asyncio.sleep(POLL)

    async def _follow(self) -> None:
        began, events = self._clock(), 0
        try:
            async with aclosing(self._events()) as stream:
                async for event in stream:
                    self._heard = self._clock()
                    self._obey(event)
                    events += 1
        finally:
            if events or self._clock() - began >= 1:
                self._refused = 0
        if self._clock() - began < 1 and not events:
            raise Expired("The server ended the watch at once")

    async def _events(self) -> AsyncGenerator[WatchEvent[_Document], None]:
        resource, namespace, name, _ = self.identity
        query = {
            "watch": "true",
            "fieldSelector": f"metadata.name={name}",
            "resourceVersion": self._since,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(int(self._chance.uniform(300, 600))),
        }
        reader = _Reader()
        async with self._api.stream(resource.path(namespace), query=query) as answer:
            self._silent = False
            self._become(State(Phase.LIVE, since=self._clock()))
            async for chunk in answer.chunks(idle=SILENCE):
                for event in reader.feed(chunk):
                    yield event

    def _obey(self, event: WatchEvent[_Document]) -> None:
        if event.type == "ERROR":
            raise from_status(event.status or {}, 0, f"watch {self.identity.resource.qualified}")
        if event.type in ("ADDED", "MODIFIED") and event.object is not None:
            self._take(event.object)
        elif event.type == "DELETED" and event.object is not None:
            if uid_of(event.object) == self.heir:
                self.heir = ""
                self._tell()
            elif self.gone_at is None:
                self._take(event.object)
                self._lost()
        if event.resource_version:
            self._since = event.resource_version

    def _take(self, document: _Document) -> None:
        """The object as it is now; or another one, which has its name."""
        uid = uid_of(document)
        if not self.identity.uid:
            self.identity = self.identity._replace(uid=uid)
        if uid != self.identity.uid:
            self.heir = uid
            self._lost()
        elif document.raw != self.raw:
            self.raw = document.raw
            self.body = msgspec.json.decode(document.raw)
            self.version += 1
        self._tell()

    def _lost(self) -> None:
        """It is gone; when, is when we saw it."""
        if self.gone_at is None and (self.body or self.heir):
            self.gone_at = self._wall()
            self._tell()

    async def _wait(self, phase: Phase, why: str, delay: float, at_least: float = 0.0) -> None:
        now = self._clock()
        known = self.state.phase is phase
        since = self.state.since if known else self._heard if phase is Phase.STALE else now
        self._become(State(phase, 0, since, why, now + delay))
        self._answered.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._answered.wait()
                await asyncio.sleep(now + at_least - self._clock())

    def _become(self, state: State) -> None:
        self.state = state
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def _document(raw: bytes) -> _Document:
    with contextlib.suppress(*GARBLED):
        return _Document(decode_json(raw, Object).metadata, raw)
    raise garbled("an object", raw)
