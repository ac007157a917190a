"""Load brings pods, and its end takes them away; budgets count who may be evicted."""

from typing import Any

from kubetui.demo.resources import DEPLOYMENTS, HORIZONTALPODAUTOSCALERS, PODDISRUPTIONBUDGETS, PODS
from tests.demo.living import Living, condition

Json = dict[str, Any]


def _scaled(**more: Any) -> Living:
    cluster = Living(3)
    cluster.deploy(replicas=2, pod={"container": {"resources": {"requests": {"cpu": "100m"}}}})
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
    }
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"minReplicas": 2, "maxReplicas": 10, "scaleTargetRef": target, "metrics": [metric], **more}
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


def _condition(cluster: Living, kind: str) -> Json:
    conditions = cluster.get(HORIZONTALPODAUTOSCALERS, "web")["status"]["conditions"]
    found: Json = next(one for one in conditions if one["type"] == kind)
    return found


def test_policies_say_how_fast_pods_come() -> None:
    slowly = {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}
    cluster = _scaled(behavior={"scaleUp": slowly})
    _load(cluster, "900m")
    cluster.run(20)
    assert _replicas(cluster) == 3
    cluster.run(35)
    assert _replicas(cluster) == 3
    assert _condition(cluster, "ScalingLimited")["reason"] == "ScaleUpLimit"
    cluster.run(40)
    assert _replicas(cluster) == 4


def test_pods_go_as_soon_as_the_window_is_over_that_is_asked_for() -> None:
    cluster = _scaled(behavior={"scaleDown": {"stabilizationWindowSeconds": 30}})
    _load(cluster, "300m")
    cluster.run(240)
    before = _replicas(cluster)
    _load(cluster, None)
    cluster.run(20)
    assert _replicas(cluster) == before
    assert _condition(cluster, "AbleToScale")["reason"] == "ScaleDownStabilized"
    cluster.run(60)
    assert _replicas(cluster) < before


def test_pods_never_go_where_that_is_disabled() -> None:
    cluster = _scaled(behavior={"scaleDown": {"stabilizationWindowSeconds": 0, "selectPolicy": "Disabled"}})
    _load(cluster, "300m")
    cluster.run(240)
    before = _replicas(cluster)
    _load(cluster, None)
    cluster.run(120)
    assert _replicas(cluster) == before
    assert _condition(cluster, "ScalingLimited")["reason"] == "ScaleDownLimit"


def test_too_few_pods_become_as_many_as_there_must_be_at_least() -> None:
    cluster = _scaled(minReplicas=4)
    assert _replicas(cluster) == 4
    assert cluster.messages("SuccessfulRescale", "web") == [
        "New size: 4; reason: Current number of replicas below Spec.MinReplicas"
    ]


def test_a_metric_without_requests_is_told_of_in_the_real_words() -> None:
    cluster = Living(1)
    cluster.deploy(replicas=1)
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"maxReplicas": 3, "scaleTargetRef": target}
    cluster.create(HORIZONTALPODAUTOSCALERS, {"metadata": {"name": "web"}, "spec": spec})
    cluster.run(60)
    (pod,) = cluster.pods()
    missing = f"missing request for cpu in container c of Pod {pod['metadata']['name']}"
    assert cluster.messages("FailedGetResourceMetric", "web")[-1:] == [f"failed to get cpu utilization: {missing}"]
    assert cluster.messages("FailedComputeMetricsReplicas", "web")[-1:] == [
        "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: "
        f"failed to get cpu utilization: {missing}"
    ]
    assert _condition(cluster, "ScalingActive")["reason"] == "FailedGetResourceMetric"


def test_a_metric_that_nobody_serves_is_told_of_in_the_real_words() -> None:
    metric = {
        "type": "Pods",
        "pods": {"metric": {"name": "qps"}, "target": {"type": "AverageValue", "averageValue": "5"}},
    }
    cluster = _scaled(metrics=[metric])
    assert cluster.messages("FailedGetPodsMetric", "web") == [
        "unable to get metric qps: unable to fetch metrics from custom metrics API: "
        "no custom metrics API (custom.metrics.k8s.io) registered"
    ]
