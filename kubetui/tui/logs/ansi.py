"""Log text for the screen: SGR colours become styles, every other escape and control character is dropped.

What is copied or saved keeps its bytes; this is for cells alone.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color
from rich.style import Style

from kubetui.text import sanitise

_TAB = "    "
_BROKEN_BYTE = re.compile("[\ud800-\udfff]")
_STACKING = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0590-\u1dff\u20d0-\u20ff\u2ce0-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\uabff\ufb1e"
    "\ufe00-\U0010ffff]"
)
"""Where characters that stack upon others may be among them: left to `sanitise`, which bounds the stacks."""

# A string (OSC, DCS, APC, PM, SOS) without its end hides nothing: its introducer alone is dropped. None of it may
# hold another introducer, so that a megabyte of introducers is read once.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)(?:(?P<sgr>[0-9;:]*)m|[0-?]*[ -/]*[@-~]?)"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?:[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c))?"
    r"|\x1b[ -/]*[0-~]?"
)

_INTRODUCER = re.compile("[\x1b\x90\x98\x9b\x9d-\x9f]")

_LONGEST_CODE = 64
_MOST_CODES = 8


class Span(NamedTuple):
    """A style from one character to before another."""

    start: int
    end: int
    style: Style


def plain(text: str) -> str:
    """What the screen shows of a line: nothing that a terminal obeys, no line breaks."""
    if text.isascii():
        if text.isprintable():
            return text
        bare = _SEQUENCE.sub("", text)
        if bare.isprintable():
            return bare
    return parse(text)[0]


def parse(text: str) -> tuple[str, list[Span]]:
    """The same, and which part of it has which style. Where colours hide overlong stacks of marks, no style is kept."""
    if not _INTRODUCER.search(text):
        return _clean(text), []
    pieces: list[str] = []
    spans: list[Span] = []
    codes: tuple[str, ...] = ()
    at = shown = 0
    for sequence in _SEQUENCE.finditer(text):
        if piece := _clean(text[at : sequence.start()]):
            pieces.append(piece)
            if codes:
                spans.append(Span(shown, shown + len(piece), _style(codes)))
            shown += len(piece)
        at = sequence.end()
        if (code := sequence["sgr"]) is not None:
            code = code[:_LONGEST_CODE]
            before = () if code[:1] in ("", "0") else codes[1 - _MOST_CODES :]
            codes = (*before, code) if code.strip("0;") else ()
    if piece := _clean(text[at:]):
        pieces.append(piece)
        if codes:
            spans.append(Span(shown, shown + len(piece), _style(codes)))
    joined = "".join(pieces)
    whole = _clean(joined)
    return (whole, spans) if whole == joined else (whole, [])


def _clean(text: str) -> str:
    text = text.replace("\t", _TAB)
    if text.isprintable() and (text.isascii() or not _STACKING.search(text)):
        return text
    return sanitise(_BROKEN_BYTE.sub("\ufffd", text))


_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike", 21: "underline2", 53: "overline"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline", "underline2"), 27: ("reverse",), 29: ("strike",)}


@lru_cache(1024)
def _style(codes: tuple[str, ...]) -> Style:
    """The style after these SGR sequences, from a terminal's defaults. Hiding and blinking are not obeyed."""
    attributes: dict[str, bool] = {}
    colours: dict[str, Color] = {}
    numbers = [int(number or 0) for code in codes for number in code.replace(":", ";").split(";") if len(number) < 4]
    numbers.reverse()
    while numbers:
        number = numbers.pop()
        if number == 0:
            attributes.clear()
            colours.clear()
        elif number in _ON:
            attributes[_ON[number]] = True
        elif number in _OFF:
            for name in _OFF[number]:
                attributes.pop(name, None)
        elif 30 <= number <= 49 or 90 <= number <= 107:
            ground = "color" if number % 60 // 10 == 3 else "bgcolor"
            if number % 10 == 9 and number < 50:
                colours.pop(ground, None)
            elif number in (38, 48):
                if colour := _extended(numbers):
                    colours[ground] = colour
            elif number % 10 < 8:
                colours[ground] = Color.from_ansi(number % 10 + (8 if number >= 90 else 0))
    style = Style(color=colours.get("color"), bgcolor=colours.get("bgcolor"))
    return style + Style.parse(" ".join(attributes)) if attributes else style


def _extended(numbers: list[int]) -> Color | None:
    """The colour after 38 or 48: 5 and a number of the 256, or 2 and red, green, blue. Takes them off the end."""
    match numbers.pop() if numbers else None:
        case 5 if numbers and (index := numbers.pop()) < 256:
            return Color.from_ansi(index)
        case 2 if len(numbers) >= 3:
            red, green, blue = (min(numbers.pop(), 255) for _ in range(3))
            return Color.from_rgb(red, green, blue)
        case _:
            return None
