"""What a cell looks like besides its character, and the sequences that take a terminal from one look to another."""

from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style

_CODES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("conceal", "8"),
    ("strike", "9"),
    ("underline2", "21"),
    ("overline", "53"),
)
"""Attributes of a style and the numbers (SGR) that turn them on, as ECMA-48 has them."""
_OFF = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "21": "24",
    "53": "55",
}
_INKLESS = {"1", "2", "3", "5", "8"}
"""Attributes that a blank does not show."""


class Look(NamedTuple):
    """Numbers of SGR. Looks that are the same are, as a rule, the same object."""

    attributes: tuple[str, ...] = ()
    ink: str = ""
    """The colour of the character; empty for the terminal's own."""
    ground: str = ""


PLAIN = Look()


@lru_cache(8192)
def look_of(style: Style, colours: ColorSystem) -> Look:
    """The look of a style on a terminal with those colours."""
    return _known(
        tuple(code for name, code in _CODES if getattr(style, name)),
        _colour(style.color, colours, foreground=True),
        _colour(style.bgcolor, colours, foreground=False),
    )


@lru_cache(8192)
def blank(look: Look) -> Look:
    """How a blank is written that is to look so: without what it does not show."""
    if any(code not in _INKLESS for code in look.attributes):
        return look
    return _known((), "", look.ground)


@lru_cache(8192)
def switch(before: Look, after: Look) -> str:
    """The shortest sequence after which a terminal writes in another look."""
    if before == after:
        return ""
    if after == PLAIN:
        return "\x1b[m"
    fresh = ["0", *after.attributes, after.ink, after.ground]
    off = list(dict.fromkeys(_OFF[code] for code in before.attributes if code not in after.attributes))
    kept = {code for code in before.attributes if _OFF[code] not in off}
    step = [*off, *(code for code in after.attributes if code not in kept)]
    if before.ink != after.ink:
        step.append(after.ink or "39")
    if before.ground != after.ground:
        step.append(after.ground or "49")
    return min((f"\x1b[{';'.join(filter(None, codes))}m" for codes in (step, fresh)), key=len)


def _colour(colour: Color | None, colours: ColorSystem, *, foreground: bool) -> str:
    if colour is None or colour.is_default:
        return ""
    return ";".join(colour.downgrade(colours).get_ansi_codes(foreground))


@lru_cache(8192)
def _known(attributes: tuple[str, ...], ink: str, ground: str) -> Look:
    look = Look(attributes, ink, ground)
    return PLAIN if look == PLAIN else look
