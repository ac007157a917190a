"""The question before acting: what will happen, on what, in which cluster, and the kubectl command it stands for."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, Label, Select, Static

from kubetui.actions.action import LARGEST, Action, Answers, Choice, Field, Number, Question, Risk, Target, Toggle
from kubetui.text import sanitise

MOST = 1000
"""Characters of a text that are shown: no name of Kubernetes is longer than 253, whatever a server says."""
NAMED = 6
"""Targets named one by one; of more the rest is counted."""


class Tick(Checkbox):
    """A check box that is told by its sign, not by its colour alone."""

    DEFAULT_CSS = """
    Tick, Tick.-textual-compact { width: auto; background: $surface; color: $text-muted; }
    Tick.-on { color: $text; text-style: bold; }
    Tick:focus, Tick.-textual-compact:focus { background: $primary 45%; color: $text; }
    Tick:nocolor:focus, Tick:ansi:focus { text-style: reverse; }
    """

    def render(self) -> Content:
        return Content("[x]" if self.value else "[ ]")


class Dialog(ModalScreen[dict[str, Any] | None]):
    """Dismisses with the answers, or None where it was cancelled. The focus is on Cancel."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 96%;
        background: $surface; border: round $primary; padding: 0 2; border-title-style: bold;
    }
    Dialog.-destroys > Vertical { border: round $error; border-title-color: $text-error; }
    Dialog #targets { height: auto; max-height: 8; margin: 0 0 1 0; }
    Dialog .field { height: 1; }
    Dialog .field Label { width: 34; color: $text-muted; }
    Dialog .field Input { width: 10; background: $panel; }
    Dialog .field Select { width: 24; }
    Dialog .field .note { width: 1fr; color: $text-muted; padding: 0 1; }
    Dialog #warning { color: $text-warning; }
    Dialog #kubectl { color: $text-muted; margin: 1 0 0 0; }
    Dialog #asked { margin: 1 0 0 0; height: auto; max-height: 6; }
    Dialog #word { width: 1fr; height: 1; background: $panel; }
    Dialog #buttons { height: 3; align-horizontal: right; }
    Dialog #buttons Button { margin: 1 0 0 2; height: 1; min-width: 12; border: none; }
    """

    BINDINGS = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("q", "cancel", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, action: Action, targets: Sequence[Target], question: Question, cluster: str) -> None:
        super().__init__(classes="-destroys" if action.risk is Risk.DESTROYS else "")
        self._action = action
        self._targets = targets
        self._question = question
        self._cluster = cluster

    def compose(self) -> ComposeResult:
        question = self._question
        with Vertical() as box:
            box.border_title = Content(sanitise(question.title[:MOST]))
            yield VerticalScroll(Static(self._what(), markup=False), id="targets", can_focus=False)
            for field in question.fields:
                yield from _field(field)
            if question.warning:
                yield Static(Content(question.warning), id="warning")
            yield Static("", id="kubectl", markup=False)
            if question.typed:
                yield Static(Content(f"Type {sanitise(question.typed[:MOST])} to confirm:"), id="asked", markup=False)
                yield Input(id="word", compact=True)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                confirm = Button(Content(question.confirm), id="confirm", variant="primary", compact=True)
                if self._action.risk is Risk.DESTROYS:
                    confirm.variant = "error"
                yield confirm

    def on_mount(self) -> None:
        self.query_one("#cancel").focus()
        self._refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A letter cancels nothing where a word is to be typed."""
        return action != "cancel" or not self._question.typed

    def action_cancel(self) -> None:
        self.dismiss(None)

    def on_key(self, event: Key) -> None:
        """A digit goes into the number that is asked for, a letter into the word, wherever the focus is."""
        if event.character is None or isinstance(self.focused, Input):
            return
        if self._question.typed and event.character.isalpha():
            self._enter(self.query_one("#word", Input), event.character)
            return
        numbers = [field for field in self._question.fields if isinstance(field, Number) and field.needed]
        if numbers and event.character.isdecimal():
            self._enter(self.query_one(f"#field-{numbers[0].name}", Input), event.character)

    def _enter(self, entry: Input, character: str) -> None:
        """Begins an entry with what was typed elsewhere."""
        # What is typed next goes behind it, however fast it comes, and not over it.
        entry.select_on_focus = False
        self.set_focus(entry)
        entry.value = character
        entry.cursor_position = 1

    @on(Input.Changed)
    @on(Checkbox.Changed)
    @on(Select.Changed)
    def _refresh(self) -> None:
        """The command and the button follow what is entered."""
        answers = self._answers()
        self.query_one("#confirm", Button).disabled = answers is None or not self._is_typed()
        command = self._action.kubectl(self._targets[0], answers) if answers is not None else ""
        more = f"\n… and {len(self._targets) - 1} more" if len(self._targets) > 1 else ""
        self.query_one("#kubectl", Static).update(Content(f"$ {sanitise(command[:MOST])}{more}" if command else " "))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.query_one("#confirm").focus()

    @on(Button.Pressed, "#confirm")
    def _confirmed(self) -> None:
        if (answers := self._answers()) is not None and self._is_typed():
            self.dismiss(dict(answers))

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    def _what(self) -> Content:
        lines = [
            sanitise((f"{each}  in namespace {each.namespace}" if each.namespace else str(each))[:MOST])
            for each in self._targets[:NAMED]
        ]
        if more := len(self._targets) - NAMED:
            lines += [f"… and {more} more"] if more > 0 else []
        return Content("\n".join([*lines, f"in cluster {sanitise(self._cluster)}"]))

    def _answers(self) -> Answers | None:
        """What is entered; None where something is missing or wrong."""
        answers: dict[str, Any] = {}
        for field in self._question.fields:
            match field:
                case Number():
                    text = self.query_one(f"#field-{field.name}", Input).value.strip()
                    if not text.isdecimal() and (text or field.needed):
                        return None
                    if len(text) > len(str(LARGEST)) or int(text or 0) > LARGEST:
                        return None
                    answers[field.name] = int(text) if text else None
                case Toggle():
                    answers[field.name] = self.query_one(f"#field-{field.name}", Checkbox).value
                case Choice():
                    answers[field.name] = self.query_one(f"#field-{field.name}", Select).value
        return answers

    def _is_typed(self) -> bool:
        """Whether the word is there that is asked for, if one is."""
        return not self._question.typed or self.query_one("#word", Input).value == self._question.typed


def _field(field: Field) -> ComposeResult:
    with Horizontal(classes="field"):
        yield Label(Content(field.label))
        match field:
            case Number():
                value = "" if field.value is None else str(field.value)
                yield Input(
                    value,
                    type="integer",
                    valid_empty=not field.needed,
                    id=f"field-{field.name}",
                    compact=True,
                    select_on_focus=True,
                )
                yield Static(Content(sanitise(field.note)), classes="note")
            case Toggle():
                yield Tick("", field.value, id=f"field-{field.name}", compact=True)
            case Choice():
                options = [(option, option) for option in field.options]
                yield Select(options, value=field.value, allow_blank=False, id=f"field-{field.name}", compact=True)
