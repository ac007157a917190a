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
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: "
        "0/3 nodes are available: 3 Preemption is not helpful for scheduling."
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
        "2 Insufficient cpu. no new claims to deallocate, preemption: 0/4 nodes are available: "
        "4 Preemption is not helpful for scheduling."
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
        "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, "
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
    assert _why(cluster).startswith('0/2 nodes are available: persistentvolumeclaim "data" not found. not found')


def _term(app: str, key: str = "topology.kubernetes.io/zone", **more: Any) -> Json:
    return {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key, **more}


def test_a_gated_pod_waits_until_its_gates_are_taken_off() -> None:
    cluster = Living(1)
    cluster.create(PODS, pod(schedulingGates=[{"name": "example.com/wait"}]))
    cluster.run(20)
    assert reason(cluster.get(PODS, "p"), "PodScheduled") == "SchedulingGated"
    assert cluster.events(about="p") == []
    cluster.patch(PODS, "p", {"spec": {"schedulingGates": None}})
    cluster.run(1)
    assert _placed(cluster) == "node-0"


def test_affinity_reaches_only_the_namespaces_that_its_selector_chooses() -> None:
    cluster = Living(3)
    cluster.create(PODS, pod("target", labels={"app": "target"}))
    cluster.run(5)
    for name, space in (("near", "default"), ("lost", "kube-system")):
        chosen = {"matchLabels": {"kubernetes.io/metadata.name": space}}
        term = _term("target", namespaceSelector=chosen)
        seek = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
        cluster.create(PODS, pod(name, affinity=seek))
    cluster.run(5)
    assert cluster.get(PODS, "near")["spec"]["nodeName"] == cluster.get(PODS, "target")["spec"]["nodeName"]
    assert "3 node(s) didn't match pod affinity rules" in _why(cluster, "lost")


def test_preferred_company_is_sought_in_the_whole_zone() -> None:
    cluster = Living([machine(0), machine(1), machine(2), machine(3)])
    cluster.create(PODS, pod("target", labels={"app": "target"}, nodeSelector={"kubernetes.io/hostname": "node-0"}))
    cluster.run(5)
    prefer = [{"weight": 100, "podAffinityTerm": _term("target")}]
    for number in range(4):
        seek = {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": prefer}}
        cluster.create(PODS, pod(f"p-{number}", affinity=seek))
    cluster.run(5)
    placed = {_placed(cluster, f"p-{number}") for number in range(4)}
    assert placed == {"node-0", "node-3"}


def test_pods_that_may_be_anywhere_are_spread_by_a_soft_constraint() -> None:
    cluster = Living(3)
    soft = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    for number in range(6):
        cluster.create(PODS, pod(f"p-{number}", topologySpreadConstraints=[soft]))
        cluster.run(1)
    placed = [_placed(cluster, f"p-{number}") for number in range(6)]
    assert sorted(placed.count(f"node-{number}") for number in range(3)) == [2, 2, 2]


def test_the_nodes_that_a_pod_does_not_name_are_told_of_in_the_real_words() -> None:
    cluster = Living(4)
    field = {"key": "metadata.name", "operator": "In", "values": ["node-2"]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    cluster.create(PODS, pod(affinity=affinity, container={"resources": {"requests": {"cpu": "64"}}}))
    cluster.run(1)
    assert _why(cluster).startswith(
        "0/4 nodes are available: 1 Insufficient cpu, 3 node(s) didn't satisfy plugin(s) [NodeAffinity]."
    )


def test_a_pod_carries_the_zone_of_its_node() -> None:
    cluster = Living(1)
    cluster.create(PODS, pod())
    cluster.run(1)
    assert cluster.get(PODS, "p")["metadata"]["labels"]["topology.kubernetes.io/zone"] == "zone-a"
