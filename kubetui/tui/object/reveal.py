"""Which of the values that are masked are to be shown: asked for one by one."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kubetui.kinds.masking import MASKED, Reveal
from kubetui.text import sanitise


class RevealMenu(ModalScreen[Reveal | None]):
    """Dismisses with what is to be shown, or None where that is as it was."""

    DEFAULT_CSS = """
    RevealMenu { align: center middle; background: $background 60%; }
    RevealMenu OptionList, RevealMenu OptionList:focus {
        width: 60; max-width: 96%; height: auto; max-height: 80%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    """

    BINDINGS = [Binding("escape,q", "dismiss(None)", "Close")]

    def __init__(self, keys: Sequence[str], reveal: Reveal, *, encoded: bool) -> None:
        """encoded: whether the server has them in base64, as a secret's."""
        super().__init__()
        every = frozenset(keys)
        now = reveal.keys if reveal.decoded else frozenset()
        self._choices: list[tuple[str, Reveal]] = [
            (f"{'hide' if key in now else 'show'} {sanitise(key)}", Reveal(now ^ {key})) for key in keys
        ]
        if len(keys) > 1:
            self._choices.append(("show all, decoded" if encoded else "show all", Reveal(every)))
        if encoded:
            self._choices.append(("show all as they are, in base64", Reveal(every, decoded=False)))
        self._choices.append(("hide all", MASKED))

    def compose(self) -> ComposeResult:
        menu = OptionList(*(Option(Content(words)) for words, _ in self._choices))
        menu.border_title = Content("Masked values")
        yield menu

    def on_mount(self) -> None:
        menu = self.query_one(OptionList)
        menu.highlighted = 0
        menu.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][1])
