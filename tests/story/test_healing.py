"""A lost pod, who took it, what came in its place, and how long that took."""

from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from kubetui.story.episode import Role
from tests.story.world import HASH, World, deployment, event, made, owned, pod, replicaset

RS = f"web-{HASH}"


def test_a_deleted_pod_is_told_from_cause_to_healing() -> None:
    world = World(pod(f"{RS}-x2k1p"), replicaset(RS, 1))
    world.sees(pod(f"{RS}-x2k1p", going=True), at=0)
    assert world.line == f"someone deleted pod {RS}-x2k1p → waiting for {RS} to replace it  … 0 ms"
    world.sees(pod(f"{RS}-q8zzl", state="new"), at=0.04)
    assert world.line == f"someone deleted pod {RS}-x2k1p → {RS} created q8zzl 40 ms later  … 40 ms"
    world.sees(pod(f"{RS}-q8zzl", node="node-3", state="starting"), at=0.1)
    assert world.line.endswith("created q8zzl 40 ms later → scheduled to node-3 → starting  … 100 ms")
    world.sees(pod(f"{RS}-q8zzl", node="node-3", state="running"), at=1.9)
    assert world.line.endswith("→ scheduled to node-3 → started  … 1.9 s")
    world.sees(pod(f"{RS}-q8zzl", node="node-3"), at=4.2)
    assert world.line.endswith("→ scheduled to node-3 → started → ready: healed in 4.2 s")
    assert (world.episode.mood, world.episode.is_open) == (Health.WELL, False)


def test_how_long_is_not_told_of_what_was_seen_at_one_look() -> None:
    world = World(pod(f"{RS}-x2k1p"), replicaset(RS, 1))
    world.loses(pod(f"{RS}-x2k1p"), at=60)
    world.sees(pod(f"{RS}-q8zzl", node="node-3"), at=60)
    assert f"→ {RS} created q8zzl →" in world.line
    assert world.line.endswith("→ ready: healed before it was seen")


def test_the_clock_runs_while_nothing_changes() -> None:
    world = World(pod(f"{RS}-x2k1p"))
    world.sees(pod(f"{RS}-x2k1p", going=True))
    world.passes(1.9)
    assert world.line.endswith("  … 1.9 s")
    assert world.teller.is_running


def test_what_the_app_deleted_is_told_as_yours_whether_announced_before_or_after() -> None:
    before, after = World(pod(f"{RS}-a")), World(pod(f"{RS}-a"))
    before.announces(pod(f"{RS}-a"))
    before.sees(pod(f"{RS}-a", going=True))
    after.sees(pod(f"{RS}-a", going=True))
    after.announces(pod(f"{RS}-a"))
    assert before.line == after.line
    assert after.line.startswith(f"you deleted pod {RS}-a")


def test_a_pod_removed_at_once_is_a_deletion_too() -> None:
    world = World(pod(f"{RS}-a"))
    world.loses(pod(f"{RS}-a"))
    assert world.line.startswith(f"someone deleted pod {RS}-a → waiting for {RS}")


def test_the_removal_of_a_pod_that_was_going_is_no_second_deletion() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True))
    world.loses(pod(f"{RS}-a"), at=30)
    assert len(world.lines) == 1


def test_nothing_replaces_a_pod_that_nobody_owns() -> None:
    world = World(pod("toolbox", owner=None))
    world.sees(pod("toolbox", owner=None, going=True))
    assert world.line.startswith("someone deleted pod toolbox → nothing will replace it")
    world.loses(pod("toolbox", owner=None), at=1.2)
    assert world.line == "someone deleted pod toolbox → nothing will replace it: gone after 1.2 s"
    assert world.episode.mood is Health.OFF


def test_an_announcement_still_finds_a_pod_that_was_gone_at_once() -> None:
    world = World(pod("toolbox", owner=None))
    world.loses(pod("toolbox", owner=None))
    world.announces(pod("toolbox", owner=None))
    assert world.line.startswith("you deleted pod toolbox")


def test_pods_deleted_together_are_one_episode_with_counts() -> None:
    world = World(*(pod(f"{RS}-{each}") for each in "abc"))
    world.sees(*(pod(f"{RS}-{each}", going=True) for each in "abc"))
    assert world.line == "someone deleted 3 pods of web → 0 of 3 created → 0 of 3 back  … 0 ms"
    world.sees(pod(f"{RS}-d", state="new"), pod(f"{RS}-e", state="new"), at=0.1)
    world.sees(pod(f"{RS}-d", node="node-2"), at=1)
    assert world.line == "someone deleted 3 pods of web → 2 of 3 created → 1 of 3 back  … 1.0 s"
    world.sees(pod(f"{RS}-e", node="node-2"), pod(f"{RS}-f", node="node-1", state="starting"), at=2)
    assert world.line == (
        "someone deleted 3 pods of web → 3 replacements created → scheduled to node-1 and node-2 → 2 of 3 back  … 2.0 s"
    )
    world.sees(pod(f"{RS}-f"), at=3)
    assert world.line == "someone deleted 3 pods of web → 3 of 3 back: healed in 3.0 s"


def test_pods_deleted_some_while_apart_are_two_episodes() -> None:
    world = World(pod(f"{RS}-a"), pod(f"{RS}-b"))
    world.sees(pod(f"{RS}-a", going=True), at=0)
    world.sees(pod(f"{RS}-b", going=True), at=10)
    assert len(world.lines) == 2


def test_replacements_go_to_the_oldest_loss_first() -> None:
    world = World(pod(f"{RS}-a"), pod(f"{RS}-b"))
    world.sees(pod(f"{RS}-a", going=True), at=0)
    world.sees(pod(f"{RS}-b", going=True), at=10)
    world.sees(pod(f"{RS}-c", state="new"), at=10.5)
    first, second = world.lines
    assert "created c" in first
    assert "waiting" in second


def test_pods_of_another_owner_replace_nothing() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True), pod("api-5c9f77-b", owner=("ReplicaSet", "api-5c9f77")))
    assert "waiting for" in world.line


def test_a_stateful_sets_pod_comes_back_under_its_own_name() -> None:
    owner = ("StatefulSet", "db")
    world = World(pod("db-0", owner=owner), pod("db-1", owner=owner))
    world.sees(pod("db-0", owner=owner, going=True), at=0)
    world.sees(pod("db-1", owner=owner, going=True), at=10)
    world.loses(pod("db-1", owner=owner), at=11)
    reborn = made(Pod, "db-1", metadata={**owned(*owner), "uid": "uid-again"}, spec={}, status={"phase": "Pending"})
    world.sees(reborn, at=11.5)
    first, second = world.lines
    assert "waiting for db" in first
    assert "db created db-1 anew 1.5 s later" in second


def test_a_scale_down_accounts_for_the_pods_it_takes() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2), pod(f"{RS}-a"), pod(f"{RS}-b"))
    world.sees(deployment("web", 1, exists=2), replicaset(RS, 1, exists=2), pod(f"{RS}-a", going=True))
    assert world.line.startswith("someone scaled web from 2 to 1 → a told to stop")


def test_a_pod_seen_to_go_before_its_scale_down_is_no_deletion_either() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2), pod(f"{RS}-a"), pod(f"{RS}-b"))
    world.sees(pod(f"{RS}-a", going=True), at=0)
    world.sees(replicaset(RS, 1, exists=2), at=0.02)
    world.sees(deployment("web", 1, exists=2), at=0.05)
    assert world.line.startswith("someone scaled web from 2 to 1 → a told to stop")


def test_a_pod_that_you_deleted_stays_your_deed_when_fewer_are_wanted() -> None:
    world = World(deployment("web", 2), replicaset(RS, 2), pod(f"{RS}-a"), pod(f"{RS}-b"))
    world.announces(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True), at=0)
    world.sees(deployment("web", 1, exists=2), replicaset(RS, 1, exists=2), at=0.02)
    deleted, scaled = world.lines
    assert deleted == f"you deleted pod {RS}-a → {RS} wants fewer now: nothing will replace it"
    assert scaled.startswith("someone scaled web from 2 to 1")


def test_a_replacement_that_fits_on_no_node_says_why() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True))
    unfit = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    newborn = pod(f"{RS}-b", state="new", conditions=[unfit])
    world.sees(newborn)
    assert world.line.endswith("→ it fits on no node  … 0 ms")
    world.sees(event(newborn, "FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.", "default-scheduler"))
    assert world.line.endswith("→ it fits on no node: 0/3 nodes are available: 3 Insufficient cpu.  … 0 ms")
    assert world.episode.mood is Health.BROKEN


def test_a_replacement_in_trouble_says_which_and_still_may_heal() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True), pod(f"{RS}-b", state="ImagePullBackOff"))
    assert world.line.endswith("→ it can't pull its image (ImagePullBackOff)  … 0 ms")
    assert world.episode.mood is Health.BROKEN
    world.sees(pod(f"{RS}-b"), at=60)
    assert world.line.endswith("ready: healed in 60 s")


def test_an_owner_that_may_create_none_says_why() -> None:
    world = World(pod(f"{RS}-a"), replicaset(RS, 1))
    world.sees(pod(f"{RS}-a", going=True))
    world.sees(event(replicaset(RS, 1), "FailedCreate", "exceeded quota: few", "replicaset-controller"))
    assert world.line == f"someone deleted pod {RS}-a → {RS} can't create its replacement: exceeded quota: few  … 0 ms"
    world.sees(pod(f"{RS}-b", state="new"), at=9)
    assert world.line.endswith(f"→ {RS} created b 9.0 s later  … 9.0 s")


def test_the_time_of_a_pull_is_between_its_two_events() -> None:
    world = World(pod(f"{RS}-a"))
    born = pod(f"{RS}-b", state="starting")
    world.sees(pod(f"{RS}-a", going=True), born)
    world.sees(event(born, "Pulling"), at=1)
    assert "→ pulling its image" in world.line
    world.sees(event(born, "Pulled"), at=3.5)
    world.sees(pod(f"{RS}-b", state="running"), at=4)
    assert "→ scheduled to node-1 → image pulled in 2.5 s → started" in world.line


def test_a_replacement_deleted_before_it_was_ready_ends_the_first_story() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True), pod(f"{RS}-b", state="starting"), at=0)
    world.sees(pod(f"{RS}-b", state="starting", going=True), at=3)
    first, second = world.lines
    assert first.endswith("→ but it went too before it was ready")
    assert second.startswith(f"someone deleted pod {RS}-b → waiting for {RS}")


def test_an_evicted_pod_names_the_node_that_drove_it_out() -> None:
    target = {"type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager"}
    world = World(pod(f"{RS}-a", node="node-2"))
    world.sees(pod(f"{RS}-a", node="node-2", going=True, conditions=[target]))
    assert world.line.startswith(f"pod {RS}-a was evicted by a taint of node-2 → waiting")


def test_what_one_node_drives_out_is_one_episode_over_all_owners() -> None:
    target = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}
    api = ("ReplicaSet", "api-5c9f77")
    world = World(pod(f"{RS}-a"), pod("api-5c9f77-b", owner=api))
    world.sees(
        pod(f"{RS}-a", going=True, conditions=[target]), pod("api-5c9f77-b", owner=api, going=True, conditions=[target])
    )
    assert world.line.startswith("2 pods were evicted from node-1 → 0 of 2 created")


def test_a_preempted_pod_names_the_scheduler() -> None:
    target = {"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"}
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True, conditions=[target]))
    assert world.line.startswith(f"the scheduler preempted pod {RS}-a →")


def test_a_failed_pod_is_lost_though_its_object_stays() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", state="running", phase="Failed", reason="Evicted"))
    assert world.line.startswith(f"pod {RS}-a failed (Evicted) → waiting for {RS}")


def test_a_finished_jobs_pod_is_no_loss_and_neither_is_its_removal() -> None:
    job = ("Job", "backup")
    world = World(pod("backup-a", owner=job))
    world.sees(pod("backup-a", owner=job, state="running", phase="Succeeded"))
    world.loses(pod("backup-a", owner=job))
    assert world.lines == []


def test_what_was_there_when_watching_began_is_no_news() -> None:
    assert World(deployment("web", 3), replicaset(RS, 3), pod(f"{RS}-a"), pod("toolbox", owner=None)).lines == []


def test_the_parts_name_their_objects_by_uid() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True), pod(f"{RS}-b"))
    named = {part.text: part.uid for part in world.episode.parts(0) if part.role is Role.OBJECT}
    assert named == {f"{RS}-a": f"uid-{RS}-a", RS: f"uid-{RS}", "b": f"uid-{RS}-b", "node-1": ""}


def test_no_replacement_for_ten_minutes_is_no_longer_waited_for() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True))
    world.passes(601)
    assert (world.episode.is_open, world.episode.mood) == (False, Health.UNKNOWN)


def test_among_others_a_pod_that_nobody_owns_is_not_waited_for() -> None:
    target = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}
    world = World(pod(f"{RS}-a"), pod("toolbox", owner=None))
    world.sees(
        pod(f"{RS}-a", going=True, conditions=[target]), pod("toolbox", owner=None, going=True, conditions=[target])
    )
    world.sees(pod(f"{RS}-b"), at=2)
    assert world.line == "2 pods were evicted from node-1 (1 of them for good) → 1 of 1 back: healed in 2.0 s"
