"""Where the panes of the board stand: the focused one has the wide place, the others a column, or one line each."""

from typing import NamedTuple

NARROW, LOW = 100, 24
"""Below so many columns, or rows, of the screen panes without the focus fold to one line."""
STORY, LOW_STORY = 4, 2
"""Lines of the story, its rule among them; the fewer on a screen that is lower than `LOW_SCREEN`."""
LOW_SCREEN = 30


class Place(NamedTuple):
    """Cells from the left, lines from the top, and how many of them."""

    x: int
    y: int
    width: int
    height: int


def places(width: int, height: int, panes: int, wide: int, *, zoomed: bool = False) -> list[Place]:
    """A place for each pane, in their order; an empty one for what is not shown. `wide` is the one with the focus."""
    if zoomed:
        return [Place(0, 0, width, height) if at == wide else Place(0, 0, 0, 0) for at in range(panes)]
    if width < NARROW or height < LOW - 4:
        open_height = max(0, height - (panes - 1))
        found, y = [], 0
        for at in range(panes):
            lines = open_height if at == wide else 1
            found.append(Place(0, y, width, lines))
            y += lines
        return found
    side = min(max(width * 2 // 5, 44), 72)
    heights = _shares(height, panes - 1)
    found, y = [], 0
    for at in range(panes):
        if at == wide:
            found.append(Place(side + 1, 0, width - side - 1, height))
        else:
            lines = heights.pop(0)
            found.append(Place(0, y, side, lines))
            y += lines
    return found


def _shares(height: int, parts: int) -> list[int]:
    """A height in so many parts, as equal as they can be."""
    return [height * (at + 1) // parts - height * at // parts for at in range(parts)]
