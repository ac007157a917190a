"""The content of an object's tabs: each is made when it is first opened, and told of the object while it is seen."""

from collections.abc import Callable
from typing import Any

from textual.containers import Container
from textual.widget import Widget

from kubetui.actions.action import Target
from kubetui.actions.logs import WITH_PODS
from kubetui.kinds.kind import Kind
from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.logbook import LogBook
from kubetui.live.podsources import PodSources
from kubetui.live.portrait import Portrait
from kubetui.tui.frames import Frames
from kubetui.tui.logs.pane import LogPane
from kubetui.tui.object.events import ObjectEvents
from kubetui.tui.object.history import ObjectHistory
from kubetui.tui.object.manifest import ManifestPane
from kubetui.tui.object.overview import Overview
from kubetui.tui.object.tabtable import TabTable
from kubetui.tui.session import Session

OVERVIEW, MANIFEST, EVENTS, HISTORY, LOGS = "overview", "manifest", "events", "history", "logs"


def tabs_of(kind: Kind[Any]) -> tuple[str, ...]:
    """The tabs of an object of that kind; logs only where pods are behind it."""
    logs = (LOGS,) if kind.resource.qualified in WITH_PODS else ()
    return (OVERVIEW, MANIFEST, EVENTS, *logs, HISTORY)


def previous_run(widget: Widget) -> None:
    """To the logs of the run before the last restart."""
    if isinstance(widget, LogPane):
        widget.action_previous()


def search(widget: Widget) -> None:
    """To a search of the manifest."""
    if isinstance(widget, ManifestPane):
        widget.action_search()


class ObjectTabs(Container):
    """One tab at a time. What stands in it is of one object, until `follow` names another."""

    DEFAULT_CSS = """
    ObjectTabs { height: 1fr; }
    ObjectTabs > * { height: 1fr; }
    """

    def __init__(self, session: Session, frames: Frames, kind: Kind[Any]) -> None:
        super().__init__()
        self.opened = OVERVIEW
        """The tab in front."""
        self._session = session
        self._frames = frames
        self._kind = kind
        self._cluster: Cluster | None = None
        self._portrait: Portrait | None = None
        self._scope: Scope = ()
        self._tabs: dict[str, Widget] = {}
        self._sources: PodSources | None = None
        self._then: Callable[[Widget], None] | None = None
        """What is to be done once the tab in front has been made."""

    @property
    def current(self) -> Widget | None:
        """What stands in the tab in front; None until it can be made."""
        return self._tabs.get(self.opened)

    def follow(self, cluster: Cluster, portrait: Portrait, scope: Scope) -> None:
        """From now on it is this object."""
        self.close()
        self._cluster, self._portrait, self._scope = cluster, portrait, scope

    def close(self) -> None:
        """Takes away what there is of an object."""
        for widget in self._tabs.values():
            widget.remove()
        self._tabs.clear()
        if self._sources is not None:
            self._sources.close()
            self._sources = None

    def on_unmount(self) -> None:
        if self._sources is not None:
            self._sources.close()

    def open(self, tab: str, then: Callable[[Widget], None] | None = None) -> None:
        """Brings a tab to the front, and then does something with it; as soon as its object has been read."""
        self.opened, self._then = tab, then
        self._ensure()
        for name, widget in self._tabs.items():
            widget.display = name == tab
        if self.current is not None and self.current.is_mounted:
            self._settle()

    def tell(self, *, dimmed: bool, notice: str) -> None:
        """The object may be different; the notice is shown while there is nothing of it."""
        self._ensure()
        match self.current:
            case Overview() as overview:
                overview.tell(self._portrait.page() if self._portrait else (), dimmed=dimmed, notice=notice)
            case ManifestPane() as pane:
                pane.tell(self._portrait.whole.body if self._portrait else {}, dimmed=dimmed, notice=notice)

    def tick(self) -> None:
        """Ages have grown."""
        match self.current:
            case Overview() as overview:
                overview.tick()
            case TabTable() as rows:
                rows.tick()

    def focus_content(self) -> None:
        """Keys go to the tab in front."""
        match self.current:
            case Overview() as overview:
                overview.focus()
            case ManifestPane() | LogPane() as pane:
                pane.view.focus()
            case TabTable() as rows:
                rows.table.focus()

    def _ensure(self) -> None:
        if self.opened not in self._tabs and (widget := self._make(self.opened)) is not None:
            self._tabs[self.opened] = widget
            self.mount(widget)
            self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        self.focus_content()
        then, self._then = self._then, None
        if then is not None and self.current is not None:
            then(self.current)

    def _make(self, tab: str) -> Widget | None:
        """A tab's widget; None where what it is about is not known yet."""
        if tab == OVERVIEW:
            return Overview(clock=self._session.cluster_time)
        if self._portrait is None or (cluster := self._cluster) is None:
            return None
        resource, identity = self._kind.resource, self._portrait.whole.identity
        if tab == MANIFEST:
            return ManifestPane(resource, f"{resource.singular or resource.plural}-{identity.name}")
        if not identity.uid:
            return None
        if tab == EVENTS:
            return ObjectEvents(cluster, identity, self._frames, clock=self._session.clock)
        if tab == HISTORY:
            return ObjectHistory(cluster, self._kind, identity, self._frames, clock=self._session.clock)
        self._sources = PodSources(cluster, self._scope, identity.uid)
        title = str(Target(self._kind, self._portrait.object))
        return LogPane(LogBook(cluster.api, self._sources, server=cluster), title, lambda: cluster.silent)
