"""A program in a terminal that we read and type into. Every chunk that it writes is timed when it is read."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

COLUMNS, LINES = 160, 48
"""The size that everything is measured in."""

# sequences that pyte takes for something else: private modes' queries, key protocols
_NOT_FOR_PYTE = re.compile(rb"\x1b\[(?:[<>=][0-9;:]*[A-Za-z]|\?[0-9;]*\$p|\?[0-9;]*u)|\x1b[P_^][^\x1b]*\x1b\\")
_ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;22c", b"\x1b[0c": b"\x1b[?62;22c"}


class Terminal:
    """The program runs from here on; leave the block to end it, with all that it started."""

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str] = {}, size: tuple[int, int] = (COLUMNS, LINES)
    ) -> None:
        self._columns, lines = size
        self.lines = [""] * lines
        """The screen as text."""
        self.written = 0
        """Bytes that the program has written."""
        self.ended = False
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        surroundings = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env}
        self.started = time.monotonic()
        self._exit_code: int | None = None
        self.pid, self._fd = pty.fork()
        if not self.pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, self._columns, 0, 0))
            os.execvpe(argv[0], list(argv), surroundings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.close(self._fd)
        if self._exit_code is None:
            os.waitpid(self.pid, 0)

    def exit_code(self, seconds: float) -> int | None:
        """Let the program run to its end; None if it does not come to it in that time."""
        if self.until(lambda: self.ended, seconds) is not None:
            _, status = os.waitpid(self.pid, 0)
            self._exit_code = os.waitstatus_to_exitcode(status)
        return self._exit_code

    @property
    def edits_lines(self) -> bool:
        """Whether the terminal echoes and edits lines itself, as it does for a shell."""
        flags: int = termios.tcgetattr(self._fd)[3]
        return bool(flags & termios.ICANON and flags & termios.ECHO)

    @property
    def private_modes(self) -> set[int]:
        """The modes of its own kind that the terminal is in: 1049 is the alternate screen, 1000 to 1006 the mouse."""
        return {mode >> 5 for mode in self.screen.mode if mode >= 1 << 5}

    def resize(self, columns: int, lines: int) -> None:
        """Another size, which the program is told of."""
        self.screen.resize(lines, columns)
        self.screen.dirty.clear()
        self.lines = [""] * lines
        self._columns = columns
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    @property
    def is_stopped(self) -> bool:
        """Whether the program is suspended, as by ctrl-z."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def type(self, keys: str) -> float:
        """Send keys; the moment at which they were sent."""
        now = time.monotonic()
        os.write(self._fd, keys.encode())
        return now

    def until(self, seen: Callable[[], bool], seconds: float) -> float | None:
        """The moment at which the bytes came that made it so (time.monotonic); None if they did not in that time."""
        end = time.monotonic() + seconds
        at = time.monotonic()
        while not seen():
            came = self._read(end)
            if came is None:
                return at if seen() else None
            at = came
        return at

    def pass_time(self, seconds: float) -> int:
        """Let the program run; the bytes that it wrote meanwhile."""
        before, end = self.written, time.monotonic() + seconds
        while self._read(end) is not None:
            pass
        return self.written - before

    def until_quiet(self, quiet: float = 0.5, seconds: float = 30.0) -> None:
        """Let it run until it has written nothing for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read(time.monotonic() + quiet) is not None:
            pass

    def shows(self, pattern: re.Pattern[str]) -> bool:
        return any(pattern.search(line) for line in self.lines)

    def look(self, x: int, y: int) -> tuple[str, bool]:
        """Background and reverse of a cell: how a cursor is told from other rows."""
        cell = self.screen.buffer[y][x]
        return cell.bg, cell.reverse

    def _read(self, end: float) -> float | None:
        """Read what comes before that moment, and when it came; None if nothing did, or if the program is over."""
        if self.ended:
            return None
        ready, _, _ = select.select([self._fd], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return None
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # how a terminal's end is told on Linux
            data = b""
        at = time.monotonic()
        if not data:
            self.ended = True
            return at
        self.written += len(data)
        for query, answer in _ANSWERS.items():
            if query in data:
                os.write(self._fd, answer)
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data))
        for y in self.screen.dirty:
            row = self.screen.buffer[y]
            self.lines[y] = "".join(row[x].data for x in range(self._columns))
        self.screen.dirty.clear()
        return at
