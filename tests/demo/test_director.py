"""A running cluster is directed through one of its own objects."""

from typing import Any

from kubetui.demo.resources import CONFIGMAPS
from kubetui.demo.worlds.director import NAME, NAMESPACE, Director
from tests.demo.living import Living


def _directed() -> tuple[Living, list[float]]:
    cluster = Living()
    speeds: list[float] = []
    Director(cluster.plane, 1.0, speeds.append).start()
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
    assert _ask(cluster, scenario="flood")["happened"].startswith("flood: there is no such scenario")
    _ask(cluster, scenario="pvc-pending")
    assert "already exists" in _ask(cluster, scenario="pvc-pending")["happened"]


def test_the_speed_of_time_can_be_changed() -> None:
    cluster, speeds = _directed()
    assert _ask(cluster, time_scale="20")["happened"] == "time-scale: 20"
    assert _ask(cluster, time_scale="fast")["time-scale"] == "20"
    assert _ask(cluster, time_scale="-1")["time-scale"] == "20"
    assert speeds == [20.0]
