"""Load brings pods, and its end takes them away; budgets count who may be evicted."""

from typing import Any

from kubetui.demo.resources import DEPLOYMENTS, HORIZONTALPODAUTOSCALERS, PODDISRUPTIONBUDGETS, PODS
from tests.demo.living import Living, condition

Json = dict[str, Any]


def _scaled() -> Living:
    cluster = Living(3)
    cluster.deploy(replicas=2, pod={"container": {"resources": {"requests": {"cpu": "100m"}}}})
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
    }
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"minReplicas": 2, "maxReplicas": 10, "scaleTargetRef": target, "metrics": [metric]}
    cluster.create(HORIZONTALPODAUTOSCALERS, {"metadata": {"name": "web"}, "spec": spec})
    cluster.run(60)
    return cluster


def _load(cluster: Living, cores: str | None) -> None:
    cluster.patch(DEPLOYMENTS, "web", {"metadata": {"annotations": {"kubetui.demo/load": cores}}})


def _replicas(cluster: Living) -> int:
    return int(cluster.get(DEPLOYMENTS, "web")["spec"]["replicas"])


def test_load_brings_pods_and_each_then_has_less_to_do() -> None:
    cluster = _scaled()
    assert _replicas(cluster) == 2
    _load(cluster, "300m")
    cluster.run(20)
    assert _replicas(cluster) == 4
    assert cluster.messages("SuccessfulRescale", "web") == [
        "New size: 4; reason: cpu resource utilization (percentage of request) above target"
    ]
    cluster.run(240)
    assert 7 <= _replicas(cluster) <= 10
    assert len(cluster.running()) == _replicas(cluster)


def test_pods_go_only_five_minutes_after_the_load_has_gone() -> None:
    cluster = _scaled()
    _load(cluster, "300m")
    cluster.run(120)
    before = _replicas(cluster)
    _load(cluster, None)
    cluster.run(200)
    assert _replicas(cluster) == before
    cluster.run(240)
    assert 2 <= _replicas(cluster) < before
    cluster.run(600)
    assert _replicas(cluster) == 2


def test_an_autoscaler_without_a_target_says_so() -> None:
    cluster = Living()
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}
    spec = {"maxReplicas": 3, "scaleTargetRef": target}
    cluster.create(HORIZONTALPODAUTOSCALERS, {"metadata": {"name": "lost"}, "spec": spec})
    cluster.run(5)
    assert cluster.messages("FailedGetScale", "lost") == ['deployments.apps "none" not found']


def test_a_budget_counts_how_many_pods_may_be_evicted() -> None:
    cluster = Living()
    cluster.deploy(replicas=4)
    spec = {"maxUnavailable": "25%", "selector": {"matchLabels": {"app": "web"}}}
    cluster.create(PODDISRUPTIONBUDGETS, {"metadata": {"name": "web"}, "spec": spec})
    cluster.run(20)
    status = cluster.get(PODDISRUPTIONBUDGETS, "web")["status"]
    assert (status["expectedPods"], status["desiredHealthy"], status["disruptionsAllowed"]) == (4, 3, 1)
    cluster.delete(PODS, cluster.pods()[0]["metadata"]["name"])
    cluster.run(0.1)
    found = cluster.get(PODDISRUPTIONBUDGETS, "web")
    assert found["status"]["disruptionsAllowed"] == 0
    assert condition(found, "DisruptionAllowed") == "False"
