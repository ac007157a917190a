"""What of a list is in sight, and where its cursor is: without a widget."""

from datetime import UTC, datetime, timedelta

from kubetui.kinds.kind import Health
from kubetui.live.filter import parse_filter
from kubetui.live.order import Order
from kubetui.live.view import View
from kubetui.text import Aged
from kubetui.tui.table.line import Flag
from kubetui.tui.table.viewport import Moment, Viewport, aged
from tests.tui.things import BEGINNING, Thing, added, deleted, modified, thing, view_of

NOW = BEGINNING.timestamp()


def viewport(view: View, *, height: int = 5, glow: float = 1.0) -> Viewport:
    port = Viewport(view, lambda uid: False, glow)
    port.resize(80, height)
    look(port)
    port.settled = True
    return port


def look(port: Viewport, now: float = NOW, *, stale: bool = False) -> list[str]:
    port.arrange(Moment(now, focused=True, stale=stale))
    return [line.uid for line in port.lines]


def numbered(count: int) -> list[Thing]:
    return [thing(f"t-{number}") for number in range(count)]


def line_of(port: Viewport, uid: str) -> int:
    return look(port).index(uid)


def test_the_cursor_starts_on_the_first_row_and_stays_there_while_rows_load() -> None:
    view = view_of(thing("m"))
    port = viewport(view)
    port.settled = False
    view.load([thing("a"), thing("z")])
    assert look(port) == ["a", "m", "z"]
    assert port.cursor == "a"


def test_settled_the_cursor_stays_with_its_object() -> None:
    view = view_of(thing("m"))
    port = viewport(view)
    view.load([thing("a"), thing("z")])
    look(port)
    assert port.cursor == "m"


def test_rows_inserted_and_removed_above_do_not_move_the_cursors_row_on_the_screen() -> None:
    view = view_of(*numbered(100))
    port = viewport(view)
    port.go(50)
    port.go(48)
    before = line_of(port, "t-48")
    view.changed([added(thing("a-1")), added(thing("a-2"))])
    assert line_of(port, "t-48") == before
    view.changed([deleted(thing("t-3")), deleted(thing("a-1"))])
    assert line_of(port, "t-48") == before
    assert port.cursor == "t-48"


def test_a_cursor_out_of_sight_lets_the_rows_in_sight_stay() -> None:
    view = view_of(*numbered(100))
    port = viewport(view)
    port.go(90)
    port.top = 20
    before = look(port)
    view.apply(added(thing("a")))
    assert look(port) == before


def test_an_object_that_moves_takes_the_cursor_along() -> None:
    view = view_of(*(thing(f"t-{number}", size=number) for number in range(10)), order=Order("SIZE"))
    port = viewport(view)
    port.go(2)
    view.apply(modified(thing("t-2", size=99)))
    look(port)
    assert (port.cursor, port.index()) == ("t-2", 9)


def test_a_ghost_keeps_the_cursor_and_then_the_next_row_takes_it() -> None:
    view = view_of(*numbered(5), ghost_seconds=4.0)
    port = viewport(view)
    port.go(2)
    view.apply(deleted(thing("t-2"), at=NOW))
    look(port)
    assert port.cursor == "t-2"
    view.expire(NOW + 4.0)
    look(port)
    assert port.cursor == "t-3"


def test_the_last_row_leaves_the_cursor_to_the_one_above() -> None:
    view = view_of(*numbered(3))
    port = viewport(view)
    port.go(2)
    view.apply(deleted(thing("t-2")))
    look(port)
    assert port.cursor == "t-1"


def test_neighbours_that_went_with_it_do_not_get_the_cursor() -> None:
    view = view_of(*numbered(5))
    port = viewport(view)
    port.go(1)
    view.changed([deleted(thing(uid)) for uid in ("t-1", "t-2", "t-3")])
    look(port)
    assert port.cursor == "t-4"


def test_with_no_rows_there_is_no_cursor() -> None:
    view = view_of(thing("a"))
    port = viewport(view)
    view.apply(deleted(thing("a")))
    assert look(port) == []
    assert port.cursor == ""


def test_a_filter_that_keeps_the_object_keeps_the_cursor() -> None:
    view = view_of(*numbered(50))
    port = viewport(view)
    port.go(41)
    view.narrow(parse_filter("/^t-4/"))
    look(port)
    assert port.cursor == "t-41"


def test_another_order_shows_the_list_from_its_top() -> None:
    view = view_of(*(thing(f"t-{number}", size=-number) for number in range(50)))
    port = viewport(view)
    port.go(30)
    view.sort(Order("SIZE"))
    assert look(port)[0] == "t-49"
    assert port.cursor == "t-49"


def test_the_cursor_is_brought_into_view_by_as_little_as_needed() -> None:
    port = viewport(view_of(*numbered(50)))
    port.go(5)
    assert look(port) == ["t-1", "t-2", "t-3", "t-4", "t-5"]
    port.go(0)
    assert look(port)[0] == "t-0"
    port.go(99)
    assert look(port)[-1] == "t-49"


def test_a_window_that_shrinks_keeps_the_cursor_in_sight() -> None:
    port = viewport(view_of(*numbered(50)))
    port.go(4)
    port.resize(80, 2)
    assert look(port) == ["t-3", "t-4"]


def test_marks_belong_to_uids_and_come_in_the_order_of_the_rows() -> None:
    view = view_of(*numbered(5))
    port = viewport(view)
    for index in (3, 1):
        port.go(index)
        port.mark()
    view.apply(added(thing("a")))
    assert port.marked() == ("t-1", "t-3")


def test_marks_of_what_is_gone_or_filtered_out_do_not_count() -> None:
    view = view_of(*numbered(5), ghost_seconds=4.0)
    port = viewport(view)
    port.go(0)
    port.mark()
    port.go(2)
    port.mark_range()
    view.apply(deleted(thing("t-1")))
    assert port.marked() == ("t-0", "t-2")
    view.narrow(parse_filter("t-2"))
    assert port.marked() == ("t-2",)


def test_a_mark_is_taken_away_by_marking_again() -> None:
    port = viewport(view_of(*numbered(2)))
    port.mark()
    port.mark()
    assert port.marked() == ()


def test_changes_glow_and_additions_are_marked_for_their_time() -> None:
    view = view_of(thing("a"))
    port = viewport(view)
    view.changed([modified(thing("a", size=5), at=NOW), added(thing("b"), at=NOW)])

    def flags(now: float) -> list[Flag]:
        look(port, now)
        return [line.flags & (Flag.CHANGED | Flag.NEW) for line in port.lines]

    assert flags(NOW + 0.5) == [Flag.CHANGED, Flag.NEW]
    assert port.glows_until == NOW + 1.0
    assert flags(NOW + 1.0) == [Flag(0), Flag.NEW]
    assert port.glows_until == NOW + 3.0
    assert flags(NOW + 3.0) == [Flag(0), Flag(0)]
    assert port.glows_until is None


def test_nothing_glows_where_that_is_turned_off() -> None:
    view = view_of(thing("a"))
    port = viewport(view, glow=0.0)
    view.apply(modified(thing("a", size=5), at=NOW))
    look(port)
    assert port.glows_until is None


def test_a_line_says_all_that_its_look_depends_on() -> None:
    view = view_of(thing("a", status="Failed"), ghost_seconds=4.0)
    port = Viewport(view, lambda uid: uid == "a", 1.0)
    port.resize(80, 5)
    port.marks.add("a")
    view.apply(deleted(thing("a", status="Failed"), at=NOW))
    look(port, stale=True)
    (line,) = port.lines
    assert line.health is Health.BROKEN
    assert line.flags == Flag.CURSOR | Flag.FOCUS | Flag.MARKED | Flag.LINKED | Flag.GHOST | Flag.STALE


def test_a_row_that_stays_the_same_stays_the_same_line() -> None:
    view = view_of(thing("a"), thing("b"))
    port = viewport(view, glow=0.0)
    before = port.lines
    view.apply(modified(thing("b", size=1)))
    look(port)
    assert port.lines[0] is before[0]
    assert port.lines[1] != before[1]


def test_ages_tick() -> None:
    port = viewport(view_of(thing("a", age=5)))
    assert port.lines[0].texts[3] == "5s"
    look(port, NOW + 1.0)
    assert port.lines[0].texts[3] == "6s"


def test_columns_grow_at_once_and_do_not_shrink_until_rows_are_shown_anew() -> None:
    view = view_of(thing("a"))
    port = viewport(view)

    def width_of_status() -> int:
        look(port)
        return port.layout.spans[1].width

    narrow = width_of_status()
    view.apply(modified(thing("a", status="ContainerCreating")))
    wide = width_of_status()
    assert wide == len("ContainerCreating") > narrow
    view.apply(modified(thing("a")))
    assert width_of_status() == wide
    port.show(view)
    assert width_of_status() == narrow


def test_room_for_ages_does_not_grow_by_the_second() -> None:
    port = viewport(view_of(thing("a", age=1)))
    before = port.layout
    look(port, (datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=598)).timestamp())
    assert port.lines[0].texts[3] == "9m50s"
    assert port.layout == before


def test_the_column_sorted_by_has_an_arrow() -> None:
    view = view_of(thing("a"), order=Order("SIZE", descending=True))
    assert viewport(view).titles[2] == "SIZE▼"


def test_other_rows_are_shown_from_their_top_without_marks() -> None:
    port = viewport(view_of(*numbered(50)))
    port.go(30)
    port.mark()
    port.show(view_of(thing("x"), thing("y")))
    assert look(port) == ["x", "y"]
    assert (port.cursor, port.marked()) == ("x", ())


def test_an_age_of_more_than_a_minute_moves_in_steps_of_ten_seconds() -> None:
    since = datetime(2026, 11, 22, tzinfo=UTC)
    shown = [aged(Aged(since), since + timedelta(seconds=seconds)) for seconds in (59, 64, 69, 70, 151, 159, 160)]
    assert shown == ["59s", "60s", "60s", "70s", "2m30s", "2m30s", "2m40s"]
    assert aged(Aged(None), since) == "<unknown>"
