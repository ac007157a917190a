"""The colours of the first picture, as Textual mixes them from the themes; a test holds that they are the same."""

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass

from kubetui.kinds.kind import Health

Colour = int
"""Red, green and blue, eight bits each."""


@dataclass(frozen=True, slots=True)
class Look:
    """Inks and grounds of a theme."""

    ground: Colour
    """Of the rows."""
    bar: Colour
    """Of the head line, the title and the keys."""
    cursor: Colour
    ink: Colour
    bar_ink: Colour
    heading: Colour
    primary: Colour
    health: Mapping[Health, Colour]


def _look(ground: int, bar: int, cursor: int, ink: int, bar_ink: int, heading: int, primary: int, *tints: int) -> Look:
    """Tints are those of the healths, in their order."""
    return Look(ground, bar, cursor, ink, bar_ink, heading, primary, dict(zip(Health, tints, strict=True)))


DEFAULT = "harbour"
"""The theme there is unless another is asked for."""

LOOKS = {
    "harbour": _look(
        0x141B24, 0x1C2631, 0x2E5875, 0xD6DEE8, 0xE1E2E4, 0xA1A3A7, 0x4FA3D9,
        0xAACFA9, 0xEDCE9A, 0xEA9DA3, 0x6D7177, 0xA1A3A7,
    ),
    "paper": _look(
        0xFAF8F3, 0xE7E2D6, 0x97BAD1, 0x1E2730, 0x1E1D1B, 0x646361, 0x1F6FA8,
        0x1E5221, 0x653C00, 0x761913, 0x9B9996, 0x646361,
    ),
    "stage": _look(
        0x000000, 0x262626, 0x005272, 0xFFFFFF, 0xE2E2E2, 0x999999, 0x00B7FF,
        0x7EF89D, 0xFFE356, 0xFF9393, 0x606060, 0x999999,
    ),
}  # fmt: skip
"""By theme. A theme that is not here has no first picture."""


def is_fine(environ: Mapping[str, str]) -> bool | None:
    """Whether a terminal shows all colours, or 256 of them (False); None where that is not sure, or none are wanted."""
    if environ.get("NO_COLOR") or environ.get("TERM", "dumb") in ("dumb", "unknown"):
        return None
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return True
    return False if environ["TERM"].endswith("-256color") else None


def codes(colour: Colour, *, fine: bool) -> str:
    """The parameters of SGR that follow 38 or 48."""
    red, green, blue = colour >> 16, colour >> 8 & 255, colour & 255
    return f"2;{red};{green};{blue}" if fine else f"5;{_nearest(red, green, blue)}"


def _nearest(red: int, green: int, blue: int) -> int:
    """The one of the 256 colours that Rich takes for it."""
    _, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if saturation < 0.15:
        grey = round(lightness * 25.0)
        return 16 if grey == 0 else 231 if grey == 25 else 231 + grey
    steps = [round(part / 95 if part < 95 else 1 + (part - 95) / 40) for part in (red, green, blue)]
    return 16 + 36 * steps[0] + 6 * steps[1] + steps[2]
