"""JSON as Go reads it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.demo.http.gojson import NotJson, read, twice

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_json_is_read(value: object) -> None:
    assert read(json.dumps(value).encode()) == value


@given(st.binary(max_size=60) | st.text('[]{}:,"\\ut01.-e ', max_size=30).map(str.encode))
def test_whatever_comes_is_read_or_refused_with_a_reason(data: bytes) -> None:
    try:
        read(data)
    except NotJson as why:
        assert str(why)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "unexpected end of JSON input"),
        (b"[1,", "unexpected end of JSON input"),
        (b"n", "invalid character ' ' in literal null (expecting 'u')"),
        (b"{a:1}", "invalid character 'a' looking for beginning of object key string"),
        (b'{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
        (b"[1 2]", "invalid character '2' after array element"),
        (b"[1,]", "invalid character ']' looking for beginning of value"),
        (b"{} x", "invalid character 'x' after top-level value"),
        (b'"\x01"', r"invalid character '\x01' in string literal"),
        (rb'"\x"', "invalid character 'x' in string escape code"),
        (rb'"\u12g4"', r"invalid character 'g' in \u hexadecimal character escape"),
        (b"-x", "invalid character 'x' in numeric literal"),
        (b"1.x", "invalid character 'x' after decimal point in numeric literal"),
        (b"1ex", "invalid character 'x' in exponent of numeric literal"),
        (b"01", "invalid character '1' after top-level value"),
        (b"'a'", r"invalid character '\'' looking for beginning of value"),
        (b"[" * 100_000, "invalid character '[' exceeded max depth"),
        (b"1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
    ],
    ids=lambda value: "",
)
def test_why_a_text_is_no_json(text: bytes, why: str) -> None:
    with pytest.raises(NotJson) as refused:
        read(text)
    assert str(refused.value) == why


def test_keys_that_come_twice_are_found_wherever_they_are() -> None:
    assert list(twice(b'{"a":[{"b":1,"b":2}],"c":{"d":1,"e":2,"d":3}}')) == ["a[0].b", "c.d"]
    assert list(twice(b'{"a":{"b":1},"c":{"b":1}}')) == []
