"""Pods: what their columns say, how they are doing, what they are tied to."""

from typing import Any

import pytest

from kubetui.kinds.kind import Health, Link, reference
from kubetui.kinds.pod import POD, Pod
from kubetui.text import Aged
from tests.kinds.build import NOW, build, cells, ordered, row
from tests.kinds.corpus import Example, examples, exited, running, waiting

CORPUS = {example.name: example for example in examples(NOW)}


def pod_of(example: Example) -> Pod:
    served = example.served(NOW)
    return build(POD, example.name, meta=served["metadata"], spec=served["spec"], status=served["status"])


def pod(name: str = "web", *statuses: dict[str, Any], node: str = "", ip: str = "") -> Pod:
    """A running pod with these container statuses."""
    spec = {"containers": [{"name": f"c{index}"} for index, _ in enumerate(statuses)], "nodeName": node}
    told = [{"name": f"c{index}", **status} for index, status in enumerate(statuses)]
    return build(POD, name, spec=spec, status={"phase": "Running", "podIP": ip, "containerStatuses": told})


@pytest.mark.parametrize("example", CORPUS.values(), ids=list(CORPUS))
def test_a_pod_of_the_corpus_shows_what_kubectl_prints(example: Example) -> None:
    shown = row(POD, pod_of(example))
    assert (shown["READY"], shown["STATUS"], shown["RESTARTS"]) == example.row


@pytest.mark.parametrize("example", CORPUS.values(), ids=list(CORPUS))
def test_a_pod_of_the_corpus_is_doing_as_it_is_said_to(example: Example) -> None:
    assert POD.health(pod_of(example)) is example.health


def test_the_corpus_has_every_state_that_kubectl_names() -> None:
    words = {example.row[1].partition(":")[0] for example in CORPUS.values()}
    assert words >= {
        "Running", "Pending", "Unknown", "Succeeded", "Failed", "SchedulingGated", "Evicted", "NodeLost",
        "NodeAffinity", "Init", "Signal", "ExitCode", "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull",
        "CreateContainerConfigError", "OOMKilled", "Error", "Completed", "NotReady", "ContainerCreating",
        "PodInitializing", "Terminating",
    }  # fmt: skip
    assert len(CORPUS) >= 60


def test_an_empty_pod_has_a_row() -> None:
    assert row(POD, Pod()) == {
        "NAME": "",
        "READY": "0/0",
        "STATUS": "",
        "RESTARTS": "0",
        "AGE": "<unknown>",
        "IP": "<none>",
        "NODE": "<none>",
        "NOMINATED NODE": "<none>",
        "READINESS GATES": "<none>",
    }


def test_wide_columns_tell_address_node_nomination_and_gates() -> None:
    placed, nominated, gated = (pod_of(CORPUS[name]) for name in ("on-a-node", "nominated", "readiness-gates"))
    assert [row(POD, placed)[title] for title in ("IP", "NODE")] == ["10.1.2.3", "gone-node"]
    assert row(POD, nominated)["NOMINATED NODE"] == "node-7"
    assert row(POD, gated)["READINESS GATES"] == "1/3"


def test_columns_stand_as_in_kubectl_and_four_are_wide() -> None:
    narrow = [column.title for column in POD.columns if not column.wide]
    assert narrow == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert [column.title for column in POD.columns if column.wide] == [
        "IP",
        "NODE",
        "NOMINATED NODE",
        "READINESS GATES",
    ]


def test_age_and_the_last_restart_grow_old() -> None:
    shown = cells(POD, pod_of(CORPUS["restarted"]))
    assert isinstance(shown["AGE"], Aged) and isinstance(shown["RESTARTS"], Aged)


def test_ready_is_sorted_by_its_ratio() -> None:
    half = pod("half", running(), running(ready=False))
    none, all_, more = pod("none", running(ready=False)), pod("all", running()), pod("more", running(), running())
    assert ordered(POD, "READY", more, all_, half, none) == ["none", "half", "all", "more"]


def test_restarts_are_sorted_by_count() -> None:
    pods = [pod(f"r{count}", running(restarts=count)) for count in (10, 9, 100)]
    assert ordered(POD, "RESTARTS", *pods) == ["r9", "r10", "r100"]


def test_names_and_nodes_are_sorted_naturally() -> None:
    pods = [pod(f"web-{number}", node=f"node-{20 - number}") for number in (10, 9, 1)]
    assert ordered(POD, "NAME", *pods) == ["web-1", "web-9", "web-10"]
    assert ordered(POD, "NODE", *pods) == ["web-10", "web-9", "web-1"]


def test_addresses_are_sorted_by_number_and_none_comes_first() -> None:
    pods = [pod(ip or "none", ip=ip) for ip in ("fd00::1", "10.0.0.10", "10.0.0.9", "9.9.9.9", "")]
    assert ordered(POD, "IP", *pods) == ["none", "9.9.9.9", "10.0.0.9", "10.0.0.10", "fd00::1"]


def test_a_pod_is_tied_to_its_owners_and_its_node() -> None:
    owned = build(POD, meta={"ownerReferences": [{"kind": "ReplicaSet", "uid": "rs-1"}]}, spec={"nodeName": "node-1"})
    assert POD.links(owned) == (Link("rs-1"), Link(reference("nodes", "", "node-1")))


def test_a_pod_without_node_is_tied_to_none() -> None:
    assert POD.links(pod()) == ()


def test_a_container_that_waits_for_a_told_reason_is_not_ready_whatever_it_says() -> None:
    confused = waiting("CreateContainerError") | {"ready": True}
    confused["state"]["running"] = {}
    assert row(POD, pod("web", confused))["READY"] == "0/1"


def test_what_the_story_needs_is_read() -> None:
    state = pod("web", running(), exited(3, "Error")).status.container_statuses
    assert state[0].state.running is not None and state[0].state.running.started_at is not None
    assert state[1].state.terminated is not None and state[1].state.terminated.exit_code == 3


def test_the_status_cell_has_the_colour_of_health() -> None:
    tint = next(column.tint for column in POD.columns if column.title == "STATUS")
    assert tint is not None and tint(pod_of(CORPUS["crash-loop"])) is Health.BROKEN
