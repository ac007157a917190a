"""Quantities as Go's resource.Quantity has them: in canonical form, and taken apart the way ParseQuantity does. Pure.

Only amounts that fit its fast path are taken apart as it does; they are all that pods ask for.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


_FORM = re.compile(r"(?P<digits>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?)(?P<suffix>[numkMGTPE]?|[KMGTPE]i)")
_LONGEST = 100
"""Characters of a quantity. One with more, or with a longer exponent, would be reckoned with for minutes."""


class Amount(msgspec.Struct, frozen=True):
    """A parsed quantity: `value` times ten to the power of `scale`, and the text that is kept with it."""

    value: int
    scale: int
    text: str
    format: str


@lru_cache(maxsize=4096)
def canonical(quantity: str | int | float) -> str:
    """A quantity as the API server writes it: `500m` for 0.5, `1536Mi` for 1.5Gi. ValueError for what is none."""
    digits, suffix = _parts(str(quantity))
    if suffix in _BINARY:
        whole = Fraction(digits) * 2 ** _BINARY[suffix]
        if whole.denominator == 1 and (abs(whole) >= 1024 or whole == 0):
            return _with_suffix(int(whole), 1024, ("", *_BINARY))
        return _decimal(whole)
    return _decimal(Fraction(digits) * Fraction(10) ** _DECIMAL[suffix])


def amount(quantity: Any) -> Amount:
    """A quantity parsed from its canonical form; none at all is a zero."""
    text = canonical(quantity if quantity is not None else "0")
    if text == "0":
        return Amount(0, 0, "0", "DecimalSI")
    digits, suffix = _parts(text)
    if suffix in _BINARY:
        number = int(digits)
        return Amount(number << _BINARY[suffix], 0, text if number & 7 else "", "BinarySI")
    keeps = not digits.endswith("000") and digits[0] != "0"
    return Amount(int(digits), _DECIMAL[suffix], text if keeps else "", "DecimalSI")


def _parts(text: str) -> tuple[str, str]:
    found = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(f"{text!r} is not a quantity")
    return found["digits"], found["suffix"]


def _decimal(value: Fraction) -> str:
    """The largest suffix that needs no fraction."""
    if not value:
        return "0"
    for suffix, exponent in sorted(_DECIMAL.items(), key=lambda one: -one[1]):
        scaled = value / Fraction(10) ** exponent
        if scaled.denominator == 1:
            return f"{scaled}{suffix}"
    return f"{-(-value * 10**9 // 1)}n"


def _with_suffix(value: int, step: int, suffixes: tuple[str, ...]) -> str:
    place = 0
    while value and value % step == 0 and place + 1 < len(suffixes):
        value //= step
        place += 1
    return f"{value}{suffixes[place]}"
