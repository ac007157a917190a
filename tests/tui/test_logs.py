"""The log view: only what is seen costs, nothing hostile gets through, and one always knows where one stands."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.screen import Screen
from textual.selection import Selection
from textual.widgets import Label

from kubetui.client.logs import Body, Wanted
from kubetui.live.logbook import LogBook
from kubetui.live.logring import NOTICE, Entry, LogRing
from kubetui.live.logs import FixedSources, Source
from kubetui.tui.logs import ansi
from kubetui.tui.logs.layout import LogLayout
from kubetui.tui.logs.pane import LogPane
from kubetui.tui.logs.saving import as_bytes
from kubetui.tui.logs.search import line_filter, marks, search
from kubetui.tui.logs.text import LogText, height, size
from kubetui.tui.logs.view import LogView

AT = 1_700_000_000 * 10**9
HOSTILE = [
    "[@click=app.quit]x[/] [/ [bold",
    "\x1b]0;title\x07\x1b]52;c;YmFk\x07",
    "\x1b[2J\x1b[H\x1b[?1049h",
    "\x9b31mred\x9d0;t\x9c",
    "\u202egnp.exe\u200b\u2066",
    "a" + "\u0300" * 50,
    "\rover\x08\x07\x00\x7f",
    "日本語👩‍👩‍👧‍👦❤\ufe0f" * 30,
    "\udcff\udcfe",
    "\t\tat java.lang",
]


class Nothing:
    """An API server whose logs stay silent."""

    @asynccontextmanager
    async def _silent(self) -> AsyncIterator[Body]:
        await asyncio.Event().wait()
        raise AssertionError
        yield

    def stream(self, path: str, *, query: Sequence[tuple[str, str]], accept: str) -> AbstractAsyncContextManager[Body]:
        return self._silent()

    async def get(self, path: str) -> bytes:
        raise AssertionError(path)


def book_of(texts: Iterable[str], sources: int = 1, ring: LogRing | None = None) -> LogBook:
    team = [Source("ns", f"web-7d4b9c-{number}x2k1", "app", uid=str(number)) for number in range(sources)]
    book = LogBook(Nothing(), FixedSources(team), ring=ring)
    write(book, texts, sources)
    return book


def write(book: LogBook, texts: Iterable[str], sources: int = 1) -> None:
    book.ring.extend(Entry(AT + n * 10**9, text, n % sources) for n, text in enumerate(texts))
    for listener in book.listeners:
        listener()


class LogScreen(Screen[None]):
    """Logs alone, between a line above and a line below."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back")]

    def __init__(self, book: LogBook) -> None:
        super().__init__()
        self._pane = LogPane(book, "deploy/web")

    def compose(self) -> ComposeResult:
        yield Label("Logs")
        yield self._pane
        yield Label("")

    def on_mount(self) -> None:
        self._pane.view.focus()


class LogApp(App[None]):
    def __init__(self, book: LogBook) -> None:
        super().__init__()
        self.book = book
        self.copied = ""

    def on_mount(self) -> None:
        self.push_screen(LogScreen(self.book))

    def copy_to_clipboard(self, text: str) -> None:
        self.copied = text


@asynccontextmanager
async def showing(
    book: LogBook, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[LogApp, LogView, Pilot[None]]]:
    app = LogApp(book)
    async with app.run_test(size=size) as pilot:
        view = app.screen.query_one(LogView)
        await caught_up(view, pilot)
        yield app, view, pilot


async def caught_up(view: LogView, pilot: Pilot[None]) -> None:
    await pilot.pause()
    for _ in iter(view.absorb, False):
        await pilot.pause()
    await pilot.pause()


def screen_text(view: LogView) -> list[str]:
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def status(app: LogApp) -> str:
    return str(app.screen.query_one("#log-status").render())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_last_lines_are_shown_and_stay_shown_as_more_come(size: tuple[int, int]) -> None:
    book = book_of(f"line {n}" for n in range(500))
    async with showing(book, size) as (app, view, pilot):
        assert screen_text(view)[-1] == "line 499"
        write(book, ["and one more"])
        await pilot.pause()
        await caught_up(view, pilot)
        assert screen_text(view)[-1] == "and one more"
        assert "follow" in status(app)


async def test_scrolling_up_stays_there_as_lines_come_and_the_end_follows_again() -> None:
    book = book_of(f"line {n}" for n in range(500))
    async with showing(book) as (app, view, pilot):
        await pilot.press("pageup")
        before = screen_text(view)
        write(book, ["more"] * 100)
        await caught_up(view, pilot)
        assert screen_text(view) == before
        assert "paused" in status(app)
        await pilot.press("G")
        write(book, ["the last"])
        await caught_up(view, pilot)
        assert screen_text(view)[-1] == "the last"


async def test_what_is_read_stays_in_place_while_the_oldest_lines_are_dropped_and_counted() -> None:
    book = book_of((f"line {n}" for n in range(1000)), ring=LogRing(lines=1000))
    async with showing(book) as (app, view, pilot):
        await pilot.press("pageup")
        before = screen_text(view)
        write(book, (f"new {n}" for n in range(300)))
        await caught_up(view, pilot)
        assert screen_text(view)[1:] == before[1:]
        await pilot.press("g")
        assert screen_text(view)[:2] == ["300 older lines were dropped; the last 1,000 are kept", "line 300"]
        assert "300 dropped" in status(app)


async def test_a_hundred_thousand_lines_scroll_by_painting_what_comes_into_view() -> None:
    async with showing(book_of(f"line {n} of many" for n in range(100_000))) as (_, view, pilot):
        view.painted = 0
        await pilot.press(*"kkkkkkkkkk")
        assert view.painted <= 10
        await pilot.press("g")
        assert view.painted <= 10 + view.size.height
        assert screen_text(view)[0] == "line 0 of many"


def test_appending_and_finding_cost_the_same_whatever_is_there() -> None:
    layout = LogLayout()
    for number in range(10_000):
        layout.append(number, 100, 2)
    layout.drop_before(4_000)
    assert layout.rows == 12_000
    assert layout.at(0) == (4_000, 0)
    assert layout.at(11_999) == (9_999, 1)
    assert layout.row_of(5_000) == 2_000
    layout.lay_out(lambda number, cells: 1)
    assert (layout.rows, layout.at(10), len(layout)) == (6_000, (4_010, 0), 6_000)


@given(st.lists(st.integers(1, 5), max_size=60), st.integers(0, 70), st.data())
def test_every_row_belongs_to_one_line(heights: list[int], dropped: int, data: st.DataObject) -> None:
    layout = LogLayout()
    for number, rows in enumerate(heights):
        layout.append(number, 10, rows)
    lost = layout.drop_before(dropped)
    assert lost == sum(heights[:dropped])
    parts = [(number, part) for number, tall in enumerate(heights) if number >= dropped for part in range(tall)]
    assert [layout.at(row) for row in range(layout.rows)] == parts


async def test_wrapping_keeps_the_line_at_the_top_where_it_is() -> None:
    book = book_of(f"{n} " + "x" * (n % 300) for n in range(2000))
    async with showing(book) as (_, view, pilot):
        view.action_page(-20)
        await pilot.pause()
        top = screen_text(view)[0].split()[0]
        await pilot.press("w")
        assert screen_text(view)[0].split()[0] == top
        await pilot.press("w")
        assert screen_text(view)[0].split()[0] == top


async def test_a_wrapped_line_is_whole_on_the_screen() -> None:
    text = "".join(chr(65 + n % 26) for n in range(500)) + "日本語" * 40
    async with showing(book_of([text])) as (_, view, pilot):
        await pilot.press("w")
        assert "".join(screen_text(view)) == text


async def test_a_long_line_is_read_by_going_right_where_it_is_not_wrapped() -> None:
    async with showing(book_of(["".join(f"{n:>10}" for n in range(100))])) as (_, view, pilot):
        first = screen_text(view)[0]
        await pilot.press("right")
        assert screen_text(view)[0] != first
        view.action_shift(1000)
        assert screen_text(view)[0].rstrip().endswith("99")
        view.action_shift(-1000)
        assert screen_text(view)[0] == first


async def test_several_sources_are_named_by_what_tells_them_apart_in_their_own_colours() -> None:
    book = book_of(["a", "b", "c"], sources=3)
    async with showing(book) as (_, view, _):
        assert [line.split() for line in screen_text(view)[:3]] == [["0x2k1", "a"], ["1x2k1", "b"], ["2x2k1", "c"]]
        names = [next(iter(view.render_line(y))) for y in range(3)]
        assert len({name.style.color for name in names if name.style}) == 3


async def test_a_filter_shows_the_lines_that_match_at_each_key_and_marks_the_matches() -> None:
    book = book_of(f"{'ERROR' if n % 10 == 0 else 'info'} {n}" for n in range(100))
    async with showing(book) as (app, view, pilot):
        await pilot.press("slash", *"err")
        await caught_up(view, pilot)
        assert screen_text(view)[:2] == ["ERROR 0", "ERROR 10"]
        assert len(view.shown) == 10
        backgrounds = [segment.style.bgcolor for segment in view.render_line(0) if segment.style]
        assert backgrounds[0] != backgrounds[1]
        await pilot.press("enter")
        assert "10 of 100 lines" in status(app)
        await pilot.press("slash", "escape")
        await caught_up(view, pilot)
        assert len(view.shown) == 100


async def test_a_filter_that_is_none_says_so_and_the_last_good_one_stays() -> None:
    async with showing(book_of(["a", "b"])) as (app, view, pilot):
        await pilot.press("slash", *"/a(")
        assert len(view.shown) == 1
        assert "not complete" in str(app.screen.query_one("#fault").render())


async def test_new_lines_pass_the_filter_too() -> None:
    book = book_of(["error 1", "fine"])
    async with showing(book) as (_, view, pilot):
        await pilot.press("slash", *"er", "enter")
        write(book, ["fine too", "error 2"])
        await caught_up(view, pilot)
        assert screen_text(view)[:3] == ["error 1", "error 2", ""]


async def test_a_search_goes_from_match_to_match_and_round() -> None:
    book = book_of("needle here" if n in (100, 400) else f"line {n}" for n in range(500))
    async with showing(book) as (app, view, pilot):
        await pilot.press("h", *"nee", "enter")
        seen = []
        for key in ("n", "n", "N"):
            seen.append([n for n, text in enumerate(screen_text(view)) if text == "needle here"])
            await pilot.press(key)
        assert all(len(rows) == 1 for rows in seen)
        assert "paused" in status(app)


async def test_searching_for_what_is_not_there_says_so() -> None:
    async with showing(book_of(["a"])) as (app, _, pilot):
        await pilot.press("h", "z", "enter")
        await pilot.pause()
        assert any("Nothing found" in note.message for note in app._notifications)


async def test_timestamps_are_shown_where_they_are_wanted() -> None:
    async with showing(book_of(["a"])) as (_, view, pilot):
        await pilot.press("t")
        assert re.match(r"\d\d:\d\d:20\.000 a$", screen_text(view)[0])


async def test_json_lines_are_told_as_message_and_fields_where_that_is_wanted() -> None:
    book = book_of(['{"level":"warn","msg":"slow","ms":12,"ts":1}', "no json", '{"a":1}'])
    async with showing(book) as (_, view, pilot):
        await pilot.press("J")
        await caught_up(view, pilot)
        assert screen_text(view)[:3] == ["WARN  slow ms=12", "no json", '{"a":1}']
        await pilot.press("J")
        await caught_up(view, pilot)
        assert screen_text(view)[0].startswith('{"level"')


async def test_leaving_a_filter_comes_back_to_the_line_one_stood_on() -> None:
    book = book_of(f"{'error' if n % 10 == 0 else 'info'} {n}" for n in range(1000))
    async with showing(book) as (_, view, pilot):
        await pilot.press("slash", *"err", "enter", "pageup")
        top = screen_text(view)[0]
        await pilot.press("slash", "escape")
        await caught_up(view, pilot)
        assert screen_text(view)[0] == top


async def test_escape_ends_the_search_then_the_filter_then_leaves() -> None:
    book = book_of(["error 1", "fine"])
    async with showing(book) as (app, view, pilot):
        await pilot.press("slash", *"err", "enter", "h", "1", "enter")
        await pilot.press("escape")
        assert "find" not in status(app) and "/err" in status(app)
        await pilot.press("escape")
        await caught_up(view, pilot)
        assert len(view.shown) == 2
        await pilot.press("escape")
        assert not isinstance(app.screen, LogScreen)


async def test_what_the_mouse_is_drawn_over_is_selected_with_wrapped_lines_whole() -> None:
    text = "".join(chr(65 + n % 26) for n in range(200))
    async with showing(book_of(["first", text, "last"])) as (_, view, pilot):
        await pilot.press("w")
        selected = view.get_selection(Selection(Offset(2, 0), Offset(2, 4)))
        assert selected == (f"rst\n{text}\nla", "\n")


async def test_a_mark_is_a_line_of_its_own() -> None:
    async with showing(book_of(["a"])) as (_, view, pilot):
        await pilot.press("m")
        await caught_up(view, pilot)
        assert screen_text(view)[1].startswith("────")


async def test_full_screen_leaves_the_lines_and_their_status_alone() -> None:
    async with showing(book_of(["a"])) as (app, _, pilot):
        await pilot.press("f")
        assert isinstance(app.screen.maximized, LogPane)
        await pilot.press("f")
        assert app.screen.maximized is None


async def test_keys_ask_for_another_part_of_the_log() -> None:
    book = book_of(["a"])
    async with showing(book) as (_, view, pilot):
        for key, wanted in (
            ("1", Wanted(limit=16 << 20, follow=False)),
            ("0", Wanted(tail=1000)),
            ("p", Wanted(previous=True)),
            ("p", Wanted(tail=1000)),
        ):
            await pilot.press(key)
            assert book.wanted == wanted
        assert len(view.shown) == 0


async def test_the_last_minutes_are_asked_for_from_now() -> None:
    book = book_of(["a"])
    async with showing(book) as (app, _, pilot):
        await pilot.press("3")
        assert book.wanted.since is not None
        assert "last 5m" in status(app)


async def test_a_copy_holds_the_lines_shown_without_their_escapes() -> None:
    async with showing(book_of(["\x1b[31mred\x1b[0m", "\udcff plain"])) as (app, _, pilot):
        await pilot.press("c")
        assert app.copied == "red\n\ufffd plain"


async def test_a_saved_log_has_the_bytes_that_the_container_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    raw = [b"\x1b[31mred\x1b[0m \tx\r", b"\xff\xfe", "größe".encode()]
    book = book_of(text.decode(errors="surrogateescape") for text in raw)
    book.note("not from the container")
    async with showing(book) as (app, _, pilot):
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert (tmp_path / "deploy-web.log").read_bytes() == b"\n".join(raw) + b"\n"
        assert any(str(tmp_path) in note.message for note in app._notifications)


def test_a_file_of_several_sources_names_them_and_joins_pieces() -> None:
    entries = [
        Entry(AT, "long ", 0, goes_on=True),
        Entry(AT, "line", 0),
        Entry(AT + 5, "x", 1),
        Entry(AT, "joined", NOTICE),
    ]
    assert as_bytes(entries, ["a", "b"], timestamps=False) == b"a long line\nb x\n"
    assert as_bytes(entries[2:], ["a"] * 1 + ["b"], timestamps=True) == b"b 2023-11-14T22:13:20.000000005Z x\n"


@pytest.mark.parametrize("wrap", [False, True])
async def test_no_byte_of_a_line_is_obeyed(wrap: bool) -> None:
    async with showing(book_of([*HOSTILE, "after"]), (120, 40)) as (app, view, _):
        view.wrap = wrap
        rows = [view.render_line(y) for y in range(view.size.height)]
        assert all(row.cell_length == cell_len(row.text) == view.scrollable_content_region.width for row in rows)
        shown = "".join(row.text for row in rows)
        assert all(unicodedata.category(char)[0] != "C" for char in shown)
        assert "[@click=app.quit]x[/] [/ [bold" in shown and "after" in shown
        assert app.is_running


async def test_a_hostile_filter_and_note_are_no_markup() -> None:
    book = book_of(["a"])
    async with showing(book) as (app, view, pilot):
        await pilot.press("slash", *"[/", "enter")
        book.note("[/]\x1b]0;x\x07 pod [red]web[/red] joined")
        await caught_up(view, pilot)
        assert "/[/" in status(app)
        assert screen_text(view)[0] == "[/] pod [red]web[/red] joined"


async def test_a_megabyte_without_a_blank_is_shown_at_once() -> None:
    lines = ["x" * (1 << 20), "日" * (1 << 18), "\x1b[31mx" * (1 << 14)]
    async with showing(book_of(lines)) as (_, view, pilot):
        assert [len(text) > 0 for text in screen_text(view)[:3]] == [True] * 3
        await pilot.press("w")
        assert view.shown.rows >= (1 << 20) // 80
        await pilot.press("g", "pagedown")
        assert view.painted < 10 * view.size.height


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\x1b[]m;31\x9b\x9d\x07"), max_size=80))
def test_parsed_text_is_plain_text_and_its_spans_lie_within(text: str) -> None:
    shown, spans = ansi.parse(text)
    assert shown == ansi.plain(text)
    assert all(unicodedata.category(char)[0] != "C" for char in shown)
    assert all(0 <= span.start < span.end <= len(shown) for span in spans)


@given(st.text(max_size=200), st.integers(2, 60))
def test_rows_of_a_wrapped_line_hold_all_of_it_and_fit(text: str, width: int) -> None:
    ready = LogText(text)
    rows = [ready.row(index, width) for index in range(ready.height(width))]
    assert "".join(ready.text[start:end] for start, end in rows) == ready.text
    assert len(rows) == height(text, size(text), width)


def test_colours_are_parsed_and_other_escapes_are_not_shown() -> None:
    shown, spans = ansi.parse("\x1b[1;31mred\x1b[0m \x1b[38;5;200ma\x1b[48;2;1;2;3mb\x1b[39mc\x1b[2K")
    assert shown == "red abc"
    styles = [span.style for span in spans]
    assert (styles[0].bold, styles[0].color) == (True, Color.from_ansi(1))
    assert styles[1].color == Color.from_ansi(200)
    assert (styles[2].color, styles[2].bgcolor) == (Color.from_ansi(200), Color.from_rgb(1, 2, 3))
    assert (styles[3].color, styles[3].bgcolor) == (None, Color.from_rgb(1, 2, 3))


@pytest.mark.parametrize("bomb", ["\x9d", "\x1b]", "\x1b[", "\x1b[0;", "\x90", "\x1bP", "\x1b"])
def test_very_many_begun_escapes_are_read_once(bomb: str) -> None:
    assert len(ansi.plain(bomb * (1 << 16))) < 10


def test_every_character_that_stacks_is_left_to_the_one_who_bounds_the_stacks() -> None:
    stacking = (chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Mn", "Me"))
    assert all(ansi._STACKING.match(char) for char in stacking)


def test_a_filter_marks_what_it_asks_for_and_not_what_it_shuts_out() -> None:
    found = marks(r"err|warn !debug /co+de \d/ ns:x")
    assert found is not None
    assert [each.group() for each in found.finditer("Error debug warn coode 7 ns:x")] == ["Err", "warn", "coode 7"]
    assert marks("!a") is None


def test_case_counts_where_an_upper_case_letter_is_typed() -> None:
    small, large = search("err"), search("Err")
    assert small and small.search("ERR")
    assert large and not large.search("ERR")
    only = line_filter("!info")
    assert only and only("error") and not only("INFO")
    assert line_filter(" ") is None
