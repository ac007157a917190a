"""A table that fills a tab, and the filter of its rows."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kubetui.live.change import Change
from kubetui.live.filter import EVERYTHING, Filter, FilterError, parse_filter
from kubetui.live.view import View
from kubetui.tui.frames import Frames
from kubetui.tui.table.table import Table
from kubetui.tui.ways.prompt import Prompt, is_typing


class TabTable(Vertical):
    """What shows rows of a view says in `dress` how true they are, and why there are none."""

    DEFAULT_CSS = """
    TabTable { height: 1fr; }
    TabTable > Table { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", show=False, priority=True, id="tab.filter")
    ]

    def __init__(
        self, view: View, frames: Frames, clock: Callable[[], float], ages: Callable[[], float] | None = None
    ) -> None:
        super().__init__()
        self.view = view
        self.table = Table(view, clock=clock, ages=ages)
        self._frames = frames
        self._clock = clock

    def compose(self) -> ComposeResult:
        yield self.table
        yield Prompt(lambda text: ())

    def dress(self) -> None:
        """Called before the table is painted."""

    def on_mount(self) -> None:
        self.ask()

    def on_resize(self) -> None:
        """There is room now, or another one."""
        self.ask()

    def changed(self, changes: list[Change]) -> None:
        """There are others."""
        self.ask()

    def ask(self) -> None:
        """What is shown may be different."""
        self._frames.ask(self.paint)

    def narrow(self, filter: Filter) -> None:  # noqa: A002
        """Shows only rows that pass; FilterError where that takes too long."""
        self.view.narrow(filter)
        self.ask()

    def tick(self) -> None:
        """Ages have grown."""
        now = self._clock()
        self.view.expire(now)
        self.table.tick(now)

    def paint(self) -> None:
        """Brings the table into line with the rows."""
        if self.is_attached and self.size.width:
            self.dress()
            self.table.frame()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A line that is being typed has these keys for itself."""
        return action != "filter" or not is_typing(self)

    def action_filter(self) -> None:
        self.query_one(Prompt).open("/", self.view.filter.text)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        event.stop()
        try:
            self.narrow(parse_filter(event.text))
        except FilterError as why:
            self.query_one(Prompt).fault(str(why))

    def on_prompt_entered(self, event: Prompt.Entered) -> None:
        event.stop()
        self._leave_prompt()

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        event.stop()
        self.narrow(EVERYTHING)
        self._leave_prompt()

    def _leave_prompt(self) -> None:
        self.query_one(Prompt).close()
        self.table.focus()
