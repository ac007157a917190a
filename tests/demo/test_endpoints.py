"""Services lead to the pods that are ready, and to no others."""

from typing import Any

from kubetui.demo.resources import DEPLOYMENTS, ENDPOINTS, ENDPOINTSLICES, PODS, SERVICES
from tests.demo.living import Living

Json = dict[str, Any]


def _served() -> Living:
    cluster = Living()
    ports = [{"name": "http", "port": 80, "targetPort": 8080}]
    cluster.create(SERVICES, {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": ports}})
    cluster.deploy()
    cluster.run(15)
    return cluster


def _slice(cluster: Living) -> Json:
    (found,) = cluster.registry.list(ENDPOINTSLICES, "default")
    return found


def _ready(cluster: Living) -> int:
    return sum(one["conditions"]["ready"] for one in _slice(cluster)["endpoints"])


def test_a_slice_names_each_ready_pod_with_its_node_and_zone() -> None:
    cluster = _served()
    found = _slice(cluster)
    assert found["metadata"]["name"].startswith("web-")
    assert found["metadata"]["labels"]["kubernetes.io/service-name"] == "web"
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    assert sorted(one["zone"] for one in found["endpoints"]) == ["zone-a", "zone-b", "zone-c"]
    assert _ready(cluster) == 3


def test_a_terminating_pod_gets_no_traffic_from_the_first_moment() -> None:
    cluster = _served()
    cluster.registry.delete(PODS, "default", cluster.pods()[0]["metadata"]["name"])
    cluster.run(0.01)
    states = [one["conditions"] for one in _slice(cluster)["endpoints"]]
    assert {"ready": False, "serving": True, "terminating": True} in states
    assert _ready(cluster) == 2


def test_endpoints_follow_a_node_that_falls_silent() -> None:
    cluster = _served()
    cluster.plane.fleet.kubelets["node-0"].power_off()
    cluster.run(60)
    assert _ready(cluster) == 2


def test_the_old_endpoints_tell_ready_and_unready_apart() -> None:
    cluster = _served()
    cluster.plane.fleet.kubelets["node-0"].power_off()
    cluster.run(60)
    (subset,) = cluster.get(ENDPOINTS, "web")["subsets"]
    assert (len(subset["addresses"]), len(subset["notReadyAddresses"])) == (2, 1)


def test_a_hundred_and_fifty_pods_need_two_slices() -> None:
    cluster = _served()
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 150}})
    cluster.run(60)
    sizes = sorted(len(one["endpoints"]) for one in cluster.registry.list(ENDPOINTSLICES, "default"))
    assert sizes == [50, 100]


def test_a_pod_that_terminates_still_serves_but_gets_no_new_traffic() -> None:
    cluster = Living(1)
    slow = {"annotations": {"kubetui.demo/behaviour": "stop=20s"}}
    cluster.deploy(replicas=1, pod=slow)
    cluster.create(
        SERVICES, {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
    )
    cluster.run(15)
    leaving = cluster.pods()[0]["metadata"]["name"]
    cluster.delete(PODS, leaving)
    cluster.run(5)
    found = {
        one["targetRef"]["name"]: one["conditions"]
        for part in cluster.registry.list(ENDPOINTSLICES)
        for one in part["endpoints"] or ()
    }
    assert found[leaving] == {"ready": False, "serving": True, "terminating": True}
