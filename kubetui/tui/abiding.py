"""What keeps the focus where it is while a terminal is too small to show it."""

from textual.events import Hide
from textual.scroll_view import ScrollView
from textual.widget import Widget


class Abiding(ScrollView):
    """Textual takes the focus from what has no room left, and gives it to a neighbour; here keys mean what they meant.

    What is hidden on purpose, as a tab that is not in front, loses the focus as ever.
    """

    def on_hide(self, event: Hide) -> None:
        """There is no room for it, or it is hidden."""
        if all(widget.display for widget in self.ancestors_with_self if isinstance(widget, Widget)):
            event.prevent_default()
