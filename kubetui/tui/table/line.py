"""What there is to paint of one row, before any style."""

from enum import IntFlag, auto
from typing import NamedTuple

from kubetui.kinds.kind import Health
from kubetui.tui.table.columns import Layout

RISING, FALLING = "▲", "▼"
LINK = "▌"
FURTHER_LEFT, FURTHER_RIGHT = "‹", "›"


class Flag(IntFlag):
    """What a line is besides its text."""

    CURSOR = auto()
    FOCUS = auto()
    """The cursor's table has the focus."""
    MARKED = auto()
    LINKED = auto()
    """It belongs to what the cursor of another table is on."""
    CHANGED = auto()
    NEW = auto()
    GHOST = auto()
    STALE = auto()


class Line(NamedTuple):
    """All that a line's look depends on, the layout and the theme aside: equal lines look the same."""

    uid: str
    texts: tuple[str, ...]
    tints: tuple[Health | None, ...]
    health: Health
    flags: Flag


def heading(title: str, sorted_by: tuple[int, bool] | None, column: int) -> str:
    """A column's title, with the arrow of the order where the list is sorted by it."""
    if sorted_by is None or sorted_by[0] != column:
        return title
    return title + (FALLING if sorted_by[1] else RISING)


def changed_cells(old: Line, new: Line, layout: Layout) -> tuple[int, int] | None:
    """The first cell of the screen that differs and how many it is to the last one; None where nothing is seen."""
    if old.tints != new.tints or old.health is not new.health or old.flags != new.flags:
        return (0, layout.width)
    changed = [span for span in layout.spans if old.texts[span.column] != new.texts[span.column]]
    if not changed:
        return None
    return (changed[0].x, changed[-1].x + changed[-1].width - changed[0].x)
