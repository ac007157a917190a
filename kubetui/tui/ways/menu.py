"""The menu of an object: the verbs that apply to it, each with its key."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kubetui.actions.action import Action, Risk
from kubetui.actions.registry import Offer
from kubetui.text import sanitise
from kubetui.tui.ways.keys import spelled


class Menu(ModalScreen[Action | None]):
    """Dismisses with the chosen verb, or None."""

    DEFAULT_CSS = """
    Menu { background: $background 30%; }
    Menu OptionList, Menu OptionList:focus {
        width: auto; min-width: 28; max-width: 60; height: auto; max-height: 80%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    """

    BINDINGS = [Binding("escape,q", "dismiss(None)", "Close")]

    def __init__(self, title: str, offers: Sequence[Offer], at: tuple[int, int]) -> None:
        super().__init__()
        self._title = title
        self._offers = offers
        self._at = at

    def compose(self) -> ComposeResult:
        width = max(len(offer.action.name) for offer in self._offers) + 2
        options = [
            Option(_line(offer, width), id=str(at), disabled=bool(offer.barred))
            for at, offer in enumerate(self._offers)
        ]
        menu = OptionList(*options)
        menu.border_title = Content(sanitise(self._title))
        yield menu

    def on_mount(self) -> None:
        """Stands where it was asked for, or as near as the screen allows."""
        x, y = self._at
        menu = self.query_one(OptionList)
        height = len(self._offers) + sum(bool(offer.barred) for offer in self._offers) + 2
        menu.styles.offset = (min(x, max(0, self.size.width - 34)), min(y, max(0, self.size.height - height)))
        menu.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._offers[event.option_index].action)

    def on_click(self, event: object) -> None:
        """A click beside it closes it."""
        if getattr(event, "widget", None) is self:
            self.dismiss(None)


def _line(offer: Offer, width: int) -> Content:
    """A verb and its key; of one that may not be used, why."""
    action, why = offer
    if why:
        return Content.styled(f"{action.name:<{width}}{spelled(action.key)}\n  ⊘ {sanitise(why)}", "$text-muted")
    style = "$text-error" if action.risk is Risk.DESTROYS else ""
    return Content.assemble((f"{action.name:<{width}}", style), (spelled(action.key), "$text-muted"))
