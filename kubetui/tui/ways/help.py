"""The keys of where one is, read from the bindings that are in force and the verbs that apply."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from kubetui.actions.action import Risk
from kubetui.kinds.kind import Health
from kubetui.live.filter import EXAMPLES as FILTERS
from kubetui.text import sanitise
from kubetui.tui.headline import HEALTH_STYLE
from kubetui.tui.table.table import Table
from kubetui.tui.verbs import BARRED
from kubetui.tui.ways.command import EXAMPLES as COMMANDS
from kubetui.tui.ways.keys import GROUPS, MOVING, spelled
from kubetui.tui.workplace import Workplace

WIDE = 110
"""Columns of the screen from which on the page has two columns."""
COLUMN = 72
KEYS = 20
"""Cells for the keys of a line."""

_HEALTH = {
    Health.WELL: "well",
    Health.PROGRESS: "on its way",
    Health.BROKEN: "broken",
    Health.OFF: "finished, or switched off",
    Health.UNKNOWN: "not known",
}


class Section(NamedTuple):
    """Lines under a title."""

    title: str
    lines: list[Content]


class HelpScreen(ModalScreen[None]):
    """A page of keys over the screen it was asked on."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen VerticalScroll {
        width: auto; max-width: 100%; height: auto; max-height: 100%;
        border: round $primary; background: $surface; padding: 0 2; scrollbar-size-vertical: 1;
    }
    HelpScreen Static { width: auto; height: auto; }
    """

    BINDINGS = [
        Binding("escape,q,question_mark,enter", "dismiss(None)", "Close"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, of: Screen[Any]) -> None:
        super().__init__()
        self._sections = [section for section in _sections(of) if section.lines]

    def compose(self) -> ComposeResult:
        with VerticalScroll() as page:
            page.border_title = Content("Keys")
            page.border_subtitle = Content("esc closes")
            yield Static("", markup=False)

    def on_resize(self, event: Resize) -> None:
        """One column, or two where there is room."""
        room = event.size.width - 8
        page = self.query_one(VerticalScroll)
        page.styles.width = "100%" if event.size.width < WIDE else "auto"
        if event.size.width < WIDE:
            text = _column(self._sections, room)
        else:
            left, right = _halves(self._sections)
            width = min(COLUMN, (room - 6) // 2)
            text = _beside(_column(left, width), _column(right, width), width)
        self.query_one(Static).update(text)

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def _sections(of: Screen[Any]) -> Iterator[Section]:
    if isinstance(of, Workplace):
        if (pane := of.pane) is not None:
            verbs = [
                _line(spelled(verb.key), verb.summary.rstrip("."), "$text-error" if verb.risk is Risk.DESTROYS else "")
                if not why
                else _line(f"{BARRED}{spelled(verb.key)}", f"{verb.name}: {sanitise(why)}", "$text-muted")
                for verb, why in of.verbs.offers(pane.kind, pane.targets())
            ]
            yield Section(f"What can be done with {pane.kind.resource.plural}", verbs)
        yield from _keys(of)
        recent = [_line(str(digit), sanitise(name)) for digit, name in enumerate(of.session.recent, 1)]
        yield Section("Namespaces of this session", recent)
    else:
        yield from _keys(of)
    yield Section("Command line", [_line(*example) for example in COMMANDS])
    yield Section("Filter", [_line(*example) for example in FILTERS])
    signs = [_line(health.value, word, HEALTH_STYLE[health]) for health, word in _HEALTH.items()]
    yield Section("Signs", signs)


def _keys(of: Screen[Any]) -> Iterator[Section]:
    """The bindings in force, by group. Those without an id are Textual's own, or speak for themselves."""
    titles = ["In this view", *(group.description for group in GROUPS)]
    found: dict[str, dict[str, list[str]]] = {title: {} for title in titles}
    for key, active in of.active_bindings.items():
        binding = active.binding
        if binding.id and binding.description and not binding.action.startswith(("verb(", "recent(")):
            words = binding.description[:1].lower() + binding.description[1:]
            found[_title(active)].setdefault(words, []).append(spelled(key))
    for title, lines in found.items():
        yield Section(title, [_line(" ".join([*dict.fromkeys(keys)][:2]), words) for words, keys in lines.items()])


def _title(active: ActiveBinding) -> str:
    if active.binding.group is not None:
        return active.binding.group.description
    return MOVING.description if isinstance(active.node, Table) else "In this view"


def _line(keys: str, what: str, style: str = "") -> Content:
    return Content.assemble((keys, f"bold {style}"), " " * max(1, KEYS - len(keys)), what)


def _halves(sections: list[Section]) -> tuple[list[Section], list[Section]]:
    """The sections in two columns, cut where these are most alike in height."""
    heights = [len(section.lines) + 2 for section in sections]
    at = min(range(len(sections) + 1), key=lambda at: max(sum(heights[:at]), sum(heights[at:])))
    return sections[:at], sections[at:]


def _column(sections: Iterable[Section], width: int) -> Content:
    """Sections under each other; lines that are too long are cut."""
    lines: list[Content] = []
    for section in sections:
        if lines:
            lines.append(Content(""))
        lines.append(Content.styled(section.title, "bold $primary"))
        lines += [line.truncate(width, ellipsis=True) for line in section.lines]
    return Content("\n").join(line.pad_right(max(0, width - line.cell_length)) for line in lines)


def _beside(left: Content, right: Content, width: int) -> Content:
    """Two columns side by side."""
    lefts, rights = left.split("\n"), right.split("\n")
    blank = Content(" " * width)
    height = max(len(lefts), len(rights))
    lefts += [blank] * (height - len(lefts))
    rights += [blank] * (height - len(rights))
    return Content("\n").join(Content.assemble(a, "    ", b) for a, b in zip(lefts, rights, strict=True))
