"""Somebody wants more or fewer, or something new."""

from kubetui.kinds.event import Event
from kubetui.kinds.kind import Health
from tests.story.world import HASH, World, deployment, event, made, pod, replicaset

RS = f"web-{HASH}"


def test_scaling_up_is_told_until_all_are_ready() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2))
    world.announces(deployment("web", 2), "scale")
    world.sees(deployment("web", 5, exists=2))
    assert world.line == "you scaled web from 2 to 5 → 0 of 3 created → 2 of 5 ready  … 0 ms"
    world.sees(replicaset(RS, 5, exists=2), *(pod(f"{RS}-{each}", state="starting") for each in "cde"), at=0.1)
    world.sees(deployment("web", 5, ready=3), at=2)
    assert world.line == "you scaled web from 2 to 5 → 3 created → scheduled to node-1 → 3 of 5 ready  … 2.0 s"
    world.sees(deployment("web", 5), at=3.1)
    assert world.line == "you scaled web from 2 to 5 → 5 of 5 ready in 3.1 s"
    assert (world.episode.mood, world.episode.is_open) == (Health.WELL, False)


def test_scaling_down_names_the_pods_that_go_until_they_are_gone() -> None:
    gone = [pod(f"{RS}-{each}") for each in "bc"]
    world = World(deployment("web", 3), replicaset(RS, 3), *gone)
    world.sees(deployment("web", 1, exists=3), replicaset(RS, 1, exists=3))
    assert world.line == "someone scaled web from 3 to 1 → 2 pods told to stop  … 0 ms"
    world.sees(pod(f"{RS}-b", going=True), pod(f"{RS}-c", going=True), deployment("web", 1), at=0.1)
    assert world.line == "someone scaled web from 3 to 1 → b and c told to stop  … 100 ms"
    world.loses(gone[0], at=29)
    world.loses(gone[1], at=30.1)
    assert world.line == "someone scaled web from 3 to 1 → b and c gone in 30 s"


def test_an_announcement_may_come_after_the_change() -> None:
    world = World(deployment("web", 2))
    world.sees(deployment("web", 3, exists=2))
    world.announces(deployment("web", 3), "scale")
    assert world.line.startswith("you scaled web from 2 to 3")


def test_scaling_again_ends_the_first_story() -> None:
    world = World(deployment("web", 2))
    world.sees(deployment("web", 5, exists=2), at=0)
    world.sees(deployment("web", 3, exists=2), at=1)
    first, second = world.lines
    assert first.endswith("→ scaled again before that was done")
    assert second.startswith("someone scaled web from 5 to 3")


def test_a_replica_set_that_stands_alone_is_scaled_itself() -> None:
    world = World(replicaset("lonely", 1))
    world.sees(replicaset("lonely", 2, exists=1), at=0)
    world.sees(replicaset("lonely", 2), at=2)
    assert world.line == "someone scaled lonely from 1 to 2 → 2 of 2 ready in 2.0 s"


def test_pods_that_may_not_be_created_say_why() -> None:
    world = World(deployment("web", 1), replicaset(RS, 1))
    world.sees(deployment("web", 2, exists=1), replicaset(RS, 2, exists=1))
    world.sees(event(replicaset(RS, 2), "FailedCreate", "exceeded quota: few", "replicaset-controller"))
    assert "no more can be created: exceeded quota: few" in world.line
    assert world.episode.mood is Health.BROKEN


def test_a_pod_that_is_stuck_says_why() -> None:
    world = World(deployment("web", 1), replicaset(RS, 1))
    world.sees(deployment("web", 2, exists=1), pod(f"{RS}-b", state="CrashLoopBackOff"))
    assert f"→ {RS}-b keeps crashing (CrashLoopBackOff)" in world.line


def test_an_autoscaler_of_the_same_name_is_named() -> None:
    world = World(deployment("web", 1))
    world.sees(deployment("web", 2, exists=1))
    hpa = {"kind": "HorizontalPodAutoscaler", "namespace": "default", "name": "web", "uid": "uid-hpa"}
    world.sees(made(Event, "web.1", involvedObject=hpa, reason="SuccessfulRescale"))
    assert world.line.startswith("its autoscaler scaled web from 1 to 2")


def test_a_new_deployment_is_told_until_it_is_ready() -> None:
    world = World()
    world.sees(deployment("web", 2, exists=0), replicaset(RS, 2, exists=0), at=0)
    assert world.line == "someone created deployment web → 0 of 2 created → 0 of 2 ready  … 0 ms"
    world.sees(deployment("web", 2), at=2.5)
    assert world.line == "someone created deployment web → 2 of 2 ready in 2.5 s"


def test_a_deletion_ends_it() -> None:
    world = World(deployment("web", 1))
    world.sees(deployment("web", 2, exists=1))
    world.loses(deployment("web", 2, exists=1))
    scaled, deleted = world.lines
    assert scaled.endswith("→ deleted before that was done")
    assert deleted.startswith("someone deleted deployment web")
