"""The board as it is painted before Textual is loaded."""

from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.view import View
from kubetui.tui.board.columns import Gauges
from kubetui.tui.board.firstsight import FIRST_PANE, ON_BOARD, seen_first
from kubetui.tui.board.places import LOW_SCREEN, LOW_STORY, STORY, Place, places
from kubetui.tui.first.pane import Shown
from kubetui.tui.first.picture import Sight


class BoardScene:
    """The panes, what ties their rows together, and the room of the story."""

    def __init__(self, cluster: Cluster, scope: Scope) -> None:
        self._cluster = cluster
        self._scope = scope
        known = (cluster.peek(kind, scope) for kind in seen_first(None))
        self.stores = [store for store in known if store is not None]

    def sight(self, width: int, height: int) -> Sight:
        gauges = Gauges()
        gauges.attach(self._cluster, self._scope)
        gauges.leave()
        views = []
        for kind in ON_BOARD:
            view = View(gauges.kinds.get(kind, kind), namespaces=len(self._scope) != 1)
            view.load(self._cluster.peek(kind, self._scope) or ())
            views.append(view)
        told = LOW_STORY if height < LOW_SCREEN else STORY
        room = height - told - 2  # head line, keys
        found = places(width, room, len(views), FIRST_PANE)
        panes = [
            Shown(view, Place(x, y + 1, cells, lines), focused=at == FIRST_PANE, key=f"F{at + 1}")
            for at, (view, (x, y, cells, lines)) in enumerate(zip(views, found, strict=True))
        ]
        first = views[FIRST_PANE]
        linked = self._cluster.relations.related(first.row(0).uid) if len(first) else frozenset[str]()
        return Sight(panes, linked, story=Place(0, room + 1, width, told))
