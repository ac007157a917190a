"""Whose logs are read for an object: the containers of all pods that belong to it, as they come and go."""

import asyncio
from collections.abc import Iterator
from typing import Any

from kubetui.kinds.endpointslice import ENDPOINTSLICE
from kubetui.kinds.kind import Kind
from kubetui.kinds.pod import POD, Pod
from kubetui.kinds.replicaset import REPLICASET
from kubetui.live.change import Change
from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.logs import Source
from kubetui.live.store import Store, uid_of

_TIES: tuple[Kind[Any], ...] = (REPLICASET, ENDPOINTSLICE)
"""What stands between a workload or service and its pods."""


class PodSources:
    """The `Sources` of a pod, or of whatever pods belong to. `close` lets go of what it reads."""

    def __init__(self, cluster: Cluster, scope: Scope, uid: str) -> None:
        self.changed = asyncio.Event()
        self._cluster = cluster
        self._scope = scope
        self._uid = uid
        self._pods: Store[Pod] = cluster.open(POD, scope)
        self._stores: list[Store[Any]] = [self._pods, *(cluster.open(kind, scope) for kind in _TIES)]
        self._ear = _Ear(self)
        for store in self._stores:
            store.listeners.append(self._ear)

    def current(self) -> frozenset[Source]:
        """Every container of its pods now."""
        uids = {self._uid, *self._cluster.relations.below(self._uid)}
        pods = (pod for uid in uids if (pod := self._pods.get(uid)) is not None)
        return frozenset(source for pod in pods for source in sources_of(pod))

    def heard(self, changes: list[Change]) -> None:
        """Wakes the reader where one of the changes is about what belongs to the object."""
        relations = self._cluster.relations
        for change in changes:
            uid = uid_of(change.object)
            if change.new is None or uid == self._uid or self._uid in relations.above(uid):
                self.changed.set()
                return

    def close(self) -> None:
        """Ends it."""
        for store in self._stores:
            store.listeners.remove(self._ear)
            self._cluster.leave(store.kind, self._scope)
        self._stores.clear()


class _Ear:
    """A store's listener; `Sources.changed` is an event, so the sources can't be one themselves."""

    def __init__(self, sources: PodSources) -> None:
        self._sources = sources

    def changed(self, changes: list[Change]) -> None:
        self._sources.heard(changes)


def sources_of(pod: Pod) -> Iterator[Source]:
    """A pod's containers, those that initialise it first; the first ordinary one is the main one."""
    meta, node = pod.metadata, pod.spec.node_name
    for container in pod.spec.init_containers:
        yield Source(meta.namespace, meta.name, container.name, meta.uid, node, main=False)
    for at, container in enumerate(pod.spec.containers):
        yield Source(meta.namespace, meta.name, container.name, meta.uid, node, main=at == 0)
