"""The times that a CronJob's schedule names. Pure.

Five fields (minute, hour, day of month, month, day of week) with `*`, ranges, steps, lists and names, and the words
`@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. Where both kinds of day are limited either may hold, as in cron.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

_WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_HORIZON = timedelta(days=366 * 5)


class Schedule(msgspec.Struct, frozen=True):
    """A parsed schedule."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """Sunday is 0."""
    any_day: bool
    any_weekday: bool
    zone: str = "UTC"

    def next_after(self, at: float) -> float | None:
        """The first time after `at`, both in seconds since 1970; None where none comes within five years."""
        zone = _zone(self.zone)
        moment = datetime.fromtimestamp(at, zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
        end = moment + _HORIZON
        while moment < end:
            if moment.month not in self.months or not self._on_day(moment):
                moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
            elif moment.hour not in self.hours:
                moment = moment.replace(minute=0) + timedelta(hours=1)
            elif moment.minute not in self.minutes:
                moment += timedelta(minutes=1)
            else:
                return moment.timestamp()
        return None

    def _on_day(self, moment: datetime) -> bool:
        day, weekday = moment.day in self.days, moment.isoweekday() % 7 in self.weekdays
        return (day or weekday) if not self.any_day and not self.any_weekday else (day and weekday)


def parse(text: str, zone: str = "") -> Schedule:
    """Reads a schedule. ValueError where it makes no sense, or where the time zone is unknown."""
    fields = _WORDS.get(text.strip(), text).split()
    if len(fields) != 5:
        raise ValueError(f"expected exactly 5 fields, found {len(fields)}: [{text}]")
    minutes, hours, days, months, weekdays = (_field(field, place) for place, field in enumerate(fields))
    _zone(zone)
    return Schedule(
        minutes,
        hours,
        days,
        months,
        frozenset(number % 7 for number in weekdays),
        any_day=fields[2] in ("*", "?"),
        any_weekday=fields[4] in ("*", "?"),
        zone=zone or "UTC",
    )


def _field(text: str, place: int) -> frozenset[int]:
    low, high = _BOUNDS[place]
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        width = int(step) if step else 1
        if width <= 0:
            raise ValueError(f"step of range should be a positive number: {part}")
        if span in ("*", "?"):
            first, last = low, high if place != 4 else 6
        else:
            start, dash, end = span.partition("-")
            first = _number(start, place)
            last = _number(end, place) if dash else high if step else first
        if first < low or last > high or first > last:
            raise ValueError(f"{part} is out of the range {low}-{high}")
        found.update(range(first, last + 1, width))
    return frozenset(found)


def _number(text: str, place: int) -> int:
    names = {3: _MONTHS, 4: _DAYS}.get(place, ())
    word = text.lower()[:3]
    if word in names:
        return names.index(word) + (1 if place == 3 else 0)
    return int(text)


def _zone(name: str) -> tzinfo:
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"unknown time zone {name}") from unknown
