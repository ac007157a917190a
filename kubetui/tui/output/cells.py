"""A picture as cells: for each line its characters and their looks. Knows no terminal."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment

from kubetui.tui.output.look import PLAIN, Look, blank, look_of

_JOINERS = "\u200d\ufe0f"


class Line:
    """One line of cells.

    A cell holds the characters that stand in it: one, as a rule; with those that combine with it, more; none where a
    wide one reaches over from the left.
    """

    __slots__ = ("looks", "texts")

    def __init__(self, texts: list[str], looks: list[Look]) -> None:
        self.texts = texts
        self.looks = looks

    @classmethod
    def of(cls, text: str, width: int) -> "Line":
        """That text in each cell; a text that no cell can have (two characters) stands for what is not known."""
        return cls([text] * width, [PLAIN] * width)

    def same(self, other: "Line") -> bool:
        return self.texts == other.texts and self.looks == other.looks

    def copy(self) -> "Line":
        return Line(self.texts.copy(), self.looks.copy())

    @property
    def even(self) -> bool:
        """Whether each cell has one character, so that every terminal agrees on where each stands."""
        return "" not in self.texts and len("".join(self.texts)) == len(self.texts)

    def put(self, x: int, segments: Iterable[Segment], colours: ColorSystem) -> None:
        """Writes segments from cell `x` on, as far as there is room. Nothing that a terminal obeys is taken over."""
        texts, looks, width = self.texts, self.looks, len(self.texts)
        if x < width and not texts[x]:
            texts[x - 1] = " "  # the wide character there loses its right half
        for text, style, control in segments:
            if control or x >= width:
                continue
            cells: Sequence[str] = text if text.isascii() and text.isprintable() else _cells(text)
            if len(cells) > width - x:
                wide = not cells[width - x]
                cells = [*cells[: width - x - wide], *" " * wide]
            look = look_of(style, colours) if style is not None else PLAIN
            texts[x : x + len(cells)] = cells
            looks[x : x + len(cells)] = [blank(look) if text.isspace() else look] * len(cells)
            x += len(cells)
        if x < width and not texts[x]:
            texts[x] = " "  # the right half of a wide character that was overwritten


@lru_cache(1024)
def _cells(text: str) -> tuple[str, ...]:
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        shown = "".join(char for char in text[start:end] if char.isprintable() or char in _JOINERS)
        if width and shown:
            cells += [shown, *[""] * (width - 1)]
        elif width:
            cells += [" "] * width
    return tuple(cells)
