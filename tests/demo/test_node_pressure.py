"""A node whose pods eat too much memory: its condition, its taint, and who is evicted."""

from typing import Any

from kubetui.demo.resources import NODES, PODS
from tests.demo.living import Living, condition, machine, pod, reason

Json = dict[str, Any]


def _hungry(cluster: Living, **spec: Any) -> Json:
    cluster.create(PODS, pod("hungry", annotations={"kubetui.demo/behaviour": "eat=100Mi"}, **spec))
    cluster.create(PODS, pod("modest", container={"resources": {"requests": {"memory": "1Gi"}}}))
    cluster.run(60)
    return cluster.get(PODS, "hungry")


def test_a_pod_that_eats_the_memory_of_its_node_is_evicted_in_the_kubelets_words() -> None:
    cluster = Living([machine(0, memory_gib=4)])
    evicted = _hungry(cluster)
    status = evicted["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "Evicted")
    assert status["message"].startswith("The node was low on resource: memory. Threshold quantity: 100Mi, available: ")
    assert "Container c was using " in status["message"]
    assert status["message"].endswith(", request is 0, has larger consumption of memory. ")
    assert reason(evicted, "DisruptionTarget") == "TerminationByKubelet"
    assert cluster.messages("Evicted", "hungry") == [status["message"]]
    assert condition(cluster.get(PODS, "modest"), "Ready") == "True"


def test_a_node_short_of_memory_says_so_and_takes_no_new_pods_for_five_minutes() -> None:
    cluster = Living([machine(0, memory_gib=4)])
    _hungry(cluster)
    node = cluster.get(NODES, "node-0")
    assert reason(node, "MemoryPressure") == "KubeletHasInsufficientMemory"
    assert [taint["key"] for taint in node["spec"]["taints"]] == ["node.kubernetes.io/memory-pressure"]
    told = cluster.messages("NodeHasInsufficientMemory", "node-0")
    assert told == ["Node node-0 status is now: NodeHasInsufficientMemory"]
    cluster.run(320)
    node = cluster.get(NODES, "node-0")
    assert condition(node, "MemoryPressure") == "False"
    assert "taints" not in node["spec"]


def test_a_container_with_a_limit_is_killed_before_the_node_suffers() -> None:
    cluster = Living([machine(0, memory_gib=4)])
    _hungry(cluster, container={"resources": {"limits": {"memory": "1Gi"}}})
    ended = cluster.get(PODS, "hungry")["status"]["containerStatuses"][0]
    assert ended["restartCount"] >= 1
    assert condition(cluster.get(NODES, "node-0"), "MemoryPressure") == "False"
