"""Columns aligned as kubectl aligns them; the expectations are what github.com/liggitt/tabwriter gives."""

from kubetui.tabwriter import TabWriter


def test_columns_are_three_blanks_wider_than_their_widest_cell_and_six_at_least() -> None:
    assert TabWriter().write([["NAME", "A", "AGE"], ["longer-name", "1", "5m"]]) == (
        "NAME          A     AGE\nlonger-name   1     5m\n"
    )


def test_the_last_cell_is_not_padded_and_an_empty_one_leaves_the_padding_before_it() -> None:
    assert TabWriter().write([["A", "B"], ["", ""], ["x", ""]]) == "A     B\n      \nx     \n"


def test_later_lines_stay_under_the_widths_of_earlier_ones_and_widen_them() -> None:
    writer = TabWriter()
    writer.write([["a-long-first-cell", "1"]])
    assert writer.write([["b", "2"]]) == "b                   2\n"
    assert writer.write([["an-even-longer-first-cell", "3"]]) == "an-even-longer-first-cell   3\n"
    assert writer.write([["c", "4"]]) == "c                           4\n"


def test_a_line_with_more_cells_has_a_column_of_its_own() -> None:
    assert TabWriter().write([["a", "b"], ["a", "broken by a", "tab"], ["a", "b"]]) == (
        "a     b\na     broken by a   tab\na     b\n"
    )


def test_width_is_counted_in_code_points() -> None:
    assert TabWriter().write([["日本語の名前です", "x"], ["a", "x"]]) == "日本語の名前です   x\na          x\n"


def test_no_lines_are_no_text() -> None:
    assert TabWriter().write([]) == ""
