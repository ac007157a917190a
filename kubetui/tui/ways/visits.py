"""Where one has been: to go back and forth in, as in a browser, and to and fro between the last two. Pure."""

from typing import Generic, TypeVar

P = TypeVar("P")

MOST = 50
"""Places remembered."""


class Visits(Generic[P]):
    """Places in the order they were visited. Going back does not forget what lies ahead; a new place does."""

    def __init__(self, first: P) -> None:
        self._places = [first]
        self._at = 0
        self._before: P | None = None

    @property
    def here(self) -> P:
        return self._places[self._at]

    def visit(self, place: P) -> None:
        """One is at that place now; staying where one is counts for nothing."""
        if place == self.here:
            return
        self._before = self.here
        self._places = [*self._places[: self._at + 1], place][-MOST:]
        self._at = len(self._places) - 1

    def step(self, by: int) -> P | None:
        """Goes back (-1) or forth (1); None where there is nothing that way."""
        if not 0 <= self._at + by < len(self._places):
            return None
        self._before = self.here
        self._at += by
        return self.here

    def last(self) -> P | None:
        """Goes to where one was before this; None where one has been nowhere else."""
        if self._before is not None:
            self.visit(self._before)
            return self.here
        return None
