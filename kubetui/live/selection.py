"""The objects of one kind that fit a selector, kept live for one who looks: an object's events, a node's pods."""

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
        source = ListWatch(api, kind.resource, kind.struct, namespace, where=where)
        self._reflector = Reflector(source, self.store, self.store.become, namespace=namespace, wall=wall)

    async def run(self) -> None:
        """Follows the server until cancelled; `store.state` tells how that goes."""
        await self._reflector.run()

    def suspect(self, why: str, since: float) -> None:
        """The server is silent."""
        self._reflector.suspect(why, since)

    def reopen(self) -> None:
        """The server answers again."""
        self._reflector.reopen()
