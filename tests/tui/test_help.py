"""Help: what is told of keys is read from the bindings and verbs that are in force."""

from pathlib import Path

import pytest

from kubetui.settings.options import Options
from kubetui.tui.ways.keys import spelled
from tests.tui.exploring import exploring
from tests.tui.shop import shop


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("ctrl+d", "ctrl-d"),
        ("J", "shift-j"),
        ("question_mark", "?"),
        ("left_square_bracket", "["),
        ("ctrl+backslash", "ctrl-\\"),
        ("ctrl+@", "ctrl-space"),
        ("shift+tab", "shift-tab"),
        ("pagedown", "pgdn"),
        ("f1", "f1"),
    ],
)
def test_a_key_is_written_as_people_write_it(key: str, written: str) -> None:
    assert spelled(key) == written


async def test_it_has_the_verbs_of_the_kind_in_focus_and_nothing_of_textuals_own(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=(120, 80)) as person:
        await person.live()
        await person.press("f1", "question_mark")
        screen = await person.sees("What can be done with deployments", "Moving", "Sorting", "Command line", "Signs")
        assert "how many replicas" in screen.lower() or "scale" in screen.lower()
        assert "Page Left" not in screen and "page left" not in screen


async def test_read_only_help_has_no_verbs_that_change(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=(120, 80), options=Options(readonly=True)) as person:
        await person.live()
        await person.press("question_mark")
        await person.sees("Read the manifest")
        await person.sees_no("ctrl-d ")


async def test_it_closes_with_the_keys_that_close(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        for key in ("question_mark", "escape", "q"):
            await person.press("question_mark")
            await person.sees("Going elsewhere")
            await person.press(key)
            await person.sees_no("Going elsewhere")


async def test_it_is_there_in_the_object_view_too(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=(120, 60)) as person:
        await person.live()
        await person.press("f4", "enter")
        await person.sees("Overview")
        await person.press("question_mark")
        await person.sees("Going elsewhere", "next tab")
