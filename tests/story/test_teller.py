"""What holds for every sort of episode: bounded, frozen, cheap, safe."""

from dataclasses import FrozenInstanceError

import pytest

from kubetui.story.episode import Part
from kubetui.story.narrator import Narrator
from kubetui.story.narrators import NARRATORS
from tests.story.world import HASH, START, World, deployment, node, pod, replicaset

RS = f"web-{HASH}"


def test_the_oldest_episode_makes_room_though_it_is_open() -> None:
    world = World(*(pod(f"lone-{each}", owner=None) for each in range(5)), most=3)
    world.sees(*(pod(f"lone-{each}", owner=None, going=True) for each in range(5)))
    assert [line.split()[3] for line in world.lines] == ["lone-2", "lone-3", "lone-4"]
    world.loses(pod("lone-0", owner=None))
    assert len(world.lines) == 3


def test_ids_stay_and_grow_with_the_order_of_causes() -> None:
    world = World(pod("a", owner=None), pod("b", owner=None))
    world.sees(pod("a", owner=None, going=True), pod("b", owner=None, going=True))
    world.loses(pod("a", owner=None))
    assert [each.id for each in world.episodes] == [1, 2]


def test_an_episode_that_did_not_change_is_the_same_object() -> None:
    world = World(pod("a", owner=None), pod("b", owner=None))
    world.sees(pod("a", owner=None, going=True), pod("b", owner=None, going=True))
    first, second = world.episodes
    world.loses(pod("a", owner=None), at=1)
    again, same = world.episodes
    assert same is second
    assert again is not first


def test_the_version_changes_with_the_text_and_only_then() -> None:
    world = World(pod(f"{RS}-a"), node("node-1"))
    before = world.teller.version
    world.sees(pod(f"{RS}-a", restarts=0), node("node-1"))
    assert world.teller.version == before
    world.sees(pod(f"{RS}-a", going=True))
    assert world.teller.version != before


def test_a_snapshot_can_not_be_changed() -> None:
    world = World(pod("a", owner=None))
    world.sees(pod("a", owner=None, going=True))
    with pytest.raises(FrozenInstanceError):
        world.episode.ended = 1.0  # type: ignore[misc]


def test_hostile_names_and_messages_are_safe_in_every_part() -> None:
    world = World(pod("evil\x1b[2J", owner=None, node="no\u202ede"))
    world.sees(pod("evil\x1b[2J", owner=None, going=True, node="no\u202ede"))
    assert world.line.startswith("someone deleted pod evil[2J →")


def test_a_narrow_line_keeps_the_cause_and_the_latest_step() -> None:
    world = World(pod(f"{RS}-a"))
    world.sees(pod(f"{RS}-a", going=True), pod(f"{RS}-b", state="running"), at=0)
    assert world.episode.text(START, width=60) == f"someone deleted pod {RS}-a → … → started  … 0 ms"
    assert world.episode.text(START, width=80) == (
        f"someone deleted pod {RS}-a → … → scheduled to node-1 → started  … 0 ms"
    )
    assert world.episode.text(START, width=200) == world.line


def test_text_is_its_parts_put_together() -> None:
    world = World(pod("a", owner=None))
    world.sees(pod("a", owner=None, going=True))
    parts = world.episode.parts(START)
    assert all(isinstance(each, Part) for each in parts)
    assert "".join(each.text for each in parts) == world.line


def test_every_narrator_hears_something() -> None:
    heard = ("pod", "replicaset", "deployment", "node", "namespace", "event")
    for narrator in NARRATORS:
        assert any(getattr(narrator, each) is not getattr(Narrator, each) for each in heard)


def test_changes_that_tell_nothing_leave_nothing_behind() -> None:
    pods = [pod(f"{RS}-{each}") for each in range(100)]
    world = World(deployment("web", 100), replicaset(RS, 100), *pods)
    for second in range(10):
        world.sees(*pods, at=float(second))
    assert world.lines == []
    assert not world.teller.is_running


def test_an_announcement_does_not_claim_what_happens_long_after() -> None:
    world = World(deployment("web", 2))
    world.announces(deployment("web", 2), "scale")
    world.sees(deployment("web", 3, exists=2), at=11)
    assert world.line.startswith("someone scaled web")
