"""A line of tabs: their names, the one that is open, and clicks and keys that open another."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class TabBar(Static, can_focus=True):
    """Tells which tab a person wants; opening it is its owner's."""

    DEFAULT_CSS = """
    TabBar { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Tab before", show=False, id="tabs.before"),
        Binding("right", "step(1)", "Next tab", show=False, id="tabs.next"),
    ]

    class Chosen(Message):
        """A tab was asked for."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, tabs: Sequence[str]) -> None:
        super().__init__("", markup=False)
        self.tabs = tuple(tabs)
        self.open = self.tabs[0]

    def show(self, tab: str) -> None:
        """Marks the tab that is open."""
        self.open = tab
        self._paint()

    def after(self, step: int) -> str:
        """The tab so many places further, round the end."""
        return self.tabs[(self.tabs.index(self.open) + step) % len(self.tabs)]

    def action_step(self, step: int) -> None:
        self.post_message(self.Chosen(self.after(step)))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        x = 0
        for tab in self.tabs:
            x += cell_len(tab) + 2
            if offset is not None and offset.x < x:
                self.post_message(self.Chosen(tab))
                return

    def on_mount(self) -> None:
        self._paint()

    def on_focus(self) -> None:
        self._paint()

    def on_blur(self) -> None:
        self._paint()

    def _paint(self) -> None:
        here = "bold $text on $primary" if self.has_focus else "bold $text on $primary 40%"
        parts = [(f" {tab.capitalize()} ", here if tab == self.open else "") for tab in self.tabs]
        self.update(Content.assemble(*parts), layout=False)
