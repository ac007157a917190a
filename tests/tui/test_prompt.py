"""The line for filters and commands: suggestions, faults, what was typed before."""

from pathlib import Path

from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input

from tests.tui.exploring import Person, exploring
from tests.tui.shop import shop


def suggestion(person: Person) -> str:
    return person.app.screen.query_one("Workplace > Prompt Input", Input)._suggestion


async def suggested(person: Person, line: str, expected: str) -> None:
    await person.press("colon")
    await person.type(line)
    await person.until(lambda: suggestion(person) == expected, f"{expected!r} suggested on")
    await person.press("escape")


async def test_kinds_then_namespaces_then_contexts_are_suggested(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await suggested(person, "dep", "deployments")
        await suggested(person, "pod s", "pod shop")
        await suggested(person, "ns sh", "ns shop")
        await suggested(person, "pod shop @f", "pod shop @fake")
        await suggested(person, "ctx ", "ctx fake")
        await suggested(person, "no s", "")


async def test_tab_takes_the_suggestion(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("colon")
        await person.type("serv")
        await person.until(lambda: suggestion(person) == "services", "services suggested on")
        await person.press("tab", "enter")
        await person.sees("\n Services 2")


async def test_what_is_no_filter_is_said_beside_it_and_the_last_good_one_stays(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f4", "slash")
        await person.type("web /(")
        await person.sees("/web /(", "3 of 5")
        fault = str(person.app.screen.query_one("#fault").render())
        assert fault and "Traceback" not in fault


async def test_escape_puts_the_filter_before_back(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f4", "slash")
        await person.type("web")
        await person.press("enter")
        await person.sees("3 of 5")
        await person.press("slash")
        await person.type(" q8")
        await person.sees("1 of 5")
        await person.press("escape")
        await person.sees("3 of 5")


async def test_up_recalls_what_was_typed_before(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f4", "slash")
        await person.type("lm4vd")
        await person.press("enter", "escape", "slash", "up")
        await person.sees("1 of 5")


async def test_what_is_typed_at_once_behind_the_mark_goes_into_the_line_and_is_no_command(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        for key, character in (("slash", "/"), ("s", "s"), ("c", "c"), ("ctrl+d", None), ("m", "m")):
            person.app.post_message(Key(key, character))
        await person.sees("/scm")
        assert not isinstance(person.app.screen, ModalScreen)


async def test_what_is_typed_at_once_behind_enter_is_for_what_comes_next(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f4", "slash")
        await person.type("lm4vd")
        for key, character in (("enter", "\r"), ("l", "l")):
            person.app.post_message(Key(key, character))
        await person.sees("Logs", "follow")


async def test_what_is_typed_at_once_behind_escape_is_for_what_comes_next(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f4", "slash")
        await person.type("lm4vd")
        for key, character in (("escape", None), ("z", "z")):
            person.app.post_message(Key(key, character))
        await person.sees("Pods 5")
        await person.sees_no("F1")


async def test_a_line_begun_at_once_behind_a_change_of_pane_keeps_all_that_is_typed(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f1")
        for key in ("f4", "slash", "w", "e", "b"):
            person.app.post_message(Key(key, "/" if key == "slash" else key if len(key) == 1 else None))
        await person.sees("/web", "3 of 5")
        assert isinstance(person.app.focused, Input) and person.app.focused.value == "web"
