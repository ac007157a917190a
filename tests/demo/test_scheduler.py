"""Which node a pod gets, and what it is told when it gets none."""

from typing import Any

from kubetui.demo.resources import NODES, PODS, PRIORITYCLASSES
from tests.demo.living import Living, condition, machine, pod, reason

Json = dict[str, Any]

_REQUESTS = {"resources": {"requests": {"cpu": "100"}}}


def _why(cluster: Living, name: str = "p") -> str:
    return cluster.messages("FailedScheduling", name)[-1]


def _placed(cluster: Living, name: str = "p") -> str:
    return str(cluster.get(PODS, name)["spec"].get("nodeName", ""))


def test_a_pod_that_asks_for_too_much_is_told_so_in_the_real_words() -> None:
    cluster = Living(3)
    cluster.create(PODS, pod(container=_REQUESTS))
    cluster.run(1)
    assert _why(cluster) == (
        "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: "
        "3 No preemption victims found for incoming pod."
    )
    found = cluster.get(PODS, "p")
    assert condition(found, "PodScheduled") == "False"
    assert reason(found, "PodScheduled") == "Unschedulable"


def test_reasons_of_different_nodes_are_counted_and_sorted() -> None:
    cluster = Living([machine(0), machine(1), machine(2, taints=(("gpu", "", "NoSchedule"),)), machine(3)])
    cluster.patch(NODES, "node-1", {"spec": {"unschedulable": True}})
    cluster.create(PODS, pod(container=_REQUESTS))
    cluster.run(1)
    assert _why(cluster) == (
        "0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, "
        "2 Insufficient cpu. preemption: 0/4 nodes are available: "
        "2 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."
    )


def test_without_nodes_there_is_nothing_to_schedule_on() -> None:
    cluster = Living(0)
    cluster.create(PODS, pod())
    cluster.run(1)
    assert _why(cluster) == "no nodes available to schedule pods"


def test_a_waiting_pod_is_scheduled_when_a_node_for_it_joins() -> None:
    cluster = Living(1)
    cluster.create(PODS, pod(nodeSelector={"disk": "ssd"}))
    cluster.run(5)
    assert "1 node(s) didn't match Pod's node affinity/selector" in _why(cluster)
    cluster.patch(NODES, "node-0", {"metadata": {"labels": {"disk": "ssd"}}})
    cluster.run(15)
    assert _placed(cluster) == "node-0"


def test_a_waiting_pod_is_scheduled_when_another_makes_room() -> None:
    cluster = Living([machine(0, cores=2)])
    half = {"resources": {"requests": {"cpu": "1500m"}}}
    cluster.create(PODS, pod("first", container=half))
    cluster.run(5)
    cluster.create(PODS, pod(container=half))
    cluster.run(5)
    assert _placed(cluster) == ""
    cluster.delete(PODS, "first")
    cluster.run(20)
    assert _placed(cluster) == "node-0"


def test_pods_that_shun_each_other_are_on_different_nodes_or_wait() -> None:
    cluster = Living(3)
    term = {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}
    shun = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    cluster.deploy(replicas=4, pod={"affinity": shun})
    cluster.run(20)
    assert len({one["spec"]["nodeName"] for one in cluster.running()}) == 3
    (left,) = [one["metadata"]["name"] for one in cluster.pods() if not one["spec"].get("nodeName")]
    assert _why(cluster, left).startswith(
        "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption:"
    )


def test_pods_that_seek_company_go_to_its_zone() -> None:
    cluster = Living(6)
    cluster.create(PODS, pod("db", labels={"app": "db"}, nodeSelector={"topology.kubernetes.io/zone": "zone-b"}))
    cluster.run(5)
    term = {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": "topology.kubernetes.io/zone"}
    seek = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    cluster.deploy(replicas=3, pod={"affinity": seek})
    cluster.run(20)
    zones = {int(one["spec"]["nodeName"][-1]) % 3 for one in cluster.running()}
    assert zones == {1}


def test_a_spread_constraint_keeps_zones_even() -> None:
    cluster = Living(4)
    constraint = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    cluster.deploy(replicas=6, pod={"topologySpreadConstraints": [constraint]})
    cluster.run(30)
    zones = [int(one["spec"]["nodeName"][-1]) % 3 for one in cluster.running()]
    assert sorted(zones.count(zone) for zone in range(3)) == [2, 2, 2]


def test_a_host_port_can_be_had_once_on_each_node() -> None:
    cluster = Living(1)
    ports = {"ports": [{"containerPort": 80, "hostPort": 8080}]}
    cluster.create(PODS, pod("a", container=ports))
    cluster.run(2)
    cluster.create(PODS, pod("b", container=ports))
    cluster.run(2)
    assert "1 node(s) didn't have free ports for the requested pod ports" in _why(cluster, "b")


def test_a_more_important_pod_takes_the_place_of_a_lesser_one() -> None:
    cluster = Living([machine(0, cores=2)])
    most = {"resources": {"requests": {"cpu": "1500m"}}}
    cluster.create(PODS, pod("lesser", container=most))
    cluster.run(5)
    cluster.registry.create(PRIORITYCLASSES, {"metadata": {"name": "high"}, "value": 1000})
    cluster.create(PODS, pod(container=most, priority=1000, priorityClassName="high"))
    cluster.run(30)
    assert [one["metadata"]["name"] for one in cluster.pods()] == ["p"]
    assert _placed(cluster) == "node-0"
    assert cluster.messages("Preempted", "lesser")[0].startswith("Preempted by pod ")


def test_a_claim_that_is_missing_keeps_a_pod_pending() -> None:
    cluster = Living(2)
    cluster.create(PODS, pod(volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]))
    cluster.run(1)
    assert _why(cluster).startswith('0/2 nodes are available: persistentvolumeclaim "data" not found.')
