"""JSON as kubectl writes it."""

import pytest

from kubetui.plain.jsontext import decode, dump, go_float


def test_keys_are_sorted_and_indented_by_four() -> None:
    assert dump({"b": [1, {}], "a": [], "B": None}) == (
        '{\n    "B": null,\n    "a": [],\n    "b": [\n        1,\n        {}\n    ]\n}\n'
    )


def test_what_html_or_javascript_would_obey_is_escaped_as_go_does() -> None:
    assert dump("<a & b>\u2028\u2029") == '"\\u003ca \\u0026 b\\u003e\\u2028\\u2029"\n'


def test_other_characters_stay_as_they_are() -> None:
    assert dump("é 日本 \U0001f600 \x7f\x9b") == '"é 日本 \U0001f600 \x7f\x9b"\n'


def test_a_terminal_gets_no_control_characters() -> None:
    text = dump("\x1b\x7f\x9b31m\u202e", for_terminal=True)
    assert text == '"\\u001b\\u007f\\u009b31m\\u202e"\n'


def test_integers_stay_integers_and_floats_are_written_as_go_does() -> None:
    assert dump(decode(b"[9223372036854775807, 1.0, 2.5e3, 1e-7]")) == (
        "[\n    9223372036854775807,\n    1,\n    2500,\n    1e-7\n]\n"
    )


@pytest.mark.parametrize(
    ("sent", "written"),
    [("1e20", "100000000000000000000"), ("1e21", "1e+21"), ("0.000001", "0.000001"), ("-0.0", "-0"), ("0.1", "0.1")],
)
def test_a_float_has_an_exponent_where_go_gives_it_one(sent: str, written: str) -> None:
    assert go_float(sent) == written
