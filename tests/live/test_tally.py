"""A tally: how many objects there are in each health, kept change by change."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kubetui.kinds.kind import Health, Kind
from kubetui.live.change import Change
from kubetui.live.tally import Tally
from kubetui.read import Object, ObjectMeta
from kubetui.resource import resource


class Patient(Object):
    """An object of a given health."""

    health: str = Health.WELL.value


PATIENTS = Kind(Patient, resource("v1", "patients", "Patient"), (), health=lambda one: Health(one.health))


def patient(name: str, health: Health = Health.WELL) -> Patient:
    return Patient(metadata=ObjectMeta(name=name, uid=name), health=health.value)


def test_it_begins_with_what_is_there() -> None:
    tally = Tally(PATIENTS, [patient("a"), patient("b", Health.BROKEN)])
    assert (tally.total, tally.counts) == (2, {Health.WELL: 1, Health.BROKEN: 1})


def test_who_falls_ill_is_counted_once() -> None:
    tally = Tally(PATIENTS, [patient("a")])
    tally.changed([Change(PATIENTS, patient("a"), patient("a", Health.BROKEN), 0.0)])
    assert (tally.total, tally.counts[Health.WELL], tally.counts[Health.BROKEN]) == (1, 0, 1)


def test_who_has_gone_is_counted_no_more() -> None:
    tally = Tally(PATIENTS, [patient("a"), patient("b")])
    tally.changed([Change(PATIENTS, patient("a"), None, 0.0)])
    assert (tally.total, tally.counts[Health.WELL]) == (1, 1)


def test_a_change_that_is_told_twice_counts_once() -> None:
    tally = Tally(PATIENTS)
    came, gone = Change(PATIENTS, None, patient("a"), 0.0), Change(PATIENTS, patient("a"), None, 1.0)
    tally.changed([came, came])
    assert tally.total == 1
    tally.changed([gone, gone])
    assert (tally.total, tally.counts[Health.WELL]) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, *Health]))))
def test_after_any_changes_it_is_what_counting_anew_would_give(steps: list[tuple[int, Health | None]]) -> None:
    tally, living = Tally(PATIENTS), dict[str, Patient]()
    for number, health in steps:
        name = str(number)
        old, new = living.pop(name, None), patient(name, health) if health else None
        if new is not None:
            living[name] = new
        if old or new:
            tally.changed([Change(PATIENTS, old, new, 0.0)])
    assert tally.total == len(living)
    assert +tally.counts == Counter(Health(one.health) for one in living.values())
