"""Which lines of a log are shown, and in which rows: numbers, heights and their running sum. Pure.

Appending costs the same whatever is there already; finding the line of a row is a bisection.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate


class LogLayout:
    """Lines by their numbers in the ring, ascending, with gaps where a filter hides some."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._sizes: list[int] = []
        self._ends: list[int] = []
        """Rows up to the end of each line, counted from the first line ever laid out."""
        self._head = 0
        self._base = 0
        self.widest = 0
        """Cells of the widest line so far."""

    def __len__(self) -> int:
        """Lines shown."""
        return len(self._numbers) - self._head

    @property
    def rows(self) -> int:
        """Rows of all lines together."""
        return (self._ends[-1] if len(self) else self._base) - self._base

    def append(self, number: int, size: int, height: int) -> None:
        """A line at the end: its number, its `logtext.size`, its rows."""
        self._ends.append((self._ends[-1] if len(self) else self._base) + height)
        self._numbers.append(number)
        self._sizes.append(size)
        self.widest = max(self.widest, abs(size))

    def drop_before(self, number: int) -> int:
        """Forgets the lines before that number; says how many rows they were."""
        first = bisect_left(self._numbers, number, lo=self._head)
        if first == self._head:
            return 0
        before, self._base = self._base, self._ends[first - 1]
        self._head = first
        if self._head > len(self._numbers) // 2:
            for column in (self._numbers, self._sizes, self._ends):
                del column[: self._head]
            self._head = 0
        return self._base - before

    def clear(self) -> None:
        """Forgets all lines."""
        for column in (self._numbers, self._sizes, self._ends):
            column.clear()
        self._head = self._base = self.widest = 0

    def lay_out(self, height: Callable[[int, int], int] | None) -> None:
        """Gives each line new rows; `height` is asked with number and size, None stands for one row each."""
        numbers, sizes = self._numbers[self._head :], self._sizes[self._head :]
        self._numbers, self._sizes, self._head, self._base = numbers, sizes, 0, 0
        self._ends = list(accumulate(map(height, numbers, sizes)) if height else range(1, len(numbers) + 1))

    def at(self, row: int) -> tuple[int, int]:
        """The number of the line in that row, and which of the line's rows it is; IndexError past the end."""
        if not 0 <= row < self.rows:
            raise IndexError(row)
        index = bisect_right(self._ends, self._base + row, lo=self._head)
        return self._numbers[index], self._base + row - (self._ends[index - 1] if index > self._head else self._base)

    def row_of(self, number: int) -> int:
        """The first row of that line, or of the next one shown."""
        index = bisect_left(self._numbers, number, lo=self._head)
        return (self._ends[index - 1] if index > self._head else self._base) - self._base

    def numbers(self) -> list[int]:
        """The lines shown, in order."""
        return self._numbers[self._head :]
