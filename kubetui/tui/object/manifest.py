"""The manifest of an object: as the server has it, searched, copied and saved byte for byte, secrets masked.

What is written is what `kubectl get -o yaml` writes. It is made in a thread, so that a large one holds up no key.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from kubetui.kinds.masking import MASKED, Reveal, hidden, is_secret, masked
from kubetui.live.filter import FilterError
from kubetui.resource import Resource
from kubetui.settings.paths import saved, write_new
from kubetui.text import sanitise, sanitise_lines
from kubetui.tui.logs.saving import MOST_COPIED
from kubetui.tui.logs.search import search
from kubetui.tui.object.manifestview import ManifestView
from kubetui.tui.object.yamllines import Difference, YamlLines, difference, read_lines
from kubetui.tui.ways.prompt import Prompt, is_typing
from kubetui.yamltext import dump


class Told(NamedTuple):
    """All that the text depends on, the object aside."""

    reveal: Reveal
    managed: bool
    """Whether managedFields is told."""


def manifest(body: Mapping[str, Any], how: Told, resource: Resource) -> str:
    """An object as YAML."""
    whole = masked(resource, body, how.reveal)
    if not how.managed:
        whole["metadata"] = {key: value for key, value in whole["metadata"].items() if key != "managedFields"}
    return dump(whole)


class ManifestPane(Vertical):
    """The manifest with its keys and the line of what is in force. `tell` it of the object as it changes."""

    DEFAULT_CSS = """
    ManifestPane { height: 1fr; }
    ManifestPane > ManifestView { height: 1fr; }
    ManifestPane > #manifest-status { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", priority=True, id="manifest.search"),
        Binding("n", "hit(1)", "Next match", show=False, id="manifest.next-hit"),
        Binding("N", "hit(-1)", "Match before", show=False, id="manifest.hit-before"),
        Binding("f", "managed", "managedFields", id="manifest.managed"),
        Binding("w", "wrap", "Wrap", id="manifest.wrap"),
        Binding("c", "copy", "Copy", id="manifest.copy"),
        Binding("ctrl+s", "save", "Save", id="manifest.save"),
        Binding("x", "reveal", "Reveal values", id="manifest.reveal"),
    ]

    def __init__(self, resource: Resource, title: str) -> None:
        """title: what a saved file is called after."""
        super().__init__()
        self.view = ManifestView()
        self._resource = resource
        self._hidden: list[str] = []
        """What is masked by itself, in the object as it is shown."""
        self._title = title
        self._body: Mapping[str, Any] = {}
        self._told = Told(MASKED, managed=False)
        self._made: Told | None = None
        """How what is shown was told."""
        self._wanted: tuple[Mapping[str, Any], Told] | None = None
        self._making = False
        self._find = ""
        self._status: Content | None = None

    def compose(self) -> ComposeResult:
        yield self.view
        yield Prompt()
        yield Static("", id="manifest-status")

    def tell(self, body: Mapping[str, Any], *, dimmed: bool = False, notice: str = "") -> None:
        """The object as it is now; the notice is shown while it is empty."""
        self.view.set_dimmed(dimmed)
        if notice != self.view.notice:
            self.view.notice = sanitise_lines(notice)
            self.view.refresh()
        if body is not self._body:
            self._body = body
            self._make()

    def action_managed(self) -> None:
        """managedFields told, or folded away."""
        self._tell_differently(self._told._replace(managed=not self._told.managed))

    def action_reveal(self) -> None:
        """Asks which of the masked values are to be shown."""
        from kubetui.tui.object.reveal import RevealMenu

        if self._hidden:
            menu = RevealMenu(self._hidden, self._told.reveal, encoded=is_secret(self._resource))
            self.app.push_screen(menu, self._reveal)

    def _reveal(self, chosen: Reveal | None) -> None:
        if chosen is not None:
            self._tell_differently(self._told._replace(reveal=chosen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to reveal where nothing is masked; a line that is being typed has its keys for itself."""
        return bool(self._hidden) if action == "reveal" else action != "search" or not is_typing(self)

    def action_wrap(self) -> None:
        self.view.set_wrap(not self.view.wrap)
        self._tell_status()

    def action_copy(self) -> None:
        """The manifest as it is told, byte for byte; not more than a terminal takes."""
        text = self.view.shown.text
        if len(text) > MOST_COPIED:
            size = f"{len(text) >> 10:,} KiB"
            self.notify(f"Too large to copy: {size}, and terminals take {MOST_COPIED >> 10}. ctrl-s saves it.")
            return
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied the manifest{self._masked()}.", timeout=3)

    async def action_save(self) -> None:
        """The manifest as it is told, byte for byte, to a file in the working folder; its path is told."""
        path = saved(f"{self._title}.yaml")
        try:
            await asyncio.to_thread(write_new, path, self.view.shown.text.encode())
        except OSError as why:
            self.notify(
                f"The manifest could not be saved to {path}: {why.strerror}", severity="error", markup=False, timeout=8
            )
            return
        self.notify(f"Saved to {path}{self._masked()}", markup=False)

    def action_search(self) -> None:
        self.query_one(Prompt).open("/", self._find)

    def action_hit(self, step: int) -> None:
        if not self.view.next_hit(step):
            self.notify("Nothing found. / searches.", timeout=2)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        event.stop()
        try:
            self.view.find(search(event.text))
            self._find = event.text.strip()
        except FilterError as why:
            self.query_one(Prompt).fault(sanitise(str(why)))
        self._tell_status()

    def on_prompt_entered(self, event: Prompt.Entered) -> None:
        event.stop()
        self._leave_prompt()
        if event.text.strip():
            self.action_hit(1)

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        event.stop()
        self.on_prompt_changed(Prompt.Changed(event.mark, ""))
        self._leave_prompt()

    def on_manifest_view_moved(self) -> None:
        self._tell_status()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.notify(f"The manifest could not be shown: {event.worker.error}", severity="error", markup=False)

    def _leave_prompt(self) -> None:
        self.query_one(Prompt).close()
        self.view.focus()

    def _masked(self) -> str:
        return f", {self._told.reveal}" if self._hidden else ""

    def _tell_differently(self, told: Told) -> None:
        self._told = told
        self._make()

    def _make(self) -> None:
        """Has the text made anew: after the one that is being made, if there is one."""
        if not self._body:
            return
        self._wanted = (self._body, self._told)
        if not self._making:
            self._making = True
            self.run_worker(
                self._make_what_is_wanted(),
                group="manifest",
                description="a manifest as text",
                exit_on_error=False,
            )

    async def _make_what_is_wanted(self) -> None:
        try:
            while self._wanted is not None:
                (body, told), self._wanted = self._wanted, None
                before = self.view.shown
                made, differs, self._hidden = await asyncio.to_thread(_prepare, body, told, self._resource, before)
                self.view.show(made, differs if self._made == told else None)
                self._made = told
                self._tell_status()
        finally:
            self._making = False

    def _tell_status(self) -> None:
        lines = len(self.view.shown.lines)
        at = min(lines, self.view.top_line + 1)
        parts: list[tuple[str, str] | str] = [f"line {at:,} of {lines:,}"]
        parts.append("managedFields shown" if self._told.managed else "managedFields folded")
        if self.view.wrap:
            parts.append("wrap")
        if self._hidden:
            is_open = bool(self._told.reveal.keys)
            parts.append((f"{self._told.reveal} (x)", "$text-error" if is_open else "$text-warning"))
        if self._find:
            parts.append((f"/{sanitise(self._find)}", "$text-accent"))
        told = Content("  ").join(Content.assemble(part) for part in parts)
        if told != self._status:
            self._status = told
            self.query_one("#manifest-status", Static).update(told, layout=False)


def _prepare(
    body: Mapping[str, Any], how: Told, resource: Resource, before: YamlLines
) -> tuple[YamlLines, Difference | None, list[str]]:
    """The text, what is different in it, and what is masked by itself."""
    made = read_lines(manifest(body, how, resource))
    return made, difference(before.lines, made.lines) if before.lines else None, hidden(resource, body)
