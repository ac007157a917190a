"""A line made to fit: what gives way to what."""

from hypothesis import given
from hypothesis import strategies as st

from kubetui.story.part import Part, Role, fitted

NAME = Part("web-588847f978-2x9bm", Role.OBJECT, "uid")
CAUSE = (Part("someone"), Part(" deleted pod "), NAME)
STEPS = (CAUSE, (Part("created hd885 4 ms later"),), (Part("scheduled to node-1"),), (Part("ready: healed in 5.0 s"),))


def line(width: int | None, *last: Part) -> str:
    steps = (*STEPS[:-1], last) if last else STEPS
    return "".join(part.text for part in fitted(steps, width))


def test_a_line_with_room_is_whole() -> None:
    assert line(None) == line(200)
    assert line(200).count("→") == 3


def test_the_steps_between_give_way_the_earliest_first() -> None:
    assert line(100).endswith("2x9bm → … → scheduled to node-1 → ready: healed in 5.0 s")
    assert line(72) == "someone deleted pod web-588847f978-2x9bm → … → ready: healed in 5.0 s"


def test_then_even_their_mark_goes() -> None:
    assert line(66) == "someone deleted pod web-588847f978-2x9bm → ready: healed in 5.0 s"


def test_then_names_lose_their_beginning() -> None:
    assert len(line(55)) == 55
    assert "2x9bm → ready: healed in 5.0 s" in line(55)


def test_a_long_latest_step_loses_its_end_before_names_do() -> None:
    told = line(80, Part("it fits on no node: 0/3 nodes are available: 3 Insufficient cpu"))
    assert told.startswith("someone deleted pod web-588847f978-2x9bm → it fits on no node: ")
    assert told.endswith("…")
    assert len(told) == 80


@given(st.integers(1, 150))
def test_it_always_fits(width: int) -> None:
    assert len(line(width)) <= width


def test_a_cut_part_keeps_its_role_and_uid() -> None:
    (name,) = [part for part in fitted(STEPS, 55) if part.role is Role.OBJECT]
    assert (name.uid, name.text[0]) == ("uid", "…")
