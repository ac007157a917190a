"""The line at the bottom where a filter or a command is typed. It only reads; what it means, its owner decides."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from kubetui.text import sanitise

HISTORY = 50
"""Lines remembered of each sort."""
MOST = 20_000
"""Lines looked through for a suggestion."""

Lines: TypeAlias = Callable[[str], Iterable[str]]
"""What may be meant by the text typed so far; whole lines."""


def nothing(typed: str) -> Iterable[str]:
    """No suggestions."""
    return ()


class Completer(Suggester):
    """Suggests the first line that begins with what was typed. Names that a terminal would obey are not offered."""

    def __init__(self, lines: Lines) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._lines = lines

    async def get_suggestion(self, value: str) -> str | None:
        folded = value.lower()
        return next(
            (
                value + line[len(value) :]
                for line in islice(self._lines(value), MOST)
                if len(line) > len(value) and line.lower().startswith(folded) and sanitise(line) == line
            ),
            None,
        )


def is_typing(widget: Widget) -> bool:
    """Whether keys go into a line of text at the moment."""
    return isinstance(widget.app.focused, Input)


class Entry(Input):
    """The text of the line. Enter and escape end it at once: what is typed behind them is for whatever comes next."""

    class Left(Message):
        """The line was left with escape."""

    ended = False
    """Whether the line is over, though it may have the focus still."""

    def on_key(self, event: Key) -> None:
        # Bindings run later than the keys behind theirs are read: a fast hand, or a slow line that brings many keys
        # together, would have typed those into a line that has ended.
        if self.ended:
            self.app.post_message(Key(event.key, event.character))
        elif event.key == "enter":
            self.ended = True
            self.post_message(self.Submitted(self, self.value))
        elif event.key == "escape":
            self.ended = True
            self.post_message(self.Left())
        else:
            return
        event.stop()
        event.prevent_default()


class Prompt(Horizontal):
    """Hidden until it is opened with `:` or `/`; tells each key and the end."""

    DEFAULT_CSS = """
    Prompt { height: 1; display: none; background: $panel; padding: 0 1; }
    Prompt #mark { width: auto; color: $primary; text-style: bold; }
    Prompt Input { width: 1fr; background: $panel; }
    Prompt #fault { width: auto; color: $text-error; padding: 0 0 0 2; }
    """

    BINDINGS = [
        Binding("up", "earlier", show=False),
        Binding("down", "later", show=False),
        Binding("tab", "complete", show=False),
    ]

    class Changed(Message):
        """Something was typed."""

        def __init__(self, mark: str, text: str) -> None:
            super().__init__()
            self.mark, self.text = mark, text

    class Entered(Message):
        """The line was ended with enter."""

        def __init__(self, mark: str, text: str) -> None:
            super().__init__()
            self.mark, self.text = mark, text

    class Cancelled(Message):
        """The line was left with escape."""

        def __init__(self, mark: str) -> None:
            super().__init__()
            self.mark = mark

    _history: ClassVar[dict[str, list[str]]] = {}

    def __init__(self, lines: Lines = nothing) -> None:
        super().__init__()
        self.mark = ""
        self._lines = lines
        self._at = 0

    def compose(self) -> ComposeResult:
        yield Static("", id="mark")
        yield Entry(compact=True, select_on_focus=False)
        yield Static(Content(), id="fault")

    def open(self, mark: str, text: str = "") -> None:
        """Begins a line of that sort: `:` or `/`."""
        self.mark = mark
        entry = self.query_one(Entry)
        entry.ended = False
        entry.suggester = Completer(self._lines) if mark == ":" else None
        self.query_one("#mark", Static).update(Content(mark))
        self.fault("")
        with self.prevent(Input.Changed):
            entry.value = text
        entry.cursor_position = len(text)
        self._at = len(self._history.get(mark, ()))
        # At once, so that what is typed behind the mark goes into the line however fast it comes; and again after
        # whatever a screen that is just being opened gives the focus to.
        self.display = True
        self.screen.set_focus(entry)
        entry.focus()

    def close(self) -> None:
        """Ends the line."""
        self.display = False

    def fault(self, sentence: str) -> None:
        """Says what is wrong with the line, beside it; the same again costs nothing."""
        fault, told = self.query_one("#fault", Static), Content(sanitise(sentence))
        if fault.content != told:
            fault.update(told)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.fault("")
        self.post_message(self.Changed(self.mark, event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        known = self._history.setdefault(self.mark, [])
        if event.value.strip():
            if event.value in known:
                known.remove(event.value)
            known.append(event.value)
            del known[:-HISTORY]
        self.post_message(self.Entered(self.mark, event.value))

    @on(Entry.Left)
    def _left(self, event: Entry.Left) -> None:
        event.stop()
        self.post_message(self.Cancelled(self.mark))

    def action_earlier(self) -> None:
        self._recall(-1)

    def action_later(self) -> None:
        self._recall(1)

    def action_complete(self) -> None:
        """Takes the suggestion."""
        self.query_one(Input).action_cursor_right()

    def _recall(self, step: int) -> None:
        known = self._history.get(self.mark, [])
        self._at = max(0, min(len(known), self._at + step))
        entry = self.query_one(Input)
        entry.value = known[self._at] if self._at < len(known) else ""
        entry.cursor_position = len(entry.value)
