"""A terminal that becomes very small under each screen and dialog, is typed into, and becomes large again."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.screen import ModalScreen

from kubetui.settings.settings import Settings
from kubetui.tui.ways.prompt import is_typing
from tests.tui.exploring import exploring
from tests.tui.shop import shop
from tests.tui.terminal import Recorded, obeyed
from tests.tui.test_hostile import Victim
from tests.tui.test_secrets import secret

Way = Callable[[Victim], Awaitable[None]]

LARGE, SMALL = (120, 40), (20, 5)


def keys(*pressed: str, sees: str) -> Way:
    """To a screen by keys."""

    async def go(person: Victim) -> None:
        await person.press(*pressed)
        await person.sees(sees)

    return go


def line(text: str, *, sees: str) -> Way:
    """To a screen by a command."""

    async def go(person: Victim) -> None:
        person.app.obey(text)
        await person.sees(sees)

    return go


def listed(text: str, sees: str) -> Way:
    """To a list that is live."""

    async def go(person: Victim) -> None:
        await line(text, sees=sees)(person)
        await person.live()

    return go


def steady(person: Victim) -> str:
    """What is on the screen, round trips aside; of a dialog what is in its frame."""
    lines = re.sub(r"live \d+ ms *", "live ", person.screen).split("\n")
    screen = person.app.screen
    if not isinstance(screen, ModalScreen):
        return "\n".join(lines)
    frame = screen.children[0].region
    return "\n".join(line[frame.x : frame.right] for line in lines[frame.y : frame.bottom])


WAYS: dict[str, tuple[Way, ...]] = {
    "the board": (),
    "help": (keys("question_mark", sees="Going elsewhere"),),
    "the palette": (keys("ctrl+p", sees="Find a verb"),),
    "a line of command": (keys("colon", "p", "o", sees=":po"),),
    "contexts": (line("ctx", sees="Contexts"),),
    "the journal": (line("journal", sees="ournal"),),
    "a list": (listed("pods", "Pods 5"),),
    "a menu": (listed("pods", "Pods 5"), keys("m", sees="manifest")),
    "a dialog": (listed("pods", "Pods 5"), keys("ctrl+d", sees="Grace")),
    "a dialog of many": (listed("pods", "Pods 5"), keys("space", "space", "space", "ctrl+d", sees="Delete 3 pods")),
    "a dialog that asks for a word": (listed("ns", "Namespaces"), keys("ctrl+d", sees="to confirm")),
    "an object": (listed("pods", "Pods 5"), keys("enter", sees="Overview")),
    "its manifest": (listed("pods", "Pods 5"), keys("y", sees="kind: Pod")),
    "its events": (listed("pods", "Pods 5"), keys("E", sees="No events")),
    "its log": (listed("pods", "Pods 5"), keys("l", sees="follow")),
    "what is masked": (listed("secrets", "Secrets 1"), keys("y", sees="kind: Secret"), keys("x", sees="hide all")),
}


async def test_each_screen_survives_twenty_cells_by_five_and_is_as_before_afterwards(tmp_path: Path) -> None:
    server = shop()
    server.holds(secret())
    async with exploring(server, tmp_path, size=LARGE, explorer=Recorded, settings=Settings(production=())) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        board = steady(person)
        for name, ways in WAYS.items():
            depth = len(person.app.screen_stack)
            for way in ways:
                await way(person)
            before, screen = steady(person), person.app.screen
            await person.pilot.resize_terminal(*SMALL)
            await person.pilot.pause()
            lines = person.screen.split("\n")
            assert person.app.size == SMALL and len(lines) == 5 and max(map(len, lines)) <= 20, name
            assert any(text.strip() for text in lines), name
            if not is_typing(screen):
                await person.press("down", "up")
            await person.pilot.resize_terminal(*LARGE)
            await person.until(lambda: steady(person) == before, f"{name} as before:\n{before}\n, on", 3)  # noqa: B023
            assert person.app.screen is screen and person.app.return_code is None
            while len(person.app.screen_stack) > depth:
                await person.press("escape")
            await person.press("escape", "escape")
            await person.until(lambda: steady(person) == board, f"after {name} the board\n{board}\n on", 3)
        assert obeyed(person.terminal.written) == []
