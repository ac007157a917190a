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
    cursor_elsewhere: Colour
    """Of a pane without the focus."""
    ink: Colour
    bar_ink: Colour
    heading: Colour
    primary: Colour
    accent: Colour
    faint: Colour
    rule: Colour
    """Of the line above the story."""
    health: Mapping[Health, Colour]


def _healths(*inks: Colour) -> Mapping[Health, Colour]:
    """In the order of the healths."""
    return dict(zip(Health, inks, strict=True))


DEFAULT = "harbour"
"""The theme there is unless another is asked for."""

LOOKS = {
    "harbour": Look(
        ground=0x141B24, bar=0x1C2631, cursor=0x2E5875, cursor_elsewhere=0x1F3648, ink=0xD6DEE8, bar_ink=0xE1E2E4,
        heading=0xA1A3A7, primary=0x4FA3D9, accent=0xEDCE9A, faint=0xFFFFFF, rule=0x2C3641,
        health=_healths(0xAACFA9, 0xEDCE9A, 0xEA9DA3, 0x6D7177, 0xA1A3A7),
    ),
    "paper": Look(
        ground=0xFAF8F3, bar=0xE7E2D6, cursor=0x97BAD1, cursor_elsewhere=0xCEDCE4, ink=0x1E2730, bar_ink=0x1E1D1B,
        heading=0x646361, primary=0x1F6FA8, accent=0x653C00, faint=0x000000, rule=0xFCF7EB,
        health=_healths(0x1E5221, 0x653C00, 0x761913, 0x9B9996, 0x646361),
    ),
    "stage": Look(
        ground=0x000000, bar=0x262626, cursor=0x005272, cursor_elsewhere=0x002433, ink=0xFFFFFF, bar_ink=0xE2E2E2,
        heading=0x999999, primary=0x00B7FF, accent=0xFFE356, faint=0xFFFFFF, rule=0x363636,
        health=_healths(0x7EF89D, 0xFFE356, 0xFF9393, 0x606060, 0x999999),
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
