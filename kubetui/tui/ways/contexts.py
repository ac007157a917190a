"""The contexts of the kubeconfig, to choose from."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kubetui.client.errors import BadConfig
from kubetui.client.kubeconfig import load
from kubetui.text import sanitise
from kubetui.tui.session import Session


class ContextList(ModalScreen[str | None]):
    """Dismisses with the chosen context, or None. The kubeconfig is read anew."""

    DEFAULT_CSS = """
    ContextList { align: center middle; background: $background 60%; }
    ContextList OptionList, ContextList OptionList:focus {
        width: 72; max-width: 96%; height: auto; max-height: 80%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    """

    BINDINGS = [Binding("escape,q", "dismiss(None)", "Close")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        try:
            self._contexts = load(session.options.kubeconfig).contexts
            self._problem = "The kubeconfig has no contexts."
        except BadConfig as why:
            self._contexts = ()
            self._problem = str(why)

    def compose(self) -> ComposeResult:
        options = [
            Option(
                Content.assemble(
                    ("● " if each.name == self._session.context else "  ", "$text-success"),
                    (sanitise(each.name), "bold"),
                    ("  PRODUCTION" if self._session.settings.is_production(each.name) else "", "bold $text-error"),
                    (f"  {sanitise(each.cluster)} as {sanitise(each.user or 'nobody')}", "$text-muted"),
                )
            )
            for each in self._contexts
        ]
        menu = OptionList(*(options or [Option(Content(sanitise(self._problem)), disabled=True)]))
        menu.border_title = Content("Contexts")
        yield menu

    def on_mount(self) -> None:
        names = [each.name for each in self._contexts]
        menu = self.query_one(OptionList)
        if self._session.context in names:
            menu.highlighted = names.index(self._session.context)
        menu.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._contexts[event.option_index].name)
