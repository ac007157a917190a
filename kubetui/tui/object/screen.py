"""One object on the whole screen: overview, manifest, events, logs and history, live, each in a tab.

It keeps to the object's uid: what is deleted is shown as it last was, and a namesake is offered, never slipped in.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from kubetui.actions.action import Action, Show, Target
from kubetui.kinds.event import EVENT
from kubetui.kinds.masking import is_secret
from kubetui.kinds.page import Reference
from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.filter import EVERYTHING
from kubetui.live.portrait import Portrait
from kubetui.live.state import Phase, State
from kubetui.live.whole import Whole
from kubetui.read import Object, ObjectMeta
from kubetui.text import sanitise
from kubetui.tui.asks import OpenObject
from kubetui.tui.frames import Frames
from kubetui.tui.headline import Headline, connection
from kubetui.tui.object.events import ObjectEvents
from kubetui.tui.object.overview import Overview
from kubetui.tui.object.tabbar import TabBar
from kubetui.tui.object.tabs import EVENTS, HISTORY, LOGS, MANIFEST, OVERVIEW, ObjectTabs, previous_run, search, tabs_of
from kubetui.tui.object.tabtable import TabTable
from kubetui.tui.object.title import ObjectTitle
from kubetui.tui.seen import seen
from kubetui.tui.session import Session
from kubetui.tui.steadfast import Steadfast
from kubetui.tui.table.table import Table
from kubetui.tui.verbs import Verbs, bindings
from kubetui.tui.ways.follow import open_reference
from kubetui.tui.ways.keybar import KeyBar
from kubetui.tui.ways.places import ObjectPlace
from kubetui.tui.ways.prompt import Prompt, is_typing
from kubetui.tui.ways.words import completions

_KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    OVERVIEW: (("enter", "open"),),
    MANIFEST: (("n", "next match"), ("f", "managedFields"), ("w", "wrap"), ("c", "copy"), ("ctrl-s", "save")),
    EVENTS: (("enter", "open"),),
    HISTORY: (),
    LOGS: (("s", "follow"), ("w", "wrap"), ("t", "time"), ("h", "find"), ("ctrl-s", "save")),
}


class ObjectScreen(Steadfast, Screen[None]):
    """The object view. What the server refuses is a sentence in the tab."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", show=False, id="back"),
        Binding("tab", "next(1)", "next tab", show=False, priority=True, id="next-tab"),
        Binding("shift+tab", "next(-1)", "tab before", show=False, priority=True, id="tab-before"),
        Binding("enter", "open_heir", "open the new one", show=False, priority=True),
        Binding("colon", "prompt(':')", "command", show=False, priority=True, id="command"),
        Binding("slash", "search", "search", show=False, id="filter"),
        Binding("m", "menu", "menu", show=False, id="menu"),
        Binding("c", "copy", "copy name", show=False, id="copy-name"),
        *bindings(),
    ]

    def __init__(self, session: Session, frames: Frames, target: Target, show: Show) -> None:
        super().__init__()
        self.session = session
        self.frames = frames
        self.kind = target.kind
        self.verbs = Verbs(self.app, session)
        self._given = target.object
        """The object as it was where it was opened."""
        self.tabs = ObjectTabs(session, frames, target.kind)
        self._show = show
        """What it was opened with."""
        self._cluster: Cluster | None = None
        self._portrait: Portrait | None = None
        self._left_at = 0.0
        """When its context was left, on the event loop's clock."""

    def compose(self) -> ComposeResult:
        yield Headline()
        yield ObjectTitle(self.kind)
        yield TabBar(tabs_of(self.kind))
        yield self.tabs
        yield Prompt(partial(completions, self.session))
        yield KeyBar()

    # The object ---------------------------------------------------------------------------------------------------

    @property
    def whole(self) -> Whole | None:
        """The object as the server has it; None where there is no cluster."""
        return self._portrait.whole if self._portrait else None

    @property
    def place(self) -> ObjectPlace:
        """How one comes back here."""
        given = Target(self.kind, self._given)
        return ObjectPlace(given.uid, given, Show(self.tabs.opened))

    @property
    def target(self) -> Target:
        """What a verb acts on: this very object, as it is now."""
        return Target(self.kind, self._object())

    @property
    def scope(self) -> Scope:
        """The namespaces that are read, where they hold the object; else its own."""
        scope, namespace = self.session.scope, self._given.metadata.namespace
        return scope if not scope or not namespace or namespace in scope else (namespace,)

    def on_mount(self) -> None:
        self.session.on_switch.append(self._switched)
        self.set_interval(1.0, self.tick)
        self._begin()
        self.show_as(self._show)

    def on_unmount(self) -> None:
        self.session.on_switch.remove(self._switched)

    def _begin(self) -> None:
        """Begins to follow the object."""
        cluster = self._cluster = self.session.cluster
        if cluster is not None:
            self.session.relate()
            self._portrait = Portrait(cluster, self.scope, self.kind, self._given, self._ask, wall=self.session.clock)
            self.tabs.follow(cluster, self._portrait, self.scope)
            self.run_worker(
                self._portrait.run(), group="object", description="an object", exclusive=True, exit_on_error=False
            )
        self._ask()

    def _switched(self) -> None:
        """Another context: what is shown is of the one that was left, and stays as it was."""
        if self._cluster is None:
            self._begin()
        elif self.session.cluster is not self._cluster:
            self.workers.cancel_group(self, "object")
            self._left_at = asyncio.get_running_loop().time()
            self._ask()

    def _object(self) -> Object:
        """What is known of it."""
        return self._portrait.object if self._portrait else self._given

    def _state(self) -> State:
        """How true it is what one sees."""
        if self._cluster is not self.session.cluster:
            return State(Phase.STALE, since=self._left_at, why="another context was chosen meanwhile")
        return self.whole.state if self.whole else State()

    # Tabs ---------------------------------------------------------------------------------------------------------

    def open_tab(self, tab: str, then: Callable[[Widget], None] | None = None) -> None:
        """Brings a tab to the front, and then does something with it."""
        self.query_one(TabBar).show(tab)
        self.tabs.open(tab, then)
        self._ask()

    def show_as(self, show: Show) -> None:
        """Brings a tab to the front, as a verb wants it."""
        self.open_tab(show.tab, previous_run if show.options.get("previous") else None)

    @on(TabBar.Chosen)
    def _chosen(self, event: TabBar.Chosen) -> None:
        self.open_tab(event.tab)

    def action_next(self, step: int) -> None:
        self.open_tab(self.query_one(TabBar).after(step))

    # Painting -----------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self.frames.ask(self.paint)

    def on_screen_resume(self) -> None:
        self._ask()

    def tick(self) -> None:
        """Once a second: ages grow."""
        if not seen(self):
            return
        self.tabs.tick()
        self._paint_lines()

    def paint(self) -> None:
        """Brings the screen into line with the object."""
        if not self.is_mounted or not seen(self):
            return
        if self.session.veil is not None and self.whole is not None:
            self.session.veil.learn_document(self.whole.body)
        gone = self.whole is not None and self.whole.gone_at is not None
        self.tabs.tell(dimmed=gone or self._state().phase is Phase.STALE, notice=self._notice())
        self._paint_lines()
        self._paint_keys()

    def _paint_lines(self) -> None:
        cluster, state = self.session.cluster, self._state()
        if state.phase in (Phase.FORBIDDEN, Phase.GONE):
            state = State(Phase.LIVE, since=state.since)
        self.query_one(Headline).tell(
            where=self.session.where,
            insecure=cluster is not None and cluster.api.access.tls.insecure,
            readonly=bool(self.session.readonly),
            production=self.session.is_production,
            masked=self.session.veil is not None,
            state=connection(state, cluster, asyncio.get_running_loop().time()),
            tallies=[],
            now=datetime.fromtimestamp(self.session.clock()),
        )
        whole = self.whole
        self.query_one(ObjectTitle).tell(
            self._object(),
            self.session.clock(),
            gone_at=whole.gone_at if whole else None,
            reborn=bool(whole and whole.heir),
        )

    def _paint_keys(self) -> None:
        keys = _KEYS[self.tabs.opened]
        if self.tabs.opened == MANIFEST and is_secret(self.kind.resource):
            keys = (("x", "reveal"), *keys)
        taken = {key for key, _ in keys}
        acting = [
            each
            for each in self.verbs.offers(self.kind, [self.target])
            if not each.action.shows and each.action.key not in taken
        ]
        self.query_one(KeyBar).tell((("esc", "back"), ("tab", "next"), *keys), acting)

    def _notice(self) -> str:
        """Why there is nothing to see yet."""
        if self._portrait is None:
            return self.session.problem or "Connecting …"
        state = self._portrait.whole.state
        if self._portrait.whole.gone_at is not None:
            return f"{self.target} was deleted before it could be read."
        return (
            state.why if state.phase in (Phase.FORBIDDEN, Phase.GONE, Phase.STALE) else f"Waiting for {self.target} …"
        )

    # Keys ---------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tabs and the namesake give way to a line that is being typed."""
        if action == "open_heir":
            return bool(self.whole and self.whole.heir) and not is_typing(self)
        return action not in ("next", "prompt") or not is_typing(self)

    def action_back(self) -> None:
        rows = self.tabs.current
        if isinstance(rows, TabTable) and rows.view.filter:
            rows.narrow(EVERYTHING)
        else:
            self.dismiss()

    def action_open_heir(self) -> None:
        """The object that has taken the name, in place of the one that is gone."""
        if self.whole is None:
            return
        meta = self._given.metadata
        self._given = Object(metadata=ObjectMeta(name=meta.name, namespace=meta.namespace, uid=self.whole.heir))
        self._begin()
        self.open_tab(self.tabs.opened)

    def action_verb(self, key: str) -> None:
        action = self.verbs.meant(key, [self.target])
        if action is not None:
            self.do(action)
        elif why := self.session.readonly:
            self.notify(f"Read-only: {why}, so nothing is changed.", severity="warning", markup=False)

    @work(group="verbs", exit_on_error=False, description="a verb")
    async def do(self, action: Action) -> None:
        """Opens a tab, or acts on the object."""
        if action.shows is not None:
            if await self.verbs.may(action, [self.target]):
                self.show_as(action.shows)
        elif self._cluster is not self.session.cluster:
            self.notify("This object is of a cluster that was left meanwhile.", severity="warning")
        elif self.target.object.metadata.uid:
            await self.verbs.do(action, [self.target])

    @work(group="verbs", exit_on_error=False, description="the menu")
    async def action_menu(self) -> None:
        action = await self.verbs.menu([self.target], (2, 3))
        if action is not None:
            self.do(action)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._given.metadata.name)
        self.notify("Copied the name.", timeout=2)

    @on(Overview.Followed)
    def _followed(self, event: Overview.Followed) -> None:
        self.follow(event.to)

    @work(group="follow", exclusive=True, exit_on_error=False, description="a link")
    async def follow(self, to: Reference) -> None:
        """Opens what a link leads to."""
        await open_reference(self, self.session, to)

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        events = self.tabs.current
        if isinstance(events, ObjectEvents) and (obj := events.view.get(event.uid)) is not None:
            self.post_message(OpenObject(Target(EVENT, obj), Show(OVERVIEW)))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.node is self:
            self._complain(f"Something failed on this page: {event.worker.error}")

    def _complain(self, sentence: str) -> None:
        self.notify(sanitise(sentence), severity="error", markup=False, timeout=8)

    # The prompt ---------------------------------------------------------------------------------------------------

    @property
    def _prompt(self) -> Prompt:
        return self.query_one("ObjectScreen > Prompt", Prompt)

    def action_prompt(self, mark: str) -> None:
        self._prompt.open(mark)

    def action_search(self) -> None:
        """What has no search of its own is searched in the manifest."""
        self.open_tab(MANIFEST, search)

    @on(Prompt.Entered)
    @on(Prompt.Cancelled)
    def _leave_prompt(self) -> None:
        self._prompt.close()
        self.tabs.focus_content()
