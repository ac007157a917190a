"""A person with everything open, in front of a built-in cluster over a line that breaks; all of it in virtual time.

Nothing is faked between the keys and the registry: the explorer speaks TLS over sockets with the built-in API server,
whose controllers and kubelets run. Only the clock is the event loop's, so ten minutes pass in a second or two.
"""

import asyncio
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from textual import _time

from kubetui.client import dial
from kubetui.demo import serve
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.certificate import Identity, issued
from kubetui.demo.http.server import Server
from kubetui.demo.objects import name_of
from kubetui.demo.people import PEOPLE
from kubetui.demo.registry import Registry
from kubetui.demo.resources import BUILT_IN, DEPLOYMENTS, PODS
from kubetui.demo.serve import Cluster, Settings
from kubetui.settings.options import Options
from kubetui.tui.app import Explorer
from kubetui.tui.session import Session
from tests.faults.chair import SHOWN, Chair, Version
from tests.faults.gate import Gate
from tests.faults.line import Line
from tests.tui.exploring import Person

HOST = "cluster.test"
"""Under which the explorer knows the cluster."""
_KINDS = [next(kind for kind in BUILT_IN if kind.plural == plural) for plural in SHOWN]


class Scene(Chair):
    """A cluster, its gate, the line to it, and a person who looks at it."""

    def __init__(self, cluster: Cluster, gate: Gate, line: Line, names: "Names", kubeconfig: Path) -> None:
        self.cluster = cluster
        self.gate = gate
        self.line = line
        self.names = names
        self.kubeconfig = kubeconfig
        self.ahead = 0.0
        """Seconds by which the explorer's time of day is ahead of the cluster's."""
        url = f"https://{HOST}:{line.port}\n    tls-server-name: 127.0.0.1"
        kubeconfig.write_text(cluster.kubeconfig().replace(cluster.server.url, url))

    def time(self) -> float:
        """The explorer's time of day."""
        return self.cluster.clock.now() + self.ahead

    @asynccontextmanager
    async def another_certificate(self) -> AsyncIterator[None]:
        """Meanwhile the cluster shows a certificate that nobody the explorer trusts has signed."""
        server = Server(self.gate.handle, issued())
        await server.start()
        before, self.line.to = self.line.to, server.port
        self.line.reset()
        try:
            yield
        finally:
            self.line.to = before
            await server.stop()

    @asynccontextmanager
    async def another_cluster(self, settings: Settings) -> AsyncIterator[None]:
        """From now on another cluster answers at the same address to the same tokens, with objects of its own."""
        before, other = self.cluster, Cluster(settings)
        await other.start()
        self.line.reset()
        self.gate.handler = other.server._handler
        self.cluster = other
        try:
            yield
        finally:
            self.cluster = before
            await other.stop()

    @property
    def registry(self) -> Registry:
        return self.cluster.registry

    @property
    def doorkeeper(self) -> Doorkeeper:
        """Who knows the cluster's users by their tokens: `token-0` is the administrator's."""
        return self.cluster._front._doorkeeper

    def stirs(self) -> None:
        """Behind the explorer's back: a pod is deleted, a deployment is scaled, and what follows from that."""
        pod = next(one for one in self.registry.list(PODS, "shop") if name_of(one).startswith("catalog"))
        self.registry.delete(PODS, "shop", name_of(pod))
        self.registry.patch(DEPLOYMENTS, "shop", "cart", {"spec": {"replicas": 4}})

    async def live_again(self, within: float) -> None:
        """Without a key pressed, all that is read is live again within so many seconds, and equal to the cluster's."""
        await self.person.until(lambda: not self.differences(), "what the cluster has", within)

    def differences(self) -> list[str]:
        """Where what the explorer has differs from what the cluster has, or is not called live."""
        return self.differing({kind.plural: Counter(map(_version, self.registry.list(kind, ""))) for kind in _KINDS})


def _version(obj: dict[str, Any]) -> Version:
    return str(obj["metadata"]["uid"]), str(obj["metadata"]["resourceVersion"])


@asynccontextmanager
async def scene(folder: Path, monkeypatch: pytest.MonkeyPatch, *, user: str = "token: token-0") -> AsyncIterator[Scene]:
    """A shop on five nodes that has been open for a while, and someone in front of its board.

    The explorer knows the cluster by a host name, and the time by a clock of its own; `user` is what the kubeconfig
    says of the one who looks.
    """
    loop = asyncio.get_running_loop()
    # Textual's timers read the loop's clock too, and sleep as long as they say.
    monkeypatch.setattr(_time, "get_time", loop.time)
    monkeypatch.setattr("textual.timer.sleep", asyncio.sleep)
    names = Names()
    monkeypatch.setattr(dial, "_addresses", names.look_up)
    monkeypatch.setattr(serve, "issued", _identity)
    tokens = cycle(f"token-{number}" for number in range(len(PEOPLE)))
    monkeypatch.setattr(secrets, "token_urlsafe", lambda length: next(tokens))
    cluster = Cluster(Settings(seed=7))
    gate = Gate(cluster.server._handler)
    cluster.server._handler = gate.handle
    await cluster.start()
    async with Line(cluster.server.port) as line:
        it = Scene(cluster, gate, line, names, folder / "config")
        it.kubeconfig.write_text(it.kubeconfig.read_text().replace("token: token-0", user))
        session = Session(Options(kubeconfig=it.kubeconfig), clock=it.time)
        try:
            await session.switch()
            app = Explorer(session)
            async with app.run_test(size=(160, 40), notifications=True) as pilot:
                it.person = Person(app, pilot)
                it.person.blink = 0.2  # minutes are looked at here
                yield it
        finally:
            await session.close()
            await cluster.stop()


class Names:
    """What the cluster's host name stands for; a test may make it unknown."""

    def __init__(self) -> None:
        self.are_gone = False

    async def look_up(self, host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
        """Stands where a thread asks DNS: threads know nothing of virtual time."""
        if self.are_gone:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, ("127.0.0.1", port))]


@cache
def _identity() -> Identity:
    return issued()
