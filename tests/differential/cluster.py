"""A built-in cluster for sessions: three empty nodes, a few users, in virtual time or served to kubectl."""

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kubetui.demo.bootstrap import bootstrap
from kubetui.demo.catalog import Catalog
from kubetui.demo.clock import Clock, LiveClock
from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.definitions import Definitions
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.certificate import issued
from kubetui.demo.http.front import Front
from kubetui.demo.http.message import User
from kubetui.demo.http.server import Server
from kubetui.demo.kubelet.machine import Machine
from kubetui.demo.registry import Registry
from tests.differential.target import USERS, Target

MACHINES = tuple(
    Machine(f"node-{number}", number, f"zone-{'abc'[number]}", cores=32, memory_gib=256) for number in range(3)
)
"""The nodes of both clusters."""
START = 1_800_000_000.0
SPEED = 10.0
"""Virtual seconds in a second of a served cluster."""
_EVERYONE = "system:authenticated"


class BuiltIn:
    """Everything that is served but the socket. A token is the name of its user."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.registry = Registry(clock, random.Random(seed))
        users = {name: User(name, ("system:masters", _EVERYONE) if name == "admin" else (_EVERYONE,)) for name in USERS}
        doorkeeper = Doorkeeper(users, clock)
        self.plane = ControlPlane(self.registry, clock, seed)
        self.catalog = Catalog()
        Definitions(self.registry, self.catalog, self.plane.follow)
        self.front = Front(self.registry, doorkeeper, self.plane.fleet, self.catalog)
        bootstrap(self.registry)
        self.plane.start(MACHINES)


@contextmanager
def served() -> Iterator[Target]:
    """A built-in cluster that answers on a port, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    identity = issued()

    async def start() -> tuple[Server, LiveClock]:
        # Its time runs ahead of kubectl's: it begins so long ago that nothing is of the future.
        clock = LiveClock(SPEED, time.time() - 86_400)
        server = Server(BuiltIn(clock).front.handle, identity)
        await server.start()
        return server, clock

    async def stop(server: Server, clock: LiveClock) -> None:
        await server.stop()
        clock.stop()

    try:
        server, clock = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        try:
            yield Target("built in", server.url, identity.authority, {name: name for name in USERS}, quiet=0.5)
        finally:
            asyncio.run_coroutine_threadsafe(stop(server, clock), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
