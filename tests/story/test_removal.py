"""Owners that are deleted take their pods with them."""

from kubetui.kinds.kind import Health
from kubetui.kinds.namespace import Namespace
from tests.story.world import HASH, NOW, World, deployment, made, pod, replicaset

RS = f"web-{HASH}"
PODS = [pod(f"{RS}-a"), pod(f"{RS}-b")]
GOING = [pod(f"{RS}-a", going=True), pod(f"{RS}-b", going=True)]


def test_a_deleted_deployment_takes_its_pods_with_it() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2), *PODS)
    world.announces(deployment("web", 2))
    world.loses(deployment("web", 2), at=0)
    assert world.line == "you deleted deployment web → 0 of 2 pods told to stop  … 0 ms"
    world.loses(replicaset(RS, 2))
    world.sees(*GOING, at=0.1)
    world.loses(PODS[0], at=1)
    assert world.line == "you deleted deployment web → 2 of 2 pods told to stop, 1 gone  … 1.0 s"
    world.loses(PODS[1], at=1.7)
    assert world.line == "you deleted deployment web → its 2 pods gone in 1.7 s"
    assert world.episode.mood is Health.OFF


def test_pods_seen_to_go_first_are_still_their_owners_removal() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2), *PODS)
    world.sees(*GOING)
    world.loses(deployment("web", 2), replicaset(RS, 2))
    assert world.line == "someone deleted deployment web → 2 of 2 pods told to stop  … 0 ms"


def test_pods_of_an_owner_deleted_without_them_stay_and_that_is_said() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2), *PODS)
    world.loses(deployment("web", 2))
    world.passes(61)
    assert world.line == "someone deleted deployment web → 0 of 2 pods gone, 2 left behind → no news for 60 s"


def test_an_old_revision_cleaned_away_is_nothing_to_tell() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2), replicaset("web-6b8f5d", 0))
    world.loses(replicaset("web-6b8f5d", 0))
    assert world.lines == []


def test_a_deleted_namespace_is_one_line_for_all_that_is_in_it() -> None:
    space = made(Namespace, "default", namespace="", status={"phase": "Active"})
    ending = made(Namespace, "default", namespace="", metadata={"deletionTimestamp": NOW})
    lone = pod("toolbox", owner=None)
    world = World(space, deployment("web", 2), replicaset(RS, 2), *PODS, lone)
    world.sees(ending, *GOING, pod("toolbox", owner=None, going=True))
    world.loses(deployment("web", 2), replicaset(RS, 2), *PODS, lone, at=2)
    assert world.line == "someone deleted namespace default → 3 pods told to stop, 3 gone  … 2.0 s"
    world.loses(ending, at=8)
    assert world.line == "someone deleted namespace default → its 3 pods gone in 8.0 s"
