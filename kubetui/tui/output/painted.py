"""An app that writes the cells that differ, and nothing while the terminal is behind. It knows no widget of ours."""

import asyncio
from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.screen import Screen

from kubetui.tui.output.canvas import Canvas
from kubetui.tui.output.driver import Backlog, PacedDriver
from kubetui.tui.output.pace import QUESTION, Pace

IN_ONE_PIECE = 256
"""Characters of a frame from which on the terminal is told where it begins and ends, so that no half of it is seen."""
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"


class Painted(App[ReturnType]):
    """Frames that come while the terminal has not caught up are merged into one, which goes out when it has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takes_over = False
        """Whether a picture that was painted before is to stay until the first frame."""
        self._canvas = Canvas()
        self._pace = Pace()
        self._late: asyncio.TimerHandle | None = None
        self._cursor = ""

    def get_driver_class(self) -> type[Driver]:
        usual = super().get_driver_class()
        return PacedDriver if usual is LinuxDriver else usual

    def repaint_terminal(self) -> None:
        """Writes everything anew, for a terminal that shows something else than it was told."""
        self._canvas.forget()
        self._write_frame()

    def on_resize(self, event: Resize) -> None:
        """A terminal that was small for a moment has lost what it showed, also where its size is what it was."""
        self._canvas.forget()
        if event.size == self._canvas.size:
            self._write_frame()

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Driver:
        driver = super()._build_driver(headless, inline, mouse, size)
        if isinstance(driver, PacedDriver):
            driver.on_start = self._started
            driver.takes_over = self.takes_over
        return driver

    def _started(self) -> None:
        """The terminal was taken into use; this may be told from a signal handler."""
        asyncio.get_running_loop().call_soon_threadsafe(self.repaint_terminal)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not isinstance(renderable, LayoutUpdate | ChopsUpdate) or self._batch_count or self.is_headless:
            super()._display(screen, renderable)
            return
        size = tuple(screen._compositor.size)
        if size != self._canvas.size:
            self._canvas = Canvas(*size)
            renderable = screen._compositor.render_full_update()
        self._canvas.take(renderable, self.console._color_system or ColorSystem.TRUECOLOR)
        self._write_frame()
        self.post_display_hook()

    def _write_frame(self) -> None:
        """Brings the terminal up to date, at once or when it has caught up."""
        driver = self._driver
        if driver is None or self._batch_count or self._closed or not self._running or self._late is not None:
            return
        if isinstance(driver, Backlog) and driver.is_behind(self._write_frame):
            return
        loop = asyncio.get_running_loop()
        if wait := self._pace.wait(loop.time()):
            self._late = loop.call_later(wait, self._catch_up)
            return
        frame, cursor = self._canvas.changes(), self._to_cursor()
        if not frame and cursor == self._cursor:
            return
        if self._sync_available and len(frame) >= IN_ONE_PIECE:
            frame = f"{_BEGIN}{frame}{_END}"
        frame, self._cursor = frame + cursor, cursor
        if self._pace.wrote(len(frame), loop.time()):
            frame += QUESTION
        driver.write(frame)
        driver.flush()

    def _to_cursor(self) -> str:
        """The way to where text is typed, for input methods open their window there."""
        offset = getattr(self.focused, "cursor_screen_offset", None)
        if offset is None:
            return ""
        x, y = self.screen.outer_size.clamp_offset(offset)
        return f"\x1b[{y + 1};{x + 1}H"

    def _catch_up(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
            self._write_frame()

    def on_terminal_supports_synchronized_output(self) -> None:
        """An answer has come: to Textual's question, or to ours."""
        self._pace.answered()
        self._catch_up()
