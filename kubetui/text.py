"""Text on a screen: hostile text made safe, cell widths, ages and quantities as kubectl prints them."""

import math
import re
import unicodedata
from datetime import datetime
from typing import Any, NamedTuple

MOST_DIGITS = 300
"""Digits of a number in a name; what has more is larger than any."""

_KEPT_BLANKS = {"\t": " ", "\n": "⏎", "\r": ""}
_NUMBER = re.compile(r"([0-9]+)")
_QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eE]([+-]?[0-9]+)|(|[numkMGTPE]|[KMGTPE]i))", re.ASCII)
_SCALES = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3} | {
    prefix + binary: float((1024 if binary else 1000) ** power)
    for power, prefix in enumerate("KMGTPE", 1)
    for binary in ("", "i")
}


def sanitise(text: str) -> str:
    """One line that a terminal will not obey and that stays in its cells.

    Control characters (C0, DEL, C1), bidi overrides, zero-width and other format characters are dropped, a line
    break becomes a mark, and no more than two combining marks stay on a character. For the screen alone: what is
    copied or saved keeps its bytes.
    """
    if text.isascii() and text.isprintable():
        return text
    safe: list[str] = []
    marks = 0
    for char in text:
        if char in _KEPT_BLANKS:
            safe.append(_KEPT_BLANKS[char])
            continue
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            marks += 1
            if marks <= 2:
                safe.append(char)
        elif category[0] != "C" and category not in ("Zl", "Zp"):
            marks = 0
            safe.append(" " if category == "Zs" else char)
    return "".join(safe)


def sanitise_lines(text: str) -> str:
    """The same for text of several lines: line breaks stay, tabs become blanks."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(sanitise(line.expandtabs(4)) for line in text.split("\n"))


def human_duration(seconds: float) -> str:
    """A duration as kubectl prints an AGE (k8s.io/apimachinery/pkg/util/duration HumanDuration)."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    if whole < 120:
        return f"{whole}s"
    minutes, hours = whole // 60, whole // 3600
    if minutes < 10:
        return f"{minutes}m{whole % 60}s" if whole % 60 else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if hours < 192:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    if hours < 24 * 365 * 2:
        return f"{days}d"
    years = days // 365
    if hours < 24 * 365 * 8:
        return f"{years}y{days % 365}d" if days % 365 else f"{years}y"
    return f"{years}y"


class Aged(NamedTuple):
    """Text that grows old by itself: `4h`, or `3 (5m ago)` with something before and after."""

    since: datetime | None
    before: str = ""
    after: str = ""

    def at(self, now: datetime) -> str:
        """The text at that moment; `<unknown>` where no time is known, as kubectl has it."""
        if self.since is None:
            return f"{self.before}<unknown>{self.after}"
        return f"{self.before}{human_duration((now - self.since).total_seconds())}{self.after}"

    def shown(self, now: datetime) -> str:
        """The same on a screen: what has not come yet, as clocks differ, is just now, where kubectl has `<invalid>`."""
        return self.at(now if self.since is None else max(now, self.since))


def natural(text: str) -> tuple[str | float, ...]:
    """A sort key by which `web-10` comes after `web-9`: text and numbers by turns, text first."""
    parts: list[Any] = _NUMBER.split(text)
    parts[1::2] = [int(digits) if len(digits) <= MOST_DIGITS else math.inf for digits in parts[1::2]]
    return tuple(parts)


def quantity(text: str) -> float:
    """The value of a resource quantity: `100m` is 0.1, `128Mi` is 134217728.0; NaN where it is none.

    The grammar is k8s.io/apimachinery/pkg/api/resource Quantity.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return math.nan
    number, exponent, suffix = match.groups()
    # A float takes any exponent, where a power of ten overflows.
    return float(f"{number}e{exponent}") if exponent else float(number) * _SCALES[suffix]
