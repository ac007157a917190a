"""A manifest's lines: what each part is, what belongs to a text above, what is different."""

import pytest

from kubetui.tui.object.yamllines import Role, difference, parts, read_lines
from kubetui.yamltext import Json, dump


def roles(value: Json) -> list[list[tuple[str, str]]]:
    """Each line's parts but blanks, as text and role."""
    told = read_lines(dump(value))
    return [
        [
            (line[part.start : part.end], part.role.value)
            for part in parts(line, bool(inner))
            if line[part.start : part.end].strip()
        ]
        for line, inner in zip(told.lines, told.inner, strict=True)
    ]


@pytest.mark.parametrize(
    ("value", "role"),
    [
        (1, "number"),
        (2.5, "number"),
        (True, "word"),
        (None, "word"),
        ({}, "word"),
        ([], "word"),
        ("web", "text"),
        ("1", "text"),
        ("http://a:80/b", "text"),
        ("2026-11-22T12:00:00Z", "time"),
    ],
)
def test_a_value_is_what_it_is(value: Json, role: str) -> None:
    [line] = roles({"key": value})
    assert line[0] == ("key", "key")
    assert line[2][1] == role


def test_items_of_a_list_are_told_from_their_dashes() -> None:
    lines = roles({"args": ["sh", "-c", "a: b"], "ports": [{"port": 80}]})
    assert lines[1] == [("- ", "mark"), ("sh", "text")]
    assert lines[2] == [("- ", "mark"), ("-c", "text")]
    assert lines[3] == [("- ", "mark"), ("'a: b'", "text")]
    assert lines[5] == [("- ", "mark"), ("port", "key"), (":", "mark"), ("80", "number")]


def test_lines_of_a_text_are_no_keys_whatever_they_look_like() -> None:
    lines = roles({"a": {"script": "key: value\n\n- item\n"}, "b": 1, "folded": "word: " * 40})
    assert lines[2] == [("    key: value", "text")]
    assert lines[3] == []
    assert lines[4] == [("    - item", "text")]
    assert lines[5][0] == ("b", "key")
    assert all(role == "text" for line in lines[7:] for _, role in line)


def test_keys_with_colons_dots_and_quotes_are_keys() -> None:
    lines = roles({"f:metadata": {".": {}, 'k:{"type":"Ready"}': 1}, "true": 2})
    assert [line[0] for line in lines] == [
        ("f:metadata", "key"),
        (".", "key"),
        ('k:{"type":"Ready"}', "key"),
        ('"true"', "key"),
    ]


def test_every_character_of_a_line_belongs_to_one_part_at_most() -> None:
    for line in ("", "  ", "- ", "a:", ": b", "- - a: b", "'a': 'b'", "? long", "a b", "--- x", "\tx: y"):
        end = 0
        for part in parts(line, False):
            assert end <= part.start <= part.end <= len(line)
            end = part.end


def test_the_text_keeps_its_bytes_and_the_screen_is_safe() -> None:
    told = read_lines(dump({"a": "x\u200by\u202e", "b": "\x1b]0;bad\x07"}))
    assert "\u200b" in told.text or "\\u200B" in told.text
    assert all(line.isprintable() for line in told.lines)


def lines(*names: str) -> list[str]:
    return list(names)


def test_what_changed_is_told_by_line() -> None:
    told = difference(lines("a", "b", "c"), lines("a", "x", "c"))
    assert told.changed == {1}
    assert told.place(2) == 2


def test_lines_that_come_in_are_changed_and_those_below_are_not() -> None:
    told = difference(lines("a", "b", "c", "d"), lines("a", "x", "y", "b", "z", "d"))
    assert told.changed == {1, 2, 4}
    assert [told.place(line) for line in range(4)] == [0, 3, 4, 5]


def test_nothing_is_different_between_equals() -> None:
    assert difference(lines("a", "b"), lines("a", "b")).changed == frozenset()


def test_of_far_too_many_differences_all_count() -> None:
    old, new = [f"old {at}" for at in range(3000)], [f"new {at}" for at in range(3000)]
    assert len(difference(old, new).changed) == 3000


def test_roles_have_a_style_each() -> None:
    from kubetui.tui.object.manifestview import ManifestView

    assert {f"manifest--{role.value}" for role in Role} <= ManifestView.COMPONENT_CLASSES
