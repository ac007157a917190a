"""A scroll bar that is repainted only when its thumb looks different: in a long list that is seldom."""

from math import ceil

from textual.scrollbar import ScrollBar

_EIGHTHS = 8
"""The steps in which Textual paints the ends of a thumb."""


def place(bar: ScrollBar, lines: int, window: int, top: float) -> None:
    """Tells the bar how many lines there are, how many are in sight, and the first of these."""
    before = _thumb(bar.size.height, bar.window_virtual_size, bar.window_size, bar.position)
    bar.set_reactive(ScrollBar.window_virtual_size, lines)
    bar.set_reactive(ScrollBar.window_size, window)
    bar.set_reactive(ScrollBar.position, top)
    if before != _thumb(bar.size.height, lines, window, top):
        bar.refresh()


def _thumb(height: int, lines: int, window: int, top: float) -> tuple[int, int]:
    """Where the thumb begins and how long it is, in eighths of a cell, as `ScrollBarRender` has it."""
    if not (height and window and lines > window):
        return (0, 0)
    size = max(1, window * height / lines)
    start = int((height - size) * top / (lines - window) * _EIGHTHS)
    return (start, ceil(size * _EIGHTHS))
