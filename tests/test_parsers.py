"""Whatever is read of a person or of a cluster, a reader ends, and fails with nothing but an error of its own."""

import contextlib
import math
import shlex
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubetui.actions.action import Target, command
from kubetui.client.access import ExecOptions
from kubetui.client.configfile import parse
from kubetui.client.errors import ApiError, BadConfig
from kubetui.client.execplugin import _read
from kubetui.client.kubeconfig import merge
from kubetui.client.loglines import LineReader
from kubetui.kinds.pod import POD, Pod
from kubetui.live.filter import FilterError, Subject, parse_filter
from kubetui.read import ObjectMeta
from kubetui.text import Aged, human_duration, natural, quantity, sanitise, sanitise_lines
from kubetui.tui.logs.ansi import plain
from kubetui.tui.logs.jsonline import fold
from kubetui.tui.logs.search import marks
from kubetui.tui.ways.command import parse_command
from tests.client.cutting import cuts, damaged
from tests.fake.front import kubeconfig
from tests.tui.corpus import CORPUS
from tests.tui.terminal import obeyed

FEW = settings(max_examples=60)
HOSTILE = st.one_of(st.text(max_size=60), st.sampled_from([text for text in CORPUS if len(text) < 1000]))
CONFIG = kubeconfig("https://10.0.0.1:6443").encode()
PATH = Path("config")


@given(damaged(CONFIG) | st.binary(max_size=120) | HOSTILE.map(lambda text: text.encode(errors="replace")))
@settings(max_examples=150)
def test_a_kubeconfig_is_one_or_a_bad_one(raw: bytes) -> None:
    with contextlib.suppress(BadConfig):
        merge([(PATH, parse(raw, PATH))]).access(None)


@given(HOSTILE)
@FEW
def test_a_kubeconfig_with_such_names_is_one_or_a_bad_one(text: str) -> None:
    quoted = msgspec.json.encode(text.encode(errors="replace").decode()).decode()
    raw = CONFIG.decode().replace("name: fake", f"name: {quoted}").replace('"https://10.0.0.1:6443"', quoted)
    with contextlib.suppress(BadConfig):
        merge([(PATH, parse(raw.encode(), PATH))]).access(None)


@given(st.binary(max_size=80) | damaged(b'{"kind":"ExecCredential","apiVersion":"v1","status":{"token":"t","x":1}}'))
@FEW
def test_what_a_plugin_prints_is_a_credential_or_an_error(raw: bytes) -> None:
    with contextlib.suppress(ApiError):
        _read(raw, ExecOptions("plugin", "v1"))


@given(st.text(alphabet="0123456789.eE+-numkKMGTPi", max_size=12) | HOSTILE)
@settings(max_examples=200)
def test_a_quantity_is_a_number_or_none(text: str) -> None:
    assert isinstance(quantity(text), float)


@pytest.mark.parametrize(("text", "value"), [("1e400", math.inf), ("-1e999999999", -math.inf), ("1e-400", 0.0)])
def test_a_quantity_beyond_all_measure_is_told_as_such(text: str, value: float) -> None:
    assert quantity(text) == value


@given(HOSTILE, HOSTILE)
@FEW
def test_any_two_names_can_be_sorted(one: str, other: str) -> None:
    assert natural(one) < natural(other) or natural(one) >= natural(other)


def test_a_name_of_nothing_but_digits_can_be_sorted() -> None:
    assert natural("9" * 5000) > natural("9" * 20) > natural("8")


@given(st.floats(-1e12, 1e12))
@FEW
def test_any_age_can_be_told(seconds: float) -> None:
    assert human_duration(seconds)
    assert Aged(None).before == ""


@given(HOSTILE)
@FEW
def test_any_line_is_a_command_or_none(line: str) -> None:
    parse_command(line)
    parse_command(f"pod {line}")


@given(HOSTILE, HOSTILE)
@FEW
def test_any_text_filters_and_marks_or_says_why_not(text: str, row: str) -> None:
    for typed in (text, f"/{text}", f"!/{text}/|-l {text}", f"ns:{text}"):
        with contextlib.suppress(FilterError):
            parse_filter(typed).matches(Subject(row, row, {"a": row}))
            if (found := marks(typed)) is not None:
                list(found.finditer(row))


@given(st.data())
@FEW
def test_a_log_is_the_same_wherever_it_is_cut_and_shows_nothing_that_is_obeyed(data: st.DataObject) -> None:
    texts = data.draw(st.lists(HOSTILE, max_size=5))
    raw = b"".join(f"2026-01-01T00:00:00.5Z {text}\n".encode(errors="surrogateescape") for text in texts)

    def read(chunks: list[bytes]) -> list[str]:
        reader = LineReader()
        lines = [line.text for chunk in chunks for line in reader.feed(chunk)]
        return [*lines, *([last.text] if (last := reader.end()) else [])]

    lines = read(data.draw(cuts(raw)))
    assert lines == read([raw])
    assert not any(obeyed(plain(line)) for line in lines)
    for line in lines:
        fold(line)


@given(st.binary(max_size=200))
@FEW
def test_a_log_of_any_bytes_is_read(raw: bytes) -> None:
    reader = LineReader()
    for line in [*reader.feed(raw), *([last] if (last := reader.end()) else [])]:
        assert not obeyed(plain(line.text))


def test_every_text_of_the_corpus_is_made_safe() -> None:
    assert len(CORPUS) >= 300
    for text in CORPUS:
        assert obeyed(sanitise(text)) == [] and "\n" not in sanitise(text)
        assert obeyed(sanitise_lines(text)) == [] and obeyed(plain(text)) == []


def test_a_megabyte_without_a_blank_is_made_safe_too() -> None:
    for part in ("w", "\x1b[31m", "名", "z\u0301\u0301\u0301", "\u202e"):
        assert obeyed(sanitise(part * (1_000_000 // len(part)))) == []


@given(HOSTILE.filter(bool), HOSTILE)
@FEW
def test_a_kubectl_command_names_its_object_and_nothing_else_to_a_shell(name: str, namespace: str) -> None:
    target = Target(POD, Pod(metadata=ObjectMeta(name=name, namespace=namespace)))
    wanted = ["kubectl", "delete", f"pod/{name}", *(["-n", namespace] if namespace else [])]
    assert shlex.split(command("delete", target)) == wanted
