"""Quotas and limit ranges: what they count, what they give, and how they refuse."""

from typing import Any

import pytest

from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import (
    DEPLOYMENTS,
    LIMITRANGES,
    PERSISTENTVOLUMECLAIMS,
    PODS,
    PRIORITYCLASSES,
    RESOURCEQUOTAS,
    SERVICES,
    Resource,
)
from tests.demo.living import Living, deployment, pod

Json = dict[str, Any]


def _quota(cluster: Living, hard: Json, name: str = "q", **spec: Any) -> None:
    cluster.create(RESOURCEQUOTAS, {"metadata": {"name": name}, "spec": {"hard": hard, **spec}})


def _used(cluster: Living, name: str = "q") -> Json:
    found: Json = cluster.get(RESOURCEQUOTAS, name)["status"]["used"]
    return found


def _refused(cluster: Living, resource: Resource, obj: Json) -> str:
    with pytest.raises(Refusal) as why:
        cluster.create(resource, obj)
    assert why.value.code == 403
    return str(why.value).partition(" is forbidden: ")[2]


def _asks(requests: Json, limits: Json | None = None) -> Json:
    return {"resources": {"requests": requests, **({"limits": limits} if limits else {})}}


def test_a_quota_counts_any_kind_and_says_what_it_misses() -> None:
    cluster = Living(1)
    _quota(cluster, {"count/deployments.apps": "1", "limits.memory": "1Gi", "requests.cpu": "1"})
    cluster.create(DEPLOYMENTS, deployment("a", 0, "nginx"))
    assert _used(cluster) == {"count/deployments.apps": "1", "limits.memory": "0", "requests.cpu": "0"}
    assert _refused(cluster, DEPLOYMENTS, deployment("b", 0, "nginx")) == (
        "exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=1, "
        "limited: count/deployments.apps=1"
    )
    assert _refused(cluster, PODS, pod()) == ("failed quota: q: must specify limits.memory for: c; requests.cpu for: c")
    cluster.create(PODS, pod("fits", container=_asks({"cpu": "200m"}, {"memory": "1Gi"})))
    big = pod("big", container=_asks({"cpu": "1500m"}, {"memory": "2Gi"}))
    assert _refused(cluster, PODS, big) == (
        "exceeded quota: q, requested: limits.memory=2Gi,requests.cpu=1500m, "
        "used: limits.memory=1Gi,requests.cpu=200m, limited: limits.memory=1Gi,requests.cpu=1"
    )


def test_a_quota_with_scopes_is_about_those_pods_alone() -> None:
    cluster = Living(1)
    cluster.create(PRIORITYCLASSES, {"metadata": {"name": "high"}, "value": 1000})
    _quota(cluster, {"pods": "1"}, "besteffort", scopes=["BestEffort"])
    _quota(cluster, {"pods": "1"}, "short", scopes=["Terminating"])
    chosen = {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}
    _quota(cluster, {"pods": "1"}, "important", scopeSelector={"matchExpressions": [chosen]})
    cluster.create(PODS, pod("vip", container=_asks({"cpu": "1"}), priorityClassName="high"))
    cluster.create(PODS, pod("plain", container=_asks({"cpu": "1"}), activeDeadlineSeconds=600))
    assert [_used(cluster, name)["pods"] for name in ("besteffort", "short", "important")] == ["0", "1", "1"]
    again = pod("again", container=_asks({"cpu": "1"}), priorityClassName="high")
    assert _refused(cluster, PODS, again).startswith("exceeded quota: important, ")


def test_an_ended_pod_leaves_its_room_to_others() -> None:
    cluster = Living(1)
    _quota(cluster, {"pods": "1", "count/pods": "2"})
    cluster.create(PODS, pod("done", "busybox", container={"command": ["true"]}, restartPolicy="Never"))
    assert _used(cluster) == {"pods": "1", "count/pods": "1"}
    cluster.run(20)
    assert _used(cluster) == {"pods": "0", "count/pods": "1"}


def test_a_quota_knows_kinds_of_services_and_classes_of_storage() -> None:
    cluster = Living(1)
    fast = "fast.storageclass.storage.k8s.io/requests.storage"
    _quota(cluster, {"services.nodeports": "0", fast: "2Gi"})
    service = {"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    assert _refused(cluster, SERVICES, service) == (
        "exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0"
    )
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "2Gi"}},
    }
    cluster.create(PERSISTENTVOLUMECLAIMS, {"metadata": {"name": "one"}, "spec": spec})
    assert _used(cluster)[fast] == "2Gi"


def _limits(cluster: Living, **item: Any) -> None:
    cluster.create(LIMITRANGES, {"metadata": {"name": "l"}, "spec": {"limits": [item]}})


def test_a_limit_range_gives_what_is_left_out_and_notes_it() -> None:
    cluster = Living(1)
    _limits(cluster, type="Container", max={"memory": "1Gi"}, default={"cpu": "500m"}, defaultRequest={"cpu": "200m"})
    made = cluster.create(PODS, pod())
    assert made["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "500m", "memory": "1Gi"},
        "requests": {"cpu": "200m", "memory": "1Gi"},
    }
    assert made["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c"
    )


def test_a_pod_outside_of_its_limits_is_refused_with_all_reasons() -> None:
    cluster = Living(1)
    ratio = {"maxLimitRequestRatio": {"cpu": "4"}}
    _limits(cluster, type="Container", max={"cpu": "2", "memory": "1Gi"}, min={"cpu": "100m"}, **ratio)
    wrong = pod(container=_asks({"cpu": "10m"}, {"cpu": "4", "memory": "2Gi"}))
    assert _refused(cluster, PODS, wrong) == (
        "[minimum cpu usage per Container is 100m, but request is 10m, "
        "maximum cpu usage per Container is 2, but limit is 4, "
        "maximum memory usage per Container is 1Gi, but limit is 2Gi, "
        "cpu max limit to request ratio per Container is 4, but provided ratio is 400.000000]"
    )


def test_a_pod_may_be_too_large_as_a_whole_and_a_claim_too_large_too() -> None:
    cluster = Living(1)
    _limits(cluster, type="Pod", max={"cpu": "1"})
    assert _refused(cluster, PODS, pod(container=_asks({"cpu": "1"}, {"cpu": "1500m"}))) == (
        "maximum cpu usage per Pod is 1, but limit is 1500m"
    )
    limit = {"type": "PersistentVolumeClaim", "max": {"storage": "10Gi"}}
    cluster.create(LIMITRANGES, {"metadata": {"name": "claims"}, "spec": {"limits": [limit]}})
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "20Gi"}}}
    assert _refused(cluster, PERSISTENTVOLUMECLAIMS, {"metadata": {"name": "big"}, "spec": spec}) == (
        "maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi"
    )
