"""Rows under a header, and what of a cell reaches the output."""

from datetime import UTC, datetime

from kubetui.kinds.kind import Column
from kubetui.kinds.printer import TablePrinter
from kubetui.read import Object, ObjectMeta
from kubetui.text import Aged

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS: tuple[Column[Object], ...] = (
    Column("NAME", lambda obj: obj.metadata.name),
    Column("AGE", lambda obj: Aged(obj.metadata.creation_timestamp)),
    Column("NODE", lambda obj: "node-1", wide=True),
)


def named(name: str, namespace: str = "team") -> Object:
    return Object(ObjectMeta(name=name, namespace=namespace, creation_timestamp=datetime(2025, 12, 31, tzinfo=UTC)))


def printer(*, wide: bool = False, with_namespace: bool = False, for_terminal: bool = False) -> TablePrinter:
    return TablePrinter(COLUMNS, wide=wide, with_namespace=with_namespace, for_terminal=for_terminal)


def test_rows_stand_under_a_header() -> None:
    assert printer().rows([named("web")], NOW) == "NAME   AGE\nweb    24h\n"


def test_wide_columns_are_printed_when_wide_alone() -> None:
    assert printer(wide=True).rows([named("web")], NOW) == "NAME   AGE   NODE\nweb    24h   node-1\n"


def test_the_namespace_comes_first_where_it_is_asked_for() -> None:
    assert printer(with_namespace=True).rows([named("web")], NOW) == "NAMESPACE   NAME   AGE\nteam        web    24h\n"


def test_the_header_comes_once_with_the_first_row() -> None:
    one = printer()
    assert one.rows([], NOW) == ""
    assert one.rows([named("a")], NOW) == "NAME   AGE\na      24h\n"
    assert one.rows([named("b")], NOW) == "b      24h\n"


def test_a_cell_ends_at_its_first_line_break() -> None:
    assert "web...   24h" in printer().rows([named("web\nsecond line")], NOW)
    assert "web...   24h" in printer().rows([named("web\fx")], NOW)


def test_an_escape_character_is_printed_as_kubectl_prints_it() -> None:
    assert "^[[31mweb" in printer().rows([named("\x1b[31mweb")], NOW)


def test_a_tab_in_a_cell_begins_another_cell() -> None:
    assert printer().rows([named("a\tb")], NOW) == "NAME   AGE\na      b     24h\n"


def test_nothing_that_a_terminal_would_obey_reaches_a_terminal() -> None:
    text = printer(for_terminal=True).rows([named("we\x07b\x9b31m\u202e\x1b[2J")], NOW)
    assert text == "NAME          AGE\nweb31m^[[2J   24h\n"
