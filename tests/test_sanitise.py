"""No text from a cluster is obeyed by a terminal, or leaves its cells."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from kubetui.text import sanitise


@given(st.text())
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    assert all(unicodedata.category(char)[0] != "C" for char in sanitise(text))


def test_marks_do_not_stack_up_even_with_what_is_dropped_between_them() -> None:
    assert sanitise("a" + "\u0300\u200d" * 50) == "a\u0300\u0300"


def test_a_new_character_may_have_marks_of_its_own() -> None:
    assert sanitise("a\u0300\u0301b\u0300") == "a\u0300\u0301b\u0300"


def test_breaks_become_marks_and_blanks_of_all_sorts_become_blanks() -> None:
    assert sanitise("a\nb\tc\u00a0d\r") == "a⏎b c d"
