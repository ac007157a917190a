"""What a screen asks of the app: to go somewhere else. Messages, so that no screen knows the app."""

from textual.message import Message

from kubetui.actions.action import Show, Target


class OpenObject(Message):
    """Open the object view on one of its tabs."""

    def __init__(self, target: Target, show: Show) -> None:
        super().__init__()
        self.target, self.show = target, show


class LookAt(Message):
    """Look at other namespaces; none means all."""

    def __init__(self, *namespaces: str) -> None:
        super().__init__()
        self.namespaces = namespaces


class ToBoard(Message):
    """Go back to the board."""
