"""The objects of one kind that fit a selector, kept live for one who looks: an object's events, a node's pods."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from kubetui.client.api import Api
from kubetui.client.listwatch import ListWatch
from kubetui.kinds.kind import Kind
from kubetui.live.reflector import Reflector
from kubetui.live.store import Store
from kubetui.read import Object

T = TypeVar("T", bound=Object)


class Selection(Generic[T]):
    """A store of its own, not shared and not part of the cluster's relations. `run` it while someone looks."""

    def __init__(
        self,
        api: Api,
        kind: Kind[T],
        namespace: str,
        where: Mapping[str, str],
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """where: `labelSelector` and `fieldSelector`; an empty namespace means all."""
        self.store: Store[T] = Store(kind)
        self._silent = ""
        source = ListWatch(api, kind.resource, kind.struct, namespace, where=where)
        self._reflector = Reflector(source, self.store, self.store.become, namespace=namespace, wall=wall)

    async def run(self) -> None:
        """Follows the server until cancelled; `store.state` tells how that goes."""
        await self._reflector.run()

    def pulse(self, silent: str) -> None:
        """The cluster's probe has asked; why the server counts as silent, or empty while it answers."""
        was, self._silent = self._silent, silent
        if silent and not was:
            self._reflector.suspect(silent, asyncio.get_running_loop().time())
        elif was and not silent:
            self._reflector.reopen()
