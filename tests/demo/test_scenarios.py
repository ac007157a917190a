"""Each scenario begins what it says, and the cluster does the rest."""

import random
from pathlib import Path

import pytest

from kubetui.cli import main
from kubetui.demo.bootstrap import bootstrap
from kubetui.demo.catalog import Catalog
from kubetui.demo.clock import Clock
from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.definitions import Definitions
from kubetui.demo.registry import Registry
from kubetui.demo.resources import EVENTS, NODES, PODS
from kubetui.demo.worlds.scenarios import SCENARIOS
from kubetui.demo.worlds.shop import shop
from kubetui.demo.worlds.world import create
from tests.demo.living import START, condition, is_ready, waiting


def _open() -> ControlPlane:
    clock = Clock(START)
    registry = Registry(clock, random.Random(1))
    bootstrap(registry)
    plane = ControlPlane(registry, clock, 1)
    world = shop()
    catalog = Catalog()
    Definitions(registry, catalog, plane.follow)
    plane.start(world.machines)
    create(registry, world.objects, catalog)
    clock.advance(60)
    return plane


def _ready(plane: ControlPlane, app: str = "tic-tac-toe") -> int:
    return sum(is_ready(pod) for pod in plane.registry.list(PODS) if pod["metadata"]["labels"].get("app") == app)


def _reasons(plane: ControlPlane) -> set[str]:
    return {event["reason"] for event in plane.registry.list(EVENTS)}


def _begin(name: str, seconds: float) -> ControlPlane:
    plane = _open()
    assert SCENARIOS[name].begin(plane)
    plane.clock.advance(seconds)
    return plane


@pytest.mark.parametrize(
    ("name", "seconds"), [("pod-killed", 30), ("rolling-update", 90), ("node-dies", 450), ("zone-dies", 500)]
)
def test_the_game_heals_by_itself(name: str, seconds: float) -> None:
    assert _ready(_begin(name, seconds)) == 3


@pytest.mark.parametrize(("name", "reason"), [("image-typo", "ImagePullBackOff"), ("crash-loop", "CrashLoopBackOff")])
def test_new_pods_that_fail_leave_the_old_ones_alone(name: str, reason: str) -> None:
    plane = _begin(name, 110)
    assert reason in {waiting(pod) for pod in plane.registry.list(PODS, "default")}
    assert _ready(plane) == 3


def test_a_bad_rollout_is_stuck() -> None:
    plane = _begin("bad-rollout", 60)
    assert _ready(plane) == 3
    assert len(plane.registry.list(PODS, "default")) == 4


def test_containers_run_out_of_memory() -> None:
    plane = _begin("out-of-memory", 200)
    states = [
        pod["status"]["containerStatuses"][0]["lastState"].get("terminated", {}).get("reason")
        for pod in plane.registry.list(PODS, "default")
    ]
    assert "OOMKilled" in states


@pytest.mark.parametrize("name", ["unschedulable", "pvc-pending"])
def test_a_pod_that_can_not_be_placed_says_why(name: str) -> None:
    plane = _begin(name, 20)
    assert "FailedScheduling" in _reasons(plane)
    assert any(condition(pod, "PodScheduled") == "False" for pod in plane.registry.list(PODS, "default"))


def test_a_split_node_looks_dead_and_returns_without_restarts() -> None:
    plane = _begin("network-split", 120)
    assert [condition(node, "Ready") for node in plane.registry.list(NODES)].count("Unknown") == 1
    SCENARIOS["nodes-return"].begin(plane)
    plane.clock.advance(30)
    assert [condition(node, "Ready") for node in plane.registry.list(NODES)] == ["True"] * 5
    assert _ready(plane) == 3


def test_a_load_spike_brings_more_pods_of_the_game() -> None:
    assert 5 <= _ready(_begin("load-spike", 240)) <= 9


def test_nothing_to_happen_to_is_said() -> None:
    clock = Clock(START)
    with pytest.raises(LookupError, match="no deployment"):
        SCENARIOS["pod-killed"].begin(ControlPlane(Registry(clock), clock))


def test_an_unknown_scenario_is_a_wrong_usage_and_the_known_ones_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as over:
        main(["demo", "serve", "--scenario", "earthquake"])
    assert over.value.code == 2
    said = capsys.readouterr().err
    assert "there is no scenario 'earthquake'" in said
    assert all(f"{name} " in said for name in SCENARIOS)


def test_the_page_of_the_built_in_cluster_names_every_scenario() -> None:
    page = (Path(__file__).parents[2] / "docs" / "demo.md").read_text()
    for name, one in SCENARIOS.items():
        assert f"| `{name}` | {one.watch} |" in page
