"""The terminal under the app: what is written to it, and what of that it would obey."""

import re
import unicodedata
from collections.abc import Callable

import pyte
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver

from kubetui.tui.app import Explorer

ALLOWED = re.compile(
    r"\x1b\[[0-9;]*m"  # colours
    r"|\x1b\[[0-9]*(?:;[0-9]*)?H"  # the cursor to a place
    r"|\x1b\[[0-9]*(?:B\x08*|C)"  # the cursor down and to the left, to the right
    r"|\x1b\[(?:[0-9]+;[0-9]+)?r|\x1bM"  # lines scrolled within a region
    r"|\x1b\[\?2026[hl]"  # updates in one piece
    r"|\x1b\]22;[a-z-]+\x07"  # the shape of the mouse pointer
    r"|\n"
)
HARMFUL = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Categories of characters that have no place on a screen."""


class Recorder(HeadlessDriver):
    """Keeps what a terminal would get, and is behind when a test says so."""

    written: list[str]
    stuck = False
    """Whether the terminal takes nothing at the moment."""
    then: Callable[[], None] | None = None
    """What is to be called when it does again."""

    @property
    def is_headless(self) -> bool:
        """False, so that the app writes at all."""
        return False

    def start_application_mode(self) -> None:
        self.written = []
        super().start_application_mode()

    def write(self, data: str) -> None:
        self.written.append(data)

    def is_behind(self, then: Callable[[], None]) -> bool:
        self.then = then
        return self.stuck

    def goes_on(self) -> None:
        """The terminal takes what it is sent again."""
        self.stuck = False
        if self.then is not None:
            self.then()


class Recorded(Explorer):
    """The explorer on such a terminal."""

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Driver:
        self._driver = Recorder(self, mouse=mouse, size=size)
        return self._driver

    @property
    def recorder(self) -> Recorder:
        assert isinstance(self._driver, Recorder)
        return self._driver

    @property
    def written(self) -> str:
        """All that was written so far."""
        return "".join(self.recorder.written)


def obeyed(written: str) -> list[str]:
    """The control characters in it that belong to no sequence which the app has any use for, with what follows."""
    rest = ALLOWED.sub("", written)
    return [rest[at : at + 12] for at, char in enumerate(rest) if unicodedata.category(char) in HARMFUL]


def shown(written: str, size: tuple[int, int]) -> pyte.Screen:
    """The screen as an independent terminal draws it."""
    screen = pyte.Screen(*size)
    pyte.Stream(screen).feed(written)
    return screen
