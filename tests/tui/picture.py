"""A screen as text that a person can read and compare: its characters, and the style of each cell.

Not an SVG: a picture of ours differs only where what a person sees differs, and a review shows where.
"""

from string import ascii_letters, digits

from rich.style import Style

from kubetui.tui.app import Explorer

LETTERS = ascii_letters + digits


def characters(app: Explorer) -> str:
    """The screen, line by line."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def styles(app: Explorer) -> str:
    """The screen with a letter for each cell's style, and what the letters stand for."""
    letters: dict[str, str] = {}
    lines = []
    for strip in app.screen._compositor.render_strips():
        cells = ""
        for segment in strip:
            look = _look(segment.style)
            cells += letters.setdefault(look, LETTERS[len(letters)]) * segment.cell_length
        lines.append(cells)
    legend = [f"{letter} {look}" for look, letter in letters.items()]
    return "\n".join([*lines, "", *legend])


def _look(style: Style | None) -> str:
    if style is None:
        return "none"
    return str(style.without_color) + "".join(f" {colour.name}" for colour in (style.color, style.bgcolor) if colour)
