"""Errors out of what a server says, whatever it says."""

from typing import Any

import pytest

from kubetui.client.errors import Expired, Rejected, Throttled, TooLarge, Unavailable, from_answer, from_status


@pytest.mark.parametrize(
    "status",
    [
        {"code": "many"},
        {"code": 504, "details": ["nothing", "is"]},
        {"code": 504, "details": {"causes": "several"}},
        {"code": 504, "details": {"causes": [None, "one", {"reason": 5}]}},
    ],
)
def test_a_status_that_is_none_is_a_server_error(status: dict[str, Any]) -> None:
    assert type(from_status(status, 0, "GET /x")) is Unavailable


def test_a_version_that_is_too_large_is_told_by_its_cause() -> None:
    status = {"code": 504, "details": {"causes": [{"reason": "ResourceVersionTooLarge"}]}}
    assert type(from_status(status, 0, "GET /x")) is TooLarge


def test_a_version_that_is_too_old_is_told_by_code_or_reason() -> None:
    assert type(from_status({"code": 410}, 0, "GET /x")) is Expired
    assert type(from_status({"code": 500, "reason": "Expired"}, 0, "GET /x")) is Expired


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("\xb2", None), ("9" * 400, None), ("Sun, 22 Nov", None)])
def test_the_seconds_to_wait_are_obeyed_where_they_are_a_number(header: str, seconds: float | None) -> None:
    error = from_answer(429, {"retry-after": header}, b"", "GET /x")
    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


def test_seconds_that_are_no_number_are_no_wait() -> None:
    error = from_status({"code": 429, "details": {"retryAfterSeconds": "a while"}}, 0, "GET /x")
    assert isinstance(error, Throttled)
    assert error.retry_after is None


def test_a_page_that_is_no_status_is_told_as_one() -> None:
    error = from_answer(400, {}, b"<html>no</html>", "GET /x")
    assert type(error) is Rejected
    assert "HTML page" in str(error)
