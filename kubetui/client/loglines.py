"""A container's log bytes cut into stamped lines, and the memory of which of them were already handed on.

Pure: no sockets, no clock. `logs.py` asks the server and uses both to resume without losing or doubling a line.
"""

import re
from collections import Counter
from datetime import datetime
from itertools import compress
from typing import NamedTuple

LONGEST = 1 << 20
"""Bytes after which a line that goes on is handed out as a piece."""

_SECOND = 1_000_000_000
_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)(?: |$)")


class LogLine(NamedTuple):
    """One line as the container wrote it, without its line break. Immutable."""

    time: int
    """Nanoseconds since the epoch, as the container runtime stamped it; 0 where no stamp was sent."""
    text: str
    """The bytes as UTF-8; what is not UTF-8 is kept as surrogate escapes, so that saving gives the same bytes."""
    goes_on: bool = False
    """True for a piece of a line longer than `LONGEST`: the next one continues it."""


class LineReader:
    """Cuts the chunks of one answer (asked for with timestamps) into lines, wherever the chunks end."""

    def __init__(self) -> None:
        self._rest = b""
        self._continues = False
        self._time = 0
        self._second = b""
        self._second_at = 0
        self._usual = b"\n"
        """What stamps of that second begin with, as the kubelet writes them; at first what no line has in it."""

    def feed(self, chunk: bytes) -> list[LogLine]:
        """The lines, and pieces of overlong ones, that end within the chunk."""
        *whole, rest = (self._rest + chunk).split(b"\n")
        lines: list[LogLine] = []
        for raw in whole:
            lines.append(self._line(self._cut(raw, lines)))
            self._continues = False
        self._rest = self._cut(rest, lines)
        return lines

    def end(self) -> LogLine | None:
        """What stood after the last line break, once the server is known to have sent all there is."""
        rest, self._rest = self._rest, b""
        return self._line(rest) if rest else None

    def _cut(self, raw: bytes, into: list[LogLine]) -> bytes:
        """Moves pieces off the front of an overlong line; a piece never ends within a UTF-8 character."""
        while len(raw) > LONGEST:
            end = LONGEST
            while end > LONGEST - 4 and raw[end] & 0xC0 == 0x80:
                end -= 1
            into.append(self._line(raw[:end])._replace(goes_on=True))
            self._continues = True
            raw = raw[end:]
        return raw

    def _line(self, raw: bytes) -> LogLine:
        if not self._continues:
            # Nearly all lines of a busy log are of the same second as the one before, with nine digits behind it.
            if raw.startswith(self._usual) and raw[29:31] == b"Z " and (digits := raw[20:29]).isdigit():
                self._time = self._second_at + int(digits)
                raw = raw[31:]
            elif stamp := _STAMP.match(raw):
                self._time = self._nanoseconds(stamp)
                raw = raw[stamp.end() :]
        return LogLine(self._time, raw.decode(errors="surrogateescape"))

    def _nanoseconds(self, stamp: re.Match[bytes]) -> int:
        # Neighbours share their second, and only its digits are slow to read.
        second = stamp[1] + stamp[3]
        if second != self._second:
            try:
                self._second_at = int(datetime.fromisoformat(second.decode()).timestamp()) * _SECOND
            except ValueError:
                return self._time
            self._second = second
            self._usual = stamp[1] + b"." if stamp[3] == b"Z" else b"\n"
        return self._second_at + int((stamp[2] or b"").ljust(9, b"0"))


class Seen:
    """Which lines were handed on, as far back as a resumed answer repeats them.

    A server resumes at whole seconds (PodLogOptions.sinceTime), so it sends again what was seen of that second.
    Stamps of stdout and stderr may cross by a little: one more second is asked for and remembered.
    """

    def __init__(self) -> None:
        self.last = 0
        """The latest stamp seen, in nanoseconds since the epoch."""
        # Two lists of numbers rather than one of pairs, each of which the garbage collector would look at.
        self._times: list[int] = []
        self._hashes: list[int] = []
        self._next_second = 0
        self._repeated: Counter[tuple[int, int]] = Counter()

    def resume(self) -> int | None:
        """The second since the epoch to ask from, before asking again; None where nothing was seen yet."""
        if not self.last:
            return None
        self._repeated = Counter(zip(self._times, self._hashes, strict=True))
        return self.last // _SECOND - 1

    def is_new(self, line: LogLine) -> bool:
        """Whether the line was not handed on before; it counts as handed on from here."""
        hashed = hash(line.text)
        if self._repeated and self._repeated[line.time, hashed]:
            self._repeated[line.time, hashed] -= 1
            return False
        if not line.time and self.last:
            return False  # The tail of a line that began before the second asked for, and was seen whole.
        if line.time > self.last:
            self.last = line.time
            if line.time >= self._next_second:
                since = (line.time // _SECOND - 1) * _SECOND
                self._next_second = since + 2 * _SECOND
                kept = [time >= since for time in self._times]
                self._times, self._hashes = list(compress(self._times, kept)), list(compress(self._hashes, kept))
        self._times.append(line.time)
        self._hashes.append(hashed)
        return True
