"""Logs as a person reads them: the lines, the line of what is in force, and the keys. Mounted in a tab.

Runs its book as long as it is mounted. Opens no connection itself.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import ClassVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from kubetui.client.logs import Wanted
from kubetui.live.filter import FilterError
from kubetui.live.logbook import LogBook, Standing
from kubetui.settings.paths import saved, write_new
from kubetui.text import sanitise
from kubetui.tui.frames import Frames
from kubetui.tui.logs.saving import as_bytes, for_clipboard
from kubetui.tui.logs.search import line_filter, marks, search
from kubetui.tui.logs.view import LogView
from kubetui.tui.ways.prompt import Prompt, is_typing

TAIL = 1000
"""Lines of the past that are asked for at first."""
HEAD = 16 << 20
"""Bytes from the start of each log that are asked for with the key 1."""
_STATUS_PACE = 0.25
"""Seconds between two counts of lines that no one need see run."""

_FILTER, _FIND = "/", "find "
_MINUTES = {"2": 1, "3": 5, "4": 15, "5": 30, "6": 60}
_STANDINGS = {
    Standing.OPEN: "live",
    Standing.QUEUED: "queued",
    Standing.WAITING: "waiting",
    Standing.LOST: "lost",
    Standing.OVER: "ended",
    Standing.REFUSED: "refused",
}


class LogPane(Vertical):
    """A log book with its keys. `title` names what the logs are of; a saved file is called after it."""

    DEFAULT_CSS = """
    LogPane { height: 1fr; }
    LogPane > LogView { height: 1fr; }
    LogPane > #log-status { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("0", "window('0')", "Tail", show=False, id="log.tail"),
        Binding("1", "window('1')", "Head", show=False, id="log.head"),
        *(
            Binding(key, f"window('{key}')", f"Last {minutes}m", show=False, id=f"log.last_{minutes}m")
            for key, minutes in _MINUTES.items()
        ),
        Binding("p", "previous", "Previous run", id="log.previous"),
        Binding("a", "all_containers", "All containers", id="log.all_containers"),
        Binding("w", "wrap", "Wrap", id="log.wrap"),
        Binding("t", "timestamps", "Timestamps", id="log.timestamps"),
        Binding("J", "fold", "JSON", id="log.fold"),
        Binding("f", "full_screen", "Full screen", id="log.full_screen"),
        Binding("m", "mark", "Mark", id="log.mark"),
        Binding("c", "copy", "Copy", id="log.copy"),
        Binding("ctrl+s", "save", "Save", id="log.save"),
        Binding("slash", "filter", "Filter", priority=True, id="log.filter"),
        Binding("h", "find", "Find", id="log.find"),
        Binding("escape", "show_all", "Show all", show=False, id="log.show_all"),
        Binding("n", "hit(1)", "Next match", show=False, id="log.next_hit"),
        Binding("N", "hit(-1)", "Match before", show=False, id="log.hit_before"),
    ]

    allow_maximize = True

    def __init__(self, book: LogBook, title: str, silent: Callable[[], str] = str) -> None:
        """`silent` tells why nothing comes from the server, or nothing."""
        super().__init__()
        self.book = book
        self.view = LogView(book)
        self._title = title
        self._silent = silent
        self._window = "tail"
        self._filter = ""
        self._find = ""
        self._rate = 0
        self._counted = 0
        self._status: Content | None = None
        self._told_at = 0.0
        self._frames: Frames | None = None

    def compose(self) -> ComposeResult:
        yield self.view
        yield Prompt()
        yield Static("", id="log-status")

    def on_mount(self) -> None:
        self._frames = Frames()
        self.book.listeners.append(self._ask)
        self.run_worker(
            self.book.run(), name="logs", group="logs", description=f"logs of {self._title}", exit_on_error=False
        )
        self.set_interval(1.0, self._count)
        self._ask()

    def on_unmount(self) -> None:
        self.book.listeners.remove(self._ask)

    def on_show(self) -> None:
        self._ask()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.book.note(f"following the logs failed: {event.worker.error}")

    # Frames -------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._frames is not None:
            self._frames.ask(self._paint)

    def _paint(self) -> None:
        if not self.is_attached or not self.is_on_screen:
            return
        if self.view.absorb():
            self.call_later(self._paint)
        elif monotonic() - self._told_at > _STATUS_PACE:
            self._tell()

    def _count(self) -> None:
        """The rate of the last second; where the book was opened anew meanwhile, it counts from there."""
        received = self.book.received
        self._rate = received - self._counted if received >= self._counted else received
        self._counted = received
        self._tell()

    def _tell(self) -> None:
        self._told_at = monotonic()
        standings = Counter(stream.standing for stream in self.book.streams)
        # A stream that is open on a server that is silent is not live.
        words = _STANDINGS | {Standing.OPEN: "silent"} if self._silent() else _STANDINGS
        sources = ", ".join(f"{count} {words[standing]}" for standing, count in standings.items())
        ring, view = self.book.ring, self.view
        count = _lines(len(ring))
        shown = f"{len(view.shown):,} of {count}" if self._filter else count
        parts: list[tuple[str, str] | str] = [
            ("▼ follow", "$text-success") if view.following else ("‖ paused", "$text-warning"),
            sources or "no container yet",
            shown,
            f"{self._rate:,}/s",
        ]
        if self.book.cut:
            parts.append((f"{self.book.cut:,} overlong lines cut", "$text-warning"))
        if ring.dropped:
            parts.append((f"{ring.dropped:,} dropped", "$text-warning"))
        parts.append(self._window)
        flags = (("wrap", view.wrap), ("time", view.timestamps), ("json", view.folded))
        parts += [name for name, on in flags if on]
        if self._filter:
            parts.append((f"/{sanitise(self._filter)}", "$text-accent"))
        if self._find:
            parts.append((f"find {sanitise(self._find)}", "$text-accent"))
        told = Content("  ").join(Content.assemble(part) for part in parts)
        if told != self._status:
            self._status = told
            self.query_one("#log-status", Static).update(told, layout=False)

    def on_log_view_moved(self) -> None:
        self._tell()

    # Which part of the logs ---------------------------------------------------------------------------------------

    def action_window(self, key: str) -> None:
        """The last lines, the first ones, or those of the last minutes."""
        if key == "0":
            self._open(Wanted(tail=TAIL), "tail")
        elif key == "1":
            self._open(Wanted(limit=HEAD, follow=False), "head", following=False)
        else:
            minutes = _MINUTES[key]
            self._open(Wanted(since=datetime.now(UTC) - timedelta(minutes=minutes)), f"last {minutes}m")

    def action_previous(self) -> None:
        """The run before the last restart, and back."""
        if self.book.wanted.previous:
            self._open(Wanted(tail=TAIL), "tail")
        else:
            self._open(Wanted(previous=True), "previous run")

    def action_all_containers(self) -> None:
        """Every container of each pod, or the main one alone."""
        self.book.open(self.book.wanted, all_containers=not self.book.all_containers)
        self.view.forget(following=self.view.following)

    def _open(self, wanted: Wanted, told: str, *, following: bool = True) -> None:
        self._window = told
        self.book.open(wanted)
        self.view.forget(following=following)
        self._tell()

    # How they are shown -------------------------------------------------------------------------------------------

    def action_wrap(self) -> None:
        self.view.wrap = not self.view.wrap
        self._tell()

    def action_timestamps(self) -> None:
        self.view.timestamps = not self.view.timestamps
        self._tell()

    def action_fold(self) -> None:
        """JSON lines as message and fields, or as they are."""
        self.view.folded = not self.view.folded
        self._ask()

    def action_full_screen(self) -> None:
        if self.screen.maximized is None:
            self.screen.maximize(self)
        else:
            self.screen.minimize()

    def action_mark(self) -> None:
        """A line of its own, to find this moment again."""
        self.book.note(f"──── {datetime.now():%H:%M:%S} ────")

    # Filter and search --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A line that is being typed has these keys for itself."""
        return action not in ("filter", "find") or not is_typing(self)

    def action_filter(self) -> None:
        self.query_one(Prompt).open(_FILTER, self._filter)

    def action_find(self) -> None:
        self.query_one(Prompt).open(_FIND, self._find)

    def action_show_all(self) -> None:
        """Ends the search, then the filter; where neither is in force the key means what it means elsewhere."""
        for mark, text in ((_FIND, self._find), (_FILTER, self._filter)):
            if text:
                self._apply(mark, "")
                return
        raise SkipAction

    def action_hit(self, step: int) -> None:
        if not self.view.next_hit(step):
            self.notify("Nothing found. h searches, / filters.", markup=False)
        self._tell()

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        event.stop()
        self._apply(event.mark, event.text)

    def _apply(self, mark: str, text: str) -> None:
        """A filter or a search as far as it is typed; while it is none, the last good one stays."""
        try:
            if mark == _FILTER:
                self.view.filter(line_filter(text), marks(text))
                self._filter = text.strip()
            else:
                self.view.find(search(text))
                self._find = text.strip()
        except FilterError as why:
            self.query_one(Prompt).fault(sanitise(str(why)))
        self._tell()
        self._told_at = 0.0
        self._ask()

    def on_prompt_entered(self, event: Prompt.Entered) -> None:
        event.stop()
        self._leave_prompt()
        if event.mark == _FIND and event.text.strip():
            self.action_hit(1)

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        event.stop()
        self._apply(event.mark, "")
        self._leave_prompt()

    def _leave_prompt(self) -> None:
        self.query_one(Prompt).close()
        self.view.focus()

    # Taking it along ----------------------------------------------------------------------------------------------

    def action_copy(self) -> None:
        """The lines that are shown, the last ones where there are too many for a terminal."""
        text, count = for_clipboard(self.view.lines())
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied {_lines(count)}.", markup=False)

    async def action_save(self) -> None:
        """The lines that pass the filter, to a file in the working folder; its path is told."""
        lines, names = self.view.lines(), list(self.book.names)
        path = saved(f"{self._title.replace('/', '-')}.log")
        try:
            text = as_bytes(lines, names, timestamps=self.view.timestamps)
            await asyncio.to_thread(write_new, path, text)
        except OSError as why:
            self.notify(f"The log could not be saved to {path}: {why.strerror}", severity="error", markup=False)
            return
        self.notify(f"Saved {_lines(len(lines))} to {path}", markup=False)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
