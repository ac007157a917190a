"""The panes of the board as Textual lays them out."""

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from kubetui.tui.board.places import places


class BoardLayout(Layout):
    """Arranges the panes of a board; the board says which one is wide and whether it is zoomed."""

    name = "board"

    def __init__(self, wide: int) -> None:
        self.wide = wide
        self.zoomed = False

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        parent.pre_layout(self)
        found = places(size.width, size.height, len(children), self.wide, zoomed=self.zoomed)
        return [
            WidgetPlacement(Region(*place), NULL_OFFSET, NULL_SPACING, child)
            for place, child in zip(found, children, strict=True)
            if place.width and place.height
        ]
