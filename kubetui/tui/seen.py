"""Whether anything of a screen is to be seen: then it stays live, behind a dialog too."""

from typing import Any

from textual.screen import ModalScreen, Screen


def seen(screen: Screen[Any]) -> bool:
    """True for the screen in front, and for one behind nothing but dialogs; false once it is being taken down."""
    if not screen.is_attached or not screen.display:  # what is being taken down is not displayed, and may lack children
        return False
    stack = screen.app.screen_stack
    return screen in stack and all(isinstance(above, ModalScreen) for above in stack[stack.index(screen) + 1 :])
