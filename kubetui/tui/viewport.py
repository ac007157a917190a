"""What of a list is in sight, and where the cursor is in it. Pure: rows in, lines to paint out; no widget, no styles.

The cursor and the marks belong to a uid. When rows come and go above, the cursor's row keeps its place on the screen;
when its object goes for good, the nearest neighbour takes it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from rich.cells import cell_len

from kubetui.text import Aged
from kubetui.tui.columns import LEAST_AGE, LEAST_TEXT, Layout, fit
from kubetui.tui.line import Flag, Line, heading
from kubetui.tui.rows import Rows, TableRow

NEW_FACTOR = 3
"""A row that came is marked as new for so many times as long as a change glows."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What lines depend on besides the rows."""

    now: float
    """Seconds since the epoch."""
    focused: bool
    stale: bool


class Viewport:
    """A window of `height` rows on a list. Until it is settled the cursor stays on the first row, as rows load."""

    def __init__(self, rows: Rows, linked: Callable[[str], bool], glow: float) -> None:
        self.linked = linked
        self.glow = glow
        self.width = self.height = 0
        self._begin(rows)

    def _begin(self, rows: Rows) -> None:
        self.rows = rows
        self.top = 0
        """The index of the first visible row."""
        self.cursor = ""
        self.settled = False
        self.marks: set[str] = set()
        self.hidden = 0
        """Columns scrolled out at the left."""
        self.layout = Layout(0)
        self.titles: tuple[str, ...] = ()
        self.lines: list[Line] = []
        self.glows_until: float | None = None
        """When the look of a visible row next changes by itself."""
        self._at = 0
        """The cursor's index when it was last looked for."""
        self._wanted: list[int] = []
        """Cells that each column has needed so far; they only grow, so that nothing jumps."""
        self._version = -1
        self._marked_last = ""

    def show(self, rows: Rows) -> None:
        """Shows other rows from their top, without marks; the same rows again only have their columns fitted anew."""
        if rows is self.rows:
            self.hidden, self.layout, self._wanted = 0, Layout(0), []
        else:
            self._begin(rows)

    def resize(self, width: int, height: int) -> None:
        """The cells of a line, and how many rows are in sight."""
        self.width, self.height = width, max(0, height)

    def arrange(self, moment: Moment) -> None:
        """Brings `lines` and `layout` up to what the rows are now."""
        if self.rows.version != self._version:
            self._follow()
            self._version = self.rows.version
        self.top = max(0, min(self.top, len(self.rows) - self.height))
        rows = [self.rows.row(at) for at in range(self.top, min(self.top + self.height, len(self.rows)))]
        self.glows_until = None
        now = datetime.fromtimestamp(moment.now, UTC)
        self.lines = [self._line(row, moment, now) for row in rows]
        self._fit(rows)

    def index(self) -> int:
        """Where the cursor's row is now."""
        at = self.rows.index(self.cursor)
        return min(self._at, len(self.rows) - 1) if at is None else at

    def go(self, index: int) -> None:
        """Puts the cursor on the row at that index, or on the nearest there is, and brings it into view."""
        self.settled = True
        if len(self.rows):
            self._at = max(0, min(index, len(self.rows) - 1))
            self.cursor = self.rows.row(self._at).uid
            self.bring_into_view(self._at)

    def bring_into_view(self, index: int) -> None:
        """Scrolls as little as shows that row."""
        self._follow_once()
        self.top = max(index - self.height + 1, min(self.top, index))

    def sideways(self, by: int) -> None:
        """Scrolls by columns."""
        if by < 0 or self.layout.more:
            self.hidden = max(0, self.layout.hidden + by)

    def mark(self) -> None:
        """Marks the cursor's row, or takes its mark away."""
        self.marks ^= {self.cursor}
        self._marked_last = self.cursor

    def mark_range(self) -> None:
        """Marks from the row marked last to the cursor."""
        here, there = self.index(), self.rows.index(self._marked_last)
        first, last = sorted((here, here if there is None else there))
        self.marks.update(self.rows.row(at).uid for at in range(first, last + 1))
        self._marked_last = self.cursor
        self.settled = True

    def marked(self) -> tuple[str, ...]:
        """The marked uids that the list shows and that are alive, in its order."""
        places = sorted((at, uid) for uid in self.marks if (at := self.rows.index(uid)) is not None)
        return tuple(uid for at, uid in places if self.rows.row(at).gone_at is None)

    def _follow_once(self) -> None:
        """Keeps the place on the screen before something is counted from it."""
        if self.rows.version != self._version:
            cursor, at = self.cursor, self._at
            self._follow()
            self._version = self.rows.version
            self.cursor, self._at = cursor, at

    def _follow(self) -> None:
        """Finds the cursor's row again, and scrolls so that it stays where it is on the screen."""
        count = len(self.rows)
        if not count:
            self.cursor, self._at, self.top = "", 0, 0
            return
        line = self._at - self.top
        if not self.settled or not self.cursor:
            self.cursor, self._at, self.top = self.rows.row(0).uid, 0, 0
            return
        at = self.rows.index(self.cursor)
        if at is None:
            self.cursor = self._neighbour(line)
            at = self.rows.index(self.cursor) or 0
        if 0 <= line < self.height:
            self.top = at - line
        elif self.top:
            places = ((self.rows.index(each.uid), offset) for offset, each in enumerate(self.lines))
            self.top = next((place - offset for place, offset in places if place is not None), self.top)
        self._at = at

    def _neighbour(self, line: int) -> str:
        """The row nearest to where the cursor's was that is still there, downwards first."""
        seen = [each.uid for each in self.lines]
        near: Iterator[str] = chain(seen[line + 1 :], reversed(seen[:line])) if 0 <= line < len(seen) else iter(())
        left = next((uid for uid in near if self.rows.index(uid) is not None), None)
        return self.rows.row(min(self._at, len(self.rows) - 1)).uid if left is None else left

    def _line(self, row: TableRow, moment: Moment, now: datetime) -> Line:
        flags = Flag(0)
        if row.uid == self.cursor:
            flags |= Flag.CURSOR | Flag.FOCUS if moment.focused else Flag.CURSOR
        if row.uid in self.marks:
            flags |= Flag.MARKED
        if self.linked(row.uid):
            flags |= Flag.LINKED
        if moment.stale:
            flags |= Flag.STALE
        if row.gone_at is not None:
            flags |= Flag.GHOST
        elif self._glows(row.born_at, moment.now, self.glow * NEW_FACTOR):
            flags |= Flag.NEW
        elif self._glows(row.changed_at, moment.now, self.glow):
            flags |= Flag.CHANGED
        texts = tuple(cell.at(now) if isinstance(cell, Aged) else cell for cell in row.cells)
        return Line(row.uid, texts, row.tints, row.health, flags)

    def _glows(self, since: float | None, now: float, seconds: float) -> bool:
        if since is None or not since <= now < since + seconds:
            return False
        self.glows_until = min(since + seconds, self.glows_until or since + seconds)
        return True

    def _fit(self, rows: Sequence[TableRow]) -> None:
        """Widens columns to what is in sight, and lays them out."""
        columns = self.rows.columns
        self.titles = tuple(heading(column, at, self.rows.sorted_by) for at, column in enumerate(columns))
        if len(self._wanted) != len(columns):
            self._wanted = [0] * len(columns)
        needed = [self.titles, *(line.texts for line in self.lines)]
        self._wanted = [max(was, *map(cell_len, texts)) for was, *texts in zip(self._wanted, *needed, strict=True)]
        ticking = {at for row in rows for at, cell in enumerate(row.cells) if isinstance(cell, Aged)}
        wanted = [max(want, LEAST_AGE) if at in ticking else want for at, want in enumerate(self._wanted)]
        shrinking = [
            want > LEAST_TEXT and at not in ticking and columns[at].align == "left" for at, want in enumerate(wanted)
        ]
        self.layout = fit(wanted, shrinking, self.rows.named_by, self.width, self.hidden)
