"""Textual's driver of a Unix terminal, with one thing more: it knows whether all that was written has been taken."""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from textual.drivers.linux_driver import LinuxDriver

from kubetui.tui.output.keyboard import Keyboard

if TYPE_CHECKING:
    from textual.app import App

log = logging.getLogger(__name__)

SECOND_SCREEN = "\x1b[?1049h"


HAND_OVER = 0.001
"""Seconds of work after which the threads that read keys and write frames come in; of itself Python takes five times as
long, twice from a key to its frame."""


@runtime_checkable
class Backlog(Protocol):
    """A driver that knows whether the terminal takes what it is sent."""

    def is_behind(self, then: Callable[[], None]) -> bool:
        """Whether something written was not taken yet; then `then` is called in the event loop as soon as it is."""
        ...


class Outlet:
    """The terminal's file as the writer thread sees it; counts what the operating system has taken.

    A terminal that is gone takes everything: a writer thread that ended would have the program wait for it for ever.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.given = 0
        """Characters that the writer thread came to."""
        self.taken = 0
        """Characters, up to the last flush."""
        self.on_taken: Callable[[], None] | None = None
        """Called once, from the writer thread, when all has been taken."""
        self.on_gone: Callable[[], None] | None = None
        """Called once, from the writer thread, when there is no terminal any more."""

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError:
            self._gone()
        self.given += len(text)

    def flush(self) -> None:
        """The writer thread flushes when its queue is empty."""
        try:
            self._file.flush()
        except OSError:
            self._gone()
        self.taken = self.given
        if (call := self.on_taken) is not None:
            self.on_taken = None
            call()

    def fileno(self) -> int:
        return self._file.fileno()

    def _gone(self) -> None:
        if (call := self.on_gone) is not None:
            self.on_gone = None
            call()


class PacedDriver(LinuxDriver):
    """Says whether a terminal is behind, and when it no longer is."""

    def __init__(
        self, app: "App[Any]", *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._outlet = Outlet(cast(IO[str], self._file))
        self._outlet.on_gone = self._leave
        self._keyboard = Keyboard(self.fileno, self.process_message, self._leave)
        self._file = cast(Any, self._outlet)
        self._written = 0
        self.takes_over = False
        """Whether a picture is there already, in the terminal's second screen: entering it once more would clear it."""
        self.on_start: Callable[[], None] = lambda: None
        """Called whenever the terminal is taken into use: again after a suspension too."""

    def _leave(self) -> None:
        """Nobody sees the program any more: it ends, also where SIGHUP is ignored."""
        log.warning("ended: the terminal is gone")
        self._loop.call_soon_threadsafe(self._app.exit, 0)

    def start_application_mode(self) -> None:
        self._written = self._outlet.given  # what was written to a terminal that was not ours is lost
        sys.setswitchinterval(HAND_OVER)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.on_start()

    def run_input_thread(self) -> None:
        self._keyboard.read(self.exit_event)

    def disable_input(self) -> None:
        """The reader of what is typed ends."""
        self._keyboard.rouse()
        super().disable_input()

    def close(self) -> None:
        super().close()
        self._keyboard.close()

    def write(self, data: str) -> None:
        if self.takes_over and data == SECOND_SCREEN:
            self.takes_over = False
            return
        self._written += len(data)
        super().write(data)

    def is_behind(self, then: Callable[[], None]) -> bool:
        if self._written <= self._outlet.taken:
            return False
        loop = asyncio.get_running_loop()

        def tell() -> None:
            loop.call_soon_threadsafe(then)

        self._outlet.on_taken = tell
        return self._written > self._outlet.taken
