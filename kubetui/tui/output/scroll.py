"""Whether lines that differ are the old ones a little higher or lower: a terminal moves these by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from kubetui.tui.output.cells import Line

_LEAST = 6
"""Lines that must differ before it is looked for."""
_STEPS = (1, -1, 2, -2, 3, -3)
"""By how many lines one scrolls: by keys and by the wheel."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """The lines from `top` to `bottom` (inclusive) move up by so many, or down where that is negative."""

    top: int
    bottom: int
    by: int

    @property
    def sequence(self) -> str:
        """Sets the scrolling region (DECSTBM), scrolls by line feeds at its end, and makes it the whole screen again.

        The lines that come in have no contents that one may count on: terminals fill them differently.
        """
        edge, step = (self.bottom, "\n") if self.by > 0 else (self.top, "\x1bM")
        return f"\x1b[{self.top + 1};{self.bottom + 1}r\x1b[{edge + 1}H{step * abs(self.by)}\x1b[r"


def find(shown: Sequence[Line], wanted: Sequence[Line], differing: Sequence[int]) -> Scroll | None:
    """The scroll that leaves at most half as many lines to write; None where there is none."""
    if len(differing) < _LEAST:
        return None
    for by in _STEPS:
        kept = [y for y in differing if 0 <= y + by < len(shown) and wanted[y].same(shown[y + by])]
        if not kept:
            continue
        ends = (kept[0], kept[-1], kept[0] + by, kept[-1] + by)
        scroll = Scroll(min(ends), max(ends), by)
        spoilt = sum(y not in kept for y in range(scroll.top, scroll.bottom + 1))
        outside = sum(not scroll.top <= y <= scroll.bottom for y in differing)
        if 2 * (spoilt + outside) <= len(differing):
            return scroll
    return None
