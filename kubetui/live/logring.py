"""The lines that are kept: a bounded ring of entries with numbers that never change. No network, no screen."""

from collections.abc import Iterable, Iterator
from typing import cast

import msgspec

NOTICE = -1
"""The source of a line that this program wrote: who joined, what was lost."""

LINES = 100_000
CHARACTERS = 64 << 20


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One line of one source."""

    time: int
    """Nanoseconds since the epoch."""
    text: str
    source: int = NOTICE
    """Number of the source in its book, in the order of joining; `NOTICE` for this program's own words."""
    goes_on: bool = False
    """Whether the next line of this source continues it, for it was too long for one."""


class LogRing:
    """Entries by number; the oldest are dropped, and counted, where there are too many lines or characters."""

    def __init__(self, lines: int = LINES, characters: int = CHARACTERS) -> None:
        self.first = 0
        """Number of the oldest entry kept."""
        self.dropped = 0
        """Lines dropped from the front since the last `clear`."""
        self._lines = lines
        self._characters = characters
        self._size = 0
        self._kept: list[Entry | None] = []
        self._head = 0

    @property
    def end(self) -> int:
        """The number that the next entry gets."""
        return self.first + len(self)

    def __len__(self) -> int:
        return len(self._kept) - self._head

    def __getitem__(self, number: int) -> Entry:
        """The entry of that number; IndexError where it was dropped or is still to come."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        entry = self._kept[self._head + number - self.first]
        assert entry is not None
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return (self[number] for number in range(self.first, self.end))

    def some(self, number: int, most: int) -> list[Entry]:
        """Entries from that number on, not more than `most`; the number must not have been dropped."""
        at = self._head + number - self.first
        return cast(list[Entry], self._kept[at : at + most])

    def extend(self, entries: Iterable[Entry]) -> None:
        """Adds entries at the end, in this order."""
        for entry in entries:
            self._kept.append(entry)
            self._size += len(entry.text)
        while len(self) > self._lines or (self._size > self._characters and len(self) > 1):
            self._drop()
        # The list is moved up when half of it is empty: constant work a line, on the whole.
        if self._head > len(self._kept) // 2:
            del self._kept[: self._head]
            self._head = 0

    def clear(self) -> None:
        """Forgets everything; numbers go on."""
        self.first = self.end
        self.dropped = self._size = self._head = 0
        self._kept.clear()

    def _drop(self) -> None:
        entry = self._kept[self._head]
        assert entry is not None
        self._size -= len(entry.text)
        self._kept[self._head] = None
        self._head += 1
        self.first += 1
        self.dropped += 1
