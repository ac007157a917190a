"""The settings file: what is in it holds, and what is wrong in it is told and ends nothing."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubetui.settings.file import GUARDED, LARGEST, read_settings
from kubetui.settings.settings import ALLOWED, ContextSettings, Settings, types_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_without_a_file_all_is_as_it_is_by_itself(path: Path) -> None:
    assert read_settings(path) == (Settings(), ())


def test_every_key_is_read(path: Path) -> None:
    path.write_text(
        'theme = "chalk"\nreadonly = true\nproduction = ["live-*"]\nbulk-cap = 3\nlog-size = 9\n'
        '[contexts."talk-*"]\nnamespaces = ["shop", "web"]\nreadonly = false\n'
    )
    talk = ContextSettings(("shop", "web"), False)
    assert read_settings(path) == (Settings("chalk", True, ("live-*",), 3, 9, {"talk-*": talk}), ())


def test_a_file_of_another_editor_is_read_as_well(path: Path) -> None:
    path.write_bytes('\ufefftheme = "chalk"\r\nbulk-cap = 3\r\n'.encode())
    assert read_settings(path) == (Settings("chalk", bulk_cap=3), ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bulk-cap = 0", "line 1: bulk-cap takes a whole number from 1 to 10000."),
        ("\ntheme = 3", "line 2: theme takes the name of a theme"),
        ('thme = "x"', "line 1: there is no setting 'thme'. Did you mean theme?"),
        ("colour = 1", "line 1: there is no setting 'colour'. There are theme, readonly, production"),
        ("[colour]\nx = 1", "line 1: there is no setting 'colour'."),
        ("[contexts.a]\n\nnamespaces = [3]", "line 3, context 'a': namespaces takes a list of names of namespaces"),
        ('[contexts.a]\nnamespaces = ["A B"]', "line 2, context 'a': namespaces takes"),
        ("[contexts]\nb = 3", "line 2, context 'b': contexts takes tables of their own"),
    ],
)
def test_a_mistake_is_told_with_its_line_its_key_and_what_is_allowed(path: Path, text: str, told: str) -> None:
    path.write_text(text)
    assert f"{path}, {told}" in read_settings(path).problems[0]


def test_a_mistake_leaves_the_other_keys_in_force(path: Path) -> None:
    path.write_text('theme = "chalk"\nbulk-cap = "many"\n[contexts.a]\nreadonly = true\nnamespaces = 1\n')
    read = read_settings(path)
    assert read.settings == Settings("chalk", contexts={"a": ContextSettings(readonly=True)})
    assert len(read.problems) == 2


@pytest.mark.parametrize(
    "text",
    ['readonly = "yes"', "read-only = true", 'production = "*"', "contexts = 3", "[contexts]\nprod = true", "a b", "["],
)
def test_where_a_guard_cannot_be_understood_nothing_is_changed(path: Path, text: str) -> None:
    path.write_text(text)
    read = read_settings(path)
    assert read.settings.is_readonly("any") and "Nothing is changed" in read.problems[-1]


def test_a_guard_of_one_context_that_cannot_be_understood_guards_that_context(path: Path) -> None:
    path.write_text("[contexts.live]\nreadonly = 1\n")
    read = read_settings(path)
    assert read.settings.is_readonly("live") and not read.settings.is_readonly("talk")


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b"x" * (LARGEST + 1), b"a=" + b"[" * 5000], ids=("utf-16", "large", "deep")
)
def test_a_file_that_is_no_settings_is_told_and_guards(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    read = read_settings(path)
    assert read.settings == GUARDED and len(read.problems) == 1


def test_a_file_that_may_not_be_read_is_told(path: Path) -> None:
    path.mkdir()
    assert f"The settings file {path} can't be read: Is a directory. Nothing is" in read_settings(path).problems[0]


def test_the_very_name_of_a_context_goes_before_patterns_and_those_as_they_stand(path: Path) -> None:
    path.write_text(
        '[contexts."talk*"]\nreadonly = true\nnamespaces = ["a"]\n[contexts."*"]\nreadonly = false\n'
        "[contexts.talk-2]\nreadonly = false\n"
    )
    read = read_settings(path).settings
    assert read.is_readonly("Talk-1") and not read.is_readonly("talk-2") and not read.is_readonly("other")
    assert read.namespaces("talk-2") == ("a",) and read.namespaces("other") is None


@pytest.mark.parametrize(
    "context", ["prod", "eu-prod-1", "gke_shop_live2", "me@prd.eu", "arn:aws:eks:eu:cluster/PRODUCTION"]
)
def test_contexts_that_have_the_word_in_their_name_are_production_unless_settled_otherwise(context: str) -> None:
    assert Settings().is_production(context)
    assert not Settings(production=()).is_production(context)


@pytest.mark.parametrize("context", ["talk-cluster", "products", "reproduce-bug", "delivery", "eu-non-prod", ""])
def test_a_context_is_no_production_by_a_part_of_a_word(context: str) -> None:
    assert not Settings().is_production(context)


def test_every_key_says_what_it_takes_and_stands_in_the_documentation() -> None:
    keys = {*types_of(Settings), *types_of(ContextSettings)}
    assert keys == ALLOWED.keys()
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    assert [key for key in keys if f"`{key}`" not in page] == []


def test_the_file_of_the_documentation_is_right(path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    path.write_text(page.split("```toml\n")[1].split("```")[0])
    read = read_settings(path)
    assert read.problems == () and read.settings != Settings()


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode(errors="replace"))))
@settings(max_examples=150)
def test_no_bytes_at_all_end_the_reading(raw: bytes) -> None:
    path = Path(f"/dev/fd/{_pipe(raw)}")
    read = read_settings(path)
    msgspec.json.encode(read.settings)
    os.close(int(path.name))


def _pipe(raw: bytes) -> int:
    """A file descriptor from which these bytes are read."""
    reading, writing = os.pipe()
    os.write(writing, raw)
    os.close(writing)
    return reading
