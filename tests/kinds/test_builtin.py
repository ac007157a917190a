"""The built-in kinds: found by every word for them, and whole."""

from typing import Any

import pytest

from kubetui.client import protobuf
from kubetui.kinds.builtin import BUILTIN, find
from kubetui.kinds.kind import Kind
from kubetui.read import Object
from tests.kinds.build import ordered, row


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        ("pods", "pods"),
        ("pod", "pods"),
        ("po", "pods"),
        ("Pod", "pods"),
        ("PO", "pods"),
        ("deploy", "deployments"),
        ("deployments.apps", "deployments"),
        ("rs", "replicasets"),
        ("svc", "services"),
        ("no", "nodes"),
        ("ns", "namespaces"),
        ("ev", "events"),
        ("EndpointSlice", "endpointslices"),
    ],
)
def test_a_kind_is_found_by_every_word_for_it(word: str, plural: str) -> None:
    kind = find(word)
    assert kind is not None and kind.resource.plural == plural


def test_an_unknown_word_finds_nothing() -> None:
    assert find("widgets") is None


def test_no_two_kinds_share_a_word() -> None:
    words = [word for kind in BUILTIN for word in {*kind.resource.names, kind.resource.kind}]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("kind", BUILTIN, ids=lambda kind: kind.resource.plural)
def test_an_empty_object_has_a_row_a_health_and_a_place_in_every_order(kind: Kind[Any]) -> None:
    empty = kind.struct()
    assert set(row(kind, empty)) == {column.title for column in kind.columns}
    assert kind.health(empty) and kind.links(empty) is not None
    for column in kind.columns:
        assert ordered(kind, column.title, empty, empty) == ["", ""]


@pytest.mark.parametrize("kind", BUILTIN, ids=lambda kind: kind.resource.plural)
def test_every_field_has_a_number_in_protobuf(kind: Kind[Any]) -> None:
    struct: type[Object] = kind.struct
    assert protobuf.decoder(struct)(b"") == struct()
