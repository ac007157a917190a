"""The picture painted before Textual is loaded is the one that Textual paints over it, cell by cell."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import AsyncMock, Mock

import pyte
import pytest
from rich.color import Color, ColorSystem
from textual.app import App
from textual.strip import Strip

from kubetui.live.probe import Probe
from kubetui.live.state import Phase
from kubetui.settings.options import Options
from kubetui.tui.board.firstsight import seen_first
from kubetui.tui.first.brush import brush_for
from kubetui.tui.first.look import DEFAULT, LOOKS, codes, is_fine
from kubetui.tui.first.painter import FirstPicture, scene_of
from kubetui.tui.first.picture import lines
from kubetui.tui.output.driver import SECOND_SCREEN, PacedDriver
from kubetui.tui.session import Session
from tests.fake.apiserver import FakeApiServer
from tests.fake.front import kubeconfig, listening
from tests.tui.exploring import Person, exploring
from tests.tui.shop import NOW, pod, shop
from tests.tui.terminal import Recorded

TRUE = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
SIZE = (120, 14)


class Cell(NamedTuple):
    """What one sees of a cell; the ink of a blank is not seen."""

    text: str
    ink: str
    ground: str
    bold: bool


def painted(picture: list[str], size: tuple[int, int]) -> list[list[Cell]]:
    """What a terminal of that size shows of it."""
    screen = pyte.Screen(*size)
    pyte.Stream(screen).feed("".join(f"\x1b[{at}H{line}" for at, line in enumerate(picture, 1)))
    return [[_cell(screen.buffer[y][x]) for x in range(size[0])] for y in range(size[1])]


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


def a_busy_shop() -> FakeApiServer:
    """Rows of several healths, more pods than there is room for."""
    server = shop()
    server.holds(*(pod("web", f"{at:05}", "node-1") for at in range(40)))
    broken = pod("api", "2hx9t", "node-1")
    broken["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "CrashLoopBackOff"}}
    finished = pod("web", "q8zzl", "node-1")
    finished["status"]["phase"] = "Succeeded"
    server.changes(broken)
    server.changes(finished)
    return server


async def both(
    folder: Path, size: tuple[int, int], *, kind: str | None = None, theme: str = DEFAULT
) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """The picture painted first, and that of Textual of the same rows."""
    async with exploring(a_busy_shop(), folder, size=size, options=Options(kind=kind, theme=theme)) as person:
        await person.live()
        session, brush = person.app.session, brush_for(theme, TRUE)
        scene = scene_of(session)
        assert scene is not None and brush is not None
        await person.until(lambda: all(store.state.phase is Phase.LIVE for store in scene.stores), "all of the scene")
        await person.until(lambda: person.app.focused is not None, "a pane in focus")
        await person.pilot.pause()
        first = painted(lines(scene, session, brush, *size), size)
        return first, [of_textual(strip) for strip in person.app.screen._compositor.render_strips()]


def differing(first: list[list[Cell]], then: list[list[Cell]], rows: range) -> list[str]:
    """Cells that are not the same; what is left blank at first, and the part of a scroll bar that moves, aside."""
    return [
        f"{y}:{x} {was} {now}"
        for y in rows
        for x, (was, now) in enumerate(zip(first[y], then[y], strict=True))
        if was != now and (was.text != " " or was.ground != now.ground) and x != len(first[y]) - 1
    ]


@pytest.mark.parametrize("theme", LOOKS)
async def test_a_list_is_the_picture_that_textual_paints(theme: str, tmp_path: Path) -> None:
    first, then = await both(tmp_path, SIZE, kind="pods", theme=theme)
    assert len(first) == len(then) == SIZE[1]
    assert differing(first, then, range(SIZE[1])) == []


async def test_so_is_a_list_of_another_kind_with_a_drawer_beside_it(tmp_path: Path) -> None:
    first, then = await both(tmp_path, (190, 40), kind="deployments")
    first, then = [line[:112] for line in first], [line[:112] for line in then]  # the drawer's rule is the last
    assert differing(first, then, range(40)) == []


@pytest.mark.parametrize("theme", LOOKS)
async def test_the_board_is_the_picture_that_textual_paints(theme: str, tmp_path: Path) -> None:
    first, then = await both(tmp_path, (160, 40), theme=theme)
    assert differing(first, then, range(40)) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 29)])
async def test_so_is_a_board_of_another_size(size: tuple[int, int], tmp_path: Path) -> None:
    first, then = await both(tmp_path, size)
    assert differing(first, then, range(size[1])) == []


@asynccontextmanager
async def begun(folder: Path, kind: str | None) -> AsyncIterator[tuple[Session, FirstPicture]]:
    """A session whose first requests are on their way, and what paints them."""
    async with listening(a_busy_shop()) as url:
        path = folder / "config"
        path.write_text(kubeconfig(url))
        session = Session(Options(kind=kind, kubeconfig=path), clock=NOW.timestamp)
        try:
            await session.switch()
            session.warm(seen_first(kind))
            yield session, FirstPicture(session, scene_of(session), brush_for(DEFAULT, TRUE), (160, 40))
        finally:
            await session.close()


@pytest.mark.parametrize("kind", ["pods", None])
async def test_nothing_of_it_flickers_when_textual_takes_over(
    kind: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Probe, "run", AsyncMock())
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", TRUE["TERM"])
    async with begun(tmp_path, kind) as (session, picture):
        await asyncio.to_thread(picture.done.wait, 10)
        screen = pyte.Screen(160, 40)
        stream = pyte.Stream(screen)
        stream.feed(capsys.readouterr().out)
        first = [[_cell(screen.buffer[y][x]) for x in range(160)] for y in range(40)]
        assert "web-7d4b9c-00029" in "\n".join(screen.display)
        app = Recorded(session)
        async with app.run_test(size=(160, 40)) as pilot:
            person = Person(app, pilot)
            await person.sees("● live", "enter open")
            await person.live()
            for frame in app.recorder.written:
                stream.feed(frame)
                now = [[_cell(screen.buffer[y][x]) for x in range(160)] for y in range(40)]
                assert differing(first, now, range(40)) == []


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
    script = "import sys, kubetui.tui.first.painter\nprint(*sorted(name for name in sys.modules if 'textual' in name))"
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
