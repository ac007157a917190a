"""A secret's values are shown only when they are asked for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.kinds.masking import MASKED, Reveal, hidden, is_secret, keys_of, masked, shown
from kubetui.kinds.pod import POD
from kubetui.kinds.variables import is_telling
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


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "PGPASSWORD",
        "mysqlPwd",
        "github-token",
        "API_KEY",
        "apiKey",
        "AWS_SECRET_ACCESS_KEY",
        "tls.passphrase",
        "BASIC_AUTH",
        "SIGNING_KEYS",
        "GOOGLE_CREDENTIALS",
        "SENTRY_DSN",
        "JWT",
        "sessionCookie",
        "REDIS_PASS",
    ],
)
def test_a_variable_of_that_name_looks_like_a_secret(name: str) -> None:
    assert is_telling(name, "x") and not is_telling(name, "")


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "PWD",
        "HOME",
        "BYPASS",
        "COMPASS_MODE",
        "KEYCLOAK_REALM",
        "MONKEY",
        "TOKENIZERS_PARALLELISM",
        "POSTGRES_PASSWORD_FILE",
        "TOKEN_PATH",
        "AUTH_ENABLED",
        "PORT",
    ],
)
def test_a_variable_of_that_name_does_not(name: str) -> None:
    assert not is_telling(name, "x")


@pytest.mark.parametrize("value", ["postgres://shop:hush@db:5432/shop", "Server=db;User=shop;Password=hush"])
def test_a_value_with_a_password_in_it_is_one_whatever_its_name(value: str) -> None:
    assert is_telling("WHERE", value) and not is_telling("WHERE", "https://db:5432/shop@home")


def workload() -> dict[str, Any]:
    """One with variables at three depths, one of them in the manifest that kubectl keeps alone."""
    env = [{"name": "DB_PASSWORD", "value": "hush"}, {"name": "MODE", "value": "fast"}]
    containers = [{"name": "web", "env": env}, {"name": "side", "env": [{"name": "TOKEN", "value": "hush hush"}]}]
    old = {"spec": {"containers": [{"name": "old", "env": [{"name": "OLD_KEY", "value": "hush"}, None]}]}}
    annotations = {LAST: json.dumps(old), "broken/last-applied": "{", "note": "kept"}
    return {"metadata": {"annotations": annotations}, "spec": {"template": {"spec": {"containers": containers}}}}


def test_variables_are_masked_one_by_one_wherever_they_stand() -> None:
    body = workload()
    assert hidden(POD.resource, body) == ["old/OLD_KEY", "side/TOKEN", "web/DB_PASSWORD"]
    assert "hush" not in str(masked(POD.resource, body, MASKED))
    some = masked(POD.resource, body, Reveal(frozenset({"web/DB_PASSWORD", "old/OLD_KEY"})))
    assert str(some).count("hush") == 2 and "hush hush" not in str(some)
    assert body == workload()
    assert masked(POD.resource, body, Reveal(frozenset(hidden(POD.resource, body)))) == body


def test_what_has_nothing_to_mask_is_as_it_is() -> None:
    body = {"metadata": None, "spec": {"env": "none", "containers": [{"env": [7, {"name": 7, "value": "x"}]}]}}
    assert masked(POD.resource, body, MASKED) == body and not hidden(POD.resource, body)
