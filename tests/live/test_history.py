"""The log of changes: what it keeps, how much of it, and how far back it says that it reaches."""

from kubetui.kinds.event import EVENT
from kubetui.kinds.pod import POD, Pod
from kubetui.live.change import Change
from kubetui.live.history import History
from tests.kinds.build import build


def pod(name: str, version: int, phase: str = "Running") -> Pod:
    return build(POD, name, meta={"uid": name, "resourceVersion": str(version)}, status={"phase": phase})


def test_what_was_there_at_first_is_no_change_but_the_beginning() -> None:
    history = History()
    assert history.reaches_back_to(POD) is None
    history.changed([Change(POD, None, pod("a", 1), 100.0, initial=True)])
    assert history.of("a") == []
    assert history.reaches_back_to(POD) == 100.0


def test_an_object_is_followed_from_its_birth_to_its_end() -> None:
    history = History()
    first, second = pod("a", 1, "Pending"), pod("a", 2)
    history.changed([Change(POD, None, first, 1.0), Change(POD, None, pod("b", 1), 1.0)])
    history.changed([Change(POD, first, second, 2.0)])
    history.changed([Change(POD, second, None, 3.0)])
    told = history.of("a")
    assert [entry.change.at for entry in told] == [1.0, 2.0, 3.0]
    assert history.of("a", after=told[1].number) == told[2:]


def test_a_change_of_the_version_alone_and_events_are_not_kept() -> None:
    history = History()
    history.changed([Change(POD, pod("a", 1), pod("a", 2), 1.0)])
    event = build(EVENT, "e", meta={"uid": "e", "resourceVersion": "1"})
    history.changed([Change(EVENT, None, event, 1.0)])
    assert len(history) == 0


def test_the_oldest_make_room_and_it_says_how_far_back_it_reaches() -> None:
    history = History(most=20_000)
    history.changed([Change(POD, None, pod("a", 0), 0.0, initial=True)])
    for at in range(1, 200):
        before, after = pod("a", at, f"Phase{at}"), pod("a", at + 1, f"Phase{at + 1}")
        history.changed([Change(POD, before, after, float(at))])
    assert history.weight <= 20_000
    kept = history.of("a")
    assert 0 < len(kept) < 100
    assert history.reaches_back_to(POD) == kept[0].change.at - 1


def test_a_kind_that_is_read_anew_is_known_from_then_on() -> None:
    history = History()
    history.changed([Change(POD, None, pod("a", 1), 1.0, initial=True)])
    history.changed([Change(POD, None, pod("a", 9), 50.0, initial=True)])
    assert history.reaches_back_to(POD) == 50.0


def test_what_may_not_be_read_any_more_is_no_beginning() -> None:
    history = History()
    history.changed([Change(POD, None, pod("a", 1), 1.0, initial=True)])
    history.changed([Change(POD, pod("a", 1), None, 7.0, initial=True)])
    assert history.reaches_back_to(POD) == 1.0
    assert len(history) == 0
