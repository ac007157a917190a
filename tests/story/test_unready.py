"""Pods taken out of service while their containers run."""

import msgspec

from kubetui.kinds.kind import Health
from kubetui.kinds.pod import PodCondition
from tests.story.world import HASH, World, event, pod

A, B = f"web-{HASH}-a", f"web-{HASH}-b"


def test_a_pod_out_of_service_says_why_until_it_is_back() -> None:
    world = World(pod(A))
    world.sees(event(pod(A), "Unhealthy", "Readiness probe failed: 503"), pod(A, state="running"), at=0)
    assert world.line == f"pod {A} stopped being ready: Readiness probe failed: 503  … 0 ms"
    assert world.episode.mood is Health.BROKEN
    world.sees(pod(A), at=12)
    assert world.line == f"pod {A} stopped being ready: Readiness probe failed: 503 → ready again after 12 s"


def test_the_reason_may_come_after_the_change() -> None:
    world = World(pod(A))
    world.sees(pod(A, state="running"), event(pod(A), "Unhealthy", "Readiness probe failed: 503"))
    assert "Readiness probe failed: 503" in world.line


def test_pods_of_one_workload_are_one_line() -> None:
    world = World(pod(A), pod(B))
    world.sees(pod(A, state="running"), pod(B, state="running"), at=0)
    world.sees(pod(A), at=2)
    assert world.line == "2 pods of web stopped being ready → 1 of 2 ready again  … 2.0 s"
    world.sees(pod(B), at=5)
    assert world.line == "2 pods of web stopped being ready → 2 of 2 ready again after 5.0 s"


def test_a_pod_on_its_way_out_is_not_told_as_unready() -> None:
    world = World(pod(A))
    world.sees(pod(A, going=True))
    world.sees(pod(A, state="running", going=True))
    assert len(world.lines) == 1


def test_pods_that_the_node_controller_marks_are_left_to_the_nodes_own_line() -> None:
    world = World(pod(A))
    status = msgspec.structs.replace(pod(A).status, conditions=(PodCondition("Ready", "False"),))
    world.sees(msgspec.structs.replace(pod(A), status=status))
    assert world.lines == []
