"""Stateful sets, daemon sets, jobs and cron jobs."""

from typing import Any

import pytest

from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import (
    CRONJOBS,
    DAEMONSETS,
    JOBS,
    NODES,
    PERSISTENTVOLUMECLAIMS,
    PERSISTENTVOLUMES,
    PODS,
    STATEFULSETS,
    STORAGECLASSES,
)
from tests.demo.living import Living, machine, reason, template

Json = dict[str, Any]


def _stateful(cluster: Living, replicas: int = 3, **spec: Any) -> None:
    made = template("postgres:16", {"app": "db"})
    selector = {"matchLabels": {"app": "db"}}
    body = {"replicas": replicas, "serviceName": "db", "selector": selector, "template": made, **spec}
    cluster.create(STATEFULSETS, {"metadata": {"name": "db"}, "spec": body})


def _job(cluster: Living, name: str = "once", image: str = "busybox", **spec: Any) -> None:
    command = spec.pop("command", ["sleep", "5"])
    made = template(image, {"job": name}, container={"command": command}, restartPolicy="Never")
    cluster.create(JOBS, {"metadata": {"name": name}, "spec": {"template": made, **spec}})


def test_stateful_pods_start_in_order_each_after_the_one_before_is_ready() -> None:
    cluster = Living()
    _stateful(cluster)
    order: list[str] = []
    cluster.registry.subscribe(PODS, lambda event, pod, old: order.append(pod["metadata"]["name"]) if not old else None)
    cluster.run(1)
    assert [pod["metadata"]["name"] for pod in cluster.pods()] == ["db-0"]
    cluster.run(30)
    assert [pod["metadata"]["name"] for pod in cluster.running()] == ["db-0", "db-1", "db-2"]
    assert cluster.get(STATEFULSETS, "db")["status"]["readyReplicas"] == 3
    assert cluster.messages("SuccessfulCreate", "db")[0] == "Create Pod db-0 in StatefulSet db successful"


def _mounting(cluster: Living, volume: str) -> None:
    made = template("postgres:16", {"app": "db"}, container={"volumeMounts": [{"name": volume, "mountPath": "/data"}]})
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"metadata": {"name": "data"}, "spec": spec}
    _stateful(cluster, 1, template=made, volumeClaimTemplates=[claim])


def test_a_stateful_pod_mounts_the_claim_that_its_set_gives_it() -> None:
    cluster = Living()
    _mounting(cluster, "data")
    cluster.run(1)
    spec = cluster.get(PODS, "db-0")["spec"]
    assert spec["containers"][0]["volumeMounts"][0]["name"] == "data"
    assert spec["volumes"][0] == {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}}


def test_a_stateful_set_can_mount_only_volumes_and_claims_that_it_has() -> None:
    with pytest.raises(Refusal, match=r'volumeMounts\[0\].name: Not found: "logs"'):
        _mounting(Living(), "logs")


def test_a_stateful_pod_comes_back_under_its_name_only_after_it_is_gone() -> None:
    cluster = Living()
    _stateful(cluster)
    cluster.run(30)
    before = cluster.get(PODS, "db-1")["metadata"]["uid"]
    cluster.delete(PODS, "db-1")
    cluster.run(0.2)
    assert cluster.get(PODS, "db-1")["metadata"]["uid"] == before
    cluster.run(20)
    assert cluster.get(PODS, "db-1")["metadata"]["uid"] != before
    assert len(cluster.running()) == 3


def test_a_stateful_set_is_updated_from_the_last_pod_to_the_first() -> None:
    cluster = Living()
    _stateful(cluster)
    cluster.run(30)
    deleted: list[str] = []
    cluster.registry.subscribe(
        PODS, lambda event, pod, old: deleted.append(pod["metadata"]["name"]) if event == "DELETED" else None
    )
    new = template("postgres:17", {"app": "db"})
    cluster.patch(STATEFULSETS, "db", {"spec": {"template": new}})
    cluster.run(90)
    assert deleted == ["db-2", "db-1", "db-0"]
    assert {pod["spec"]["containers"][0]["image"] for pod in cluster.running()} == {"postgres:17"}
    status = cluster.get(STATEFULSETS, "db")["status"]
    assert status["currentRevision"] == status["updateRevision"]


def test_a_stateful_set_scales_down_from_the_last_pod() -> None:
    cluster = Living()
    _stateful(cluster)
    cluster.run(30)
    cluster.patch(STATEFULSETS, "db", {"spec": {"replicas": 1}})
    cluster.run(30)
    assert [pod["metadata"]["name"] for pod in cluster.pods()] == ["db-0"]


def test_each_stateful_pod_has_a_claim_with_a_volume_in_its_zone() -> None:
    cluster = Living()
    cluster.create(
        STORAGECLASSES,
        {
            "metadata": {"name": "standard"},
            "provisioner": "disk.csi.kubetui.demo",
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer",
        },
    )
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "standard",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    _stateful(cluster, replicas=2, volumeClaimTemplates=[claim])
    cluster.run(60)
    assert [pod["metadata"]["name"] for pod in cluster.running()] == ["db-0", "db-1"]
    claims = cluster.registry.list(PERSISTENTVOLUMECLAIMS, "default")
    assert [one["metadata"]["name"] for one in claims] == ["data-db-0", "data-db-1"]
    assert {one["status"]["phase"] for one in claims} == {"Bound"}
    assert {one["status"]["phase"] for one in cluster.registry.list(PERSISTENTVOLUMES)} == {"Bound"}
    cluster.delete(STATEFULSETS, "db")
    cluster.run(60)
    assert len(cluster.registry.list(PERSISTENTVOLUMECLAIMS, "default")) == 2
    cluster.delete(PERSISTENTVOLUMECLAIMS, "data-db-0")
    cluster.run(5)
    assert len(cluster.registry.list(PERSISTENTVOLUMES)) == 1


def test_a_daemon_runs_on_every_node_also_on_those_that_join() -> None:
    cluster = Living(3)
    made = template("fluent-bit:3.2", {"app": "logs"})
    selector = {"matchLabels": {"app": "logs"}}
    cluster.create(DAEMONSETS, {"metadata": {"name": "logs"}, "spec": {"selector": selector, "template": made}})
    cluster.run(20)
    assert sorted(pod["spec"]["nodeName"] for pod in cluster.running()) == ["node-0", "node-1", "node-2"]
    cluster.plane.fleet.add(machine(3))
    cluster.run(20)
    assert len(cluster.running()) == 4
    assert cluster.get(DAEMONSETS, "logs")["status"]["numberAvailable"] == 4


def test_daemons_stay_on_cordoned_and_on_dead_nodes() -> None:
    cluster = Living(3)
    made = template("fluent-bit:3.2", {"app": "logs"})
    selector = {"matchLabels": {"app": "logs"}}
    cluster.create(DAEMONSETS, {"metadata": {"name": "logs"}, "spec": {"selector": selector, "template": made}})
    cluster.run(20)
    cluster.patch(NODES, "node-0", {"spec": {"unschedulable": True}})
    cluster.plane.fleet.kubelets["node-1"].power_off()
    cluster.run(500)
    assert len(cluster.pods()) == 3
    assert not any("deletionTimestamp" in pod["metadata"] for pod in cluster.pods())


def test_a_job_is_complete_when_enough_pods_have_succeeded() -> None:
    cluster = Living()
    _job(cluster, completions=3, parallelism=2)
    cluster.run(120)
    job = cluster.get(JOBS, "once")
    assert job["status"]["succeeded"] == 3
    assert [one["type"] for one in job["status"]["conditions"]] == ["SuccessCriteriaMet", "Complete"]
    assert cluster.messages("Completed", "once") == ["Job completed"]
    assert {pod["status"]["phase"] for pod in cluster.pods()} == {"Succeeded"}


def test_a_job_gives_up_after_its_limit_of_failures_each_later_than_the_last() -> None:
    cluster = Living()
    _job(cluster, command=["false"], backoffLimit=2)
    cluster.run(25)
    assert len(cluster.pods()) == 2
    cluster.run(120)
    assert reason(cluster.get(JOBS, "once"), "Failed") == "BackoffLimitExceeded"
    assert cluster.get(JOBS, "once")["status"]["failed"] == 3


def test_a_job_with_an_index_for_each_pod_completes_them_all() -> None:
    cluster = Living()
    _job(cluster, completions=3, parallelism=3, completionMode="Indexed")
    cluster.run(60)
    assert cluster.get(JOBS, "once")["status"]["completedIndexes"] == "0-2"


def test_a_job_goes_when_its_time_to_live_is_over() -> None:
    cluster = Living()
    _job(cluster, ttlSecondsAfterFinished=60)
    cluster.run(40)
    assert len(cluster.registry.list(JOBS, "default")) == 1
    cluster.run(60)
    assert cluster.registry.list(JOBS, "default") == []
    assert cluster.pods() == []


def test_a_cron_job_makes_a_job_each_minute_and_keeps_three() -> None:
    cluster = Living()
    made = template("busybox", {"a": "b"}, container={"command": ["sleep", "5"]}, restartPolicy="OnFailure")
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": made}}}
    cluster.create(CRONJOBS, {"metadata": {"name": "tick"}, "spec": spec})
    cluster.run(60 * 6)
    jobs = [job["metadata"]["name"] for job in cluster.registry.list(JOBS, "default")]
    start = int(cluster.clock.now()) // 60
    assert set(jobs) <= {f"tick-{start - number}" for number in range(5)}
    assert len([job for job in cluster.registry.list(JOBS, "default") if job["status"].get("succeeded")]) == 3
    assert "Saw completed job" in cluster.messages("SawCompletedJob", "tick")[0]


def test_a_cron_job_that_forbids_company_waits_for_its_job() -> None:
    cluster = Living()
    made = template("busybox", {"a": "b"}, container={"command": ["sleep", "600"]}, restartPolicy="OnFailure")
    spec = {"schedule": "* * * * *", "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": {"template": made}}}
    cluster.create(CRONJOBS, {"metadata": {"name": "tick"}, "spec": spec})
    cluster.run(60 * 4)
    assert len(cluster.registry.list(JOBS, "default")) == 1
    assert cluster.events("JobAlreadyActive", "tick")
