"""Where the panes of the board stand: the focused one has the wide place, the others a column, or one line each."""

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

NARROW, LOW = 100, 24
"""Below so many columns, or rows, panes without the focus fold to one line."""


def places(size: Size, panes: int, wide: int, *, zoomed: bool) -> list[Region]:
    """A region for each pane, in their order; an empty one for what is not shown. `wide` is the one with the focus."""
    if zoomed:
        return [size.region if at == wide else Region(0, 0, 0, 0) for at in range(panes)]
    if size.width < NARROW or size.height < LOW - 4:
        open_height = max(0, size.height - (panes - 1))
        regions, y = [], 0
        for at in range(panes):
            height = open_height if at == wide else 1
            regions.append(Region(0, y, size.width, height))
            y += height
        return regions
    side = min(max(size.width * 2 // 5, 44), 72)
    heights = _shares(size.height, panes - 1)
    regions, y = [], 0
    for at in range(panes):
        if at == wide:
            regions.append(Region(side + 1, 0, size.width - side - 1, size.height))
        else:
            height = heights.pop(0)
            regions.append(Region(0, y, side, height))
            y += height
    return regions


def _shares(height: int, parts: int) -> list[int]:
    """A height in so many parts, as equal as they can be."""
    return [height * (at + 1) // parts - height * at // parts for at in range(parts)]


class BoardLayout(Layout):
    """Arranges the panes of a board; the board says which one is wide and whether it is zoomed."""

    name = "board"

    def __init__(self) -> None:
        self.wide = 0
        self.zoomed = False

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        parent.pre_layout(self)
        return [
            WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child)
            for region, child in zip(places(size, len(children), self.wide, zoomed=self.zoomed), children, strict=True)
            if region.area
        ]
