"""Someone at a terminal in front of the real program: presses keys, reads the screen, waits for what it must show."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.terminal import Terminal

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "right": "\x1b[C",
    "end": "\x1b[F",
    "ctrl+c": "\x03",
    "ctrl+d": "\x04",
    "f1": "\x1bOP",
    "f4": "\x1bOS",
    "space": " ",
}
PATIENCE = 30.0
"""Seconds for anything to appear, on a machine that has other things to do."""


class Operator:
    """Drives one program. `home` is its home directory: all that it leaves behind is in there."""

    def __init__(self, terminal: Terminal, home: Path) -> None:
        self.terminal = terminal
        self.home = home

    @property
    def screen(self) -> str:
        return "\n".join(line.rstrip() for line in self.terminal.lines)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.terminal.type(KEYS.get(key, key))

    def press_seen(self, key: str) -> None:
        """Presses a key that changes the screen, and waits until it has."""
        before = self.terminal.written
        self.press(key)
        self.until(lambda: self.terminal.written > before, f"what {key} does on")

    def command(self, line: str) -> None:
        """A line on the command line."""
        self.press(":")
        self.sees("\n :")
        self.terminal.type(line)
        self.sees(f"\n :{line}")
        self.press("enter")

    def lists(self, word: str, title: str) -> None:
        """Opens the list of a kind, by the word for it and the title that it then has."""
        self.command(word)
        self.until(lambda: self.terminal.lines[1].startswith(f" {title} "), f"the list of {title} on")

    def filter(self, text: str) -> None:
        """Narrows the list in focus to what matches."""
        self.press("/")
        self.sees("\n /")
        self.terminal.type(text)
        self.sees(f"\n /{text}")
        self.press("enter")

    def sees(self, *texts: str) -> str:
        """Waits until all of these are on the screen."""
        return self.until(lambda: all(text in self.screen for text in texts), f"{texts} on")

    def sees_no(self, *texts: str) -> str:
        """Waits until none of these is on the screen."""
        return self.until(lambda: not any(text in self.screen for text in texts), f"no {texts} on")

    def until(self, seen: Callable[[], bool], what: str) -> str:
        if self.terminal.until(seen, PATIENCE) is None:
            raise AssertionError(f"Waited for {what} this screen:\n{self.screen}")
        return self.screen

    def line_of(self, text: str) -> str:
        """The line of the screen with that text; empty where there is none."""
        return next((line for line in self.terminal.lines if text in line), "")

    def go_home(self) -> None:
        """Back to the board, from wherever one is."""
        end = time.monotonic() + PATIENCE
        while "F1 Deployments" not in self.screen or "╭" in self.screen:
            assert time.monotonic() < end, f"the board does not come back:\n{self.screen}"
            self.press("escape")
            self.terminal.until(lambda: "F1 Deployments" in self.screen, 0.5)


@contextmanager
def explorer(home: Path, size: tuple[int, int], words: Sequence[str] = ("--demo",)) -> Iterator[Operator]:
    """An operator in front of `kubetui` with those words, which knows no home but the one given."""
    surroundings = {"HOME": str(home), "TMPDIR": str(home), "KUBECONFIG": "", "NO_COLOR": ""}
    surroundings |= {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE", "DATA")}
    with Terminal([sys.executable, "-m", "kubetui", *words], surroundings, size) as terminal:
        yield Operator(terminal, home)
