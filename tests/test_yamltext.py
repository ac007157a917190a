"""YAML as kubectl writes it: against answers recorded from its own emitter."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubetui.yamltext import Json, dump

GOLDEN: list[tuple[Json, str]] = json.loads((Path(__file__).parent / "plain" / "yaml_golden.json").read_text())

documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abkey:-_. \n'\"#yn0123456789"), inner, max_size=4)
    ),
    max_leaves=20,
)


def test_every_recorded_document_is_written_as_kubectl_wrote_it() -> None:
    assert len(GOLDEN) > 300
    wrong = [(value, expected, dump(value)) for value, expected in GOLDEN if dump(value) != expected]
    assert wrong == []


@settings(max_examples=150, deadline=None, derandomize=True)
@given(documents)
def test_what_is_written_reads_back_as_what_it_was(value: Json) -> None:
    assert yaml.load(dump(value), yaml.CSafeLoader) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (1e20, "1e+20"),
        (1e-7, "1e-07"),
        (1234567.5, "1.2345675e+06"),
        (1e15, "1000000000000000"),
    ],
)
def test_numbers_are_written_as_go_does(number: float, text: str) -> None:
    assert dump({"size": number}) == f"size: {text}\n"


def test_keys_are_in_natural_order() -> None:
    keys = ["f:b", "a10", "a2", "ab", "a-b", "a_b", "B", ".", "a02", "k:{}"]
    assert [line.split(": ")[0] for line in dump(dict.fromkeys(keys, 1)).splitlines()] == [
        ".", "B", "a-b", "a_b", "a2", "a02", "a10", "ab", "f:b", "k:{}",
    ]  # fmt: skip


def test_control_characters_at_which_kubectl_fails_are_escaped() -> None:
    assert dump(["\x7f", "\x9b31m"]) == '- "\\x7F"\n- "\\x9B31m"\n'
