"""The times that a cron schedule names."""

from datetime import UTC, datetime

import pytest

from kubetui.demo.controllers.schedule import parse

_AT = datetime(2026, 1, 31, 23, 59, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("* * * * *", "2026-02-01T00:00"),
        ("*/15 * * * *", "2026-02-01T00:00"),
        ("5 4 * * *", "2026-02-01T04:05"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("0 12 * * mon-fri", "2026-02-02T12:00"),
        ("30 6 13 * fri", "2026-02-06T06:30"),
        ("0 9 1,15 * *", "2026-02-01T09:00"),
        ("@weekly", "2026-02-01T00:00"),
        ("0 0 * * 7", "2026-02-01T00:00"),
    ],
)
def test_the_next_time_of_a_schedule(text: str, following: str) -> None:
    at = parse(text).next_after(_AT)
    assert at is not None
    assert datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M") == following


def test_a_schedule_counts_in_its_own_time_zone() -> None:
    at = parse("0 9 * * *", "Europe/Berlin").next_after(_AT)
    assert at is not None
    assert datetime.fromtimestamp(at, UTC).hour == 8


@pytest.mark.parametrize("text", ["", "* * * *", "61 * * * *", "* * * * moon", "*/0 * * * *", "5-1 * * * *"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)
