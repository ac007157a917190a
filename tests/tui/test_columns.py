"""How wide columns are and how a text is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kubetui.tui.table.columns import GAP, MARGIN, SLACK, cut, cut_name, fit, pad

LETTERS = st.text(alphabet="abc-漢é", max_size=30)


def test_columns_that_fit_have_what_they_want_and_the_name_some_more() -> None:
    layout = fit([10, 5, 8], [True, False, True], 0, 200, 0)
    assert [(span.column, span.x, span.width) for span in layout.spans] == [
        (0, MARGIN, 10 + SLACK),
        (1, MARGIN + 10 + SLACK + GAP, 5),
        (2, MARGIN + 10 + SLACK + GAP + 5 + GAP, 8),
    ]
    assert not layout.more


def test_where_room_is_short_the_widest_shrink_first() -> None:
    layout = fit([40, 6, 30], [True, False, True], 0, MARGIN + 2 * GAP + 56, 0)
    assert [span.width for span in layout.spans] == [25, 6, 25]
    assert not layout.more


def test_where_shrinking_does_not_do_the_rest_is_cut_off_at_the_right() -> None:
    layout = fit([30, 20, 20, 20], [False] * 4, 0, 60, 0)
    assert [span.column for span in layout.spans] == [0, 1]
    assert layout.more


def test_scrolled_the_name_stays_and_the_others_move_up() -> None:
    layout = fit([10, 30, 20, 20, 20], [False] * 5, 1, 80, 2)
    assert [span.column for span in layout.spans] == [1, 3, 4]
    assert (layout.hidden, layout.more) == (2, False)


def test_scrolling_ends_where_the_last_column_is_in_sight() -> None:
    assert fit([30, 20, 20, 20], [False] * 4, 0, 90, 3).hidden == 1


def test_a_place_on_the_line_belongs_to_the_column_there_and_to_the_one_after_a_gap() -> None:
    layout = fit([10, 5], [False, False], 1, 20, 0)
    found = [layout.column_at(x) for x in (0, MARGIN, MARGIN + 9, MARGIN + 10, MARGIN + 12, 20)]
    assert found == [None, 0, 0, 1, 1, None]


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [
        ("web-7d4b9c-x2k1p", 16, "web-7d4b9c-x2k1p"),
        ("web-7d4b9c-x2k1p", 11, "web-…-x2k1p"),
        ("statefulset-of-great-length-0", 16, "statef…-length-0"),
        ("nodashesatallinthisname", 10, "nod…isname"),
        ("web-7d4b9c-x2k1p", 3, "we…"),
        ("漢字漢字-漢字", 9, "漢 …-漢字"),
    ],
)
def test_a_name_is_cut_so_that_its_tail_remains(name: str, width: int, shown: str) -> None:
    assert cut_name(name, width) == shown


@given(LETTERS, st.integers(1, 40))
def test_what_is_cut_and_padded_has_the_width_it_was_given(text: str, width: int) -> None:
    for shown in (cut(text, width), cut_name(text, width)):
        assert cell_len(shown) <= width
        assert cell_len(pad(shown, width, "right")) == width


@given(st.lists(st.integers(0, 90), min_size=1, max_size=9), st.integers(0, 200), st.integers(0, 9), st.integers(0, 8))
def test_columns_never_leave_the_line_nor_overlap(wanted: list[int], width: int, hidden: int, named_by: int) -> None:
    layout = fit(wanted, [want > 12 for want in wanted], min(named_by, len(wanted) - 1), width, hidden)
    end = MARGIN - GAP
    for span in layout.spans:
        assert span.x == end + GAP
        end = span.x + span.width
        assert end <= max(width, MARGIN)
