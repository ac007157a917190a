"""The picture painted before Textual is loaded is the one that Textual paints over it, cell by cell."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from unittest.mock import Mock

import pyte
import pytest
from rich.color import Color, ColorSystem
from textual.app import App
from textual.strip import Strip

from kubetui.kinds.pod import POD
from kubetui.settings.options import Options
from kubetui.tui.firstlook import LOOKS, codes, is_fine
from kubetui.tui.firstpicture import Picture, brush_for
from kubetui.tui.output.driver import SECOND_SCREEN, PacedDriver
from tests.tui.exploring import exploring
from tests.tui.shop import NOW, pod, shop

TRUE = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
WIDTH, HEIGHT = 120, 14


class Cell(NamedTuple):
    """What one sees of a cell; the ink of a blank is not seen."""

    text: str
    ink: str
    ground: str
    bold: bool


def painted(lines: list[str]) -> list[list[Cell]]:
    """What a terminal shows of them."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed("".join(f"\x1b[{at}H{line}" for at, line in enumerate(lines, 1)))
    return [[_cell(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _cell(char: pyte.screens.Char) -> Cell:
    blank = char.data == " "
    return Cell(char.data, "" if blank else char.fg, char.bg, not blank and char.bold)


def of_textual(strip: Strip) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _ in strip:
        assert style is not None and style.bgcolor is not None and style.bgcolor.triplet is not None
        ground = style.bgcolor.triplet.hex[1:]
        for char in text:
            ink = style.color.triplet.hex[1:] if char != " " and style.color and style.color.triplet else ""
            cells.append(Cell(char, ink, ground, char != " " and bool(style.bold)))
    return cells


@pytest.mark.parametrize("theme", LOOKS)
async def test_it_is_the_picture_that_textual_paints(theme: str, tmp_path: Path) -> None:
    server = shop()
    broken = pod("api", "2hx9t", "node-1")
    broken["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "CrashLoopBackOff"}}
    finished = pod("web", "q8zzl", "node-1")
    finished["status"]["phase"] = "Succeeded"
    server.changes(broken)
    server.changes(finished)
    brush = brush_for(theme, TRUE)
    assert brush is not None
    async with exploring(server, tmp_path, size=(WIDTH, HEIGHT), options=Options(kind="pods", theme=theme)) as person:
        await person.sees("Pods 5", "● live")
        await person.live()
        session = person.app.session
        assert session.cluster is not None
        store = session.cluster.peek(POD, session.scope)
        assert store is not None
        first = painted(
            Picture(POD, session.scope, session.context, brush).lines(store, WIDTH, HEIGHT, NOW.timestamp())
        )
        then = [of_textual(strip) for strip in person.app.screen._compositor.render_strips()]
    assert first[2:-1] == then[2:-1], "titles and rows"
    head, title = len(" kubetui  fake › all namespaces"), len(" Pods")
    assert (first[0][:head], first[1][:title]) == (then[0][:head], then[1][:title])
    for y in (0, 1, HEIGHT - 1):
        assert {cell.ground for cell in first[y]} == {cell.ground for cell in then[y]}


async def test_it_ends_where_the_screen_does_and_leaves_room_for_the_scroll_bar(tmp_path: Path) -> None:
    server = shop()
    server.holds(*(pod("web", f"{at:05}", "node-1") for at in range(40)))
    brush = brush_for("harbour", TRUE)
    assert brush is not None
    async with exploring(server, tmp_path, size=(WIDTH, HEIGHT), options=Options(kind="pods")) as person:
        await person.sees("Pods 45", "● live")
        await person.live()
        session = person.app.session
        assert session.cluster is not None
        store = session.cluster.peek(POD, session.scope)
        assert store is not None
        lines = Picture(POD, session.scope, session.context, brush).lines(store, WIDTH, HEIGHT, NOW.timestamp())
        then = [of_textual(strip) for strip in person.app.screen._compositor.render_strips()]
    assert len(lines) == HEIGHT
    assert [line[:-1] for line in painted(lines)[2:-1]] == [line[:-1] for line in then[2:-1]]


@pytest.mark.parametrize("colour", [0x000000, 0x141B24, 0xAACFA9, 0x2E5875, 0xFAF8F3, 0x999999, 0xFFFFFF])
def test_of_256_colours_it_takes_the_one_that_textual_takes(colour: int) -> None:
    nearest = Color.from_rgb(colour >> 16, colour >> 8 & 255, colour & 255).downgrade(ColorSystem.EIGHT_BIT)
    assert codes(colour, fine=False) == f"5;{nearest.number}"


@pytest.mark.parametrize(
    ("environ", "fine"),
    [
        (TRUE, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "linux"}, None),
        ({**TRUE, "NO_COLOR": "1"}, None),
        ({"COLORTERM": "truecolor"}, None),
    ],
)
def test_it_is_painted_only_where_it_is_known_how(environ: dict[str, str], fine: bool | None) -> None:
    assert is_fine(environ) is fine
    assert (brush_for("harbour", environ) is not None) == (fine is not None)
    assert brush_for("nord", environ) is None


def test_it_needs_nothing_of_textual() -> None:
    script = "import sys, kubetui.tui.firstpicture\nprint(*sorted(name for name in sys.modules if 'textual' in name))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env=os.environ)
    assert (done.stdout.strip(), done.stderr) == ("", "")


async def test_the_screen_it_is_on_is_not_cleared_by_entering_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = PacedDriver(App[None]())
    thread = Mock()
    monkeypatch.setattr(driver, "_writer_thread", thread)
    driver.takes_over = True
    for data in (SECOND_SCREEN, "a frame", SECOND_SCREEN):
        driver.write(data)
    assert [call.args[0] for call in thread.write.call_args_list] == ["a frame", SECOND_SCREEN]
