"""Texts in a theme's colours, as a terminal takes them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kubetui.tui.first.look import LOOKS, Look, codes, is_fine


class Piece(NamedTuple):
    """A text of one look."""

    text: str
    ink: int
    ground: int
    bold: bool = False


class Brush:
    """Writes lines in a theme's colours, as SGR."""

    def __init__(self, look: Look, *, fine: bool) -> None:
        self.look = look
        self._fine = fine

    def line(self, pieces: Iterable[Piece]) -> str:
        """The pieces side by side; a blank takes the ink that is there, which nobody sees."""
        parts: list[str] = []
        now = Piece("", -1, -1)
        for piece in pieces:
            if piece.ground != now.ground or (not piece.text.isspace() and piece[1:] != now[1:]):
                weight = "1;" if piece.bold else ""
                ink, ground = codes(piece.ink, fine=self._fine), codes(piece.ground, fine=self._fine)
                parts.append(f"\x1b[0;{weight}38;{ink};48;{ground}m")
                now = piece
            parts.append(piece.text)
        return "".join(parts)


def brush_for(theme: str, environ: Mapping[str, str]) -> Brush | None:
    """What a theme is painted with on a terminal; None where the picture might not be the one Textual paints."""
    fine = is_fine(environ)
    return Brush(LOOKS[theme], fine=fine) if theme in LOOKS and fine is not None else None
