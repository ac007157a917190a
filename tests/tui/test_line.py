"""What the explorer costs the line to the terminal: bytes a key, a change, an idle minute; and a line that is slow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest

from kubetui.live.logring import Entry
from kubetui.live.probe import Probe
from kubetui.settings.options import Options
from kubetui.tui import pane
from kubetui.tui.logs.pane import LogPane
from kubetui.tui.table.viewport import Viewport
from kubetui.tui.workplace import Workplace
from tests.fake.apiserver import FakeApiServer
from tests.tui.exploring import Person, exploring
from tests.tui.shop import NOW, pod, shop
from tests.tui.terminal import Recorded, shown

SIZE = (160, 48)


class Watch(Person):
    """Someone who counts what goes to the terminal."""

    now: float

    @property
    def terminal(self) -> Recorded:
        assert isinstance(self.app, Recorded)
        return self.app

    async def rest(self) -> None:
        """Waits until nothing more is written."""
        count = -1
        while count != len(self.terminal.recorder.written):
            count = len(self.terminal.recorder.written)
            await self.pilot.pause(0.05)

    async def cost(self, *keys: str) -> int:
        """Bytes that keys cost."""
        await self.rest()
        before = len(self.terminal.written.encode())
        await self.press(*keys)
        await self.rest()
        return len(self.terminal.written.encode()) - before

    def is_shown(self) -> None:
        """The terminal shows what the app means it to show, line by line."""
        drawn = [line.rstrip() for line in shown(self.terminal.written, SIZE).display]
        assert drawn == self.screen.split("\n")


@pytest.fixture(autouse=True)
def no_round_trips(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long the server takes is not the same in any two runs."""

    async def asks_nothing(_: Probe) -> None:
        """The server is there."""

    monkeypatch.setattr(Probe, "run", asks_nothing)


@pytest.fixture(autouse=True)
def all_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The most that a style can cost."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")


@asynccontextmanager
async def watching(folder: Path, kind: str | None = "pods") -> AsyncIterator[tuple[Watch, FakeApiServer]]:
    """A list of a hundred pods, loaded and at rest; the board, where no kind is asked for."""
    server = shop()
    server.holds(*(pod("job", f"{number:03}", f"node-{number % 3 + 1}") for number in range(95)))
    Watch.now = NOW.timestamp()
    async with exploring(
        server, folder, size=SIZE, options=Options(kind=kind), explorer=Recorded, clock=lambda: Watch.now
    ) as someone:
        person = Watch(someone.app, someone.pilot)
        await person.sees("Pods 100", "job-7d4b9c-001")
        await person.live()
        await person.rest()
        yield person, server


async def test_a_key_that_moves_the_cursor_costs_500_bytes_at_most(tmp_path: Path) -> None:
    async with watching(tmp_path) as (person, _):
        await person.press("down")
        assert 0 < await person.cost("down") <= 500
        assert 0 < await person.cost("up") <= 500


async def test_scrolling_by_a_line_costs_little_more_than_the_cursor(tmp_path: Path) -> None:
    async with watching(tmp_path) as (person, _):
        await person.press("pagedown", "pagedown")
        assert 0 < await person.cost("up", *["up"] * 42) < 43 * 500
        assert 0 < await person.cost("up") <= 700
        person.is_shown()


@pytest.mark.parametrize("kind", ["pods", None])
async def test_an_idle_minute_costs_the_clock_and_the_ages_that_grow(
    kind: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watching(tmp_path, kind) as (person, _):
        screen = person.app.screen
        assert isinstance(screen, Workplace)
        before = len(person.terminal.written.encode())
        arranged = Mock(side_effect=Viewport.arrange)
        monkeypatch.setattr(Viewport, "arrange", lambda port, moment: arranged(port, moment))
        for _ in range(60):
            Watch.now += 1
            screen.tick()
            await person.pilot.pause()
        await person.rest()
        assert 0 < len(person.terminal.written.encode()) - before < 600
        assert arranged.call_count <= 2 * len(screen.panes), "the rows are looked at once a minute"


async def test_a_change_of_one_row_costs_that_row_alone(tmp_path: Path) -> None:
    async with watching(tmp_path) as (person, server):
        before = len(person.terminal.written.encode())
        changed = pod("api", "2hx9t", "node-1")
        changed["status"]["containerStatuses"][0]["restartCount"] = 3
        server.changes(changed)
        await person.sees("3  4h")
        await person.rest()
        assert len(person.terminal.written.encode()) - before < 700


async def test_what_was_written_in_all_is_what_the_screen_shows(tmp_path: Path) -> None:
    async with watching(tmp_path) as (person, server):
        for keys in (("end",), ("z",), ("slash", "1", "enter"), ("escape", "P"), ("question_mark",), ("escape", "m")):
            await person.press(*keys)
            server.changes(pod("job", "001", "node-2", phase="Pending"))
            await person.rest()
            person.is_shown()


@pytest.mark.parametrize("kind", ["pods", None])
async def test_frames_are_dropped_while_the_terminal_takes_nothing_and_the_last_one_is_shown(
    kind: str | None, tmp_path: Path
) -> None:
    async with watching(tmp_path, kind) as (person, server):
        person.terminal.recorder.stuck = True
        before = len(person.terminal.recorder.written)
        for number in range(30):
            phase = "Pending" if number % 2 else "Running"
            server.changes(pod("job", f"{number:03}", "node-1", phase=phase))
            await person.press("down")
        await person.sees("ContainerCreating")
        await person.rest()
        assert len(person.terminal.recorder.written) == before
        person.terminal.recorder.goes_on()
        await person.rest()
        person.is_shown()


async def test_a_busy_log_queues_no_frames_while_the_terminal_takes_nothing(tmp_path: Path) -> None:
    async with watching(tmp_path) as (person, _):
        await person.press("l")
        await person.sees("▼ follow")
        await person.rest()
        book = person.app.screen.query_one(LogPane).book
        person.terminal.recorder.stuck = True
        before = len(person.terminal.recorder.written)
        for number in range(30):
            book.ring.extend(Entry(number, f"line {number}.{at}", 0) for at in range(100))
            for listener in book.listeners:
                listener()
            await person.pilot.pause()
        await person.sees("line 29.99")
        assert len(person.terminal.recorder.written) == before
        person.terminal.recorder.goes_on()
        await person.rest()
        person.is_shown()


async def test_a_filter_that_is_typed_before_all_is_ready_for_it_is_in_force_when_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane, "SLICE", 0.0)
    async with watching(tmp_path) as (person, _):
        await person.press("slash", "a", "p", "i", "enter")
        await person.sees("Pods 2 of 100", "api-7d4b9c-7vbn2")


async def test_a_key_draws_the_screen_anew_that_another_program_wrote_to(tmp_path: Path) -> None:
    async with watching(tmp_path) as (person, _):
        person.terminal.recorder.write("\x1b[5;5Hsomeone else's words")
        await person.press("ctrl+l")
        await person.rest()
        person.is_shown()


async def test_a_terminal_that_was_small_for_a_moment_gets_everything_anew(tmp_path: Path) -> None:
    async with watching(tmp_path) as (person, _):
        person.terminal.recorder.write("\x1b[2J")
        await person.pilot.resize_terminal(*SIZE)
        await person.rest()
        person.is_shown()
