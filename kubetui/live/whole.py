"""One object as the server has it, all of it: fetched, and watched only while someone looks.

It keeps to the object's uid. Once that is deleted its last state stays; a namesake born later is told, never shown.
"""

import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

import msgspec

from kubetui.client.api import Api
from kubetui.client.errors import ApiError, Expired, Forbidden, NotFound, Rejected, from_status
from kubetui.client.listwatch import SILENCE
from kubetui.client.wire import WatchEvent, garbled
from kubetui.client.wirejson import GARBLED, JsonWatchReader, decode_json
from kubetui.live.contact import RETRY_FORBIDDEN, Contact
from kubetui.live.state import Phase, State
from kubetui.live.store import uid_of
from kubetui.read import Object
from kubetui.resource import Resource

T = TypeVar("T", bound=Object)

POLL = 5.0
"""Seconds between two looks at what may be read but not watched, or is not there."""


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
        self.gone_at: float | None = None
        """When it was seen to be deleted, in seconds since the epoch."""
        self.heir = ""
        """The uid of an object that has taken its name since; empty where there is none."""
        self.listeners: list[Callable[[], None]] = []
        """Called when anything of this is different; must be quick."""
        self._api = api
        self._wall = wall
        self._contact = Contact(lambda _: self._tell(), chance)
        self._since = ""
        """The resource version to watch from; empty where the object is to be read first."""
        self._too_old = ""
        """A version from which the server does not watch any more, be it the one that the object has."""

    @property
    def state(self) -> State:
        """How true it is what is known."""
        return self._contact.state

    def narrow(self, struct: type[T]) -> T:
        """What a kind reads of it; not to be asked before it is known."""
        return decode_json(self.raw, struct)

    async def run(self) -> None:
        """Follows the object until cancelled."""
        while True:
            try:
                if self._contact.was_lost:
                    self._since = ""
                if not self._since and not await self._contact.attempt(self._read(), f"read {self._what}"):
                    continue
                await self._contact.attempt(self._watch(), f"watch {self._what}")
            except (Forbidden, NotFound, Rejected) as why:
                await self._refused(why)
            except ApiError as why:
                if isinstance(why, Expired):
                    self._too_old = self._since
                if not await self._contact.survive(why):
                    self._since = ""

    def suspect(self, why: str, since: float) -> None:
        """The server is silent: what is shown may be old, until the watch has been opened anew."""
        self._contact.suspect(why, since)

    def reopen(self) -> None:
        """The server answers again: tries at once, and leaves a watch that was silent meanwhile."""
        self._contact.reopen()

    @property
    def _what(self) -> str:
        return f"this {self.identity.resource.singular}"

    async def _refused(self, why: ApiError) -> None:
        watched, self._since = bool(self._since), ""
        if watched:
            # What was just read may not be watched.
            await self._contact.pause(Phase.POLLED, why.message, POLL, since=self._contact.clock())
        elif isinstance(why, NotFound):
            self._lost()
            await self._contact.pause(Phase.LIVE if self.body else Phase.GONE, why.message, POLL)
        elif isinstance(why, Forbidden):
            await self._contact.pause(Phase.FORBIDDEN, why.message, RETRY_FORBIDDEN)
        else:
            await self._contact.survive(why)

    async def _read(self) -> None:
        resource, namespace, name, _ = self.identity
        document = _document(await self._api.get(resource.path(namespace, name)))
        self._contact.heard()
        self._contact.was_lost = False
        self._since = document.metadata.resource_version
        self._take(document)
        if self.state.phase is not Phase.POLLED:
            self._contact.become(Phase.LIVE)

    async def _watch(self) -> None:
        async with self._events() as stream:
            if self._since == self._too_old:
                # A watch from now on says nothing of a deletion since it was read.
                self._since = ""
                await self._read()
            await self._contact.follow(stream, self._obey, self._what)

    @asynccontextmanager
    async def _events(self) -> AsyncIterator[AsyncIterator[list[WatchEvent[_Document]]]]:
        resource, namespace, name, _ = self.identity
        query = {
            "watch": "true",
            "fieldSelector": f"metadata.name={name}",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(int(self._contact.chance.uniform(300, 600))),
        }
        if self._since != self._too_old:
            query["resourceVersion"] = self._since
        async with self._api.stream(resource.path(namespace), query=query) as answer:
            reader = _Reader()

            async def events() -> AsyncIterator[list[WatchEvent[_Document]]]:
                async for chunk in answer.chunks(idle=SILENCE):
                    yield list(reader.feed(chunk))

            yield events()

    def _obey(self, batch: list[WatchEvent[_Document]]) -> None:
        for event in batch:
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

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def _document(raw: bytes) -> _Document:
    with contextlib.suppress(*GARBLED):
        return _Document(decode_json(raw, Object).metadata, raw)
    raise garbled("an object", raw)
