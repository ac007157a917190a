"""The worlds come to life by themselves, and one thing in the shop is a little broken."""

import random

from kubetui.demo.clock import Clock
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CUSTOMRESOURCEDEFINITIONS, JOBS, NODES, PERSISTENTVOLUMECLAIMS, PODS, SERVICES
from kubetui.demo.worlds.large import Churn, large
from kubetui.demo.worlds.shop import shop
from kubetui.demo.worlds.world import World
from tests.demo.living import is_ready, waiting
from tests.demo.stage import Theatre


def _opened(world: World) -> tuple[Registry, Clock]:
    theatre = Theatre(world)
    theatre.run(world.history - 60)
    return theatre.registry, theatre.plane.clock


def test_the_shop_is_open_and_one_thing_in_it_is_a_little_broken() -> None:
    registry, _ = _opened(shop())
    assert len(registry.list(NODES)) == 5
    servers = [pod for pod in registry.list(PODS) if pod["metadata"]["labels"]["app"] != "stock-report"]
    unready = [pod for pod in servers if not is_ready(pod)]
    assert [pod["metadata"]["labels"]["app"] for pod in unready] == ["recommendations"]
    assert waiting(unready[0]) == "CrashLoopBackOff"
    assert {one["status"]["phase"] for one in registry.list(PERSISTENTVOLUMECLAIMS)} == {"Bound"}
    assert any((job.get("status") or {}).get("succeeded") for job in registry.list(JOBS, "shop"))
    assert len(registry.list(CUSTOMRESOURCEDEFINITIONS)) == 1
    game = registry.get(SERVICES, "default", "tic-tac-toe")
    assert game["status"]["loadBalancer"]["ingress"][0]["ip"].startswith("203.0.113.")


def test_the_game_is_spread_over_three_zones() -> None:
    registry, _ = _opened(shop())
    zones = set()
    for pod in registry.list(PODS, "default"):
        node = registry.get(NODES, "", pod["spec"]["nodeName"])
        zones.add(node["metadata"]["labels"]["topology.kubernetes.io/zone"])
    assert len(zones) == 3


def test_a_large_world_has_as_many_pods_as_asked_for_and_all_of_them_run() -> None:
    registry, _ = _opened(large(10, 310))
    assert len(registry.list(NODES)) == 10
    assert sum(map(is_ready, registry.list(PODS))) == 310


def test_churn_replaces_pods_and_loses_none() -> None:
    registry, clock = _opened(large(10, 100))
    before = {pod["metadata"]["uid"] for pod in registry.list(PODS)}
    Churn(registry, clock, random.Random(1), 8.0).start()
    clock.advance(30)
    after = {pod["metadata"]["uid"] for pod in registry.list(PODS) if "deletionTimestamp" not in pod["metadata"]}
    assert len(after) == 100
    assert 20 <= len(after - before) <= 32
