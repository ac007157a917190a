"""Important pods take the place of lesser ones: whose, and what is told of it."""

from typing import Any

from kubetui.demo.resources import PODDISRUPTIONBUDGETS, PODS, PRIORITYCLASSES
from tests.demo.living import Living, condition, machine, pod, reason

Json = dict[str, Any]


def _asks(cpu: str) -> Json:
    return {"resources": {"requests": {"cpu": cpu}}}


def _filled(*apps: str, **spec: Any) -> Living:
    """A cluster with one large pod on each node, named after the node and labelled with an app."""
    cluster = Living([machine(number) for number in range(len(apps))])
    cluster.create(PRIORITYCLASSES, {"metadata": {"name": "high"}, "value": 1000})
    for number, app in enumerate(apps):
        where = {"kubernetes.io/hostname": f"node-{number}"}
        made = pod(f"on-{number}", labels={"app": app}, container=_asks("3500m"), nodeSelector=where, **spec)
        cluster.create(PODS, made)
    cluster.run(10)
    return cluster


def _important(cluster: Living, name: str = "vip", **spec: Any) -> None:
    cluster.create(PODS, pod(name, container=_asks("3"), priorityClassName="high", **spec))


def test_a_pod_that_a_budget_protects_is_spared() -> None:
    cluster = _filled("guarded", "free", "guarded")
    budget = {"minAvailable": 2, "selector": {"matchLabels": {"app": "guarded"}}}
    cluster.create(PODDISRUPTIONBUDGETS, {"metadata": {"name": "guard"}, "spec": budget})
    cluster.run(1)
    _important(cluster)
    cluster.run(10)
    assert cluster.get(PODS, "vip")["spec"]["nodeName"] == "node-1"
    assert cluster.messages("FailedScheduling", "vip") == ["0/3 nodes are available: 3 Insufficient cpu."]


def test_where_all_are_protected_a_budget_does_not_stop_preemption() -> None:
    cluster = _filled("guarded", "guarded")
    budget = {"minAvailable": 2, "selector": {"matchLabels": {"app": "guarded"}}}
    cluster.create(PODDISRUPTIONBUDGETS, {"metadata": {"name": "guard"}, "spec": budget})
    cluster.run(1)
    _important(cluster)
    cluster.run(10)
    assert condition(cluster.get(PODS, "vip"), "Ready") == "True"


def test_of_equals_the_one_that_has_run_for_the_shortest_time_goes() -> None:
    cluster = Living([machine(0), machine(1)])
    cluster.create(PRIORITYCLASSES, {"metadata": {"name": "high"}, "value": 1000})
    for name in ("older", "younger"):
        cluster.create(PODS, pod(name, container=_asks("3500m")))
        cluster.run(60)
    _important(cluster)
    cluster.run(10)
    assert {one["metadata"]["name"] for one in cluster.pods()} == {"older", "vip"}


def test_no_more_pods_go_than_room_is_needed_for() -> None:
    cluster = Living([machine(0)])
    cluster.create(PRIORITYCLASSES, {"metadata": {"name": "high"}, "value": 1000})
    for number in range(3):
        cluster.create(PODS, pod(f"small-{number}", container=_asks("1")))
        cluster.run(5)
    cluster.create(PODS, pod("vip", container=_asks("2"), priorityClassName="high"))
    cluster.run(10)
    assert {one["metadata"]["name"] for one in cluster.pods()} == {"small-0", "small-1", "vip"}


def test_while_its_victim_ends_slowly_the_pod_keeps_its_promised_place() -> None:
    cluster = _filled("free", annotations={"kubetui.demo/behaviour": "stop=20s"})
    _important(cluster)
    cluster.run(5)
    vip = cluster.get(PODS, "vip")
    assert vip["status"]["nominatedNodeName"] == "node-0"
    assert reason(cluster.get(PODS, "on-0"), "DisruptionTarget") == "PreemptionByScheduler"
    cluster.create(PODS, pod("lesser", container=_asks("3")))
    cluster.run(40)
    vip = cluster.get(PODS, "vip")
    assert condition(vip, "Ready") == "True"
    assert "nominatedNodeName" not in vip["status"]
    assert not cluster.get(PODS, "lesser")["spec"].get("nodeName")


def test_nobody_is_driven_out_by_a_pod_that_never_preempts() -> None:
    cluster = _filled("free")
    cluster.create(PODS, pod("polite", container=_asks("3"), priorityClassName="high", preemptionPolicy="Never"))
    cluster.run(5)
    assert cluster.messages("FailedScheduling", "polite") == [
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: "
        "not eligible due to preemptionPolicy=Never."
    ]


def test_the_place_of_a_pod_with_the_wanted_host_port_can_be_taken() -> None:
    cluster = Living([machine(0)])
    cluster.create(PRIORITYCLASSES, {"metadata": {"name": "high"}, "value": 1000})
    port = {"ports": [{"containerPort": 80, "hostPort": 8080}]}
    cluster.create(PODS, pod("lesser", container=port))
    cluster.run(5)
    cluster.create(PODS, pod("vip", container=port, priorityClassName="high"))
    cluster.run(10)
    assert [one["metadata"]["name"] for one in cluster.pods()] == ["vip"]
