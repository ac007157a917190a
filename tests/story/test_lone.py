"""Pods that nobody owns."""

from kubetui.kinds.kind import Health
from tests.story.world import World, event, pod


def test_a_lone_pod_is_told_from_its_creation_to_ready() -> None:
    world = World()
    world.sees(pod("toolbox", owner=None, state="new"), at=0)
    assert world.line == "someone created pod toolbox  … 0 ms"
    world.sees(pod("toolbox", owner=None), at=2.1)
    assert world.line == "someone created pod toolbox → scheduled to node-1 → started → ready in 2.1 s"


def test_a_lone_pod_that_does_its_work_and_ends_is_done() -> None:
    world = World()
    world.sees(pod("once", owner=None, state="starting"), at=0)
    world.sees(pod("once", owner=None, state="starting", phase="Succeeded"), at=5)
    assert world.line == "someone created pod once → scheduled to node-1 → ran to its end in 5.0 s"


def test_a_lone_pod_without_its_volume_says_why() -> None:
    world = World()
    born = pod("toolbox", owner=None, state="starting")
    world.sees(born, event(born, "FailedMount", "secret not found"))
    assert world.line.endswith("→ it can't start (FailedMount): secret not found  … 0 ms")
    assert world.episode.mood is Health.BROKEN


def test_pods_of_controllers_come_without_a_line() -> None:
    world = World()
    world.sees(pod("backup-1-a", owner=("Job", "backup-1")))
    assert world.lines == []
