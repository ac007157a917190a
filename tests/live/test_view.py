"""The list that a pane shows: sorted, filtered, kept by bisection."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.kinds.kind import Column, Health, Kind
from kubetui.live.change import Change
from kubetui.live.filter import FilterError, parse_filter
from kubetui.live.order import Order, Sorting, fall, place, rank
from kubetui.live.view import MOST_ROWS_KEPT, View
from kubetui.read import Object, ObjectMeta
from kubetui.resource import resource
from kubetui.text import Aged

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class Thing(Object):
    """An object with a column for each sort of value."""

    status: str = "Running"
    size: int | None = 0


def health(thing: Thing) -> Health:
    return Health.WELL if thing.status == "Running" else Health.BROKEN


THINGS = Kind(
    Thing,
    resource("v1", "things", "Thing"),
    (
        Column("NAME", lambda thing: thing.metadata.name),
        Column("STATUS", lambda thing: thing.status, tint=health),
        Column("SIZE", lambda thing: str(thing.size), by=lambda thing: thing.size, align="right"),
        Column("AGE", lambda thing: Aged(thing.metadata.creation_timestamp)),
        Column("NOTE", lambda thing: f"note {thing.metadata.uid}", wide=True),
    ),
    health=health,
)


def thing(name: str, *, namespace: str = "default", uid: str = "", age: int = 0, **fields: Any) -> Thing:
    meta = ObjectMeta(
        name=name,
        namespace=namespace,
        uid=uid or name,
        creation_timestamp=BEGINNING - timedelta(seconds=age),
        labels={"app": name.partition("-")[0]},
    )
    return Thing(metadata=meta, **fields)


def added(new: Object, at: float = 1.0) -> Change:
    return Change(THINGS, None, new, at)


def modified(new: Object, at: float = 2.0) -> Change:
    return Change(THINGS, new, new, at)


def deleted(old: Object, at: float = 3.0) -> Change:
    return Change(THINGS, old, None, at)


def view_of(*objects: Object, **how: Any) -> View:
    view = View(THINGS, **how)
    view.load(objects)
    return view


def names(view: View) -> list[str]:
    return [row.object.metadata.name for row in view.rows(0, len(view))]


def test_rows_stand_by_namespace_and_then_by_name_with_numbers_as_numbers() -> None:
    view = view_of(thing("web-10"), thing("web-9"), thing("zebra", namespace="a"), thing("web"))
    assert names(view) == ["zebra", "web", "web-9", "web-10"]


def test_an_addition_goes_to_its_place() -> None:
    view = view_of(thing("a"), thing("c"))
    view.apply(added(thing("b")))
    assert names(view) == ["a", "b", "c"]


def test_a_modification_moves_a_row_that_now_sorts_elsewhere() -> None:
    view = view_of(thing("a", size=1), thing("b", size=2), order=Order("SIZE"))
    view.apply(modified(thing("a", size=3)))
    assert names(view) == ["b", "a"]
    assert view.index("a") == 1


def test_a_deletion_takes_the_row_away() -> None:
    view = view_of(thing("a"), thing("b"))
    view.apply(deleted(thing("a")))
    assert names(view) == ["b"]
    assert view.index("a") is None
    assert view.total == 1


def test_columns_sort_by_value_and_not_by_text() -> None:
    view = view_of(thing("a", size=9), thing("b", size=10), order=Order("SIZE"))
    assert names(view) == ["a", "b"]


def test_ages_sort_from_the_youngest() -> None:
    view = view_of(thing("old", age=90), thing("young", age=5), order=Order("AGE"))
    assert names(view) == ["young", "old"]


def test_a_falling_order_keeps_names_rising_among_equals() -> None:
    view = view_of(*(thing(name, size=size) for name, size in (("d", 1), ("a", 2), ("c", 2), ("b", 3))))
    view.sort(Order("SIZE", descending=True))
    assert names(view) == ["b", "a", "c", "d"]


def test_asked_again_for_a_column_the_order_falls_and_then_rises() -> None:
    first = Order().turned("SIZE")
    assert (first, first.turned("SIZE"), first.turned("SIZE").turned("SIZE")) == (
        Order("SIZE"),
        Order("SIZE", descending=True),
        Order("SIZE"),
    )


def test_values_that_are_missing_come_first_and_fall_last() -> None:
    view = view_of(thing("a", size=1), thing("b", size=None), order=Order("SIZE"))
    assert names(view) == ["b", "a"]
    view.sort(Order("SIZE", descending=True))
    assert names(view) == ["a", "b"]


VALUES = st.recursive(
    st.none() | st.integers() | st.floats() | st.text() | st.datetimes(timezones=st.just(UTC)) | st.booleans(),
    lambda inner: st.tuples(inner, inner) | st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.lists(VALUES, max_size=8))
def test_any_values_compare_and_fall_in_the_opposite_order(values: list[object]) -> None:
    rising = sorted(map(rank, values))
    something = [key for key in rising if key != rank(None)]
    assert sorted(map(fall, something)) == [fall(key) for key in reversed(something)]


@given(st.lists(VALUES, max_size=8), st.booleans())
def test_all_objects_at_once_are_sorted_as_one_by_one(values: list[object], falls: bool) -> None:
    columns: tuple[Column[Any], ...] = (Column("VALUE", lambda obj: "", by=lambda obj: values[int(obj.metadata.name)]),)
    sorting = Sorting(Order("VALUE", descending=falls), columns)
    objects = [thing(str(number)) for number in range(len(values))]
    entries, indexes = sorting.entries(objects, list(map(place, objects)))
    assert [entries[at] for at in indexes] == sorted(sorting.entry(obj, place(obj)) for obj in objects)


def test_a_filter_shows_what_it_passes_and_counts_the_rest() -> None:
    view = view_of(thing("web-1"), thing("web-2", status="Failed"), thing("api-1"))
    view.narrow(parse_filter("web running"))
    assert names(view) == ["web-1"]
    assert (len(view), view.matching, view.total) == (1, 1, 3)
    view.narrow(parse_filter(""))
    assert len(view) == 3


def test_rows_enter_and_leave_a_filtered_list_as_they_change() -> None:
    view = view_of(thing("a"), thing("b"), filter=parse_filter("failed"))
    view.apply(modified(thing("b", status="Failed")))
    assert names(view) == ["b"]
    view.apply(modified(thing("b")))
    assert names(view) == []
    view.apply(added(thing("c", status="Failed")))
    assert names(view) == ["c"]
    view.apply(deleted(thing("c")))
    assert (names(view), view.total) == ([], 2)


def test_a_filter_looks_at_wide_columns_and_health_too_and_not_at_ages() -> None:
    view = view_of(thing("a", uid="1"), thing("b", uid="2", status="Failed"))
    view.narrow(parse_filter("/^note 2$/"))
    assert names(view) == ["b"]
    view.narrow(parse_filter(Health.BROKEN.value))
    assert names(view) == ["b"]
    view.narrow(parse_filter("0s"))
    assert names(view) == []


def test_labels_select_rows() -> None:
    view = view_of(thing("web-1"), thing("api-1"), filter=parse_filter("-l app in (web)"))
    assert names(view) == ["web-1"]


def test_what_a_filter_looks_at_can_be_made_ready_in_slices_and_is_not_made_twice() -> None:
    asked: list[str] = []

    def name(obj: Thing) -> str:
        asked.append(obj.metadata.name)
        return obj.metadata.name

    clock = iter(range(1000))
    kind = Kind(Thing, THINGS.resource, (Column("NAME", name),), health=health)
    view = View(kind, timer=lambda: float(next(clock)))
    view.load(thing(f"t-{n}") for n in range(200))
    slices = 1
    while view.prepare(2.0):
        slices += 1
    assert slices == 2
    assert len(asked) == 200
    view.narrow(parse_filter("t-7"))
    assert len(view) == 11
    assert len(asked) == 200


def test_the_order_holds_among_filtered_rows() -> None:
    view = view_of(*(thing(f"web-{n}", size=-n) for n in range(5)), thing("api"), filter=parse_filter("web"))
    view.sort(Order("SIZE"))
    assert names(view) == ["web-4", "web-3", "web-2", "web-1", "web-0"]


def test_a_filter_that_takes_too_long_is_refused_and_the_last_one_stays() -> None:
    ticks = iter(range(10_000))
    view = view_of(*(thing(f"web-{n}") for n in range(50)), thing("api"), timer=lambda: float(next(ticks)))
    view.narrow(parse_filter("api"))
    with pytest.raises(FilterError, match="takes too long on 51 objects"):
        view.narrow(parse_filter("/web.*/"))
    assert names(view) == ["api"]
    assert view.filter == parse_filter("api")


def test_a_deleted_row_stays_as_a_ghost_in_its_place_until_its_time_is_over() -> None:
    view = view_of(thing("a"), thing("b"), thing("c"), ghost_seconds=4.0)
    view.apply(deleted(thing("b"), at=10.0))
    assert names(view) == ["a", "b", "c"]
    assert view.row(1).gone_at == 10.0
    assert (len(view), view.matching, view.total) == (3, 2, 2)
    assert not view.expire(13.9)
    assert view.expire(14.0)
    assert names(view) == ["a", "c"]


def test_ghosts_of_a_list_that_nobody_looks_at_do_not_pile_up() -> None:
    pods = [thing(f"pod-{number}") for number in range(100)]
    view = view_of(*pods, ghost_seconds=4.0)
    for at, pod in enumerate(pods):
        view.apply(deleted(pod, at=float(at)))
    assert len(view) == 4


def test_a_ghost_that_comes_back_lives() -> None:
    view = view_of(thing("a"), ghost_seconds=4.0)
    view.apply(deleted(thing("a"), at=1.0))
    view.apply(added(thing("a"), at=2.0))
    assert view.row(0).gone_at is None
    assert not view.expire(100.0)
    assert view.total == 1


def test_a_reborn_namesake_stands_beside_its_ghost() -> None:
    view = view_of(thing("a", uid="1"), ghost_seconds=4.0)
    view.changed([deleted(thing("a", uid="1"), at=1.0), added(thing("a", uid="2"), at=1.0)])
    assert [(row.uid, row.gone_at) for row in view.rows(0, 9)] == [("1", 1.0), ("2", None)]


def test_a_filter_closes_the_ghosts_that_it_hides() -> None:
    view = view_of(thing("api"), thing("web"), ghost_seconds=4.0)
    view.apply(deleted(thing("web"), at=1.0))
    view.narrow(parse_filter("api"))
    view.narrow(parse_filter(""))
    assert names(view) == ["api"]


def test_what_was_deleted_out_of_sight_leaves_no_ghost() -> None:
    view = view_of(thing("api"), thing("web"), ghost_seconds=4.0, filter=parse_filter("api"))
    view.apply(deleted(thing("web"), at=1.0))
    assert len(view) == view.matching


def test_additions_are_born_and_changes_are_dated_but_the_first_list_is_no_news() -> None:
    view = view_of(thing("a"))
    view.changed([Change(THINGS, None, thing("b"), 1.0, initial=True), added(thing("c"), at=2.0)])
    view.apply(modified(thing("a", size=5), at=3.0))
    assert [(row.born_at, row.changed_at) for row in view.rows(0, 3)] == [(None, 3.0), (None, None), (2.0, None)]


def test_a_change_of_nothing_that_is_shown_is_no_news() -> None:
    view = view_of(thing("a"))
    view.row(0)
    view.apply(modified(msgspec.structs.replace(thing("a")), at=3.0))
    assert view.row(0).changed_at is None


def test_a_row_is_the_same_until_its_object_changes() -> None:
    view = view_of(thing("a"), thing("b"))
    row = view.row(0)
    view.apply(modified(thing("b", size=1)))
    assert view.row(0) is row
    view.apply(modified(thing("a", size=1)))
    assert view.row(0) is not row


def test_cells_are_made_for_the_rows_that_are_looked_at_alone() -> None:
    made: list[str] = []

    def text(obj: Thing) -> str:
        made.append(obj.metadata.name)
        return obj.metadata.name

    kind = Kind(Thing, THINGS.resource, (Column("NAME", text),), health=health)
    view = View(kind)
    view.load(thing(f"t-{n}") for n in range(100))
    view.rows(10, 12)
    view.rows(10, 12)
    assert made == ["t-10", "t-11"]


def test_only_so_many_rows_are_kept() -> None:
    view = view_of(*(thing(f"t-{n}") for n in range(MOST_ROWS_KEPT + 5)))
    first = view.row(0)
    view.rows(0, len(view))
    assert view.row(0) is not first


def test_hostile_text_is_made_safe_in_cells() -> None:
    view = view_of(thing("a", status="\x1b]52;c;ZXZpbA==\x07[@click=app.quit]x[/]\u202e\n"))
    assert view.row(0).cells[1] == "]52;c;ZXZpbA==[@click=app.quit]x[/]⏎"


def test_the_namespace_stands_in_front_where_it_is_asked_for() -> None:
    view = view_of(thing("a"))
    view.show(wide=False, namespaces=True)
    assert [column.title for column in view.columns] == ["NAMESPACE", "NAME", "STATUS", "SIZE", "AGE"]
    assert view.row(0).cells[:2] == ("default", "a")
    assert view.named_by == 1


def test_wide_columns_stand_there_where_they_are_asked_for() -> None:
    view = view_of(thing("a"), wide=True)
    assert view.columns[-1].title == "NOTE"


def test_the_column_sorted_by_is_told_where_it_is_shown() -> None:
    view = view_of(thing("a"), order=Order("SIZE", descending=True))
    assert view.sorted_by == (2, True)
    view.sort(Order("NOTE"))
    assert view.sorted_by is None


def test_the_version_grows_with_each_change() -> None:
    view = view_of(thing("a"))
    before = view.version
    view.apply(modified(thing("a")))
    assert view.version > before


class Counted(int):
    """A number that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: int) -> bool:
        Counted.compared += 1
        return int(self) < int(other)

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return isinstance(other, int) and int(self) == int(other)

    __hash__ = int.__hash__


def test_one_change_among_ten_thousand_rows_touches_a_few_dozen() -> None:
    asked: list[str] = []

    def size(obj: Thing) -> Counted:
        asked.append(obj.metadata.name)
        return Counted(obj.size or 0)

    kind = Kind(Thing, THINGS.resource, (Column("SIZE", lambda obj: str(obj.size), by=size),), health=health)
    view = View(kind, order=Order("SIZE"), filter=parse_filter("!x"))
    view.load(thing(f"t-{n}", size=n) for n in range(10_000))
    asked.clear()
    Counted.compared = 0
    view.apply(modified(thing("t-5000", size=77)))
    assert view.index("t-5000") == 78
    assert asked == ["t-5000"]
    assert Counted.compared < 200


STEPS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["put", "drop"]), st.integers(0, 3)), max_size=30)


@given(STEPS, st.sampled_from([Order(), Order("SIZE"), Order("SIZE", descending=True), Order("STATUS")]))
def test_after_any_changes_the_list_is_what_loading_anew_would_give(
    steps: Iterable[tuple[int, str, int]], order: Order
) -> None:
    narrow = parse_filter("!failed")
    view = View(THINGS, order=order, filter=narrow)
    living: dict[str, Thing] = {}
    for number, verb, size in steps:
        obj = thing(f"t-{number}", size=size, status="Failed" if size == 2 else "Running")
        if verb == "put":
            view.apply(added(obj))
            living[obj.metadata.uid] = obj
        else:
            view.apply(deleted(obj))
            living.pop(obj.metadata.uid, None)
    assert names(view) == names(view_of(*living.values(), order=order, filter=narrow))
    assert view.total == len(living)
    assert [view.index(row.uid) for row in view.rows(0, len(view))] == list(range(len(view)))
