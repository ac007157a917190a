"""One kind over one scope, kept live: its store, and one reflector for all namespaces or one for each."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from kubetui.client.api import Api
from kubetui.client.listwatch import ListWatch
from kubetui.kinds.kind import Kind
from kubetui.live.permissions import readable_namespaces
from kubetui.live.reflector import Reflector
from kubetui.live.state import Phase, State, worst
from kubetui.live.store import Store
from kubetui.read import Object

T = TypeVar("T", bound=Object)

log = logging.getLogger(__name__)

FAULT = "a fault in kubetui itself; its log file has more"

Scope = tuple[str, ...]
"""Namespaces; empty means all."""


class Feed(Generic[T]):
    """Shared by every view of that kind and scope. Where all namespaces are forbidden, it reads those one may."""

    def __init__(self, api: Api, kind: Kind[T], scope: Scope, *, wall: Callable[[], float] = time.time) -> None:
        self.store: Store[T] = Store(kind)
        self._api = api
        self._wall = wall
        self._kind = kind
        self._scope: Scope = tuple(dict.fromkeys(scope)) if kind.resource.namespaced else ()
        self._reflectors: dict[str, Reflector[T]] = {}
        self._states: dict[str, State] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._fallback: asyncio.Task[None] | None = None
        self._refusal: State | None = None
        """Why all namespaces can't be read, once each is read on its own."""
        self._silence: tuple[str, float] | None = None
        """Why the server counts as silent, and since when."""

    def start(self) -> None:
        for namespace in self._scope or ("",):
            self._follow(namespace)

    async def stop(self) -> None:
        """Ends every request of this feed."""
        tasks = [*self._tasks.values(), *([self._fallback] if self._fallback else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def reads(self, namespace: str) -> bool:
        """Whether it tells of what happens in a namespace."""
        state = self._states.get(namespace) or self._states.get("")
        return state is not None and state.phase not in (Phase.FORBIDDEN, Phase.GONE)

    def suspect(self, why: str, since: float) -> None:
        """The server is silent."""
        self._silence = (why, since)
        for reflector in self._reflectors.values():
            reflector.suspect(why, since)

    def reopen(self) -> None:
        """The server answers again."""
        self._silence = None
        for reflector in self._reflectors.values():
            reflector.reopen()

    def relist(self) -> None:
        """Reads everything anew, at once, whatever is being waited for."""
        if self._refusal is None and self._fallback is not None:
            self._fallback.cancel()
            self._fallback = None
        for namespace, task in tuple(self._tasks.items()):
            task.cancel()
            self._follow(namespace)

    def _follow(self, namespace: str) -> None:
        source = ListWatch(self._api, self._kind.resource, self._kind.struct, namespace)
        reflector = Reflector(
            source, self.store, lambda state: self._report(namespace, state), namespace=namespace, wall=self._wall
        )
        self._reflectors[namespace] = reflector
        if self._silence:
            reflector.suspect(*self._silence)
        task = asyncio.create_task(reflector.run(), name=f"reflect {source.what}")
        task.add_done_callback(lambda ended: self._ended(namespace, ended))
        self._tasks[namespace] = task

    def _ended(self, namespace: str, task: asyncio.Task[None]) -> None:
        """A reflector goes on until it is cancelled; where a fault of our own has ended it, that is not hidden."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("%s ended", task.get_name(), exc_info=fault)
            now = asyncio.get_running_loop().time()
            self._report(namespace, State(Phase.STALE, since=now, why=FAULT))

    def _report(self, namespace: str, state: State) -> None:
        self._states[namespace] = state
        refused = state.phase is Phase.FORBIDDEN
        if refused and not namespace and self._kind.resource.namespaced and self._fallback is None:
            self._fallback = asyncio.create_task(self._narrow(state), name=f"narrow {self._kind.resource.plural}")
        readable = {name: each for name, each in self._states.items() if each.phase is not Phase.FORBIDDEN}
        narrowed = self._refusal is not None or 0 < len(readable) < len(self._states)
        if narrowed and refused:
            self.store.forget(namespace, self._wall())
        self.store.narrowed = tuple(readable) if narrowed else ()
        self.store.become(worst(list(readable.values()) or [self._refusal or state]))

    async def _narrow(self, refusal: State) -> None:
        """Reads namespace by namespace what may not be read across all of them."""
        namespaces = await readable_namespaces(self._api, self._kind.resource)
        if not namespaces:
            return
        self._refusal = refusal
        self._tasks.pop("").cancel()
        self._reflectors.pop("")
        self._states.pop("")
        now = self._wall()
        for namespace in {each.metadata.namespace for each in self.store}.difference(namespaces):
            self.store.forget(namespace, now)
        for namespace in namespaces:
            self._states[namespace] = State()
            self._follow(namespace)


AnyFeed = Feed[Any]
