"""Where commands print: bytes to stdout, sentences to stderr."""

import sys
from typing import BinaryIO, Protocol

from kubetui.text import sanitise_lines


class Output(Protocol):
    """Stdout and stderr, or what stands for them in a test."""

    terminal: bool
    """Whether a person's terminal reads stdout, so that nothing may be printed that it would obey."""

    def write(self, text: str) -> None:
        """To stdout, at once. OSError, with `stdout` as its file name, where that can't be: nobody reads any more."""
        ...

    def complain(self, sentence: str) -> None:
        """One line (or several) to stderr."""
        ...


class StandardOutput:
    """The process's own stdout and stderr, in UTF-8 whatever the locale says."""

    def __init__(self) -> None:
        self._out: BinaryIO = sys.stdout.buffer
        self.terminal = sys.stdout.isatty()

    def write(self, text: str) -> None:
        try:
            self._out.write(text.encode(errors="replace"))
            self._out.flush()
        except OSError as why:
            why.filename = "stdout"
            raise

    def complain(self, sentence: str) -> None:
        print(sanitise_lines(sentence), file=sys.stderr, flush=True)
