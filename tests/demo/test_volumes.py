"""Claims and volumes: who is bound to whom, where, and what becomes of a volume when its claim goes."""

from typing import Any

from kubetui.demo.resources import PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS, STORAGECLASSES
from tests.demo.living import Living, condition, machine, pod, reason

Json = dict[str, Any]


def _class(cluster: Living, name: str = "standard", provisioner: str = "disk.csi.kubetui.demo", **more: Any) -> None:
    usual = {"volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": True}
    made = {"metadata": {"name": name}, "provisioner": provisioner, **usual, **more}
    cluster.create(STORAGECLASSES, made)


def _claim(cluster: Living, name: str = "data", kind: str = "standard", size: str = "1Gi") -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": kind, "resources": {"requests": {"storage": size}}}
    cluster.create(PERSISTENTVOLUMECLAIMS, {"metadata": {"name": name}, "spec": spec})


def _volume(cluster: Living, name: str, zone: str = "", kind: str = "local", size: str = "1Gi") -> None:
    spec: Json = {
        "capacity": {"storage": size},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": kind,
        "hostPath": {"path": "/data"},
    }
    if zone:
        expression = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}
    cluster.create(PERSISTENTVOLUMES, {"metadata": {"name": name}, "spec": spec})


def _user(cluster: Living, claim: str = "data") -> None:
    cluster.create(PODS, pod(volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": claim}}]))


def _phase(cluster: Living, name: str = "data") -> str:
    return str(cluster.get(PERSISTENTVOLUMECLAIMS, name)["status"]["phase"])


def test_a_claim_waits_for_its_first_consumer_and_is_then_bound_in_its_zone() -> None:
    cluster = Living(3)
    _class(cluster)
    _claim(cluster)
    cluster.run(60)
    assert _phase(cluster) == "Pending"
    (told,) = cluster.events("WaitForFirstConsumer", "data")
    assert told["message"] == "waiting for first consumer to be created before binding"
    assert told["count"] > 2
    _user(cluster)
    cluster.run(20)
    assert _phase(cluster) == "Bound"
    assert condition(cluster.get(PODS, "p"), "Ready") == "True"


def test_a_free_volume_is_available_until_a_claim_takes_it() -> None:
    cluster = Living(1)
    _volume(cluster, "small", kind="manual")
    _volume(cluster, "large", kind="manual", size="10Gi")
    cluster.run(1)
    assert cluster.get(PERSISTENTVOLUMES, "small")["status"]["phase"] == "Available"
    _claim(cluster, kind="manual")
    cluster.run(1)
    assert cluster.get(PERSISTENTVOLUMECLAIMS, "data")["spec"]["volumeName"] == "small"
    assert cluster.get(PERSISTENTVOLUMES, "large")["status"]["phase"] == "Available"


def test_a_local_volume_decides_where_its_pod_goes() -> None:
    cluster = Living(3)
    _class(cluster, "local", "kubernetes.io/no-provisioner")
    _volume(cluster, "here", "zone-b")
    _claim(cluster, kind="local")
    _user(cluster)
    cluster.run(20)
    assert cluster.get(PODS, "p")["spec"]["nodeName"] == "node-1"
    assert _phase(cluster) == "Bound"


def test_a_pod_whose_local_volume_is_nowhere_is_told_so() -> None:
    cluster = Living(2)
    _class(cluster, "local", "kubernetes.io/no-provisioner")
    _claim(cluster, kind="local")
    _user(cluster)
    cluster.run(5)
    assert "2 node(s) didn't find available persistent volumes to bind" in cluster.messages("FailedScheduling", "p")[0]
    assert reason(cluster.get(PODS, "p"), "PodScheduled") == "Unschedulable"
    _volume(cluster, "late")
    cluster.run(20)
    assert condition(cluster.get(PODS, "p"), "Ready") == "True"


def test_a_volume_to_be_kept_is_released_and_one_to_be_deleted_goes_with_its_claim() -> None:
    cluster = Living(1)
    _class(cluster, volumeBindingMode="Immediate")
    _class(cluster, "kept", volumeBindingMode="Immediate", reclaimPolicy="Retain")
    _claim(cluster, "goes")
    _claim(cluster, "stays", "kept")
    cluster.run(10)
    for name in ("goes", "stays"):
        cluster.delete(PERSISTENTVOLUMECLAIMS, name)
    cluster.run(5)
    (left,) = cluster.registry.list(PERSISTENTVOLUMES)
    assert (left["spec"]["storageClassName"], left["status"]["phase"]) == ("kept", "Released")


def test_a_claim_whose_volume_is_taken_away_is_lost() -> None:
    cluster = Living(1)
    _volume(cluster, "small", kind="manual")
    _claim(cluster, kind="manual")
    cluster.run(2)
    cluster.patch(PERSISTENTVOLUMES, "small", {"metadata": {"finalizers": None}})
    cluster.delete(PERSISTENTVOLUMES, "small")
    cluster.run(2)
    assert _phase(cluster) == "Lost"
    assert cluster.messages("ClaimLost", "data") == [
        "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
    ]


def test_a_claim_that_asks_for_more_grows() -> None:
    cluster = Living(1)
    _class(cluster, volumeBindingMode="Immediate")
    _claim(cluster)
    cluster.run(10)
    cluster.patch(PERSISTENTVOLUMECLAIMS, "data", {"spec": {"resources": {"requests": {"storage": "5Gi"}}}})
    cluster.run(10)
    assert cluster.get(PERSISTENTVOLUMECLAIMS, "data")["status"]["capacity"]["storage"] == "5Gi"


def test_a_volume_for_one_node_is_waited_for_until_the_pod_elsewhere_is_gone() -> None:
    cluster = Living([machine(0), machine(3)])
    _class(cluster, volumeBindingMode="Immediate")
    _claim(cluster)
    cluster.run(5)
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]
    slow = {"kubetui.demo/behaviour": "stop=20s"}
    for name, number in (("old", 0), ("new", 3)):
        where = {"kubernetes.io/hostname": f"node-{number}"}
        cluster.create(PODS, pod(name, volumes=volumes, nodeSelector=where, annotations=slow))
        cluster.run(10)
    volume = cluster.get(PERSISTENTVOLUMECLAIMS, "data")["spec"]["volumeName"]
    assert cluster.messages("SuccessfulAttachVolume", "old") == [
        f'AttachVolume.Attach succeeded for volume "{volume}" '
    ]
    assert cluster.messages("FailedAttachVolume", "new") == [
        f'Multi-Attach error for volume "{volume}" Volume is already used by pod(s) old'
    ]
    cluster.delete(PODS, "old")
    cluster.run(40)
    assert condition(cluster.get(PODS, "new"), "Ready") == "True"
