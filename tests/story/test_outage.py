"""Nodes that fail and return, join and leave."""

from kubetui.kinds.kind import Health
from tests.story.world import HASH, World, node, pod

PODS = [pod(f"web-{HASH}-{each}", node="node-3") for each in "ab"]


def test_a_silent_node_is_told_with_its_pods_until_it_is_back() -> None:
    world = World(node("node-3"), *PODS)
    world.sees(node("node-3", "Unknown", "NodeStatusUnknown"), at=0)
    assert (world.line, world.episode.mood) == (
        "node node-3 stopped answering → 2 pods on it  … 0 ms",
        Health.BROKEN,
    )
    world.sees(node("node-3"), at=50)
    assert world.line == "node node-3 stopped answering → 2 pods on it → ready again after 50 s"
    assert world.episode.mood is Health.WELL


def test_a_node_that_says_it_is_not_ready_says_why() -> None:
    world = World(node("node-3"))
    world.sees(node("node-3", "False", "KubeletNotReady"))
    assert world.line.startswith("node node-3 is not ready (KubeletNotReady)")


def test_a_new_node_joins_and_becomes_ready() -> None:
    world = World()
    world.sees(node("node-4", "False", "KubeletNotReady"), at=0)
    assert world.line == "node node-4 joined  … 0 ms"
    world.sees(node("node-4"), at=3)
    assert world.line == "node node-4 joined → ready in 3.0 s"


def test_a_removed_node_leaves_its_pods() -> None:
    world = World(node("node-3"), *PODS)
    world.loses(node("node-3"))
    assert world.line == "node node-3 was removed → 2 pods left without it"


def test_cordon_and_uncordon_are_told() -> None:
    world = World(node("node-3"), *PODS)
    world.sees(node("node-3", unschedulable=True))
    world.sees(node("node-3"))
    assert world.lines == [
        "node node-3 was cordoned → no new pods; 2 pods on it",
        "node node-3 takes new pods again",
    ]


def test_a_node_short_of_disk_space_says_so() -> None:
    world = World(node("node-3"))
    world.sees(node("node-3", DiskPressure="True"))
    assert world.line == "node node-3 runs short of disk space"


def test_pods_that_moved_away_are_not_counted() -> None:
    world = World(node("node-3"), *PODS)
    world.loses(PODS[0])
    world.sees(node("node-3", "Unknown"))
    assert world.lines[-1] == "node node-3 stopped answering → 1 pod on it  … 0 ms"
