"""autoscaling/v1 on the built-in cluster: the autoscalers of autoscaling/v2, told as a real API server tells them."""

import json
from typing import Any

import pytest

from tests.demo.api import Api

Json = dict[str, Any]

V1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers"
V2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
MERGE = "application/merge-patch+json"
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
SERVICE = {"apiVersion": "v1", "kind": "Service", "name": "web"}
HITS = {"name": "hits", "selector": {"matchLabels": {"a": "b"}}}


def utilization(percent: int) -> Json:
    return {"type": "Utilization", "averageUtilization": percent}


METRICS = [
    {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "100Mi"}}},
    {"type": "ContainerResource",
     "containerResource": {"name": "cpu", "container": "app", "target": utilization(50)}},
    {"type": "Pods", "pods": {"metric": HITS, "target": {"type": "AverageValue", "averageValue": "10"}}},
    {"type": "Object",
     "object": {"metric": {"name": "rps"}, "describedObject": SERVICE, "target": {"type": "Value", "value": "100"}}},
    {"type": "External",
     "external": {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": "30"}}},
]  # fmt: skip
CPU = {"type": "Resource", "resource": {"name": "cpu", "target": utilization(60)}}
MEASURED = [
    {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 34, "averageValue": "17m"}}},
    {"type": "External", "external": {"metric": {"name": "queue"}, "current": {"averageValue": "3"}}},
]
ABLE = {"type": "AbleToScale", "status": "True", "reason": "R", "message": "m"}


@pytest.fixture
async def api() -> Api:
    """With an autoscaler that measures in every way there is."""
    api = Api()
    spec = {
        "scaleTargetRef": TARGET,
        "maxReplicas": 5,
        "metrics": [*METRICS, CPU],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
    }
    await api.create(V2, {"metadata": {"name": "web"}, "spec": spec})
    status = {"currentReplicas": 2, "desiredReplicas": 3, "currentMetrics": MEASURED, "conditions": [ABLE]}
    await api.call("PATCH", f"{V2}/web/status", {"status": status}, content_type=MERGE)
    return api


async def test_v1_has_the_target_of_cpu_and_the_rest_in_annotations(api: Api) -> None:
    found = await api.get(f"{V1}/web")
    assert found["apiVersion"] == "autoscaling/v1"
    shared = {"scaleTargetRef": TARGET, "minReplicas": 1, "maxReplicas": 5}
    assert found["spec"] == {**shared, "targetCPUUtilizationPercentage": 60}
    assert found["status"] == {"currentReplicas": 2, "desiredReplicas": 3, "currentCPUUtilizationPercentage": 34}
    told = {key.rpartition("/")[2]: json.loads(text) for key, text in found["metadata"]["annotations"].items()}
    hits = {"metricName": "hits", "targetAverageValue": "10", "selector": {"matchLabels": {"a": "b"}}}
    assert told["metrics"] == [
        {"type": "Resource", "resource": {"name": "memory", "targetAverageValue": "100Mi"}},
        {"type": "ContainerResource",
         "containerResource": {"name": "cpu", "targetAverageUtilization": 50, "container": "app"}},
        {"type": "Pods", "pods": hits},
        {"type": "Object", "object": {"target": SERVICE, "metricName": "rps", "targetValue": "100"}},
        {"type": "External", "external": {"metricName": "queue", "targetAverageValue": "30"}},
    ]  # fmt: skip
    assert told["current-metrics"] == [
        {"type": "Resource",
         "resource": {"name": "cpu", "currentAverageUtilization": 34, "currentAverageValue": "17m"}},
        {"type": "External", "external": {"metricName": "queue", "currentValue": "0", "currentAverageValue": "3"}},
    ]  # fmt: skip
    assert told["conditions"] == [ABLE]
    policy = {"Type": "Percent", "Value": 100, "PeriodSeconds": 15}
    down = {"StabilizationWindowSeconds": 60, "SelectPolicy": "Max", "Policies": [policy], "Tolerance": None}
    assert told["behavior"]["ScaleDown"] == down


async def test_what_is_changed_through_v1_keeps_what_only_v2_can_say(api: Api) -> None:
    before = await api.get(f"{V2}/web")
    change = {"spec": {"targetCPUUtilizationPercentage": 75}}
    await api.call("PATCH", f"{V1}/web", change, content_type=MERGE)
    after = await api.get(f"{V2}/web")
    changed = {"type": "Resource", "resource": {"name": "cpu", "target": utilization(75)}}
    assert after["spec"] == {**before["spec"], "metrics": [*METRICS, changed]}
    assert after["status"] == before["status"]
    assert "annotations" not in after["metadata"]


@pytest.mark.parametrize(("given", "percent"), [({"targetCPUUtilizationPercentage": 70}, 70), ({}, 80)])
async def test_one_that_is_written_as_v1_is_one_of_v2(api: Api, given: Json, percent: int) -> None:
    spec = {"scaleTargetRef": TARGET, "maxReplicas": 4, **given}
    await api.create(V1, {"metadata": {"name": "old"}, "spec": spec})
    found = await api.get(f"{V2}/old")
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": utilization(percent)}}
    assert found["spec"] == {"scaleTargetRef": TARGET, "minReplicas": 1, "maxReplicas": 4, "metrics": [metric]}
    assert [field["apiVersion"] for field in found["metadata"]["managedFields"]] == ["autoscaling/v1"]


@pytest.mark.parametrize("text", ["no JSON", "[null]", '[{"type": "Pods", "pods": 5}]', '"\\ud800"'])
async def test_annotations_that_cannot_be_read_count_for_nothing(api: Api, text: str) -> None:
    told = {f"autoscaling.alpha.kubernetes.io/{word}": text for word in ("metrics", "behavior", "conditions")}
    spec = {"scaleTargetRef": TARGET, "maxReplicas": 4, "targetCPUUtilizationPercentage": 70}
    await api.create(V1, {"metadata": {"name": "odd", "annotations": told}, "spec": spec})
    found = await api.get(f"{V2}/odd")
    assert found["spec"]["metrics"] == [{"type": "Resource", "resource": {"name": "cpu", "target": utilization(70)}}]
    assert "behavior" not in found["spec"]
