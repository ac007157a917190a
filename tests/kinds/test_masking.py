"""A secret's values are shown only when they are asked for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.kinds.masking import MASKED, Reveal, is_secret, keys_of, shown
from kubetui.kinds.pod import POD
from kubetui.resource import resource

LAST = "kubectl.kubernetes.io/last-applied-configuration"


def secret() -> dict[str, Any]:
    return {
        "metadata": {"name": "db", "annotations": {LAST: '{"data":{"password":"aHVzaA=="}}', "note": "kept"}},
        "data": {"password": "aHVzaA==", "key": "/////w=="},
        "stringData": {"pin": "4711"},
    }


def test_masked_it_tells_names_and_sizes_alone() -> None:
    masked = shown(secret(), MASKED)
    assert masked["data"] == {"password": "**** 4 bytes", "key": "**** 4 bytes"}
    assert "4711" not in str(masked) and "aHVz" not in str(masked)
    assert masked["metadata"]["annotations"]["note"] == "kept"


def test_one_value_is_shown_and_the_others_are_not() -> None:
    told = shown(secret(), Reveal(frozenset({"password"})))
    assert told["data"] == {"password": "hush", "key": "**** 4 bytes"}
    assert "4711" not in str(told) and "aHVz" not in str(told)


def test_all_of_it_as_it_is_is_as_the_server_has_it() -> None:
    assert shown(secret(), Reveal(frozenset(keys_of(secret())), decoded=False)) == secret()


def test_decoded_it_is_text_where_it_is_text() -> None:
    decoded = shown(secret(), Reveal(frozenset(keys_of(secret()))))
    assert decoded["data"] == {"password": "hush", "key": "**** 4 bytes that are no text"}
    assert decoded["stringData"] == {"pin": "4711"} and "aHVz" not in str(decoded)


def test_masking_changes_nothing_of_what_it_is_given() -> None:
    body = secret()
    shown(body, MASKED)
    assert body == secret()


@pytest.mark.parametrize("data", [None, {}, {"a": None}, {"a": "not base64!"}, {"a": 7}])
@pytest.mark.parametrize("reveal", [MASKED, Reveal(frozenset("a")), Reveal(frozenset("a"), decoded=False)])
def test_odd_data_is_no_reason_to_fail(data: Any, reveal: Reveal) -> None:
    assert "data" in shown({"metadata": None, "data": data}, reveal)


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(10**6), st.lists(st.text()))))
def test_no_value_of_any_kind_is_told_unasked(data: dict[str, Any]) -> None:
    assert all(value.startswith("****") for value in shown({"data": data}, MASKED)["data"].values())


def test_only_secrets_are_secret() -> None:
    assert is_secret(resource("v1", "secrets", "Secret"))
    assert not is_secret(POD.resource)
