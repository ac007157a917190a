"""Whose logs are read together: the containers of a target, as they come and go, and what each is called for short.

Pure but for the event of `Sources`. Reads nothing itself.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, Protocol

_SHORTEST = 4
"""Characters a pod's short name has at least: the 0 of a stateful set's first pod says too little."""


class Source(NamedTuple):
    """One container of one pod. A pod reborn under its name is another source: its uid differs."""

    namespace: str
    pod: str
    container: str
    uid: str = ""
    """The pod's."""
    node: str = ""
    """Where it runs; empty while that is not known."""
    main: bool = True
    """Whether it is the container that is meant when none is named."""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes it another source; a pod gets its node only later."""
        return self.namespace, self.pod, self.container, self.uid


class Sources(Protocol):
    """The containers of a pod, deployment, replica set or service, now and as they change."""

    @property
    def changed(self) -> asyncio.Event:
        """Set when `current` may say something else; cleared by the one reader before it looks."""

    def current(self) -> frozenset[Source]:
        """Every container of the target now."""

    def close(self) -> None:
        """Nobody reads them any more."""


class FixedSources:
    """Containers that stay as they are."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = frozenset(sources)
        self.changed = asyncio.Event()

    def current(self) -> frozenset[Source]:
        return self._sources

    def close(self) -> None:
        """Nothing is held."""


def short_names(sources: Iterable[Source]) -> list[str]:
    """What each source is called: the shortest tail of its pod's name, and its container, that tell them apart."""
    sources = list(sources)
    pods = {(source.namespace, source.pod) for source in sources}
    containers = Counter(source[:2] for source in {source[:3] for source in sources})
    several_containers = max(containers.values(), default=0) > 1
    tails = _tails({pod for _, pod in pods})
    several_namespaces = len({namespace for namespace, _ in pods}) > 1
    names: list[str] = []
    for source in sources:
        parts = [source.namespace] if several_namespaces else []
        parts += [tails[source.pod]] if len(pods) > 1 else []
        parts += [source.container] if several_containers else []
        names.append("/".join(parts))
    return names


def _tails(pods: set[str]) -> dict[str, str]:
    """The last words of each name, between dashes, as many as it takes to keep the names apart."""
    words = 1
    most = max((pod.count("-") + 1 for pod in pods), default=1)
    while words < most:
        tails = {pod: "-".join(pod.split("-")[-words:]) for pod in pods}
        if len(set(tails.values())) == len(pods) and min(map(len, tails.values())) >= _SHORTEST:
            return tails
        words += 1
    return {pod: pod for pod in pods}
