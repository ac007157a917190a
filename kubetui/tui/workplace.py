"""What the board and a list have in common: head line, panes, prompt, keys; the way of a key to a verb."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.widget import Widget

from kubetui.actions.action import Action, Show, Target
from kubetui.actions.registry import applicable
from kubetui.client.errors import ApiError
from kubetui.kinds.page import Reference
from kubetui.kinds.printer import TablePrinter
from kubetui.live.filter import EVERYTHING, FilterError, parse_filter
from kubetui.live.order import Order
from kubetui.live.state import Phase, State, worst
from kubetui.settings.paths import saved, write_new
from kubetui.text import sanitise
from kubetui.tui.asks import LookAt, OpenObject
from kubetui.tui.frames import Frames
from kubetui.tui.headline import Headline, connection
from kubetui.tui.pane import Pane
from kubetui.tui.seen import seen
from kubetui.tui.session import RECENT, Session
from kubetui.tui.steadfast import Steadfast
from kubetui.tui.table.table import Table
from kubetui.tui.verbs import Verbs, bindings
from kubetui.tui.ways.follow import node, owner, target_of
from kubetui.tui.ways.keybar import KeyBar
from kubetui.tui.ways.keys import GOING, LOOKING, SORTING
from kubetui.tui.ways.prompt import Prompt, is_typing
from kubetui.tui.ways.words import completions

SORTS = {"N": "NAME", "A": "AGE", "P": "NAMESPACE", "S": "STATUS", "R": "READY", "T": "RESTARTS", "I": "IP"}
"""k9s's sort keys, all of them."""
_OWN = (Phase.FORBIDDEN, Phase.GONE)
"""Phases of a kind by itself, which say nothing of the connection."""


class Workplace(Steadfast, Screen[None]):
    """A screen of panes. One has the focus; keys mean what its kind lets them mean."""

    AUTO_FOCUS = ""
    FIRST_KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("enter", "open"),)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon", "prompt(':')", "command", show=False, priority=True, id="command", group=GOING),
        Binding("escape,q", "back", "back", show=False, id="back", group=GOING),
        Binding("0", "all_namespaces", "all namespaces", show=False, id="all-namespaces", group=GOING),
        *(
            Binding(str(digit), f"recent({digit})", f"recent namespace {digit}", show=False, id=f"recent-{digit}")
            for digit in range(1, RECENT + 1)
        ),
        Binding("J", "owner", "its owner", show=False, id="owner", group=GOING),
        Binding("o", "node", "its node", show=False, id="node", group=GOING),
        Binding("m", "menu", "menu of verbs", show=False, id="menu", group=LOOKING),
        Binding("slash", "prompt('/')", "filter", show=False, priority=True, id="filter", group=LOOKING),
        Binding("Z", "faults", "faults only", show=False, id="faults", group=LOOKING),
        Binding("ctrl+w", "wide", "wide columns", show=False, id="wide", group=LOOKING),
        Binding("ctrl+r", "refresh", "read everything anew", show=False, id="refresh", group=LOOKING),
        Binding("ctrl+s", "save", "save the table", show=False, id="save", group=LOOKING),
        Binding("c", "copy('name')", "copy name", show=False, id="copy-name", group=LOOKING),
        Binding("n", "copy('namespace')", "copy namespace", show=False, id="copy-namespace", group=LOOKING),
        *(
            Binding(
                key, f"sort({title!r})", f"by {title.lower()}", show=False, id=f"sort-{title.lower()}", group=SORTING
            )
            for key, title in SORTS.items()
        ),
        Binding("O", "sort_selected", "by the next column", show=False, id="sort-next", group=SORTING),
        *bindings(),
    ]

    def __init__(self, session: Session, frames: Frames) -> None:
        super().__init__()
        self.session = session
        self.frames = frames
        self.verbs = Verbs(self.app, session)
        self._headline = Headline()
        self._keys = KeyBar()

    def compose(self) -> ComposeResult:
        yield self._headline
        yield from self.compose_body()
        yield Prompt(partial(completions, self.session))
        yield self._keys

    def compose_body(self) -> ComposeResult:
        """What stands between the head line and the keys."""
        raise NotImplementedError

    @property
    def panes(self) -> Sequence[Pane]:
        """In their order."""
        raise NotImplementedError

    @property
    def pane(self) -> Pane | None:
        """The pane in focus, or that had it last while a line is being typed."""
        widget: Widget | None = self.focused
        found = next((each for each in widget.ancestors_with_self if isinstance(each, Pane)), None) if widget else None
        return found or self._last

    @on(DescendantFocus)
    def _remember_pane(self) -> None:
        self._last = self.pane

    def on_mount(self) -> None:
        self.attach()
        self.set_interval(1.0, self.tick)

    def attach(self) -> None:
        """Shows the session as it is now: another cluster, other namespaces."""
        for pane in self.panes:
            pane.attach(filter=pane.view.filter)
        if (cluster := self.session.cluster) is not None and self.learnt not in cluster.rights.on_learnt:
            cluster.rights.on_learnt.append(self.learnt)
        self.frames.ask(self.paint)

    def on_unmount(self) -> None:
        if (cluster := self.session.cluster) is not None and self.learnt in cluster.rights.on_learnt:
            cluster.rights.on_learnt.remove(self.learnt)

    def learnt(self) -> None:
        """It is known what the person may do."""
        self.frames.ask(self.paint)

    @on(Pane.StateChanged)
    def _state_changed(self) -> None:
        self.frames.ask(self.paint)

    def on_screen_resume(self) -> None:
        for pane in self.panes:
            self.frames.ask(pane.paint)
        self.frames.ask(self.paint)

    def tick(self) -> None:
        """Once a second, while this is the screen one sees."""
        if not seen(self):
            return
        now = self.session.clock()
        for pane in self.panes:
            if pane.size.area:
                pane.tick(now)
        self.paint()

    def paint(self) -> None:
        """The head line and the keys."""
        if not self.is_mounted or not seen(self):
            return
        cluster = self.session.cluster
        self._headline.tell(
            where=self.session.where,
            insecure=cluster is not None and cluster.api.access.tls.insecure,
            readonly=bool(self.session.readonly),
            production=self.session.is_production,
            masked=self.session.veil is not None,
            state=connection(self._state(), cluster, asyncio.get_running_loop().time()),
            tallies=[
                pane.tally for pane in self.panes if pane.is_known and pane.kind.resource.plural in ("nodes", "pods")
            ],
            now=datetime.fromtimestamp(self.session.clock()),
        )
        self.paint_keys()

    def _state(self) -> State:
        """What the head line tells of the panes. What one may not read is told by its pane: it is no outage."""
        cluster = self.session.cluster
        read = [pane.state for pane in self.panes if pane.size.area and pane.state.phase not in _OWN]
        if read or cluster is None:
            return worst(read)
        if cluster.silent:
            return State(Phase.STALE, since=cluster.silent_since, why=cluster.silent)
        return State(Phase.LIVE)

    def paint_keys(self) -> None:
        pane = self.pane
        offers = self.verbs.offers(pane.kind, pane.targets()) if pane else ()
        self._keys.tell(self.FIRST_KEYS, [each for each in offers if each.action.name != "open"])

    # The prompt

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A line that is being typed has these keys for itself."""
        return action != "prompt" or not is_typing(self)

    def action_prompt(self, mark: str) -> None:
        pane = self.pane
        text = pane.view.filter.text if mark == "/" and pane else ""
        self._before = pane.view.filter if pane else EVERYTHING
        self.query_one(Prompt).open(mark, text)
        self._narrowing = pane
        if mark == "/" and pane:
            pane.prepare()

    @on(Prompt.Changed)
    def _typed(self, event: Prompt.Changed) -> None:
        if event.mark == "/" and self._narrowing is not None:
            self._narrow(self._narrowing, event.text)

    @on(Prompt.Cancelled)
    def _cancelled(self, event: Prompt.Cancelled) -> None:
        if event.mark == "/" and self._narrowing is not None:
            self._narrowing.narrow(self._before)
        self._leave_prompt()

    @on(Prompt.Entered)
    def _leave_prompt(self) -> None:
        self.query_one(Prompt).close()
        if self._narrowing is not None:
            self._narrowing.table.focus()

    def _narrow(self, pane: Pane, text: str) -> None:
        try:
            pane.narrow_soon(parse_filter(text), self._refused)
        except FilterError as why:
            self._refused(why)

    def _refused(self, why: FilterError) -> None:
        self.query_one(Prompt).fault(str(why))

    _last: Pane | None = None
    _before = EVERYTHING
    _narrowing: Pane | None = None

    # Verbs

    def action_verb(self, key: str) -> None:
        pane = self.pane
        if pane is None:
            return
        targets = pane.targets()
        action = self.verbs.meant(key, targets)
        if action is not None:
            self.do(action, targets)
        elif targets and (why := self.session.readonly):
            self.notify(f"Read-only: {why}, so nothing is changed.", severity="warning", markup=False)

    @work(group="verbs", exit_on_error=False, description="a verb")
    async def do(self, action: Action, targets: list[Target]) -> None:
        """Looks or acts."""
        if action.shows is not None:
            if await self.verbs.may(action, targets[:1]):
                self.post_message(OpenObject(targets[0], action.shows))
        elif await self.verbs.do(action, targets):
            for pane in self.panes:
                pane.table.action_clear_marks()

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        pane = self.pane
        if pane is not None and (target := pane.under_cursor()) is not None:
            self.do(applicable(target.kind, readonly=True)[0], [target])

    @on(Table.MenuAsked)
    def _menu_asked(self, event: Table.MenuAsked) -> None:
        self.open_menu(event.x, event.y)

    def action_menu(self) -> None:
        if (pane := self.pane) is not None:
            region = pane.table.cursor_region
            self.open_menu(region.x + 4, region.y + 1)

    @work(group="verbs", exit_on_error=False, description="the menu")
    async def open_menu(self, x: int, y: int) -> None:
        """The verbs of what is under the cursor, or of what is marked."""
        pane = self.pane
        if pane is None or not (targets := pane.targets()):
            return
        action = await self.verbs.menu(targets, (x, y))
        if action is not None:
            self.do(action, targets)

    @on(Table.HeaderClicked)
    def _header_clicked(self, event: Table.HeaderClicked) -> None:
        if (pane := self.pane) is not None:
            pane.sort(pane.view.columns[event.column].title)

    # Looking differently

    def action_sort(self, title: str) -> None:
        if (pane := self.pane) is not None:
            pane.sort(title)

    def action_sort_selected(self) -> None:
        """The next column in turn, for lists with columns that no key names."""
        if (pane := self.pane) is not None:
            titles = [column.title for column in pane.view.columns]
            now = pane.view.order.column
            at = titles.index(now) + 1 if now in titles else 0
            pane.view.sort(Order(titles[at % len(titles)]))
            pane.table.show(pane.view)
            self.frames.ask(pane.paint)

    def action_wide(self) -> None:
        if (pane := self.pane) is not None:
            pane.toggle_wide()

    def action_faults(self) -> None:
        if (pane := self.pane) is not None:
            pane.toggle_faults()

    def action_all_namespaces(self) -> None:
        self.post_message(LookAt())

    def action_recent(self, digit: int) -> None:
        """One of the namespaces looked at before."""
        recent = self.session.recent
        if digit <= len(recent):
            self.post_message(LookAt(recent[digit - 1]))
        else:
            self.notify(f"No namespace has been given the key {digit} yet. :ns NAME looks at one.", timeout=4)

    def action_owner(self) -> None:
        """The object that made the one under the cursor."""
        pane = self.pane
        if pane is not None and (target := pane.under_cursor()) is not None:
            self._open_relative(owner(target), f"{target} has no owner.")

    def action_node(self) -> None:
        """The node that the object under the cursor runs on."""
        pane = self.pane
        if pane is not None and (target := pane.under_cursor()) is not None:
            self._open_relative(node(target), f"{target} is on no node.")

    @work(group="relative", exclusive=True, exit_on_error=False, description="a related object")
    async def _open_relative(self, to: Reference | None, none: str) -> None:
        try:
            found = await target_of(self.session, to) if to else None
        except ApiError as why:
            none, found = str(why), None
        if found is not None:
            self.post_message(OpenObject(found, Show("overview")))
        else:
            self.notify(sanitise(none), markup=False, timeout=4)

    def action_refresh(self) -> None:
        """Lists anew, as after an outage."""
        if self.session.cluster is not None:
            for pane in self.panes:
                self.session.cluster.relist(pane.kind, self.session.scope)

    @work(group="save", exclusive=True, exit_on_error=False, description="save the table")
    async def action_save(self) -> None:
        """The rows as they are filtered and sorted, as kubectl prints them, to a file."""
        if (pane := self.pane) is None:
            return
        objects = [row.object for row in pane.view.rows(0, len(pane.view)) if row.gone_at is None]
        printer = TablePrinter(pane.view.columns, wide=True, with_namespace=False, for_terminal=True)
        now = datetime.fromtimestamp(self.session.cluster_time(), UTC)
        path = saved(f"{pane.kind.resource.plural}.txt")
        try:
            await asyncio.to_thread(lambda: write_new(path, printer.rows(objects, now).encode()))
        except OSError as why:
            self.notify(f"Could not save {path}: {why.strerror}.", severity="error", markup=False, timeout=8)
        else:
            self.notify(f"Saved {len(objects):,} rows to {path}", markup=False, timeout=5)

    def action_copy(self, what: str) -> None:
        pane = self.pane
        if pane is not None and (target := pane.under_cursor()) is not None:
            text = target.name if what == "name" else target.namespace
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied the {what}.", timeout=2)

    def action_back(self) -> None:
        """Closes what is in force, one at a time: marks, filter, then the screen."""
        pane = self.pane
        if pane is not None and pane.table.marks:
            pane.table.action_clear_marks()
            self.frames.ask(pane.paint)
        elif pane is not None and pane.view.filter:
            pane.narrow(EVERYTHING)
        else:
            self.leave()

    def leave(self) -> None:
        """What `back` does when nothing is in force."""
