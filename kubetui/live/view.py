"""The sorted, filtered list that a pane shows of one kind, kept by bisection: a change never passes over all rows.

Pure: no screen, no network, no clock of its own. Times are seconds since the epoch, as changes carry them.
"""

import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kubetui.kinds.kind import Cell, Column, Health, Kind
from kubetui.live.change import Change
from kubetui.live.filter import EVERYTHING, Filter, FilterError, Subject
from kubetui.live.order import NATURAL, Entry, Order, Sorting, place
from kubetui.live.store import uid_of
from kubetui.read import Object
from kubetui.text import Aged, sanitise

MOST_ROWS_KEPT = 1024
"""Rows whose cells are kept: some screens full."""
PATIENCE = 0.3
"""Seconds that a filter may take over all objects before it is refused."""

NAMESPACE: Column[Any] = Column("NAMESPACE", lambda obj: obj.metadata.namespace)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One object as it is shown."""

    uid: str
    object: Object
    cells: tuple[Cell, ...]
    """Sanitised; one for each of the view's columns."""
    tints: tuple[Health | None, ...]
    """The health that colours a cell, where it has one."""
    health: Health
    changed_at: float | None
    """When what is shown of it last changed; None if it has not since it was first seen."""
    born_at: float | None
    """When it was added; None for what was there when watching began."""
    gone_at: float | None
    """When it was deleted; then it is a ghost."""


class _Item:
    """What the view holds of one object."""

    __slots__ = ("born_at", "changed_at", "entry", "gone_at", "object")

    def __init__(self, obj: Object, entry: Entry, born_at: float | None) -> None:
        self.object = obj
        self.entry = entry
        self.born_at = born_at
        self.changed_at: float | None = None
        self.gone_at: float | None = None


class View:
    """Rows of one kind, by index and by uid. Fed by `changed` (it is a store's Listener), `apply` or `load`.

    A deleted row that is shown stays in its place as a ghost for `ghost_seconds`, until `expire` closes it. `len()`
    counts the rows that are shown, ghosts too; `matching` and `total` count the living.
    """

    def __init__(
        self,
        kind: Kind[Any],
        *,
        filter: Filter = EVERYTHING,  # noqa: A002
        order: Order = NATURAL,
        wide: bool = False,
        namespaces: bool = False,
        ghost_seconds: float = 0.0,
        timer: Callable[[], float] = time.process_time,
    ) -> None:
        self.kind = kind
        self.filter = filter
        self.order = order
        self.ghost_seconds = ghost_seconds
        self.version = 0
        """Grows with each change of what is shown or counted."""
        self.columns = _columns(kind, wide, namespaces)
        self._timer = timer
        self._sorting = self._sorts(order)
        self._items: dict[str, _Item] = {}
        self._all: list[Entry] = []
        self._shown: list[Entry] = []
        """The same list as `_all` while the filter passes everything."""
        if not filter:
            self._shown = self._all
        self._ghosts: dict[str, float] = {}
        """By uid, when they went, the first first. A ghost is always shown."""
        self._rows: dict[str, Row] = {}
        self._subjects: dict[str, Subject] = {}
        """What filters look at, made when there is one."""
        self._unprepared: list[str] = []

    def __len__(self) -> int:
        return len(self._shown)

    @property
    def total(self) -> int:
        """Living objects before the filter."""
        return len(self._all) - len(self._ghosts)

    @property
    def matching(self) -> int:
        """Living objects that the filter passes."""
        return len(self._shown) - len(self._ghosts)

    @property
    def named_by(self) -> int:
        """The index of the column that tells one object from another."""
        return next((at for at, column in enumerate(self.columns) if column.title == "NAME"), 0)

    @property
    def sorted_by(self) -> tuple[int, bool] | None:
        """The index of the column sorted by, if it is shown, and whether it falls."""
        titles = [column.title for column in self.columns]
        return (titles.index(self.order.column), self.order.descending) if self.order.column in titles else None

    def get(self, uid: str) -> Object | None:
        """The object, whether the filter passes it or not; a ghost's last state."""
        item = self._items.get(uid)
        return item.object if item else None

    def index(self, uid: str) -> int | None:
        """Where it stands; None if it is not shown. O(log n)."""
        item = self._items.get(uid)
        if item is None:
            return None
        at = bisect_left(self._shown, item.entry)
        return at if at < len(self._shown) and self._shown[at] == item.entry else None

    def row(self, index: int) -> Row:
        """The row at that place, counted from 0; its cells are made when it is first asked for."""
        uid = self._shown[index][-1][-1]
        item, row = self._items[uid], self._rows.get(uid)
        if row is not None and row.object is item.object and row.gone_at == item.gone_at:
            return row
        cells = tuple(_clean(column.text(item.object)) for column in self.columns)
        health = self.kind.health(item.object)
        if row is not None and row.cells == cells and row.health is health:
            item.changed_at = row.changed_at
        row = Row(
            uid,
            item.object,
            cells,
            tuple(column.tint(item.object) if column.tint else None for column in self.columns),
            health,
            item.changed_at,
            item.born_at,
            item.gone_at,
        )
        self._rows.pop(uid, None)
        self._rows[uid] = row
        if len(self._rows) > MOST_ROWS_KEPT:
            del self._rows[next(iter(self._rows))]
        return row

    def rows(self, start: int, stop: int) -> list[Row]:
        """The rows of that stretch, or as many of them as there are."""
        return [self.row(index) for index in range(max(0, start), min(stop, len(self._shown)))]

    def changed(self, changes: Iterable[Change]) -> None:
        """Takes a store's changes."""
        for change in changes:
            self.apply(change)

    def apply(self, change: Change) -> None:
        """Takes one change; O(log n) and one sort key."""
        if change.new is None:
            self._take_away(uid_of(change.object), change.object, change.at)
        else:
            self._put(change.new, None if change.initial else change.at)
        self.version += 1

    def touch(self, uid: str) -> None:
        """Has a row's cells made anew: what a column tells of it from elsewhere has changed."""
        if uid in self._items:
            self._rows.pop(uid, None)
            self.version += 1

    def load(self, objects: Iterable[Object]) -> None:
        """Takes many objects at once, as they are: no news."""
        for obj in objects:
            uid = uid_of(obj)
            self._ghosts.pop(uid, None)
            self._subjects.pop(uid, None)
            self._items[uid] = _Item(obj, (place(obj),), None)
        self._arrange()
        self._select(self.filter, float("inf"))
        self.version += 1

    def expire(self, now: float) -> bool:
        """Closes the ghosts whose time is over; tells whether there was one. No pass over the others."""
        over = False
        while self._ghosts:
            uid, gone_at = next(iter(self._ghosts.items()))
            if gone_at + self.ghost_seconds > now:
                break
            self._forget(uid)
            self.version += 1
            over = True
        return over

    def prepare(self, seconds: float) -> bool:
        """Makes ready what filters look at, for so long; tells whether there is more. A filter does the rest itself."""
        if not self._unprepared and len(self._subjects) < len(self._items):
            self._unprepared = [uid for uid in self._items if uid not in self._subjects]
        until = self._timer() + seconds
        while self._unprepared:
            for uid in self._unprepared[-64:]:
                if (item := self._items.get(uid)) is not None:
                    self._subject(uid, item.object)
            del self._unprepared[-64:]
            if self._timer() >= until:
                break
        return bool(self._unprepared)

    def narrow(self, filter: Filter) -> None:  # noqa: A002
        """Puts another filter in force. FilterError if it takes too long; then the one before stays in force."""
        self._select(filter, PATIENCE)
        self.filter = filter
        self.version += 1

    def sort(self, order: Order) -> None:
        """Puts another order in force."""
        self.order = order
        self._sorting = self._sorts(order)
        shown = {entry[-1][-1] for entry in self._shown} if self._shown is not self._all else None
        self._arrange()
        if shown is not None:
            self._shown = [entry for entry in self._all if entry[-1][-1] in shown]
        self.version += 1

    def show(self, *, wide: bool, namespaces: bool) -> None:
        """Chooses the columns: kubectl's wide ones too, NAMESPACE in front."""
        self.columns = _columns(self.kind, wide, namespaces)
        self._rows.clear()
        self.version += 1

    def _sorts(self, order: Order) -> Sorting:
        return Sorting(order, (NAMESPACE, *self.kind.columns))

    def _arrange(self) -> None:
        """Makes the entries of all objects anew, and puts them in order."""
        places = sorted([item.entry[-1] for item in self._items.values()])
        items = [self._items[place[-1]] for place in places]
        entries, indexes = self._sorting.entries([item.object for item in items], places)
        for item, entry in zip(items, entries, strict=True):
            item.entry = entry
        self._all[:] = [entries[at] for at in indexes]

    def _put(self, obj: Object, news_at: float | None) -> None:
        uid = uid_of(obj)
        item = self._items.get(uid)
        if item is None:
            entry = self._sorting.entry(obj, place(obj))
            item = self._items[uid] = _Item(obj, entry, news_at)
            insort(self._all, entry)
            self._place(item, None)
            return
        was = item.entry
        entry = self._sorting.entry(obj, was[-1])
        self._ghosts.pop(uid, None)
        self._subjects.pop(uid, None)
        item.object, item.entry, item.gone_at = obj, entry, None
        item.changed_at = news_at if news_at is not None else item.changed_at
        if entry != was:
            _remove(self._all, was)
            insort(self._all, entry)
        self._place(item, was)

    def _place(self, item: _Item, was: Entry | None) -> None:
        """Brings the filtered list into line with one item that stood at `was`."""
        if self._shown is self._all:
            return
        passes = self.filter.matches(self._subject(item.entry[-1][-1], item.object))
        if was is not None and (was != item.entry or not passes):
            _remove(self._shown, was)
        if passes:
            at = bisect_left(self._shown, item.entry)
            if at == len(self._shown) or self._shown[at] != item.entry:
                self._shown.insert(at, item.entry)

    def _take_away(self, uid: str, last: Object, at: float) -> None:
        item = self._items.get(uid)
        if item is None:
            return
        if self.ghost_seconds <= 0 or self.index(uid) is None:
            self._forget(uid)
        elif item.gone_at is None:
            item.object, item.gone_at = last, at
            self._ghosts[uid] = at
            self.expire(at)  # nobody closes the ghosts of a list that is out of sight

    def _forget(self, uid: str) -> None:
        item = self._items.pop(uid)
        self._ghosts.pop(uid, None)
        self._rows.pop(uid, None)
        self._subjects.pop(uid, None)
        _remove(self._all, item.entry)
        if self._shown is not self._all:
            _remove(self._shown, item.entry)

    def _select(self, filter: Filter, patience: float) -> None:  # noqa: A002
        """Makes the filtered list anew; ghosts that the filter hides are closed. Patience is in seconds."""
        if not filter:
            self._shown = self._all
            return
        if len(self._subjects) < len(self._items):
            for uid, item in self._items.items():
                self._subject(uid, item.object)
        self._shown = self._sift(filter, patience) if filter.expressions else self._pass(filter)
        for uid in [uid for uid in self._ghosts if self.index(uid) is None]:
            self._forget(uid)

    def _pass(self, filter: Filter) -> list[Entry]:  # noqa: A002
        """The entries that pass, in order. Looks at the texts as they lie in memory, which is twice as fast."""
        matches = filter.matches
        passing = {uid for uid, subject in self._subjects.items() if matches(subject)}
        if len(passing) < len(self._all) // 8:
            return sorted(self._items[uid].entry for uid in passing)
        return [entry for entry in self._all if entry[-1][-1] in passing]

    def _sift(self, filter: Filter, patience: float) -> list[Entry]:  # noqa: A002
        """The same for a filter that may be slow: it is given up after so many seconds."""
        until = self._timer() + patience
        passing: list[Entry] = []
        for count, entry in enumerate(self._all):
            if filter.matches(self._subjects[entry[-1][-1]]):
                passing.append(entry)
            if filter.given_up or (count % 16 == 0 and self._timer() > until):
                raise FilterError(f"the filter {filter.text!r} takes too long on {len(self._all):,} objects")
        return passing

    def _subject(self, uid: str, obj: Object) -> Subject:
        subject = self._subjects.get(uid)
        if subject is None:
            meta = obj.metadata
            texts = [meta.name, meta.namespace]
            texts += [text for column in self.kind.columns if isinstance(text := column.text(obj), str)]
            subject = Subject("\n".join(texts), meta.namespace, meta.labels, self.kind.health(obj))
            self._subjects[uid] = subject
        return subject


def _columns(kind: Kind[Any], wide: bool, namespaces: bool) -> tuple[Column[Any], ...]:
    columns = tuple(column for column in kind.columns if wide or not column.wide)
    return (NAMESPACE, *columns) if namespaces and kind.resource.namespaced else columns


def _clean(cell: Cell) -> Cell:
    """The cell with nothing in it that a terminal obeys."""
    if isinstance(cell, Aged):
        return cell._replace(before=sanitise(cell.before), after=sanitise(cell.after))
    return sanitise(cell)


def _remove(entries: list[Entry], entry: Entry) -> None:
    """Takes out an entry if it is there; O(log n) comparisons."""
    at = bisect_left(entries, entry)
    if at < len(entries) and entries[at] == entry:
        del entries[at]
