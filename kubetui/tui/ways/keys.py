"""Keys as people write them, and the groups under which help tells what they do."""

from textual.binding import Binding
from textual.keys import key_to_character

MOVING = Binding.Group("Moving")
LOOKING = Binding.Group("Looking")
SORTING = Binding.Group("Sorting")
GOING = Binding.Group("Going elsewhere")

GROUPS = (MOVING, LOOKING, SORTING, GOING)
"""In the order of the page."""

_NAMES = {
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "minus": "-",
    "slash": "/",
    "backslash": "\\",
}


def spelled(key: str) -> str:
    """A key as people write it: `ctrl-d`, `shift-j`, `?`, `↑`."""
    *held, name = key.split(",")[0].replace("ctrl+@", "ctrl+space").split("+")
    if name not in _NAMES and len(name) > 1 and (char := key_to_character(name)) is not None and char.isprintable():
        name = char if char != " " else "space"
    elif name.isupper() and len(name) == 1:
        held, name = [*held, "shift"], name.lower()
    return "-".join((*held, _NAMES.get(name, name)))
