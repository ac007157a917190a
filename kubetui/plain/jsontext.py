"""JSON as kubectl writes it: four blanks of indentation, sorted keys, Go's escapes and Go's numbers."""

import re
from decimal import Decimal
from typing import Any

import msgspec

_ESCAPES = tuple((char.encode(), f"\\u{ord(char):04x}".encode()) for char in "<>&\u2028\u2029")
_OBEYED = re.compile("[\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""Controls that Go leaves as they are, and characters without width or against the direction of reading."""


def decode(data: bytes | msgspec.Raw) -> Any:
    """JSON as builtins, floats kept as the text that Go writes for them. For `dump` alone."""
    return _decoder.decode(data)


def dump(value: Any, *, for_terminal: bool = False) -> str:
    """The whole document, ending in a line break.

    for_terminal: escape also what Go leaves as it is, and a terminal or an eye may be led astray by.
    """
    text = msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=4)
    for char, escape in _ESCAPES:
        text = text.replace(char, escape)
    document = text.decode() + "\n"
    return _OBEYED.sub(lambda match: f"\\u{ord(match.group()):04x}", document) if for_terminal else document


def go_float(text: str) -> str:
    """A float as encoding/json writes it: digits and a point from 1e-6 to 1e21, else with an exponent."""
    number = float(text)
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        plain = f"{Decimal(repr(number)):f}"
        return plain.removesuffix(".0")
    return repr(number).replace("e-0", "e-")


_decoder = msgspec.json.Decoder(float_hook=lambda text: msgspec.Raw(go_float(text).encode()))
