"""A running cluster is directed through one of its own objects."""

from typing import Any

from kubetui.demo.resources import CONFIGMAPS
from kubetui.demo.worlds.director import NAME, NAMESPACE, Director
from kubetui.demo.worlds.scenarios.scenario import Stage
from tests.demo.living import Living
from tests.demo.stage import Api


def _directed() -> tuple[Living, list[float]]:
    cluster = Living()
    speeds: list[float] = []
    Director(Stage(cluster.plane, Api()), 1.0, speeds.append).start()
    cluster.deploy()
    cluster.run(20)
    return cluster, speeds


def _ask(cluster: Living, **data: str) -> dict[str, Any]:
    given = {name.replace("_", "-"): value for name, value in data.items()}
    cluster.registry.patch(CONFIGMAPS, NAMESPACE, NAME, {"data": given})
    cluster.run(0.1)
    answered: dict[str, Any] = cluster.registry.get(CONFIGMAPS, NAMESPACE, NAME)["data"]
    return answered


def test_a_scenario_begins_once_and_says_to_what_it_happened() -> None:
    cluster, _ = _directed()
    answered = _ask(cluster, scenario="node-dies")
    assert answered["scenario"] == ""
    assert answered["happened"].startswith("node-dies: node-")
    assert sum(not kubelet.connected for kubelet in cluster.plane.fleet.kubelets.values()) == 1


def test_a_scenario_that_is_not_known_or_can_not_begin_is_answered() -> None:
    cluster, _ = _directed()
    answered = _ask(cluster, scenario="flood")
    assert (answered["happened"], answered["refused"]) == ("", "there is no scenario 'flood'")
    assert _ask(cluster, scenario="pvc-pending")["refused"] == ""
    assert "already exists" in _ask(cluster, scenario="pvc-pending")["refused"]


def test_a_scenario_begins_at_the_thing_that_is_named() -> None:
    cluster, _ = _directed()
    assert _ask(cluster, scenario="node-dies=node-2")["happened"].startswith("node-dies: node-2.")
    assert not cluster.plane.fleet.kubelets["node-2"].connected


def test_the_speed_of_time_can_be_changed() -> None:
    cluster, speeds = _directed()
    assert _ask(cluster, time_scale="20")["happened"] == "time-scale: 20"
    assert _ask(cluster, time_scale="fast")["time-scale"] == "20"
    assert _ask(cluster, time_scale="-1")["refused"].startswith("'-1' is no speed of time")
    assert speeds == [20.0]


def test_who_asks_for_what_is_so_already_is_answered_too() -> None:
    cluster, _ = _directed()
    assert _ask(cluster, time_scale="1", happened="", refused="")["happened"] == "time-scale: 1"


def test_both_can_be_asked_for_at_once() -> None:
    cluster, speeds = _directed()
    answered = _ask(cluster, scenario="node-dies", time_scale="5")
    assert answered["happened"].startswith("time-scale: 5; node-dies: node-")
    assert speeds == [5.0]
