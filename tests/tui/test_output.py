"""What is written to a terminal: after any changes it shows what a full repaint would have it show."""

import errno
from io import StringIO

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from kubetui.tui.output.canvas import Canvas
from kubetui.tui.output.driver import Outlet
from kubetui.tui.output.look import look_of, switch
from kubetui.tui.output.pace import PATIENCE, UNASKED, Pace

WIDTH, HEIGHT = 24, 10
COLOURS = ColorSystem.TRUECOLOR
STYLES = [
    Style(),
    Style(bold=True),
    Style(color="red"),
    Style(color="#102030", bgcolor="#405060"),
    Style(bgcolor="#405060", underline=True),
    Style(bold=True, italic=True, strike=True, reverse=True, color="default", bgcolor="default"),
]
Screen = list[list[Segment]]

words = st.lists(st.sampled_from([*"ab 0…●名", "e\u0301", "🚀"]), min_size=1, max_size=12).map("".join)
segments = st.lists(st.tuples(words, st.sampled_from(STYLES)).map(lambda pair: Segment(*pair)), max_size=4)
lines = st.lists(segments, min_size=HEIGHT, max_size=HEIGHT)


def strip(line: list[Segment]) -> Strip:
    """The line, filled up or cut to the width of the screen."""
    return Strip(line).adjust_cell_length(WIDTH, Style())


def whole(screen: Screen) -> LayoutUpdate:
    return LayoutUpdate([[strip(line)] for line in screen], Region(0, 0, WIDTH, HEIGHT))


def some(screen: Screen, changed: list[int], cut: int) -> ChopsUpdate:
    """Those lines alone, in two parts, as the compositor makes them where two widgets meet."""
    chops: list[dict[int, Strip | None]] = [{0: None, cut: None} for _ in screen]
    for y in changed:
        left, right = strip(screen[y]).divide([cut, WIDTH])
        chops[y] = {0: left, cut: right}
        # a wide character at the cut has become blanks, an accent has lost its letter
        screen[y] = [*left, *(Segment(text.lstrip("\u0301"), style) for text, style, _ in right)]
    return ChopsUpdate(chops, [(y, 0, WIDTH) for y in changed], [[cut, WIDTH]] * HEIGHT)


class Terminal:
    """An independent terminal of that size."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.screen.reset_mode(pyte.modes.DECAWM >> 5, private=True)
        self._stream = pyte.Stream(self.screen)

    def gets(self, written: str) -> None:
        self._stream.feed(written)

    @property
    def cells(self) -> list[list[tuple[object, ...]]]:
        """What is seen of each cell; of a blank, not the colour of its character."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    strokes = (cell.underscore, cell.strikethrough, cell.reverse)
    if cell.data == " " and not any(strokes):
        return (" ", cell.bg)
    return (cell.data, cell.fg, cell.bg, cell.bold, cell.italics, *strokes)


def painted_whole(screen: Screen) -> list[list[tuple[object, ...]]]:
    """What a new terminal shows after Textual's own full repaint."""
    terminal = Terminal()
    for y, line in enumerate(screen, 1):
        terminal.gets(f"\x1b[{y};1H" + "".join(Strip.render_style(s or Style(), t, COLOURS) for t, s, _ in strip(line)))
    return terminal.cells


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_after_any_changes_the_screen_is_what_a_full_repaint_would_make_it(data: st.DataObject) -> None:
    canvas, terminal = Canvas(WIDTH, HEIGHT), Terminal()
    screen = data.draw(lines)
    canvas.take(whole(screen), COLOURS)
    for _ in range(data.draw(st.integers(1, 6))):
        match data.draw(st.sampled_from(["write", "lines", "whole", "scroll", "part", "forget"])):
            case "lines":
                changed = data.draw(st.lists(st.integers(0, HEIGHT - 1), min_size=1, max_size=3, unique=True))
                for y in changed:
                    screen[y] = data.draw(segments)
                canvas.take(some(screen, changed, data.draw(st.integers(1, WIDTH - 1))), COLOURS)
            case "whole":
                screen = data.draw(lines)
                canvas.take(whole(screen), COLOURS)
            case "scroll":
                by, top = data.draw(st.integers(-4, 4)), data.draw(st.integers(0, 3))
                region = screen[top:]
                screen = screen[:top] + region[by:] + region[:by]
                canvas.take(whole(screen), COLOURS)
            case "part":
                y, at = data.draw(st.integers(0, HEIGHT - 1)), data.draw(st.integers(0, 6))
                screen[y] = [*screen[y][:1], *data.draw(segments)[:1], *screen[y][at:]]
                canvas.take(some(screen, [y], WIDTH // 2), COLOURS)
            case "forget":
                canvas.forget()
                terminal.gets("\x1b[3;3H\x1b[41mgarbage\x1b[m")
            case _:
                terminal.gets(canvas.changes())
    terminal.gets(canvas.changes())
    assert terminal.cells == painted_whole(screen)
    assert canvas.changes() == ""


@given(st.lists(st.sampled_from(STYLES), min_size=2, max_size=6))
def test_a_switch_leads_to_the_same_look_from_any_other(styles: list[Style]) -> None:
    terminal, before = Terminal(), look_of(Style(), COLOURS)
    for style in styles:
        after = look_of(style, COLOURS)
        terminal.gets(switch(before, after))
        before = after
    fresh = Terminal()
    fresh.gets(Strip.render_style(styles[-1], "", COLOURS).removesuffix("\x1b[0m"))
    assert terminal.screen.cursor.attrs == fresh.screen.cursor.attrs


def numbered(first: int = 0) -> Screen:
    return [[Segment(f"line {number} of it")] for number in range(first, first + HEIGHT)]


def changed(before: Screen, after: Screen) -> str:
    """The bytes from one to the other."""
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.take(whole(before), COLOURS)
    canvas.changes()
    canvas.take(whole(after), COLOURS)
    return canvas.changes()


async def test_a_widget_that_repaints_a_part_of_itself_leaves_what_is_beside_it() -> None:
    async with Beside().run_test(size=(WIDTH, HEIGHT)) as pilot:
        screen, canvas, terminal = pilot.app.screen, Canvas(WIDTH, HEIGHT), Terminal()
        canvas.take(screen._compositor.render_full_update(), COLOURS)
        terminal.gets(canvas.changes())
        right = pilot.app.query_one("#right")
        right.refresh(Region(0, 2, 5, 1))
        screen._compositor.update_widgets({right})
        update = screen._compositor.render_partial_update()
        assert update is not None
        canvas.take(update, COLOURS)
        terminal.gets(canvas.changes())
        assert terminal.screen.display == ["L" * (WIDTH // 2) + "R" * (WIDTH // 2)] * HEIGHT


class Beside(App[None]):
    """Two widgets in two columns, each in a container of its own."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            for name in ("left", "right"):
                with Vertical():
                    yield Static((name[0].upper() * (WIDTH // 2) + "\n") * HEIGHT, id=name)


def test_a_changed_character_is_written_alone() -> None:
    after = numbered()
    after[3] = [Segment("line 3 of 1t")]
    assert changed(numbered(), after) == "\x1b[4;11H1"


def test_two_changes_of_a_line_are_bridged_where_that_is_as_short() -> None:
    after = numbered()
    after[0] = [Segment("Line 0 Of it")]
    after[1] = [Segment("lINe 1 Of it")]
    assert changed(numbered(), after) == "\x1b[1HL\x1b[6CO\x1b[2;2HINe 1 O"


@pytest.mark.parametrize("by", [-3, -2, -1, 1, 2, 3])
@pytest.mark.parametrize("top", [0, 2])
def test_wherever_a_list_moves_the_terminal_shows_it_there(by: int, top: int) -> None:
    head = [[Segment(f"head {number}", STYLES[1])] for number in range(top)]
    before = (head + numbered(10))[:HEIGHT]
    after = (head + numbered(10 + by))[:HEIGHT]
    cursor = HEIGHT - 1 if by > 0 else top
    before[cursor], after[cursor] = [Segment(before[cursor][0].text, STYLES[4])], [Segment("名 new", STYLES[3])]
    canvas, terminal = Canvas(WIDTH, HEIGHT), Terminal()
    for screen in (before, after):
        canvas.take(whole(screen), COLOURS)
        written = canvas.changes()
        terminal.gets(written)
    assert "\x1b[r" in written
    assert terminal.cells == painted_whole(after)


def test_a_list_that_moves_by_a_line_is_moved_by_the_terminal() -> None:
    before, after = numbered(), numbered(1)
    head = [Segment("the head stays")]
    before[0] = after[0] = head
    written = changed(before, after)
    assert written.startswith("\x1b[2;10r\x1b[10H\n\x1b[r")
    assert len(written) < 60


def test_a_line_with_wide_characters_is_written_whole() -> None:
    before, after = numbered(), numbered()
    before[2] = [Segment("名前 a")]
    after[2] = [Segment("名前 b")]
    assert changed(before, after) == "\x1b[3H名前 b" + " " * (WIDTH - 6)


def test_what_a_terminal_obeys_is_not_written() -> None:
    after = numbered()
    after[5] = [Segment("x\x1b[2Jy\x07\u202ez\x9b1m")]
    assert not set("\x07\u202e\x9b") & set(changed(numbered(), after))
    assert "\x1b[2J" not in changed(numbered(), after)


@pytest.mark.parametrize("colours", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT])
def test_fewer_colours_are_asked_for_as_the_terminal_has_them(colours: ColorSystem) -> None:
    style = Style(color="#ff0000", bgcolor="#000080", bold=True)
    written = switch(look_of(Style(), colours), look_of(style, colours))
    assert written == Strip.render_ansi(style, colours).join(("\x1b[", "m"))


def test_a_terminal_that_never_answers_is_never_waited_for() -> None:
    pace = Pace()
    assert not pace.wrote(10 * UNASKED, 0.0)
    assert not pace.wait(0.0)


def test_a_terminal_that_answers_is_asked_behind_so_many_characters_and_waited_for() -> None:
    pace = Pace()
    pace.answered()
    assert not pace.wrote(UNASKED - 1, 0.0)
    assert pace.wrote(1, 1.0)
    assert pace.wait(2.0) == PATIENCE - 1.0
    pace.answered()
    assert not pace.wait(2.0)
    assert not pace.wrote(1, 2.0)


def test_an_answer_is_not_waited_for_for_ever_and_the_terminal_not_asked_again_until_it_answers() -> None:
    pace = Pace()
    pace.answered()
    assert pace.wrote(UNASKED, 0.0)
    assert not pace.wait(PATIENCE)
    assert not pace.wrote(UNASKED, PATIENCE)
    assert not pace.wait(PATIENCE)
    pace.answered()
    assert pace.wrote(UNASKED, PATIENCE)


def test_what_was_given_to_the_terminal_is_taken_when_it_was_flushed() -> None:
    outlet, told = Outlet(StringIO()), []
    outlet.on_taken = lambda: told.append(outlet.taken)
    outlet.write("four")
    assert outlet.taken == 0
    outlet.flush()
    outlet.flush()
    assert told == [4]


def test_a_terminal_that_is_gone_takes_everything_and_is_told_once() -> None:
    class Gone(StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    told: list[str] = []
    outlet = Outlet(Gone())
    outlet.on_gone = lambda: told.append("gone")
    outlet.write("a")
    outlet.write("b")
    outlet.flush()
    assert (outlet.given, outlet.taken, told) == (2, 2, ["gone"])
