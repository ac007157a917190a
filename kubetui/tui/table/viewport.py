"""What of a list is in sight, and where the cursor is in it. Pure: rows in, lines to paint out; no widget, no styles.

The cursor and the marks belong to a uid. When rows come and go above, the cursor's row keeps its place on the screen;
when its object goes for good, the nearest neighbour takes it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import inf

from rich.cells import cell_len

from kubetui.text import Aged, sanitise
from kubetui.tui.table.columns import LEAST_AGE, LEAST_TEXT, Heading, Layout, fit
from kubetui.tui.table.line import Flag, Line, heading
from kubetui.tui.table.rows import Rows, TableRow

NEW_FACTOR = 3
"""A row that came is marked as new for so many times as long as a change glows."""

_PLAIN, _STALE = Flag(0), Flag.STALE


@dataclass(frozen=True, slots=True)
class Moment:
    """What lines depend on besides the rows."""

    now: float
    """Seconds since the epoch."""
    focused: bool
    stale: bool
    ahead: float = 0.0
    """Seconds by which the clock is ahead that ages are counted by."""


class Viewport:
    """A window of `height` rows on a list.

    Until it is settled the cursor stays on the first row, as rows load; another order shows the list from its top.
    """

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
        self.columns: Sequence[Heading] = rows.columns
        self.named_by = rows.named_by
        self.titles: tuple[str, ...] = ()
        self.lines: list[Line] = []
        self.glows_until: float | None = None
        """When the look of a visible row next changes by itself."""
        self._aged_at = datetime.fromtimestamp(0.0, UTC)
        """The time for which ages were made."""
        self._ages_until: float | None = None
        """When a visible age next changes; None where it has not been asked."""
        self._at = 0
        """The cursor's index when it was last looked for."""
        self._wanted: list[int] = []
        """Cells that each column has needed so far; they only grow, so that nothing jumps."""
        self._ticking: set[int] = set()
        """Columns that have ages."""
        self._seen: dict[str, tuple[TableRow, Line]] = {}
        """The visible rows by uid, and what was made of them, so that rows that stay the same cost next to nothing."""
        self._version = -1
        self._sorted_by = rows.sorted_by
        self._marked_last = ""

    def show(self, rows: Rows) -> None:
        """Shows other rows from their top, without marks; the same rows again only have their columns fitted anew."""
        if rows is self.rows:
            self.hidden, self.layout, self._wanted, self._ticking = 0, Layout(0), [], set()
        else:
            self._begin(rows)

    def resize(self, width: int, height: int) -> None:
        """The cells of a line, and how many rows are in sight; the cursor stays in sight if it was."""
        height = max(0, height)
        if height <= self._at - self.top < self.height:
            self.top = self._at - height + 1
        self.width, self.height = width, height

    def arrange(self, moment: Moment) -> None:
        """Brings `lines` and `layout` up to what the rows are now."""
        if self.rows.version != self._version:
            self._follow()
            self._version = self.rows.version
        self.top = max(0, min(self.top, len(self.rows) - self.height))
        rows = [self.rows.row(at) for at in range(self.top, min(self.top + self.height, len(self.rows)))]
        if len(self._wanted) != len(self.rows.columns):
            self._wanted, self._seen = [0] * len(self.rows.columns), {}
        self.glows_until = None
        now = datetime.fromtimestamp(moment.now + moment.ahead, UTC)
        self.lines = [self._line(row, self._flags(row, moment), now) for row in rows]
        self._seen = {row.uid: (row, line) for row, line in zip(rows, self.lines, strict=True)}
        self._aged_at, self._ages_until = now, None
        self._fit()

    def is_still(self, now: float, aged_at: float) -> bool:
        """Whether the lines are as they were when they were last arranged; `aged_at` is by the clock of the ages."""
        if self._ages_until is None:
            cells = (row.cells[at] for row, _ in self._seen.values() for at in self._ticking)
            aging = (lasts(cell, self._aged_at) for cell in cells if isinstance(cell, Aged))
            self._ages_until = self._aged_at.timestamp() + min(aging, default=inf)
        glows_until = inf if self.glows_until is None else self.glows_until
        return self.rows.version == self._version and now < glows_until and aged_at < self._ages_until

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
        sorted_by, self._sorted_by = self._sorted_by, self.rows.sorted_by
        if not self.settled or not self.cursor or sorted_by != self._sorted_by:
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

    def _flags(self, row: TableRow, moment: Moment) -> Flag:
        flags = _STALE if moment.stale else _PLAIN
        if row.uid == self.cursor:
            flags |= Flag.CURSOR | Flag.FOCUS if moment.focused else Flag.CURSOR
        if row.uid in self.marks:
            flags |= Flag.MARKED
        if self.linked(row.uid):
            flags |= Flag.LINKED
        if row.gone_at is not None:
            flags |= Flag.GHOST
        elif self._glows(row.born_at, moment.now, self.glow * NEW_FACTOR):
            flags |= Flag.NEW
        elif self._glows(row.changed_at, moment.now, self.glow):
            flags |= Flag.CHANGED
        return flags

    def _glows(self, since: float | None, now: float, seconds: float) -> bool:
        if since is None or not since <= now < since + seconds:
            return False
        self.glows_until = min(since + seconds, self.glows_until or since + seconds)
        return True

    def _line(self, row: TableRow, flags: Flag, now: datetime) -> Line:
        """The row's line; the one before where it looks the same."""
        before, line = self._seen.get(row.uid, (None, None))
        if before is not row or line is None:
            texts = tuple(aged(cell, now) if isinstance(cell, Aged) else cell for cell in row.cells)
            self._ticking.update(at for at, cell in enumerate(row.cells) if isinstance(cell, Aged))
            self._widen(texts)
            return Line(row.uid, texts, row.tints, row.health, flags)
        for at in self._ticking:
            if isinstance(cell := row.cells[at], Aged) and (text := aged(cell, now)) != line.texts[at]:
                line = line._replace(texts=(*line.texts[:at], text, *line.texts[at + 1 :]))
                self._widen(line.texts)
        return line if line.flags == flags else line._replace(flags=flags)

    def _widen(self, texts: Sequence[str]) -> None:
        """Gives columns the room that these texts need."""
        self._wanted = [max(cells, cell_len(text)) for cells, text in zip(self._wanted, texts, strict=True)]

    def _fit(self) -> None:
        """Lays the columns out."""
        columns, sorted_by = self.rows.columns, self.rows.sorted_by
        self.columns, self.named_by = columns, self.rows.named_by
        self.titles = tuple(heading(sanitise(column.title), sorted_by, at) for at, column in enumerate(columns))
        self._widen(self.titles)
        wanted = [max(want, LEAST_AGE) if at in self._ticking else want for at, want in enumerate(self._wanted)]
        shrinking = [
            want > LEAST_TEXT and at not in self._ticking and columns[at].align == "left"
            for at, want in enumerate(wanted)
        ]
        self.layout = fit(wanted, shrinking, self.named_by, self.width, self.hidden)


def lasts(cell: Aged, now: datetime) -> float:
    """Seconds for which an age is shown as it is, at least."""
    if cell.since is None:
        return inf
    seconds = (now - cell.since).total_seconds()
    step = 1 if seconds < 60 else 10 if seconds < 600 else 60
    return step - seconds % step


def aged(cell: Aged, now: datetime) -> str:
    """An age as it is shown: of more than a minute in steps of ten seconds, so that a quiet list is not repainted."""
    if cell.since is not None and (seconds := (now - cell.since).total_seconds()) >= 60:
        now -= timedelta(seconds=seconds % 10)
    return cell.shown(now)
