"""How StatefulSets and DaemonSets replace their pods, and what becomes of claims."""

from typing import Any

from kubetui.demo.resources import DAEMONSETS, PERSISTENTVOLUMECLAIMS, PODS, REPLICATIONCONTROLLERS, STATEFULSETS
from tests.demo.living import Living, template

Json = dict[str, Any]


def _stateful(replicas: int = 3, **spec: Any) -> Living:
    cluster = Living(3)
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {
        "replicas": replicas,
        "serviceName": "db",
        "selector": {"matchLabels": {"app": "db"}},
        "template": template("postgres:16", {"app": "db"}),
        **spec,
    }
    if "persistentVolumeClaimRetentionPolicy" in spec:
        body["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": claim}]
    cluster.create(STATEFULSETS, {"metadata": {"name": "db"}, "spec": body})
    cluster.run(60)
    return cluster


def _upgrade(cluster: Living) -> None:
    cluster.patch(STATEFULSETS, "db", {"spec": {"template": template("postgres:17", {"app": "db"})}})


def _images(cluster: Living) -> list[str]:
    return [pod["spec"]["containers"][0]["image"].partition(":")[2] for pod in cluster.pods()]


def test_pods_below_the_partition_keep_the_old_template_even_when_they_are_replaced() -> None:
    cluster = _stateful(updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})
    _upgrade(cluster)
    cluster.run(60)
    assert _images(cluster) == ["16", "16", "17"]
    cluster.delete(PODS, "db-0")
    cluster.run(30)
    assert _images(cluster) == ["16", "16", "17"]
    assert len(cluster.running()) == 3


def test_pods_are_replaced_only_when_someone_deletes_them_where_that_is_asked_for() -> None:
    cluster = _stateful(updateStrategy={"type": "OnDelete"})
    _upgrade(cluster)
    cluster.run(60)
    assert _images(cluster) == ["16", "16", "16"]
    cluster.delete(PODS, "db-1")
    cluster.run(30)
    assert _images(cluster) == ["16", "17", "16"]


def test_parallel_pods_come_and_go_at_once() -> None:
    cluster = _stateful(podManagementPolicy="Parallel")
    cluster.patch(STATEFULSETS, "db", {"spec": {"replicas": 6}})
    cluster.run(1)
    assert len(cluster.pods()) == 6
    cluster.patch(STATEFULSETS, "db", {"spec": {"replicas": 1}})
    cluster.run(5)
    assert len(cluster.pods()) == 1


def test_as_many_stateful_pods_are_replaced_together_as_may_be_missing() -> None:
    two = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}
    cluster = _stateful(4, updateStrategy=two, podManagementPolicy="Parallel")
    _upgrade(cluster)
    cluster.run(0.1)
    leaving = [pod["metadata"]["name"] for pod in cluster.pods() if "deletionTimestamp" in pod["metadata"]]
    assert leaving == ["db-2", "db-3"]
    cluster.run(60)
    assert _images(cluster) == ["17"] * 4


def _claims(cluster: Living) -> list[str]:
    return [one["metadata"]["name"] for one in cluster.registry.list(PERSISTENTVOLUMECLAIMS)]


def test_claims_of_pods_that_are_too_many_go_with_them_where_that_is_asked_for() -> None:
    cluster = _stateful(podManagementPolicy="Parallel", persistentVolumeClaimRetentionPolicy={"whenScaled": "Delete"})
    assert _claims(cluster) == ["data-db-0", "data-db-1", "data-db-2"]
    cluster.patch(STATEFULSETS, "db", {"spec": {"replicas": 1}})
    cluster.run(60)
    assert _claims(cluster) == ["data-db-0"]
    cluster.delete(STATEFULSETS, "db")
    cluster.run(60)
    assert _claims(cluster) == ["data-db-0"]


def test_claims_go_with_their_set_where_that_is_asked_for() -> None:
    cluster = _stateful(podManagementPolicy="Parallel", persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete"})
    cluster.patch(STATEFULSETS, "db", {"spec": {"replicas": 1}})
    cluster.run(30)
    assert len(_claims(cluster)) == 3
    cluster.delete(STATEFULSETS, "db")
    cluster.run(60)
    assert "data-db-0" not in _claims(cluster)


def _daemon(**rolling: Any) -> Living:
    cluster = Living(3)
    body = {
        "selector": {"matchLabels": {"app": "logs"}},
        "template": template("fluent-bit:3.2", {"app": "logs"}),
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": rolling},
    }
    cluster.create(DAEMONSETS, {"metadata": {"name": "logs"}, "spec": body})
    cluster.run(30)
    return cluster


def test_a_surging_daemon_has_its_new_pod_ready_before_the_old_one_goes() -> None:
    cluster = _daemon(maxSurge=1, maxUnavailable=0)
    fewest: list[int] = []
    most: list[int] = []

    def note(event: str, pod: Json, old: Json | None) -> None:
        fewest.append(len(cluster.running()))
        most.append(len(cluster.pods()))

    cluster.registry.subscribe(PODS, note)
    cluster.patch(DAEMONSETS, "logs", {"spec": {"template": template("fluent-bit:3.3", {"app": "logs"})}})
    cluster.run(120)
    assert _images(cluster) == ["3.3"] * 3
    assert min(fewest) == 3
    assert 4 <= max(most) <= 5


def test_a_replication_controller_keeps_its_number_of_pods() -> None:
    cluster = Living(1)
    body = {"replicas": 2, "template": template("nginx:1.27", {"app": "old"})}
    cluster.create(REPLICATIONCONTROLLERS, {"metadata": {"name": "old"}, "spec": body})
    cluster.run(10)
    assert len(cluster.running()) == 2
    assert cluster.get(REPLICATIONCONTROLLERS, "old")["spec"]["selector"] == {"app": "old"}
    cluster.delete(PODS, cluster.pods()[0]["metadata"]["name"])
    cluster.run(10)
    assert len(cluster.running()) == 2
    assert cluster.get(REPLICATIONCONTROLLERS, "old")["status"]["readyReplicas"] == 2
    cluster.delete(REPLICATIONCONTROLLERS, "old")
    cluster.run(10)
    assert cluster.pods() == []
