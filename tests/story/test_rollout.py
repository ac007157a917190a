"""A deployment turns to another replica set."""

from kubetui.kinds.kind import Health
from tests.story.world import World, deployment, event, pod, replicaset

OLD, NEW = "web-7d4b9c", "web-6b8f5d"
STALLED = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}


def rolling() -> World:
    """Two old pods, and a new replica set that has begun."""
    world = World(deployment("web", 2), replicaset(OLD, 2), pod(f"{OLD}-a"), pod(f"{OLD}-b"))
    world.sees(deployment("web", 2), replicaset(NEW, 1, exists=0, image="nginx:1.28"))
    return world


def test_a_rollout_counts_new_and_old_until_it_is_done() -> None:
    world = rolling()
    assert world.line == "web rolls out web-6b8f5d (nginx:1.28) → 0 of 2 new pods ready, 2 old ones left  … 0 ms"
    world.sees(replicaset(NEW, 1, image="nginx:1.28"), replicaset(OLD, 1, exists=2), at=3)
    world.sees(pod(f"{OLD}-a", going=True), at=3)
    assert world.line == "web rolls out web-6b8f5d (nginx:1.28) → 1 of 2 new pods ready, 1 old one left  … 3.0 s"
    world.sees(replicaset(NEW, 2, image="nginx:1.28"), replicaset(OLD, 0, exists=1), at=8.1)
    world.sees(pod(f"{OLD}-b", going=True), at=8.2)
    assert world.line == "web rolls out web-6b8f5d (nginx:1.28) → 2 of 2 new pods ready: done in 8.1 s"
    assert world.episode.mood is Health.WELL


def test_a_pod_read_after_the_rollout_ended_is_still_its_doing() -> None:
    world = rolling()
    world.sees(replicaset(NEW, 2), replicaset(OLD, 0, exists=2), at=5)
    world.sees(pod(f"{OLD}-a", going=True), pod(f"{OLD}-b", going=True), at=6)
    assert len(world.lines) == 1


def test_a_stalled_rollout_says_so() -> None:
    world = rolling()
    world.sees(deployment("web", 2, conditions=[STALLED]), at=600)
    assert world.line.endswith("→ stalled: no progress within its deadline  … 10 min")
    assert world.episode.mood is Health.BROKEN


def test_a_new_pod_that_can_not_start_says_why() -> None:
    world = rolling()
    world.sees(pod(f"{NEW}-c", state="ErrImagePull", owner=("ReplicaSet", NEW)))
    assert "→ web-6b8f5d-c can't pull its image (ErrImagePull)" in world.line
    assert world.episode.mood is Health.BROKEN
    world.sees(pod(f"{NEW}-c", owner=("ReplicaSet", NEW)))
    assert "ErrImagePull" not in world.line


def test_a_new_replica_set_that_may_create_none_says_why() -> None:
    world = rolling()
    world.sees(event(replicaset(NEW, 1), "FailedCreate", "exceeded quota: few"))
    assert "→ no more can be created: exceeded quota: few" in world.line


def test_a_rollback_goes_back_to_a_replica_set_that_served_before() -> None:
    world = World(deployment("web", 2), replicaset(NEW, 2), replicaset(OLD, 0))
    world.sees(replicaset(OLD, 1, exists=0))
    assert world.line.startswith("web goes back to web-7d4b9c → 0 of 2 new pods ready")


def test_a_rollout_that_is_taken_back_before_all_is_new_ends_with_that() -> None:
    world = rolling()
    world.sees(pod(f"{NEW}-c", state="ErrImagePull", owner=("ReplicaSet", NEW)), at=5)
    world.sees(replicaset(OLD, 2), replicaset(NEW, 0, exists=1, image="nginx:1.28"), at=45)
    world.sees(pod(f"{NEW}-c", going=True, owner=("ReplicaSet", NEW)), at=46)
    assert world.lines == [world.line]
    assert world.line == "web rolls out web-6b8f5d (nginx:1.28) → rolled back after 45 s"
    assert world.episode.mood is Health.OFF


def test_a_deployment_scaled_to_none_in_the_middle_of_a_rollout_is_not_taken_back() -> None:
    world = rolling()
    world.sees(deployment("web", 0), replicaset(OLD, 0, exists=2), replicaset(NEW, 0, exists=1), at=45)
    assert not any("rolled back" in line for line in world.lines)


def test_another_rollout_overtakes_the_first() -> None:
    world = rolling()
    world.sees(replicaset("web-5c9f77", 1, exists=0))
    first, second = world.lines
    assert first.endswith("→ overtaken by web-5c9f77")
    assert second.startswith("web rolls out web-5c9f77")


def test_a_restart_by_the_app_is_told_as_yours() -> None:
    world = World(deployment("web", 2), replicaset(OLD, 2))
    world.announces(deployment("web", 2), "restart")
    world.sees(replicaset(NEW, 1, exists=0))
    assert world.line.startswith("you restarted web → it rolls out web-6b8f5d → 0 of 2 new pods ready")


def test_ending_all_old_pods_first_is_part_of_the_rollout() -> None:
    world = World(deployment("web", 1), replicaset(OLD, 1), pod(f"{OLD}-a"))
    world.sees(replicaset(OLD, 0, exists=1), pod(f"{OLD}-a", going=True), at=0)
    world.loses(pod(f"{OLD}-a"), at=1)
    world.sees(replicaset(NEW, 1, exists=0), at=1.1)
    assert world.line.startswith("web rolls out web-6b8f5d → 0 of 1 new pods ready, no old one left")


def test_a_new_deployments_first_replica_set_is_no_rollout() -> None:
    world = World()
    world.sees(deployment("web", 1, exists=0), replicaset(OLD, 1, exists=0))
    assert world.line.startswith("someone created deployment web")


def test_new_pods_read_before_their_replica_set_are_followed_too() -> None:
    world = World(deployment("web", 1), replicaset(OLD, 1))
    born = pod(f"{NEW}-c", state="new", owner=("ReplicaSet", NEW))
    world.sees(event(born, "FailedScheduling", "0/3 nodes are available"), born)
    world.sees(replicaset(NEW, 1, exists=0))
    assert "→ web-6b8f5d-c fits on no node: 0/3 nodes are available" in world.line


def test_a_scaling_that_ends_meanwhile_leaves_the_old_pods_to_the_rollout() -> None:
    world = rolling()
    world.sees(deployment("web", 3, exists=2), at=1)
    world.sees(deployment("web", 3), at=2)
    world.sees(replicaset(OLD, 1, exists=2), pod(f"{OLD}-a", going=True), at=20)
    rollout, scaling = world.lines
    assert rollout.startswith("web rolls out web-6b8f5d")
    assert scaling == "someone scaled web from 2 to 3 → 3 of 3 ready in 1.0 s"


def test_going_back_after_ending_all_pods_is_a_rollout_too() -> None:
    world = World(
        deployment("web", 1), replicaset(NEW, 1), replicaset(OLD, 0), pod(f"{NEW}-a", owner=("ReplicaSet", NEW))
    )
    world.sees(replicaset(NEW, 0, exists=1), pod(f"{NEW}-a", owner=("ReplicaSet", NEW), going=True), at=0)
    world.loses(pod(f"{NEW}-a", owner=("ReplicaSet", NEW)), at=1)
    world.sees(replicaset(OLD, 1, exists=0), at=1.1)
    assert world.line.startswith("web goes back to web-7d4b9c → 0 of 1 new pods ready, no old one left")
