"""The last lines of the journal: what was changed through kubetui, where, and how it ended."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kubetui.actions.deed import Result
from kubetui.actions.journal import Entry
from kubetui.text import sanitise

SHOWN = 200
"""Entries that are shown; the file has more."""

_STYLES = {Result.DONE.value: "$text-success", Result.UNKNOWN.value: "$text-warning"}


class JournalScreen(ModalScreen[None]):
    """A page over the screen it was asked on, the newest first."""

    DEFAULT_CSS = """
    JournalScreen { align: center middle; background: $background 60%; }
    JournalScreen VerticalScroll {
        width: 100%; max-width: 140; height: auto; max-height: 100%;
        border: round $primary; background: $surface; padding: 0 2; scrollbar-size-vertical: 1;
    }
    JournalScreen Static { height: auto; }
    """

    BINDINGS = [
        Binding("escape,q,enter", "dismiss(None)", "Close"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, entries: Sequence[Entry], place: str) -> None:
        super().__init__()
        self._entries = entries
        self._place = place

    def compose(self) -> ComposeResult:
        with VerticalScroll() as page:
            page.border_title = Content("Journal of changes")
            page.border_subtitle = Content(sanitise(self._place))
            lines = [told(entry) for entry in self._entries] or [Content("Nothing was changed through kubetui yet.")]
            yield Static(Content("\n").join(lines), markup=False)

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def told(entry: Entry) -> Content:
    """One entry as a line: when, how it ended, what was done to what, where and as whom."""
    given = " ".join(f"{name}={value}" for name, value in entry.answers.items() if value not in (None, False, ""))
    where = f"{entry.namespace} in {entry.context}" if entry.namespace else entry.context
    result = f"{entry.result}{f' ({entry.reason})' if entry.reason else ''}"
    return Content.assemble(
        (f"{sanitise(entry.time)}  ", "$text-muted"),
        (f"{sanitise(result):<10}", _STYLES.get(entry.result, "$text-error")),
        f"  {sanitise(entry.verb)} ",
        (sanitise(f"{entry.kind}/{entry.name}"), "bold"),
        (sanitise(f"  {where}  as {entry.user or 'nobody'}  {given}"), "$text-muted"),
    )
