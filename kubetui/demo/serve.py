"""The built-in cluster alone, in the foreground: a port, a kubeconfig, until it is interrupted."""

import asyncio
import base64
import gc
import os
import random
import secrets
import signal
import sys
import time
from pathlib import Path

import msgspec
import yaml

from kubetui.demo.bootstrap import binding, bootstrap
from kubetui.demo.catalog import Catalog
from kubetui.demo.clock import LiveClock
from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.definitions import Definitions
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.certificate import Identity, self_signed
from kubetui.demo.http.front import Front
from kubetui.demo.http.message import User
from kubetui.demo.http.server import Server
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CLUSTERROLEBINDINGS, ROLEBINDINGS
from kubetui.demo.worlds.director import Director
from kubetui.demo.worlds.large import Churn, large
from kubetui.demo.worlds.scenarios import SCENARIOS
from kubetui.demo.worlds.shop import shop
from kubetui.demo.worlds.world import World, create

NAME = "kubetui-demo"
"""The cluster's name in its kubeconfig."""
AUTHENTICATED = ("system:authenticated",)
USERS = {
    "admin": User("kubernetes-admin", ("system:masters", *AUTHENTICATED)),
    "viewer": User("viewer", AUTHENTICATED),
    "team": User("team", AUTHENTICATED),
    "nobody": User("nobody", AUTHENTICATED),
}
"""Who has a context in the kubeconfig: one may do everything, one see everything but secrets, one work in the namespace
`default`, one nothing."""


class Settings(msgspec.Struct, frozen=True):
    """What a cluster is started with. Without nodes or pods it is the shop, else a large world of as many."""

    nodes: int | None = None
    pods: int | None = None
    churn: float = 0.0
    """Changes of pods a second, of the large world."""
    seed: int = 0
    time_scale: float = 1.0
    scenario: str = ""
    """What happens as soon as it is served, one of SCENARIOS; nothing where it is empty."""

    @property
    def world(self) -> World:
        if self.pods is None:
            return shop() if self.nodes is None else shop(self.nodes)
        return large(self.nodes or max(1, self.pods // 20), self.pods)


class Cluster:
    """A running built-in cluster."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._world = settings.world
        # What has happened before anyone looks happens in the past, so that its end is now.
        self.clock = LiveClock(0.0, time.time() - self._world.history)
        self._rng = random.Random(settings.seed)
        self.registry = Registry(self.clock, random.Random(self._rng.getrandbits(64)))
        self._identity: Identity = self_signed()
        self._tokens = {name: secrets.token_urlsafe(24) for name in USERS}
        doorkeeper = Doorkeeper({self._tokens[name]: user for name, user in USERS.items()}, self.clock)
        self._plane = ControlPlane(self.registry, self.clock, settings.seed)
        self._catalog = Catalog()
        self._definitions = Definitions(self.registry, self._catalog, self._plane.follow)
        self._front = Front(self.registry, doorkeeper, self._plane.fleet, self._catalog)
        self.server = Server(self._front.handle, self._identity)

    async def start(self, port: int = 0) -> None:
        """Sets the cluster up and serves it. OSError where the port is taken.

        LookupError where the world has nothing that the scenario could happen to.
        """
        # A large world is millions of small objects without a cycle: to look for some among them takes seconds.
        gc.disable()
        try:
            self._populate()
        finally:
            gc.freeze()
            gc.enable()
        await self.server.start(port)
        if self._settings.scenario:
            SCENARIOS[self._settings.scenario].begin(self._plane)

    def _populate(self) -> None:
        bootstrap(self.registry)
        self.registry.create(CLUSTERROLEBINDINGS, binding("viewer", "view", "User", "viewer"))
        self.registry.create(ROLEBINDINGS, binding("team", "edit", "User", "team"), "default")
        self._plane.start(self._world.machines)
        create(self.registry, self._world.objects, self._catalog)
        self.clock.advance(self._world.history)
        self._change_speed(self._settings.time_scale)
        Director(self._plane, self._settings.time_scale, self._change_speed).start()
        if self._settings.churn:
            Churn(self.registry, self.clock, self._rng, self._settings.churn).start()

    def _change_speed(self, scale: float) -> None:
        self.clock.scale = scale

    async def stop(self) -> None:
        """Ends every connection and every timer."""
        await self.server.stop()
        self.clock.stop()

    def kubeconfig(self) -> str:
        """A kubeconfig with one context a user, the admin's first."""
        authority = base64.b64encode(self._identity.certificate.encode()).decode()
        name = NAME
        contexts = [
            {"name": name if user == "admin" else known, "context": {"cluster": name, "user": known}}
            for user in self._tokens
            for known in (f"{name}-{user}",)
        ]
        users = [{"name": f"{name}-{user}", "user": {"token": token}} for user, token in self._tokens.items()]
        cluster = {"server": self.server.url, "certificate-authority-data": authority}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "contexts": contexts,
            "users": users,
            "current-context": name,
        }
        return yaml.safe_dump(config, sort_keys=False)


async def run(port: int, kubeconfig: Path | None, settings: Settings, *, tied: bool = False) -> int:
    """Serves a cluster until SIGINT or SIGTERM, or, `tied`, until standard input ends.

    Writes the kubeconfig where it is told to, else to stdout.
    """
    if kubeconfig is not None and not _replaceable(kubeconfig):
        told = "is not a kubeconfig of the built-in cluster; name another file"
        print(f"error: {kubeconfig} would be overwritten, and {told}", file=sys.stderr)
        return 1
    cluster = Cluster(settings)
    # Objects have no cycles: to look for some in a cluster that is being filled takes a fifth of its time.
    gc.disable()
    try:
        await cluster.start(port)
    except OSError as why:
        print(f"error: the built-in cluster can't listen on port {port}: {why.strerror}", file=sys.stderr)
        return 1
    except LookupError as why:
        print(f"error: the scenario {settings.scenario} can't begin: {why.args[0]}", file=sys.stderr)
        await cluster.stop()
        return 1
    gc.freeze()
    gc.enable()
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    if tied:
        loop.add_reader(sys.stdin.fileno(), over.set)
    try:
        if kubeconfig is None:
            print(cluster.kubeconfig(), flush=True)
        else:
            try:
                write_private(kubeconfig, cluster.kubeconfig())
            except OSError as why:
                print(f"error: {kubeconfig} can't be written: {why.strerror}", file=sys.stderr)
                return 1
            print(f"export KUBECONFIG={kubeconfig}", flush=True)
        print(f"The built-in cluster serves {cluster.server.url}; Ctrl+C ends it.", file=sys.stderr, flush=True)
        await over.wait()
        return 0
    finally:
        if tied and kubeconfig is not None:
            _discard(kubeconfig)
        await cluster.stop()


def _discard(path: Path) -> None:
    """Leaves no token behind where the one it was for has gone, after a crash too."""
    path.unlink(missing_ok=True)


def _replaceable(path: Path) -> bool:
    """Whether nothing of a person's is lost when a file is replaced: it is not there, or was written here."""
    try:
        found = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        return True
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    return isinstance(found, dict) and [one.get("name") for one in found.get("clusters") or ()] == [NAME]


def write_private(path: Path, text: str) -> None:
    """Writes a file that its owner alone can read, whole or not at all. OSError where it can't be written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
