"""Where the veil meets the screen: Textual passes each line of each widget through these before it is written."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from kubetui.tui.veil.veil import Veil


class Masking(LineFilter):
    """Hides names in lines. Equal to itself only while the veil knows no more: Textual keeps what it filtered."""

    def __init__(self, veil: Veil) -> None:
        super().__init__()
        self.veil = veil

    def __hash__(self) -> int:
        return hash((id(self), self.veil.version))

    def __eq__(self, other: object) -> bool:
        return self is other

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        line = "".join(segment.text for segment in segments if not segment.control)
        return _dressed(segments, self.veil.masked(line), line)


class Curtain(LineFilter):
    """Hides every letter: for text that may hold anything. Colours and gaps stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [each if each.control else Segment(_hidden(each.text), each.style) for each in segments]


CURTAIN = Curtain()


def _hidden(text: str) -> str:
    return "".join("·" * cell_len(char) if char.isalnum() or cell_len(char) > 1 else char for char in text)


def _dressed(segments: list[Segment], shown: str, line: str) -> list[Segment]:
    """Other characters, as many, in the same segments."""
    if shown == line:
        return segments
    dressed: list[Segment] = []
    at = 0
    for segment in segments:
        if segment.control:
            dressed.append(segment)
            continue
        dressed.append(Segment(shown[at : at + len(segment.text)], segment.style))
        at += len(segment.text)
    return dressed
