"""The shop in virtual time, as a stage on which scenarios happen."""

import random
from collections.abc import Iterable

from kubetui.demo.bootstrap import bootstrap
from kubetui.demo.catalog import Catalog
from kubetui.demo.clock import Clock
from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.definitions import Definitions
from kubetui.demo.objects import Json, labels_of, name_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import DEPLOYMENTS, EVENTS, NODES, PODS, REPLICASETS
from kubetui.demo.worlds.scenarios.catalogue import begin
from kubetui.demo.worlds.scenarios.scenario import Stage
from kubetui.demo.worlds.shop import shop
from kubetui.demo.worlds.world import World, create
from tests.demo.living import START, condition, is_ready

GAME = "tic-tac-toe"


class Api:
    """Writes down what happens to the API server."""

    def __init__(self) -> None:
        self.suffered: list[tuple[str, float]] = []

    def fall_silent(self, seconds: float) -> None:
        self.suffered.append(("silent", seconds))

    def restart(self, seconds: float) -> None:
        self.suffered.append(("restart", seconds))

    def expire_tokens(self, seconds: float) -> None:
        self.suffered.append(("expire", seconds))


class Theatre:
    """A world that has been open for a minute."""

    def __init__(self, world: World | None = None, seed: int = 1, start: float = START) -> None:
        clock = Clock(start)
        self.registry = registry = Registry(clock, random.Random(seed))
        bootstrap(registry)
        self.plane = ControlPlane(registry, clock, seed)
        self.api = Api()
        self.stage = Stage(self.plane, self.api)
        world = world or shop()
        catalog = Catalog()
        Definitions(registry, catalog, self.plane.follow)
        self.plane.start(world.machines)
        create(registry, world.objects, catalog)
        self.run(60)

    def begin(self, wish: str, then: float = 0.0) -> str:
        """Begins a scenario and lets time pass; returns what was said."""
        said = begin(self.stage, wish)
        self.run(then)
        return said

    def run(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.plane.clock.advance(seconds)

    def pods(self, app: str = GAME) -> list[Json]:
        """The pods of an app in any namespace."""
        return [pod for pod in self.registry.list(PODS) if labels_of(pod).get("app") == app]

    def ready(self, app: str = GAME) -> int:
        """How many of them are ready."""
        return sum(map(is_ready, self.pods(app)))

    def on(self, node: str) -> list[Json]:
        """The pods of a node."""
        return [pod for pod in self.registry.list(PODS) if pod["spec"].get("nodeName") == node]

    def nodes(self) -> dict[str, str]:
        """The Ready condition of each node."""
        return {name_of(node): condition(node, "Ready") for node in self.registry.list(NODES)}

    def events(self, reason: str, about: str = "") -> list[str]:
        """The messages of the events with that reason, on objects whose names begin so."""
        return [
            event["message"]
            for event in self.registry.list(EVENTS)
            if event["reason"] == reason and event["involvedObject"]["name"].startswith(about)
        ]

    def game(self) -> Json:
        """The Deployment that scenarios happen to where none is named."""
        return self.registry.get(DEPLOYMENTS, "default", GAME)

    def replicasets(self) -> dict[str, int]:
        """How many pods each of its ReplicaSets has, by their images' tags."""
        return {
            one["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]: one["status"]["replicas"]
            for one in self.registry.list(REPLICASETS, "default")
            if labels_of(one).get("app") == GAME
        }


def reasons(conditions: Iterable[Json]) -> dict[str, str]:
    """Each condition's type with its reason."""
    return {one["type"]: one.get("reason", "") for one in conditions}
