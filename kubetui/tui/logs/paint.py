"""One row of a log as a strip: time and source in a gutter, then the text with its colours and matches.

Owns how wide the parts are and what style each has; knows nothing of which rows there are or where one stands.
"""

from collections.abc import Callable
from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kubetui.live.logring import NOTICE, Entry
from kubetui.live.pattern import Expression
from kubetui.text import sanitise
from kubetui.tui.logs.jsonline import fold
from kubetui.tui.logs.text import LogText, line

SOURCES = 8
"""Colours of sources; the ninth has that of the first."""

_LONGEST_NAME = 24
_TIME_WIDTH = 13


class LogPaint:
    """What is in force for all rows. After a change of it, strips made before are out of date."""

    def __init__(self, style: Callable[[str], Style]) -> None:
        self.width = 80
        """Cells of a row."""
        self.x = 0
        """Cells by which unwrapped text is shifted."""
        self.wrap = False
        self.timestamps = False
        self.folded = False
        """Whether JSON objects are told as message and fields."""
        self.marks: Expression | None = None
        """What is marked in the text."""
        self.names: list[str] = []
        """What each source is called, by number."""
        self._style = style

    @property
    def names_width(self) -> int:
        """Cells for the names of sources; none where there is but one source."""
        if len(self.names) < 2:
            return 0
        return min(max(map(len, self.names)), _LONGEST_NAME, max(4, self.width // 4)) + 1

    @property
    def gutter(self) -> int:
        """Cells before the text."""
        return self.names_width + _TIME_WIDTH * self.timestamps

    @property
    def text_width(self) -> int:
        """Cells for text."""
        return max(2, self.width - self.gutter)

    @property
    def wrap_width(self) -> int | None:
        """The same where lines are wrapped; None where they are not."""
        return self.text_width if self.wrap else None

    def text(self, entry: Entry) -> str:
        """What stands for an entry: its text, folded where that is wanted."""
        return fold(entry.text) if self.folded else entry.text

    def strip(self, entry: Entry, part: int, *, hit: bool) -> Strip:
        """One row of an entry; `hit` where the search has come to it."""
        text = line(self.text(entry))
        start, end = text.row(part, self.text_width) if self.wrap else text.window(self.x, self.text_width)
        segments = self._before(entry, part)
        segments += self._notice(text, start, end) if entry.source == NOTICE else self._words(text, start, end, hit)
        return Strip(segments)

    def told(self, text: str) -> Strip:
        """A row of this program's own, without a gutter."""
        return Strip([Segment(text, self._style("log--notice"))])

    def _words(self, text: LogText, start: int, end: int, hit: bool) -> list[Segment]:
        return text.segments(start, end, self.marks, self._style("log--hit" if hit else "log--match"))

    def _notice(self, text: LogText, start: int, end: int) -> list[Segment]:
        return [Segment(text.text[start:end], self._style("log--notice"))]

    def _before(self, entry: Entry, part: int) -> list[Segment]:
        """Time and source, on the first row of a line; blanks on the others."""
        segments: list[Segment] = []
        if self.timestamps:
            told = ""
            if entry.time and not part:
                told = f"{datetime.fromtimestamp(entry.time // 10**9):%H:%M:%S}.{entry.time // 10**6 % 1000:03d}"
            segments.append(Segment(told.ljust(_TIME_WIDTH), self._style("log--time")))
        if width := self.names_width:
            name = sanitise(self.names[entry.source]) if entry.source != NOTICE and not part else ""
            name = name if len(name) < width else "…" + name[-(width - 2) :]
            style = self._style(f"log--source-{entry.source % SOURCES}") if name else Style()
            segments.append(Segment(name.ljust(width), style))
        return segments
