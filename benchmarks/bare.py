"""The least a Textual app can be: rows and a cursor, no cluster. What is slower than this is ours to answer for."""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

PLAIN, CURSOR = Style(), Style(bgcolor="blue")


class Rows(Widget, can_focus=True):
    """Paints its lines itself, and of a cursor that moves two of them."""

    BINDINGS = [Binding("down", "move(1)"), Binding("up", "move(-1)")]
    cursor = 0

    def render_line(self, y: int) -> Strip:
        text = f"service-{y:04d}-bare".ljust(self.size.width)
        return Strip([Segment(text, CURSOR if y == self.cursor else PLAIN)])

    def action_move(self, step: int) -> None:
        for y in (self.cursor, self.cursor + step):
            self.refresh(Region(0, y, self.size.width, 1))
        self.cursor += step


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Rows()


if __name__ == "__main__":
    Bare().run()
