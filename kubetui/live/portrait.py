"""All that is shown of one object: the object whole, its neighbours, its page. Runs while someone looks."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from kubetui.kinds.asking import ASKING, PodAsking
from kubetui.kinds.kind import Kind
from kubetui.kinds.page import Page
from kubetui.kinds.pages.book import page_of
from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.nearby import Nearby
from kubetui.live.selection import Selection
from kubetui.live.store import Store
from kubetui.live.whole import Identity, Whole
from kubetui.read import Object


class Portrait:
    """One object on one cluster. `run` follows it until cancelled; `wake` is called when something is different."""

    def __init__(
        self,
        cluster: Cluster,
        scope: Scope,
        kind: Kind[Any],
        given: Object,
        wake: Callable[[], None],
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """given: the object as it was where it was chosen; of one that is only referred to, its name and namespace."""
        meta = given.metadata
        identity = Identity(kind.resource, meta.namespace, meta.name, meta.uid)
        self.whole = Whole(cluster.api, identity, wall=wall)
        self.whole.listeners.append(wake)
        self._kind = kind
        self._given = given
        self._read: tuple[int, Object] = (0, given)
        self._cluster = cluster
        self._scope = scope
        self._wake = wake
        self._own: dict[type[Object], Store[Any]] = {}
        self._asking: Selection[PodAsking] | None = None
        if kind.resource.qualified == "nodes":
            self._asking = Selection(cluster.api, ASKING, "", {"fieldSelector": f"spec.nodeName={meta.name}"})
            self._own[PodAsking] = self._asking.store
        self._nearby: Nearby | None = None

    async def run(self) -> None:
        """Follows the object, and whatever is read for its page alone."""
        self._cluster.on_pulse.append(self._pulse)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.whole.run(), name="an object as a whole")
                if self._asking is not None:
                    group.create_task(self._asking.run(), name="what a node's pods ask for")
        finally:
            self._cluster.on_pulse.remove(self._pulse)
            if self._nearby is not None:
                self._nearby.close()

    @property
    def object(self) -> Object:
        """What the kind reads of it now; of server-side tables the row where a list has it, else the metadata."""
        whole, table = self.whole, self._kind.table
        if table and (store := self._cluster.peek(self._kind, self._scope)) is not None:
            row: Object | None = store.get(whole.identity.uid)
            if row is not None:
                return row
        if whole.body and self._read[0] != whole.version:
            self._read = (whole.version, whole.narrow(Object if table else self._kind.struct))
        return self._read[1]

    def page(self) -> Page:
        """The page of the object as it is now; empty while it is not known."""
        whole = self.whole
        if not whole.body:
            return ()
        if self._nearby is None:
            self._nearby = Nearby(self._cluster, self._scope, whole.identity.uid, self._own, self._wake)
        return page_of(self._kind.resource)(whole.body, self._nearby)

    def _pulse(self) -> None:
        """The cluster's probe has asked: what is silent is not live."""
        if self._asking is not None:
            self._asking.pulse(self._cluster.silent)
        if self._cluster.silent:
            self.whole.suspect(self._cluster.silent, self._cluster.silent_since)
        else:
            self.whole.reopen()
