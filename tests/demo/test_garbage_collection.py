"""What an owner leaves behind goes with it: in the background, in the foreground, or stays as an orphan."""

import pytest

from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import CONFIGMAPS, DEPLOYMENTS, NAMESPACES, PODS, REPLICASETS, SERVICEACCOUNTS
from tests.demo.living import Living


def _with_web() -> Living:
    cluster = Living()
    cluster.deploy()
    cluster.run(15)
    return cluster


def test_a_deleted_deployment_takes_its_sets_and_pods_along_in_the_background() -> None:
    cluster = _with_web()
    cluster.delete(DEPLOYMENTS, "web")
    assert cluster.registry.list(DEPLOYMENTS, "default") == []
    cluster.run(60)
    assert cluster.registry.list(REPLICASETS, "default") == []
    assert cluster.pods() == []


def test_in_the_foreground_the_owner_goes_last() -> None:
    cluster = _with_web()
    order: list[str] = []
    for resource in (DEPLOYMENTS, REPLICASETS, PODS):
        cluster.registry.subscribe(
            resource, lambda event, obj, old: order.append(obj["kind"]) if event == "DELETED" else None
        )
    cluster.delete(DEPLOYMENTS, "web", propagation="Foreground")
    assert "deletionTimestamp" in cluster.get(DEPLOYMENTS, "web")["metadata"]
    cluster.run(60)
    assert order == ["Pod", "Pod", "Pod", "ReplicaSet", "Deployment"]


def test_orphans_stay_and_belong_to_nobody() -> None:
    cluster = _with_web()
    cluster.delete(DEPLOYMENTS, "web", propagation="Orphan")
    cluster.run(60)
    assert cluster.registry.list(DEPLOYMENTS, "default") == []
    (left,) = cluster.registry.list(REPLICASETS, "default")
    assert "ownerReferences" not in left["metadata"]
    assert len(cluster.running()) == 3


def test_a_child_with_a_living_owner_stays() -> None:
    cluster = Living()
    owners = [cluster.create(CONFIGMAPS, {"metadata": {"name": name}}) for name in ("a", "b")]
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": one["metadata"]["name"], "uid": one["metadata"]["uid"]}
        for one in owners
    ]
    cluster.create(CONFIGMAPS, {"metadata": {"name": "child", "ownerReferences": references}})
    cluster.delete(CONFIGMAPS, "a")
    cluster.run(5)
    assert [one["name"] for one in cluster.get(CONFIGMAPS, "child")["metadata"]["ownerReferences"]] == ["b"]
    cluster.delete(CONFIGMAPS, "b")
    cluster.run(5)
    assert not [one for one in cluster.registry.list(CONFIGMAPS, "default") if one["metadata"]["name"] == "child"]


def test_an_object_whose_owner_never_was_is_collected() -> None:
    cluster = Living()
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "00000000-0000-4000-8000-000000000000"}
    cluster.create(CONFIGMAPS, {"metadata": {"name": "child", "ownerReferences": [reference]}})
    cluster.run(5)
    with pytest.raises(Refusal):
        cluster.get(CONFIGMAPS, "child")


def test_a_deleted_namespace_is_emptied_before_it_goes() -> None:
    cluster = Living()
    cluster.create(NAMESPACES, {"metadata": {"name": "shop"}})
    cluster.run(1)
    assert cluster.registry.find(SERVICEACCOUNTS, "shop", "default") is not None
    container = {"name": "c", "image": "nginx:1.27"}
    cluster.registry.create(PODS, {"metadata": {"name": "p"}, "spec": {"containers": [container]}}, "shop")
    cluster.run(15)
    cluster.delete(NAMESPACES, "shop")
    cluster.run(0.1)
    namespace = cluster.get(NAMESPACES, "shop")
    assert namespace["status"]["phase"] == "Terminating"
    remaining = [one["message"] for one in namespace["status"]["conditions"] if one["status"] == "True"]
    assert remaining == ["Some resources are remaining: pods. has 1 resource instances"]
    cluster.run(60)
    assert cluster.registry.find(NAMESPACES, "", "shop") is None
    assert cluster.pods("shop") == []


def test_the_default_account_of_a_namespace_comes_back_when_it_is_deleted() -> None:
    cluster = Living()
    cluster.delete(SERVICEACCOUNTS, "default")
    cluster.run(1)
    assert cluster.get(SERVICEACCOUNTS, "default")
