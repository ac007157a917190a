"""The keys of where one is, read from the bindings that are in force and the verbs that apply."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from kubetui.actions.registry import applicable
from kubetui.tui.menu import spelled
from kubetui.tui.workplace import Workplace

_NAMES = {
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "minus": "-",
    "ctrl+backslash": "ctrl-\\",
}


class HelpScreen(ModalScreen[None]):
    """A page of keys over the screen it was asked on."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen VerticalScroll {
        width: 78; max-width: 96%; height: auto; max-height: 92%;
        border: round $primary; background: $surface; padding: 0 2;
    }
    HelpScreen Static { height: auto; }
    """

    BINDINGS = [Binding("escape,q,question_mark,enter", "dismiss(None)", "Close")]

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self._of = of

    def compose(self) -> ComposeResult:
        with VerticalScroll() as page:
            page.border_title = Content("Keys")
            page.border_subtitle = Content("esc closes")
            yield Static(Content("\n").join(self._lines()), markup=False)

    def _lines(self) -> Iterator[Content]:
        of = self._of
        if isinstance(of, Workplace) and (pane := of.pane) is not None:
            yield Content.styled(f"What can be done with {pane.kind.resource.plural}", "bold $primary")
            for action in applicable(pane.kind, readonly=of.session.options.readonly):
                yield _line(spelled(action.key), action.summary)
            yield Content("")
        yield Content.styled("Here", "bold $primary")
        seen: set[str] = set()
        for _, active in sorted(of.active_bindings.items(), key=lambda item: item[1].binding.description):
            binding = active.binding
            if binding.action.startswith(("verb(", "app.focus", "screen.copy_text")) or not binding.description:
                continue
            if binding.description not in seen:
                seen.add(binding.description)
                keys = [key for key, other in of.active_bindings.items() if other.binding.action == binding.action]
                yield _line(" ".join(_NAMES.get(key, spelled(key)) for key in keys), binding.description)


def _line(keys: str, what: str) -> Content:
    return Content.assemble((f"{keys:<18}", "bold"), what)
