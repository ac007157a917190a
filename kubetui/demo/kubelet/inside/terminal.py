"""A terminal for a process in a container, where its client asked for one: echo, editing, Ctrl+C and Ctrl+D.

It is the kernel's line discipline and the shell's line editor in one. Knows nothing of what reads the lines.
"""

import codecs
import re
from collections.abc import Callable

from kubetui.demo.streams import Conduit, Sink, Source, Window

HISTORY = 500
"""Lines that are kept to be called back."""
LONGEST = 4_096
"""Characters of a line."""
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;]*[@-~]|O[A-Z]|.)?", re.DOTALL)


class Terminal:
    """Turns keys into lines: a source of what is typed, a sink for what is shown."""

    def __init__(self, keys: Source, screen: Sink, window: Window) -> None:
        self.window = window
        self.interrupt: Callable[[], None] | None = None
        """What Ctrl+C does; where nothing is set it ends the line alone."""
        self.edits = False
        """Whether arrow keys edit the line and call back older ones, as at a shell's prompt."""
        self._keys = keys
        self._screen = screen
        self._lines = Conduit()
        self._history: list[str] = []
        self._recalled = 0
        self._draft = ""
        self._line = ""
        self._cursor = 0
        self._pending = ""
        self._last_was_return = False

    async def read(self) -> bytes:
        """The next lines that were entered; nothing at the end of input."""
        return await self._lines.read()

    async def write(self, data: bytes) -> None:
        await self._screen.write(data.replace(b"\n", b"\r\n"))

    async def run(self) -> None:
        """Takes keys until there are no more."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            while data := await self._keys.read():
                self._pending += decoder.decode(data)
                while (key := self._next()) is not None:
                    await self._press(key)
        finally:
            self._lines.finish()

    def _next(self) -> str | None:
        """The next key: a character, or a whole escape sequence; None where it has not come yet."""
        if not self._pending:
            return None
        if self._pending[0] != "\x1b":
            key, self._pending = self._pending[0], self._pending[1:]
            return key
        found = _ESCAPE.match(self._pending)
        assert found is not None
        key = found[0]
        if key in ("\x1b", "\x1b[", "\x1bO") and len(self._pending) == len(key):
            return None
        self._pending = self._pending[len(key) :]
        return key

    async def _press(self, key: str) -> None:
        if key == "\n" and self._last_was_return:
            # A return and a newline together are one end of a line.
            self._last_was_return = False
            return
        self._last_was_return = key == "\r"
        match key:
            case "\r" | "\n":
                await self._enter()
            case "\x03":
                await self._screen.write(b"^C\r\n")
                self._line, self._cursor = "", 0
                if self.interrupt is not None:
                    self.interrupt()
                else:
                    await self._lines.write(b"\n")
            case "\x04":
                await self._end_of_input()
            case "\x7f" | "\x08":
                if self._cursor:
                    await self._replace(self._cursor - 1, self._cursor, "")
            case "\x15":
                await self._replace(0, self._cursor, "")
            case "\x17":
                head = self._line[: self._cursor].rstrip()
                await self._replace(head.rfind(" ") + 1, self._cursor, "")
            case _ if self.edits and await self._edit(key):
                pass
            case _ if key.isprintable() or (key == "\t" and not self.edits):
                if len(self._line) < LONGEST:
                    await self._replace(self._cursor, self._cursor, key)

    async def _edit(self, key: str) -> bool:
        """What a key does at a prompt; whether it does anything."""
        match key:
            case "\x1b[D" | "\x1bOD" | "\x02":
                await self._move(self._cursor - 1)
            case "\x1b[C" | "\x1bOC" | "\x06":
                await self._move(self._cursor + 1)
            case "\x1b[H" | "\x1bOH" | "\x1b[1~" | "\x01":
                await self._move(0)
            case "\x1b[F" | "\x1bOF" | "\x1b[4~" | "\x05":
                await self._move(len(self._line))
            case "\x1b[A" | "\x1bOA" | "\x10":
                await self._recall(self._recalled - 1)
            case "\x1b[B" | "\x1bOB" | "\x0e":
                await self._recall(self._recalled + 1)
            case "\x1b[3~":
                if self._cursor < len(self._line):
                    await self._replace(self._cursor, self._cursor + 1, "")
            case "\x0b":
                await self._replace(self._cursor, len(self._line), "")
            case _:
                return key.startswith("\x1b")
        return True

    async def _enter(self) -> None:
        await self._screen.write(b"\r\n")
        line, self._line, self._cursor = self._line, "", 0
        if self.edits and line.strip() and self._history[-1:] != [line]:
            self._history = [*self._history, line][-HISTORY:]
        self._recalled, self._draft = len(self._history), ""
        await self._lines.write(f"{line}\n".encode())

    async def _end_of_input(self) -> None:
        if self._line:
            if self.edits and self._cursor < len(self._line):
                await self._replace(self._cursor, self._cursor + 1, "")
            elif not self.edits:
                line, self._line, self._cursor = self._line, "", 0
                await self._lines.write(line.encode())
        else:
            self._lines.end_once()

    async def _recall(self, place: int) -> None:
        if not 0 <= place <= len(self._history):
            return
        if self._recalled == len(self._history):
            self._draft = self._line
        self._recalled = place
        line = self._draft if place == len(self._history) else self._history[place]
        await self._replace(0, len(self._line), line)

    async def _move(self, cursor: int) -> None:
        cursor = max(0, min(len(self._line), cursor))
        step = cursor - self._cursor
        shown = "\b" * -step if step < 0 else self._line[self._cursor : cursor]
        self._cursor = cursor
        await self._screen.write(shown.encode())

    async def _replace(self, start: int, end: int, text: str) -> None:
        """Puts a text in place of a part of the line, and shows the line as it is then."""
        before = self._line
        self._line = before[:start] + text + before[end:]
        rest = self._line[start:]
        blank = max(0, len(before) - len(self._line))
        back = len(rest) - len(text) + blank
        steps = "\b" * (self._cursor - start) if start < self._cursor else before[self._cursor : start]
        self._cursor = start + len(text)
        await self._screen.write((steps + rest + " " * blank + "\b" * back).encode())
