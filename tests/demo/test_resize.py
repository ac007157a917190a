"""Other resources for a pod that runs."""

from typing import Any

import pytest

from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import PODS
from tests.demo.living import Living, condition, is_ready, machine, pod, reason

Json = dict[str, Any]


def _running(cpu: str = "500m", **container: Any) -> Living:
    cluster = Living([machine(0)])
    resources = {"requests": {"cpu": cpu}, "limits": {"cpu": "4"}}
    cluster.create(PODS, pod(container={"resources": resources, **container}))
    cluster.run(10)
    return cluster


def _resize(cluster: Living, cpu: str) -> Json:
    current = cluster.get(PODS, "p")
    resources = {**current["spec"]["containers"][0]["resources"], "requests": {"cpu": cpu}}
    wanted = {**current, "spec": {"containers": [{"name": "c", "resources": resources}]}}
    return cluster.registry.update(PODS, wanted, subresource="resize")


def _has(cluster: Living) -> Json:
    found: Json = cluster.get(PODS, "p")["status"]["containerStatuses"][0]
    return found


def test_a_container_gets_other_resources_while_it_runs() -> None:
    cluster = _running()
    made = _resize(cluster, "1")
    assert made["metadata"]["generation"] == 2
    assert _has(cluster)["allocatedResources"] == {"cpu": "500m"}
    cluster.run(3)
    assert _has(cluster)["allocatedResources"] == {"cpu": "1"}
    assert _has(cluster)["restartCount"] == 0
    assert cluster.messages("ResizeCompleted", "p")[0].startswith('Pod resize completed: {"containers":[{"name":"c",')


def test_a_container_that_has_to_be_started_anew_for_it_is() -> None:
    cluster = _running(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "RestartContainer"}])
    _resize(cluster, "1")
    cluster.run(10)
    assert cluster.messages("Killing", "p") == ["Container c resize requires restart"]
    assert _has(cluster)["restartCount"] == 1


def test_what_the_node_never_had_is_infeasible() -> None:
    cluster = _running()
    _resize(cluster, "4")
    cluster.run(3)
    assert condition(cluster.get(PODS, "p"), "PodResizePending") == ""
    current = cluster.get(PODS, "p")
    resources = {"requests": {"cpu": "64"}, "limits": {"cpu": "64"}}
    wanted = {**current, "spec": {"containers": [{"name": "c", "resources": {**resources, "requests": {"cpu": "63"}}}]}}
    cluster.registry.update(PODS, wanted, subresource="resize")
    cluster.run(3)
    assert reason(cluster.get(PODS, "p"), "PodResizePending") == "Infeasible"
    assert is_ready(cluster.get(PODS, "p"))


def test_what_others_have_is_waited_for() -> None:
    cluster = _running()
    cluster.create(PODS, pod("other", container={"resources": {"requests": {"cpu": "3"}}}))
    cluster.run(5)
    _resize(cluster, "2")
    cluster.run(3)
    assert reason(cluster.get(PODS, "p"), "PodResizePending") == "Deferred"
    cluster.delete(PODS, "other")
    cluster.run(60)
    assert _has(cluster)["allocatedResources"] == {"cpu": "2"}
    assert reason(cluster.get(PODS, "p"), "PodResizePending") == ""


def test_the_scheduler_counts_what_a_pod_asks_for_now() -> None:
    cluster = _running()
    _resize(cluster, "3")
    cluster.run(3)
    cluster.create(PODS, pod("late", container={"resources": {"requests": {"cpu": "2"}}}))
    cluster.run(3)
    assert "Insufficient cpu" in cluster.messages("FailedScheduling", "late")[0]


def test_a_resize_may_not_change_the_class_of_a_pod() -> None:
    cluster = _running()
    current = cluster.get(PODS, "p")
    wanted = {**current, "spec": {"containers": [{"name": "c", "resources": {}}]}}
    with pytest.raises(Refusal, match="Pod QOS Class may not change as a result of resizing"):
        cluster.registry.update(PODS, wanted, subresource="resize")
