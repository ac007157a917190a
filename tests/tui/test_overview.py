"""A page on the screen: aligned, whole at any width, its links one key or click away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kubetui.kinds.page import Page, Reference, Section, Span, fact, row, section
from kubetui.text import Aged
from kubetui.tui.object.overview import Overview
from kubetui.tui.object.pagelayout import PageLines, lay_out
from tests.tui.shop import NOW
from tests.tui.test_logs import HOSTILE

NODE, OWNER, LOST = Reference("Node", "node-1"), Reference("ReplicaSet", "web-1"), Reference("Pod", "")


def lines(page: Page, width: int = 60) -> list[str]:
    return texts(lay_out(page, width, NOW))


def texts(laid: PageLines) -> list[str]:
    return ["".join(piece.text for piece in line).rstrip() for line in laid.lines]


def test_labels_of_a_section_stand_in_one_column() -> None:
    page = (Section("Pod", (fact("Node", "node-1"), fact("Belongs to", "web"), fact("QoS"))),)
    assert lines(page) == ["Pod", "  Node        node-1", "  Belongs to  web", "  QoS         none"]


def test_what_belongs_to_a_line_stands_in_under_it() -> None:
    page = (Section("Containers", (fact("", "▣ main"), fact("State", "running", depth=1))),)
    assert lines(page) == ["Containers", "  ▣ main", "    State  running"]


def test_cells_of_rows_stand_under_each_other() -> None:
    page = (Section("Pods", (row("●", "web-1", "Running"), row("✖", "web-1000", "Failed"))),)
    assert lines(page) == ["Pods", "  ● web-1     Running", "  ✖ web-1000  Failed"]


def test_long_text_goes_on_below_itself() -> None:
    page = (Section("Event", (fact("Message", "one two three four five six seven"),)),)
    assert lines(page, 30) == ["Event", "  Message  one two three four", "           five six seven"]


def test_of_a_text_without_end_the_beginning_is_shown_and_how_much_more_there_is() -> None:
    page = (Section("Event", (fact("Message", "x" * 1_000_000), fact("Reason", "Failed"))),)
    told = lines(page, 80)
    assert len(told) < 70 and told[-1].endswith("Failed")
    assert "996,000 more characters: y shows them" in " ".join(line.strip() for line in told)


def test_a_label_that_is_too_long_has_a_line_of_its_own() -> None:
    page = (Section("Labels", (fact("app", "web"), fact("kubernetes.io/a-very-long-label-name", "value"))),)
    assert lines(page, 40) == ["Labels", "  app  web", "  kubernetes.io/a-very-long-label-name", "    value"]


def test_sections_have_a_line_between_them() -> None:
    assert lines((Section("A", (fact("a", "1"),)), Section("B", (fact("b", "2"),)))) == [
        "A", "  a  1", "", "B", "  b  2",
    ]  # fmt: skip


def test_ages_are_of_the_moment() -> None:
    page = (Section("Pod", (fact("Age", Aged(NOW - timedelta(hours=4))),)),)
    assert lines(page)[1] == "  Age  4h"


@pytest.mark.parametrize("width", [16, 20, 37, 80, 200])
def test_no_line_is_wider_than_the_screen_and_nothing_hostile_is_in_it(width: int) -> None:
    safe = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    facts = [fact(text, text * 3, Span(text, link=Reference("Pod", text))) for text in safe]
    rows = [row("●", text, [text, text], text) for text in safe]
    for line in lines((section("\x1b[2J" + safe[0], [*facts, *rows]),), width):
        assert line.isprintable()
        assert cell_len(line) <= width


class Holder(App[None]):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.followed: list[Reference] = []

    def compose(self) -> ComposeResult:
        yield Overview(clock=NOW.timestamp)

    def on_mount(self) -> None:
        overview = self.query_one(Overview)
        overview.tell(self.page)
        overview.focus()

    def on_overview_followed(self, event: Overview.Followed) -> None:
        self.followed.append(event.to)


@asynccontextmanager
async def showing(page: Page, size: tuple[int, int] = (60, 10)) -> AsyncIterator[tuple[Holder, Pilot[None]]]:
    app = Holder(page)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def linked(between: int = 0) -> Page:
    plain = [fact(f"line {at}", "text") for at in range(between)]
    first, last = fact("Node", Span("node-1", link=NODE)), fact("Owner", Span("web-1", link=OWNER))
    return (section("Pod", [first, *plain, last]),)


async def test_down_and_up_go_from_link_to_link_and_enter_follows() -> None:
    async with showing(linked()) as (app, pilot):
        await pilot.press("enter")
        assert app.followed == []
        await pilot.press("down", "enter", "down", "enter", "up", "enter")
        assert app.followed == [NODE, OWNER, NODE]


async def test_where_no_link_is_near_down_scrolls() -> None:
    async with showing(linked(between=30)) as (app, pilot):
        overview = app.query_one(Overview)
        await pilot.press("down", "down", "down")
        assert overview.scroll_offset.y == 2
        await pilot.press(*["down"] * 30, "enter")
        assert app.followed == [OWNER]


async def test_a_click_follows() -> None:
    async with showing(linked()) as (app, pilot):
        await pilot.click(offset=(11, 1))
        assert app.followed == [NODE]
        await pilot.click(offset=(3, 1))
        assert app.followed == [NODE]


async def test_the_chosen_link_stays_chosen_as_the_page_changes() -> None:
    async with showing(linked()) as (app, pilot):
        await pilot.press("down", "down")
        app.query_one(Overview).tell(linked(between=3))
        await pilot.press("enter")
        assert app.followed == [OWNER]


async def test_a_reference_without_a_name_is_no_link() -> None:
    async with showing((section("Pod", [fact("Pod", Span("unknown", link=LOST))]),)) as (app, pilot):
        await pilot.press("down", "enter")
        assert app.followed == []


async def test_while_there_is_no_page_it_says_why() -> None:
    async with showing(()) as (app, pilot):
        overview = app.query_one(Overview)
        overview.tell((), notice="pods is forbidden:\x1b[2J [@click=app.quit]no[/]")
        await pilot.pause()
        assert overview.render_line(1).text.strip() == "pods is forbidden:[2J [@click=app.quit]no[/]"


async def test_only_lines_that_differ_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(linked(between=5)) as (app, _):
        overview, painted = app.query_one(Overview), list[object]()
        monkeypatch.setattr(overview, "refresh", lambda *regions, **_: painted.extend(regions or ("all",)))
        overview.tell(linked(between=5))
        assert painted == []
        changed = (section("Pod", [*linked(between=5)[0].lines[:-1], fact("Owner", "none")]),)
        overview.tell(changed)
        assert len(painted) == 1
