"""A node dies, is cut off, comes back, is deleted: what follows, and when."""

from kubetui.demo.resources import NODES
from tests.demo.living import Living, condition, is_ready, machine, reason


def _with_web(replicas: int = 6) -> Living:
    cluster = Living(3)
    cluster.deploy(replicas=replicas)
    cluster.run(30)
    assert len(cluster.running()) == replicas
    return cluster


def _on(cluster: Living, node: str) -> list[str]:
    return [pod["metadata"]["name"] for pod in cluster.pods() if pod["spec"].get("nodeName") == node]


def test_a_silent_node_is_unknown_after_fifty_seconds_and_its_pods_are_not_ready() -> None:
    cluster = _with_web()
    cluster.plane.fleet.kubelets["node-1"].power_off()
    cluster.run(40)
    assert condition(cluster.get(NODES, "node-1"), "Ready") == "True"
    cluster.run(20)
    node = cluster.get(NODES, "node-1")
    assert condition(node, "Ready") == "Unknown"
    assert reason(node, "Ready") == "NodeStatusUnknown"
    assert not any(is_ready(pod) for pod in cluster.pods() if pod["spec"]["nodeName"] == "node-1")
    assert {(taint["key"], taint["effect"]) for taint in node["spec"]["taints"]} == {
        ("node.kubernetes.io/unreachable", "NoSchedule"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
    }


def test_a_dead_nodes_pods_are_evicted_after_its_clocks_and_replaced_elsewhere() -> None:
    cluster = _with_web()
    lost = _on(cluster, "node-1")
    cluster.plane.fleet.kubelets["node-1"].power_off()
    cluster.run(330)
    assert not any("deletionTimestamp" in pod["metadata"] for pod in cluster.pods())
    cluster.run(60)
    terminating = [pod["metadata"]["name"] for pod in cluster.pods() if "deletionTimestamp" in pod["metadata"]]
    assert sorted(terminating) == sorted(lost)
    assert len(cluster.running()) == 6
    assert cluster.messages("TaintManagerEviction", lost[0]) == [f"Marking for deletion Pod default/{lost[0]}"]
    assert reason(next(pod for pod in cluster.pods() if pod["metadata"]["name"] == lost[0]), "DisruptionTarget") == (
        "DeletionByTaintManager"
    )


def test_pods_of_a_dead_node_end_when_it_returns() -> None:
    cluster = _with_web()
    cluster.plane.fleet.kubelets["node-1"].power_off()
    cluster.run(400)
    assert len(cluster.pods()) == 8
    cluster.plane.fleet.kubelets["node-1"].power_on()
    cluster.run(60)
    assert len(cluster.pods()) == 6
    assert "taints" not in cluster.get(NODES, "node-1")["spec"]
    assert condition(cluster.get(NODES, "node-1"), "Ready") == "True"


def test_a_node_that_returns_in_time_keeps_its_pods_and_restarts_their_containers() -> None:
    cluster = _with_web()
    kept = _on(cluster, "node-1")
    cluster.plane.fleet.kubelets["node-1"].power_off()
    cluster.run(120)
    cluster.plane.fleet.kubelets["node-1"].power_on()
    cluster.run(60)
    assert _on(cluster, "node-1") == kept
    assert len(cluster.running()) == 6
    counts = {pod["status"]["containerStatuses"][0]["restartCount"] for pod in cluster.pods()}
    assert counts == {0, 1}
    assert cluster.messages("TaintManagerEviction", kept[0]) == [f"Cancelling deletion of Pod default/{kept[0]}"]


def test_containers_run_on_through_a_network_split() -> None:
    cluster = _with_web()
    cluster.plane.fleet.kubelets["node-1"].disconnect()
    cluster.run(120)
    assert len(cluster.running()) == 4
    cluster.plane.fleet.kubelets["node-1"].reconnect()
    cluster.run(30)
    assert len(cluster.running()) == 6
    assert {pod["status"]["containerStatuses"][0]["restartCount"] for pod in cluster.pods()} == {0}


def test_pods_of_a_deleted_node_are_taken_away() -> None:
    cluster = _with_web()
    cluster.plane.fleet.kubelets["node-1"].power_off()
    cluster.delete(NODES, "node-1")
    cluster.run(90)
    assert _on(cluster, "node-1") == []
    assert len(cluster.running()) == 6


def test_nobody_is_evicted_when_all_nodes_fall_silent() -> None:
    cluster = _with_web()
    for kubelet in cluster.plane.fleet.kubelets.values():
        kubelet.disconnect()
    cluster.run(600)
    assert not any("deletionTimestamp" in pod["metadata"] for pod in cluster.pods())


def test_a_cordoned_node_gets_no_new_pods_and_keeps_its_old_ones() -> None:
    cluster = _with_web()
    kept = _on(cluster, "node-1")
    cluster.patch(NODES, "node-1", {"spec": {"unschedulable": True}})
    cluster.run(1)
    assert cluster.get(NODES, "node-1")["spec"]["taints"][0]["key"] == "node.kubernetes.io/unschedulable"
    cluster.deploy("api", replicas=4)
    cluster.run(30)
    assert _on(cluster, "node-1") == kept


def test_whoever_was_to_be_evicted_is_pardoned_when_the_last_node_falls_silent_too() -> None:
    cluster = _with_web()
    kubelets = cluster.plane.fleet.kubelets
    kubelets["node-1"].power_off()
    cluster.run(120)
    for name in ("node-0", "node-2"):
        kubelets[name].power_off()
    cluster.run(70)
    taints = cluster.get(NODES, "node-1")["spec"]["taints"]
    assert [taint["effect"] for taint in taints] == ["NoSchedule"]
    cluster.run(600)
    assert not any("deletionTimestamp" in pod["metadata"] for pod in cluster.pods())


def test_in_a_small_zone_that_is_mostly_down_nobody_is_evicted() -> None:
    cluster = Living([machine(3 * number) for number in range(5)])
    cluster.deploy(replicas=5)
    cluster.run(30)
    for number in range(3):
        cluster.plane.fleet.kubelets[f"node-{3 * number}"].power_off()
    cluster.run(700)
    assert not any("deletionTimestamp" in pod["metadata"] for pod in cluster.pods())
