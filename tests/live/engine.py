"""An engine on the fake API server, in virtual time, and what its store told."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from kubetui.client.access import Access, AuthOptions
from kubetui.client.api import Api
from kubetui.client.credentials import Credentials
from kubetui.client.listwatch import ListWatch
from kubetui.client.tls import TlsOptions
from kubetui.client.transport import Transport
from kubetui.kinds.kind import Kind
from kubetui.kinds.pod import POD
from kubetui.live.change import Change
from kubetui.live.reflector import Reflector
from kubetui.live.state import Phase, State
from kubetui.live.store import Store
from tests.fake.apiserver import FakeApiServer, an_object
from tests.fake.transport import FakeTransport
from tests.fake.wire import Request

PODS = "/api/v1/pods"


def reads(server: FakeApiServer, path: str = PODS) -> list[Request]:
    """The lists of a collection; not the questions for its version alone, which follow an outage."""
    return [asked for asked in server.asked(path, watch=False) if asked.query.get("limit") != "1"]


class Tokens:
    """Where credentials come from: a token that is renewed as often as asked, and counted."""

    advice = "Log in again."

    def __init__(self) -> None:
        self.renewed = 0

    async def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.renewed}"}

    async def refresh(self) -> bool:
        self.renewed += 1
        return True

    async def client_cert(self) -> None:
        return None


def api_on(server: FakeApiServer, tokens: Tokens | None = None) -> Api:
    access = Access(
        context="fake",
        cluster="fake",
        user="me",
        namespace="default",
        server="http://fake",
        tls=TlsOptions(),
        proxy_url=None,
        auth=AuthOptions(),
    )
    return Api(access, cast(Transport, FakeTransport(server)), cast(Credentials, tokens or Tokens()))


def pod(name: str, **parts: Any) -> dict[str, Any]:
    return an_object("v1", "Pod", name, **parts)


class Seen:
    """What a store told: changes in short, and the states it went through."""

    def __init__(self, store: Store[Any]) -> None:
        self.store = store
        self.changes: list[tuple[str, str]] = []
        self.phases: list[Phase] = []
        self.states: list[State] = []
        self._stirred = asyncio.Event()
        store.listeners.append(self)
        store.state_listeners.append(self)

    def changed(self, changes: list[Change]) -> None:
        for change in changes:
            what = "removed" if change.new is None else "changed" if change.old else "added"
            self.changes.append((what, change.object.metadata.uid or change.object.metadata.name))
        self._stirred.set()

    def state_changed(self, store: Store[Any]) -> None:
        if not self.phases or self.phases[-1] is not store.state.phase:
            self.phases.append(store.state.phase)
        self.states.append(store.state)
        self._stirred.set()

    async def until(self, phase: Phase, seconds: float = 900) -> State:
        """Waits until the store is in that phase."""
        async with asyncio.timeout(seconds):
            while self.store.state.phase is not phase:
                self._stirred.clear()
                await self._stirred.wait()
        return self.store.state

    async def told(self, *changes: tuple[str, str]) -> None:
        """Waits until these were the last changes."""
        async with asyncio.timeout(900):
            while tuple(self.changes[-len(changes) :]) != changes:
                self._stirred.clear()
                await self._stirred.wait()

    async def holds(self, names: set[str], seconds: float = 900) -> None:
        """Waits until these are the names of all that the store has."""
        try:
            async with asyncio.timeout(seconds):
                while self.names != names:
                    self._stirred.clear()
                    await self._stirred.wait()
        except TimeoutError:
            raise AssertionError(f"waited for {names}, the store has {self.names}") from None

    @property
    def names(self) -> set[str]:
        return {each.metadata.name for each in self.store}


@asynccontextmanager
async def forgetting(server: FakeApiServer, seen: Seen) -> AsyncIterator[None]:
    """An outage; what happens in it is over and forgotten when the server is back: no watch tells of it."""
    server.goes_down()
    await seen.until(Phase.STALE)
    yield
    server.expires()
    server.comes_back()


@asynccontextmanager
async def reflecting(
    server: FakeApiServer, kind: Kind[Any] = POD, *, tokens: Tokens | None = None
) -> AsyncIterator[tuple[Seen, Reflector[Any]]]:
    """A reflector of that kind, running."""
    api = api_on(server, tokens)
    store: Store[Any] = Store(kind)
    seen = Seen(store)
    source = ListWatch(api, kind.resource, kind.struct)
    reflector: Reflector[Any] = Reflector(source, store, store.become, chance=random.Random(1))
    task = asyncio.create_task(reflector.run())
    try:
        yield seen, reflector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await api.close()
