"""The worlds come to life by themselves, and one thing in the shop is a little broken."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from kubetui.demo import event_lifetime
from kubetui.demo.clock import Clock, seconds_of
from kubetui.demo.objects import name_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import (
    CUSTOMRESOURCEDEFINITIONS,
    DEPLOYMENTS,
    ENDPOINTSLICES,
    EVENTS,
    JOBS,
    NODES,
    PERSISTENTVOLUMECLAIMS,
    PODS,
    REPLICASETS,
    SERVICES,
)
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


def test_a_large_world_is_at_rest_no_controller_has_anything_left_to_do() -> None:
    registry, clock = _opened(large(10, 110))
    changed: list[str] = []
    for resource in (PODS, REPLICASETS, DEPLOYMENTS, SERVICES, ENDPOINTSLICES, EVENTS):
        registry.subscribe(resource, lambda event, obj, old: changed.append(f"{event} {obj['metadata']['name']}"))
    clock.advance(120)
    assert changed == []


def test_the_same_seed_makes_the_same_hour_in_every_process() -> None:
    hour = _hour(1)
    assert len(hour) > 300
    command = [sys.executable, "-c", "from tests.demo import test_worlds; print(test_worlds._hour(1))"]
    told = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert told.stdout.rstrip() == str(hour)


def test_another_seed_makes_other_names() -> None:
    names = [{name_of(pod) for pod in Theatre(seed=seed).registry.list(PODS)} for seed in (1, 2)]
    assert len(names[0]) == len(names[1])
    assert not {name for name in names[0] & names[1] if not name.startswith(("orders-db", "sessions"))}


def test_a_cluster_that_never_rests_keeps_the_newest_events_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_lifetime, "MOST", 200)
    registry, clock = _opened(large(3, 20))
    Churn(registry, clock, random.Random(1), 8.0).start()
    clock.advance(90)
    assert len(registry.list(EVENTS)) <= 200
    newest = max(seconds_of(event["metadata"]["creationTimestamp"]) for event in registry.list(EVENTS))
    assert clock.now() - newest < 60


def _hour(seed: int) -> list[tuple[str, ...]]:
    """All that is told of an hour of the shop in which nodes die and come back."""
    theatre = Theatre(seed=seed)
    told: list[tuple[str, ...]] = []
    theatre.registry.subscribe(
        EVENTS,
        lambda event, obj, old: told.append(
            (obj["involvedObject"]["name"], event, obj["reason"], obj["message"], obj["metadata"]["name"])
        ),
    )
    theatre.begin("node-dies", 600)
    theatre.begin("rolling-update", 600)
    theatre.begin("nodes-return", 2_400)
    return told


def test_churn_replaces_pods_and_loses_none() -> None:
    registry, clock = _opened(large(10, 100))
    before = {pod["metadata"]["uid"] for pod in registry.list(PODS)}
    Churn(registry, clock, random.Random(1), 8.0).start()
    clock.advance(30)
    after = {pod["metadata"]["uid"] for pod in registry.list(PODS) if "deletionTimestamp" not in pod["metadata"]}
    assert len(after) == 100
    assert 20 <= len(after - before) <= 32
