"""The built-in cluster alone, in the foreground: a port, a kubeconfig, until it is interrupted."""

import asyncio
import gc
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import yaml

from kubetui.demo.bootstrap import bootstrap
from kubetui.demo.catalog import Catalog
from kubetui.demo.clock import LiveClock
from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.definitions import Definitions
from kubetui.demo.http.access import Doorkeeper, account_user
from kubetui.demo.http.certificate import Identity, issued
from kubetui.demo.http.front import Front
from kubetui.demo.http.gate import Gate
from kubetui.demo.http.server import Server
from kubetui.demo.outages import Outages
from kubetui.demo.people import NAME, Tokens, grant_rights, kubeconfig
from kubetui.demo.registry import Registry
from kubetui.demo.rundir import RunDirectory
from kubetui.demo.worlds.director import Director
from kubetui.demo.worlds.large import Churn, large
from kubetui.demo.worlds.scenarios.catalogue import begin
from kubetui.demo.worlds.scenarios.scenario import Impossible, Stage
from kubetui.demo.worlds.shop import shop
from kubetui.demo.worlds.world import World, create

NOTICEABLE = 5.0
"""Seconds by which a cluster's clock may differ from its clients' when it is served: the time it took to fill it."""


class Settings(msgspec.Struct, frozen=True):
    """What a cluster is started with. Without nodes or pods it is the shop, else a large world of as many."""

    nodes: int | None = None
    pods: int | None = None
    churn: float = 0.0
    """Changes of pods a second, of the large world."""
    seed: int = 0
    time_scale: float = 1.0
    scenario: str = ""
    """What happens as soon as it is served, `NAME` or `NAME=VALUE`; nothing where it is empty."""

    @property
    def world(self) -> World:
        if self.pods is None:
            return shop() if self.nodes is None else shop(self.nodes)
        return large(self.nodes or max(1, self.pods // 20), self.pods)


class Cluster:
    """A running built-in cluster."""

    def __init__(self, settings: Settings, renewed: Callable[[], None] = lambda: None) -> None:
        """`renewed` is called when there are new tokens, which the kubeconfig then holds."""
        self._settings = settings
        self._world = settings.world
        # What has happened before anyone looks happens in the past, so that its end is now.
        self.clock = LiveClock(0.0, time.time() - self._world.history)
        self._clients_clock = LiveClock()
        self._rng = random.Random(settings.seed)
        self.registry = Registry(self.clock, random.Random(self._rng.getrandbits(64)))
        self._identity: Identity = issued()
        doorkeeper = Doorkeeper({}, self.clock)
        self._tokens = Tokens(doorkeeper)
        self._renewed = renewed
        self._plane = ControlPlane(self.registry, self.clock, settings.seed)
        self._plane.keep_accounts(
            self._identity.authority,
            lambda namespace, name: doorkeeper.admit(account_user(namespace, name)),
            doorkeeper.revoke,
        )
        self._catalog = Catalog()
        self._definitions = Definitions(self.registry, self._catalog, self._plane.follow)
        self._front = Front(self.registry, doorkeeper, self._plane.fleet, self._catalog)
        gate = Gate(self._front.handle)
        self.server = Server(gate.handle, self._identity, self.clock.now)
        self._outages = Outages(
            self.server,
            gate,
            self.registry.storage,
            self._clients_clock,
            revoke=self._tokens.revoke,
            renew=self._renew,
        )
        self._stage = Stage(self._plane, self._outages)

    async def start(self, port: int = 0) -> None:
        """Sets the cluster up and serves it. OSError where the port is taken.

        Impossible where the scenario of the settings can't begin in their world.
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
            begin(self._stage, self._settings.scenario)

    def _populate(self) -> None:
        bootstrap(self.registry)
        grant_rights(self.registry)
        self._plane.start(self._world.machines)
        create(self.registry, self._world.objects, self._catalog)
        self.clock.advance(self._world.history, self._world.step)
        behind = time.time() - self.clock.now()
        if behind > NOTICEABLE:
            self.clock.advance(behind, self._world.step)
        self._change_speed(self._settings.time_scale)
        Director(self._stage, self._settings.time_scale, self._change_speed).start()
        if self._settings.churn:
            Churn(self.registry, self.clock, self._rng, self._settings.churn).start()

    def _change_speed(self, scale: float) -> None:
        self.clock.scale = scale

    def _renew(self) -> None:
        self._tokens.renew()
        self._renewed()

    async def stop(self) -> None:
        """Ends every connection and every timer."""
        await self._outages.stop()
        await self.server.stop()
        self.clock.stop()
        self._clients_clock.stop()

    @property
    def tokens(self) -> Mapping[str, str]:
        """The token of each context of the kubeconfig."""
        return self._tokens.by_context

    def kubeconfig(self, files: Mapping[str, Path] | None = None) -> str:
        """A kubeconfig with one context a person; `files` are those in which the tokens stand too, by context."""
        return kubeconfig(self.server.url, self._identity.authority, self.tokens, files or {})


async def run(home: Path, port: int, elsewhere: Path | None, settings: Settings, *, tied: bool = False) -> int:
    """Serves a cluster until SIGINT, SIGTERM or SIGHUP (that is not ignored), or, `tied`, until standard input ends.

    Its files are in a folder under `home`; the kubeconfig is also written `elsewhere` where that is named. Prints where
    it is, or without a place the kubeconfig itself.
    """
    if elsewhere is not None and not _replaceable(elsewhere):
        told = "is not a kubeconfig of the built-in cluster; name another file"
        return _failed(f"{elsewhere} would be overwritten, and {told}")
    try:
        files = RunDirectory(home)
    except OSError as why:
        return _failed(f"there is no place for the cluster's files: {why.filename or home}: {why.strerror}")
    try:
        return await _serve(files, port, elsewhere, settings, tied=tied)
    finally:
        files.remove()


async def _serve(files: RunDirectory, port: int, elsewhere: Path | None, settings: Settings, *, tied: bool) -> int:
    cluster = Cluster(settings, lambda: publish())

    def publish() -> None:
        token_files = {context: files.token_file(context) for context in cluster.tokens}
        files.publish(cluster.kubeconfig(token_files), cluster.tokens, elsewhere)

    over = asyncio.Event()
    try:
        await cluster.start(port)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Whoever started it with nohup wants it to outlive the terminal.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, over.set)
        if tied:
            loop.add_reader(sys.stdin.fileno(), over.set)
        try:
            publish()
        except OSError as why:
            return _failed(f"{elsewhere or files.kubeconfig} can't be written: {why.strerror}")
        if tied or elsewhere is not None:
            print(f"export KUBECONFIG={elsewhere or files.kubeconfig}", flush=True)
        else:
            print(files.kubeconfig.read_text(), flush=True)
        print(f"The built-in cluster serves {cluster.server.url}; Ctrl+C ends it.", file=sys.stderr, flush=True)
        await over.wait()
        return 0
    except OSError as why:
        return _failed(f"the built-in cluster can't listen on port {port}: {why.strerror}")
    except Impossible as why:
        return _failed(f"the scenario {settings.scenario} can't begin: {why}")
    finally:
        await cluster.stop()


def _failed(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 1


def _replaceable(path: Path) -> bool:
    """Whether nothing of a person's is lost when a file is replaced: it is not there, or was written here."""
    try:
        found = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        return True
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    return isinstance(found, dict) and [one.get("name") for one in found.get("clusters") or ()] == [NAME]
