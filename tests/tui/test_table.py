"""The live table as a widget: what it paints, and what keys and the mouse do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.cells import cell_len
from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from kubetui.kinds.kind import Column, Kind
from kubetui.live.order import Order
from kubetui.live.view import View
from kubetui.tui.table.table import Table
from tests.tui.things import BEGINNING, THINGS, Thing, added, deleted, modified, thing, view_of

NOW = BEGINNING.timestamp()


class Shell(App[None]):
    """A table alone on the screen; keeps what is sent to the terminal and what the table tells."""

    def __init__(self, view: View, glow: float) -> None:
        super().__init__()
        self.now = NOW
        self.table = Table(view, clock=lambda: self.now, glow=glow, empty="Waiting for things …")
        self.sent: list[str] = []
        self.told: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        render = getattr(renderable, "render_segments", None)
        if render is not None:
            self.sent.append(render(self.console))

    def on_table_cursor_moved(self, event: Table.CursorMoved) -> None:
        self.told.append(("cursor", event.uid))

    def on_table_opened(self, event: Table.Opened) -> None:
        self.told.append(("opened", event.uid))

    def on_table_menu_asked(self, event: Table.MenuAsked) -> None:
        self.told.append(("menu", (event.uid, event.x, event.y)))

    def on_table_marks_changed(self, event: Table.MarksChanged) -> None:
        self.told.append(("marks", event.table.marks))

    def on_table_header_clicked(self, event: Table.HeaderClicked) -> None:
        self.told.append(("header", event.column))


@asynccontextmanager
async def showing(
    *things: Thing, size: tuple[int, int] = (80, 24), glow: float = 0.0, ghost_seconds: float = 0.0
) -> AsyncIterator[tuple[Shell, View, Pilot[None]]]:
    """The shell with a settled table of those things, painted and at rest."""
    view = view_of(*things, ghost_seconds=ghost_seconds)
    shell = Shell(view, glow)
    async with shell.run_test(size=size) as pilot:
        shell.table.settle()
        await painted(pilot)
        yield shell, view, pilot


async def painted(pilot: Pilot[None]) -> None:
    """Waits until what was asked to be painted is on the screen."""
    await pilot.pause()
    await pilot.pause()


def lines(shell: Shell) -> list[str]:
    return [strip.text.rstrip() for strip in shell.screen._compositor.render_strips()]


def numbered(count: int) -> list[Thing]:
    return [thing(f"t-{number}", size=number) for number in range(count)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_paints_a_header_and_as_many_rows_as_there_is_room_for(size: tuple[int, int]) -> None:
    async with showing(*numbered(1000), size=size) as (shell, _, _):
        seen = lines(shell)
        assert seen[0].split() == ["NAME", "STATUS", "SIZE", "AGE"]
        assert [line.split()[1] for line in seen[1:]] == [f"t-{number}" for number in range(size[1] - 1)]


async def test_a_row_has_its_health_in_front_and_numbers_at_the_right() -> None:
    async with showing(thing("a"), thing("b", status="Failed", size=1234)) as (shell, _, _):
        assert lines(shell)[1].startswith(" ● a  ")
        assert lines(shell)[2].startswith(" ✖ b  ")
        assert lines(shell)[1].index("0  0s") == lines(shell)[2].index("4  0s")


async def test_a_change_of_one_row_repaints_its_changed_cells_alone() -> None:
    async with showing(*numbered(1000)) as (shell, view, pilot):
        shell.sent.clear()
        view.apply(modified(thing("t-7", size=77)))
        shell.table.frame()
        await painted(pilot)
        assert "77" in lines(shell)[8]
        (sent,) = shell.sent
        assert len(sent.encode()) < 200
        assert sent.startswith("\x1b[9;")


async def test_a_row_that_glows_is_repainted_alone() -> None:
    async with showing(*numbered(1000), glow=1.0) as (shell, view, pilot):
        shell.sent.clear()
        view.apply(modified(thing("t-7", size=77), at=NOW))
        shell.table.frame()
        await painted(pilot)
        (sent,) = shell.sent
        assert len(sent.encode()) < 400


async def test_a_glow_ends_by_itself() -> None:
    async with showing(thing("a"), thing("b"), glow=0.01) as (shell, view, pilot):
        view.apply(modified(thing("b", size=1), at=NOW))
        shell.table.frame()
        glowing = shell.table.render_line(2)
        shell.now = NOW + 1.0
        await pilot.pause(0.05)
        assert shell.table.render_line(2) != glowing


async def test_nothing_is_sent_where_nothing_in_sight_differs() -> None:
    async with showing(*numbered(1000)) as (shell, view, pilot):
        await pilot.press("down", "end", "up")
        await painted(pilot)
        shell.sent.clear()
        view.changed([modified(thing("t-3", size=9)), added(thing("a")), added(thing("t-3-x"))])
        shell.table.frame()
        await painted(pilot)
        assert shell.sent == []


async def test_ages_that_tick_are_repainted_and_nothing_else() -> None:
    async with showing(thing("a", age=1), thing("b", age=4000)) as (shell, _, pilot):
        shell.sent.clear()
        shell.table.tick(NOW + 1.0)
        await painted(pilot)
        (sent,) = shell.sent
        assert "2s" in sent
        assert "66m" not in sent


async def test_a_cursor_that_moves_repaints_two_rows() -> None:
    async with showing(*numbered(1000)) as (shell, _, pilot):
        shell.sent.clear()
        await pilot.press("j")
        await painted(pilot)
        assert sum(len(sent.encode()) for sent in shell.sent) < 500


@pytest.mark.parametrize(
    ("keys", "uid"),
    [
        (("down",), "t-1"),
        (("j", "j", "k"), "t-1"),
        (("G",), "t-99"),
        (("end", "up"), "t-98"),
        (("G", "g"), "t-0"),
        (("end", "home"), "t-0"),
        (("pagedown",), "t-22"),
        (("ctrl+f", "ctrl+f", "ctrl+b"), "t-22"),
        (("up",), "t-0"),
    ],
)
async def test_keys_move_the_cursor(keys: tuple[str, ...], uid: str) -> None:
    async with showing(*numbered(100)) as (shell, _, pilot):
        await pilot.press(*keys)
        assert shell.table.cursor == uid


async def test_it_tells_where_the_cursor_is_whoever_moved_it() -> None:
    async with showing(*numbered(3)) as (shell, view, pilot):
        await pilot.press("down")
        view.apply(deleted(thing("t-1")))
        shell.table.frame()
        await painted(pilot)
        assert shell.told == [("cursor", "t-0"), ("cursor", "t-1"), ("cursor", "t-2")]


async def test_enter_opens_what_the_cursor_is_on() -> None:
    async with showing(*numbered(3)) as (shell, _, pilot):
        await pilot.press("down", "enter")
        assert ("opened", "t-1") in shell.told


async def test_space_marks_and_moves_down_and_ctrl_space_marks_up_to_the_cursor() -> None:
    async with showing(*numbered(9)) as (shell, _, pilot):
        await pilot.press("down", "space", "down", "down", "ctrl+@")
        assert shell.table.marks == ("t-1", "t-2", "t-3", "t-4")
        assert lines(shell)[2].startswith(" ●✓t-1")
        await pilot.press("ctrl+backslash")
        assert not shell.table.marks
        assert shell.told[-1] == ("marks", ())


async def test_a_click_selects_and_a_double_click_opens() -> None:
    async with showing(*numbered(9)) as (shell, _, pilot):
        await pilot.click(Table, offset=(5, 3))
        assert shell.table.cursor == "t-2"
        assert not any(what == "opened" for what, _ in shell.told)
        await pilot.double_click(Table, offset=(5, 4))
        assert shell.told[-1] == ("opened", "t-3")


async def test_a_right_click_selects_and_asks_for_the_menu_there() -> None:
    async with showing(*numbered(9)) as (shell, _, pilot):
        await pilot.click(Table, offset=(5, 3), button=3)
        assert shell.table.cursor == "t-2"
        assert shell.told[-1] == ("menu", ("t-2", 5, 3))


async def test_a_click_on_a_title_tells_its_column() -> None:
    async with showing(*numbered(9)) as (shell, _, pilot):
        await pilot.click(Table, offset=(lines(shell)[0].index("SIZE") + 1, 0))
        assert shell.told[-1] == ("header", 2)


async def test_a_click_below_the_rows_does_nothing() -> None:
    async with showing(*numbered(2)) as (shell, _, pilot):
        before = list(shell.told)
        await pilot.click(Table, offset=(5, 10))
        assert shell.told == before


def wheel(table: Table, *, shift: bool = False) -> MouseScrollDown:
    return MouseScrollDown(table, 5, 5, 0, 1, 0, shift, False, False, 5, 5)


async def test_the_wheel_scrolls_and_the_cursor_stays_on_its_object() -> None:
    async with showing(*numbered(100)) as (shell, _, pilot):
        shell.table.post_message(wheel(shell.table))
        await painted(pilot)
        assert lines(shell)[1].split()[1] != "t-0"
        assert shell.table.cursor == "t-0"
        await pilot.press("down")
        assert lines(shell)[1].split()[1] == "t-1"


async def test_where_columns_do_not_fit_they_scroll_and_the_name_stays() -> None:
    async with showing(thing("name-of-the-thing"), size=(34, 5)) as (shell, _, pilot):
        assert lines(shell)[0].split() == ["NAME", "STATUS", "›"]
        await pilot.press("right")
        assert lines(shell)[0].split() == ["‹", "NAME", "SIZE", "AGE"]
        await pilot.press("right", "left", "left")
        assert lines(shell)[0].split() == ["NAME", "STATUS", "›"]
        shell.table.post_message(wheel(shell.table, shift=True))
        await painted(pilot)
        assert lines(shell)[0].split() == ["‹", "NAME", "SIZE", "AGE"]


async def test_rows_that_come_above_do_not_move_the_cursors_row_on_the_screen() -> None:
    async with showing(*numbered(100)) as (shell, view, pilot):
        await pilot.press("G", "up", "up")
        before = next(y for y, line in enumerate(lines(shell)) if "t-97" in line)
        view.changed([added(thing(f"a-{number}")) for number in range(7)])
        shell.table.frame()
        await painted(pilot)
        assert "t-97" in lines(shell)[before]
        assert shell.table.cursor_region.y == before


async def test_a_scroll_bar_comes_with_the_rows_that_need_it() -> None:
    async with showing(*numbered(3)) as (shell, view, pilot):
        assert not shell.table.show_vertical_scrollbar
        view.load(numbered(100))
        shell.table.frame()
        await painted(pilot)
        assert shell.table.show_vertical_scrollbar
        assert lines(shell)[0].split() == ["NAME", "STATUS", "SIZE", "AGE"]


async def test_without_rows_it_says_what_it_waits_for() -> None:
    async with showing() as (shell, view, pilot):
        assert "Waiting for things …" in [line.strip() for line in lines(shell)]
        shell.table.empty = "[b]No[/b] things [@click=app.quit]here[/"
        await painted(pilot)
        assert "[b]No[/b] things [@click=app.quit]here[/" in [line.strip() for line in lines(shell)]
        view.apply(added(thing("a")))
        shell.table.frame()
        await painted(pilot)
        assert lines(shell)[1].split()[1] == "a"
        assert not any("No" in line for line in lines(shell))


HOSTILE = "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b31m\u202edrow[@click=app.quit]x[/] [/ [b]"
ORDERS = ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\u202e")
"""What a terminal would obey of it."""


async def test_hostile_text_is_painted_and_not_obeyed() -> None:
    async with showing(thing("a", status=HOSTILE), thing(HOSTILE), size=(120, 10)) as (shell, _, pilot):
        assert not any(order in "".join(shell.sent) for order in ORDERS)
        assert any("[@click=app.quit]x[/] [/ [b]" in line for line in lines(shell))
        await pilot.click(Table, offset=(lines(shell)[1].index("@click"), 1))
        assert shell.is_running


async def test_a_hostile_title_and_a_hostile_notice_are_not_obeyed_either() -> None:
    kind = Kind(Thing, THINGS.resource, (Column(HOSTILE, lambda thing: thing.metadata.name),), THINGS.health)
    shell = Shell(View(kind), 0.0)
    shell.table.empty = HOSTILE
    async with shell.run_test(size=(120, 10)) as pilot:
        await painted(pilot)
        assert sum("[@click=app.quit]x[/] [/ [b]" in line for line in lines(shell)) == 2
        assert not any(order in "".join(shell.sent) for order in ORDERS)


async def test_a_long_notice_is_broken_into_lines() -> None:
    async with showing(size=(40, 12)) as (shell, _, pilot):
        shell.table.empty = "No answer from https://10.0.0.1:6443 for 12 s; trying again in 4 s."
        await painted(pilot)
        assert " ".join(line.strip() for line in lines(shell)[1:]).split() == shell.table.empty.split()


async def test_wide_characters_keep_columns_in_line() -> None:
    async with showing(thing("漢字"), thing("ascii")) as (shell, _, _):
        assert len({cell_len(line[: line.index("Running")]) for line in lines(shell)[1:3]}) == 1


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
async def test_the_cursor_is_told_from_other_rows_in_every_theme(theme: str) -> None:
    async with showing(thing("a"), thing("b")) as (shell, _, pilot):
        shell.theme = theme
        await painted(pilot)
        here, there = ([segment.style for segment in shell.table.render_line(y)][-1] for y in (1, 2))
        assert here != there


async def test_without_colour_cursor_marks_ghosts_and_news_are_still_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with showing(thing("a"), thing("b"), thing("c"), glow=9.0, ghost_seconds=9.0) as (shell, view, pilot):
        view.changed([deleted(thing("b"), at=NOW), added(thing("d"), at=NOW)])
        await pilot.press("space", "up")
        shell.table.frame()
        looks = [shell.table.render_line(y) for y in range(1, 5)]
        styles = [[segment.style for segment in look][-1] for look in looks]
        assert styles[0] is not None and styles[0].reverse
        assert styles[1] is not None and styles[1].strike
        assert looks[0].text.startswith(" ●✓a")
        assert looks[3].text.startswith(" ●+d")


async def test_stale_rows_are_dimmed_and_fresh_ones_are_not() -> None:
    async with showing(thing("a"), thing("b")) as (shell, _, pilot):
        fresh = shell.table.render_line(2)
        shell.table.dimmed = True
        await painted(pilot)
        assert shell.table.render_line(2) != fresh
        shell.table.dimmed = False
        assert shell.table.render_line(2) == fresh


async def test_related_rows_carry_a_bar() -> None:
    async with showing(thing("a"), thing("b")) as (shell, _, pilot):
        shell.table.linked = lambda uid: uid == "b"
        shell.table.frame()
        await painted(pilot)
        assert lines(shell)[1].startswith(" ● a")
        assert lines(shell)[2].startswith("▌● b")


async def test_the_arrow_of_the_order_is_painted() -> None:
    async with showing(thing("a"), thing("b")) as (shell, view, pilot):
        view.sort(Order("STATUS", descending=True))
        shell.table.frame()
        await painted(pilot)
        assert "STATUS▼" in lines(shell)[0]


async def test_other_rows_can_be_shown_in_it() -> None:
    async with showing(*numbered(100)) as (shell, _, pilot):
        await pilot.press("G", "space")
        shell.table.show(view_of(thing("x"), thing("y")))
        await painted(pilot)
        assert [line.split()[1] for line in lines(shell)[1:3]] == ["x", "y"]
        assert (shell.table.cursor, shell.table.marks) == ("x", ())


async def test_an_object_is_brought_into_view_with_the_cursor_or_without() -> None:
    async with showing(*numbered(100)) as (shell, _, _):
        shell.table.reveal("t-50")
        assert any("t-50" in line for line in lines(shell))
        assert shell.table.cursor == "t-0"
        shell.table.move_to("t-70")
        assert shell.table.cursor == "t-70"
        shell.table.move_to("nobody")
        assert shell.table.cursor == "t-70"


class Sides(App[None]):
    """A table beside something else that changes."""

    def compose(self) -> ComposeResult:
        yield Static("above")
        yield Table(view_of(*numbered(30)))


async def test_it_takes_the_size_it_is_given_when_the_terminal_changes() -> None:
    app = Sides()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        assert len(strips) == 10
        assert "t-8" in strips[9].text or "t-7" in strips[9].text
