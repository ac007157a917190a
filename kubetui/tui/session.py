"""What the screens look at: one context of the kubeconfig, its cluster, its story. Outlives every screen."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from kubetui.actions.journal import Journal
from kubetui.client.api import connect
from kubetui.client.discovery import resources
from kubetui.client.errors import ApiError, BadConfig, Forbidden
from kubetui.client.kubeconfig import Kubeconfig, load
from kubetui.kinds.builtin import find
from kubetui.kinds.kind import Kind
from kubetui.kinds.namespace import NAMESPACE, Namespace
from kubetui.kinds.table import table_kind
from kubetui.live.change import Change
from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.store import Store
from kubetui.resource import Resource
from kubetui.settings.options import Options
from kubetui.settings.paths import journal_file
from kubetui.settings.settings import Settings
from kubetui.story.teller import Teller
from kubetui.tui.board.firstsight import first_kinds

if TYPE_CHECKING:
    from kubetui.tui.veil.veil import Veil

log = logging.getLogger(__name__)

RECENT = 9
"""Namespaces remembered, one for each digit."""
DEFAULTS = Settings()
DISCOVER_AFTER = 0.5
"""Seconds until the server is asked what else there is: what a person sees first is asked for first."""
LOOK_AGAIN = 5.0
"""Seconds between two looks at a kubeconfig that could not be used."""
NAME_ALONE = (("Name", False),)
"""The columns of a kind of which one may read nothing; every table begins with that one."""
NAMED = 4
"""Namespaces at most that are told by name where one stands; of more, their number is told."""


class Session:
    """The connection a person works in. Switching the context replaces its cluster, not the session."""

    def __init__(
        self, options: Options, settings: Settings = DEFAULTS, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.options = options
        self.settings = settings
        self.clock = clock
        """The time of day, in seconds since the epoch."""
        self.kubeconfig: Kubeconfig | None = None
        self.context = options.context or ""
        named = () if options.all_namespaces else tuple(filter(None, (options.namespace or "").split(",")))
        self.scope: Scope = named
        self.recent: tuple[str, ...] = self.scope[:1]
        """Namespaces looked at in this context; each keeps its place, and so its digit."""
        self._settled = False
        """Whether the scope is that of the settings, and not of a choice."""
        self.cluster: Cluster | None = None
        self.teller = Teller()
        self.resources: tuple[Resource, ...] = ()
        self.problem = ""
        """Why there is no cluster; a sentence. Empty while there is one."""
        self.veil: Veil | None = None
        """What hides names on a shared screen; None where they are shown."""
        self.journal = Journal(journal_file)
        self.journal_failed = False
        """Whether it could not be written, and that was told."""
        self.on_switch: list[Callable[[], None]] = []
        """Called when the cluster has been replaced, or could not be."""
        self.on_story: list[Callable[[], None]] = []
        self._discovering: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        """Clusters that are being left; no switch waits for that."""
        self._veil: Veil | None = None
        self._tables: dict[str, Kind[Any]] = {}
        self._is_related = False
        """Whether what ties objects together is read."""
        self._ties: list[Callable[[], None]] = []
        """What lets go of the kinds that are read for that."""
        self._namespaces: Store[Namespace] | None = None

    async def switch(self, context: str | None = None) -> None:
        """Leaves the cluster there is and connects to that of a context; of the current one, if none is named.

        It waits for nothing, so that of two at once the later one counts and neither leaves a cluster behind. A cluster
        that is there is not left for a context that can't be used: BadConfig, and all stays as it is.
        """
        before = self.context
        try:
            kubeconfig = load(self.options.kubeconfig)
            access = kubeconfig.access(context or self.options.context)
            api = await connect(access)
        except BadConfig as why:
            if self.cluster is not None:
                raise
            self._leave()
            self.problem = str(why)
            self.context = context or self.context
            self._looking = asyncio.create_task(self._look_again(context), name="look for a kubeconfig")
        else:
            self._leave()
            self.problem = ""
            self.context = access.context
            self._arrive(before)
            self.kubeconfig = kubeconfig
            self.cluster = Cluster(api, wall=self.clock)
            self.cluster.hear(self)
            self.cluster.start()
            self._cover()
            self._discovering = asyncio.create_task(self._discover(self.cluster), name="discovery")
            self._tie()
        self._tell(self.on_switch)

    def cluster_time(self) -> float:
        """The time by which ages are counted: the cluster's, in seconds since the epoch."""
        return self.cluster.time.now() if self.cluster else self.clock()

    @property
    def where(self) -> str:
        """Where one is, in words; the namespaces one may read, where one looks at all and may read some alone."""
        return whereabouts(self.context, self.scope or (self.cluster.readable if self.cluster else ()))

    @property
    def readonly(self) -> str:
        """Why nothing may be changed in this context; empty where changes are allowed."""
        if self.options.readonly:
            return "started with --readonly"
        return "the settings file says so" if self.settings.is_readonly(self.context) else ""

    @property
    def is_production(self) -> bool:
        """Whether this context is marked as one where mistakes hurt."""
        return self.settings.is_production(self.context)

    async def close(self) -> None:
        """Ends everything."""
        self._leave()
        await asyncio.gather(*self._closing)

    def changed(self, changes: list[Change]) -> None:
        """Feeds the story."""
        before = self.teller.version
        for change in changes:
            self.teller.tell(change)
        if self.teller.version != before:
            self._tell(self.on_story)

    def announce(self, uid: str, verb: str) -> None:
        """What this app is about to do, so that the story says `you`."""
        self.teller.announce(uid, verb, self.clock())

    async def kind(self, word: str) -> Kind[Any] | None:
        """The kind a person means by a word; asks the server for the columns of one without a file of its own.

        A word that is not known may stand for a kind that was defined meanwhile, so the server is asked once more. What
        one may not read is known all the same.
        """
        if known := find(word):
            return known
        if (cluster := self.cluster) is None:
            return None
        if (resource := self.resource(word)) is None:
            self.resources = await resources(cluster.api)
            resource = self.resource(word)
        if resource is None:
            return None
        if resource.qualified not in self._tables:
            try:
                self._tables[resource.qualified] = await table_kind_of(cluster, resource, self.scope)
            except Forbidden:
                return table_kind(resource, NAME_ALONE)  # what is refused, its list says
        return self._tables[resource.qualified]

    def resource(self, word: str) -> Resource | None:
        """What the server serves under a word."""
        word = word.lower()
        return next((each for each in self.resources if word in each.names and "list" in each.verbs), None)

    def warm(self, kinds: Iterable[Kind[Any]]) -> None:
        """Asks for what the first screen shows, before there is a screen."""
        if self.cluster is not None:
            for kind in kinds:
                self.cluster.open(kind, self.scope)
                self.cluster.leave(kind, self.scope)

    def look_at(self, scope: Scope) -> None:
        """Other namespaces from now on; one by itself gets a digit."""
        self.scope, self._settled = scope, False
        if len(scope) == 1 and scope[0] not in self.recent:
            self.recent = (*self.recent, scope[0])[-RECENT:]
        self._tie()

    def relate(self) -> None:
        """Has what ties objects together read from now on: pages tell what belongs to an object; lists need none."""
        if not self._is_related:
            self._is_related = True
            self._tie()

    def _tie(self) -> None:
        """Reads those kinds in the namespaces one looks at, where they are wanted."""
        before, self._ties = self._ties, []
        if self._is_related and (cluster := self.cluster) is not None:
            for kind in first_kinds(None):
                cluster.open(kind, self.scope)
                self._ties.append(partial(cluster.leave, kind, self.scope))
        for leave in before:
            leave()

    def namespaces(self) -> list[str]:
        """The namespaces there are, as far as they have been read; asking for them has them read from now on."""
        if self._namespaces is None and self.cluster is not None:
            self._namespaces = self.cluster.open(NAMESPACE)
        known = {each.metadata.name for each in self._namespaces or ()}
        return sorted(known.union(self.recent, self.scope))

    def _arrive(self, before: str) -> None:
        """Looks at the namespaces that the settings name for the context one has come to.

        Those named on the command line hold for the context one starts in; those one looks at by choice are kept.
        """
        if self.kubeconfig is None:
            if self.options.namespace or self.options.all_namespaces:
                return
        elif before == self.context:
            return
        named = self.settings.namespaces(self.context)
        if named is not None or self._settled:
            self.scope = named or ()
        self._settled = named is not None
        self.recent = self.scope[:1]

    async def _discover(self, cluster: Cluster) -> None:
        """Learns what else the server serves; tried again until it answers."""
        await asyncio.sleep(DISCOVER_AFTER)
        while True:
            try:
                self.resources = await resources(cluster.api)
                return
            except ApiError as why:
                log.warning("discovery: %s", why)
                await asyncio.sleep(10)

    async def _look_again(self, context: str | None) -> None:
        """The kubeconfig may appear or be mended while we wait."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            try:
                load(self.options.kubeconfig).access(context or self.options.context)
            except BadConfig as why:
                if str(why) != self.problem:
                    self.problem = str(why)
                    self._tell(self.on_switch)
                continue
            self._looking = None
            await self.switch(context)
            return

    def _leave(self) -> None:
        """Hears no more of the cluster there is, and has it closed."""
        for task in (self._discovering, self._looking):
            if task and task is not asyncio.current_task():
                task.cancel()
        self._discovering = self._looking = None
        self._tables.clear()
        self._ties.clear()
        self._namespaces = None
        self.resources = ()
        self.teller = Teller()
        if self.cluster:
            cluster, self.cluster = self.cluster, None
            cluster.listeners.remove(self)
            closing = asyncio.create_task(cluster.close(), name="leave a cluster")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def mask(self) -> None:
        """Hides names, or shows them again. What is hidden as what is the same for the whole session."""
        from kubetui.tui.veil.veil import Veil

        if self.veil is None:
            self._veil = self._veil or Veil()
            self.veil = self._veil
            self._cover()
        else:
            if self.cluster is not None:
                self.cluster.listeners.remove(self.veil)
            self.veil = None

    def _cover(self) -> None:
        """Has the veil know all names of the cluster and the kubeconfig there are."""
        if self.veil is None:
            return
        contexts = self.kubeconfig.contexts if self.kubeconfig else ()
        self.veil.learn(name for each in contexts for name in (each.name, each.cluster, each.user))
        self.veil.learn((self.context, *self.scope, *self.recent))
        if self.cluster is not None:
            for store in self.cluster.stores:
                self.veil.learn_objects(store.kind, store)
            self.cluster.hear(self.veil)

    def _tell(self, listeners: list[Callable[[], None]]) -> None:
        for listener in tuple(listeners):
            listener()


def whereabouts(context: str, scope: Scope) -> str:
    """A context and namespaces, in words."""
    more = len(scope) - NAMED
    named = scope if more <= 1 else (*scope[:NAMED], f"{more} more")
    return f"{context or 'no context'} › {', '.join(named) or 'all namespaces'}"


async def table_kind_of(cluster: Cluster, resource: Resource, scope: Scope) -> Kind[Any]:
    """A kind of server-side tables; one row is asked for, to learn the columns, where the user may ask for it."""
    from kubetui.client.wire import JSON, TABLE
    from kubetui.client.wirejson import decode_table

    places = (*scope, "") if scope else ("", cluster.api.access.namespace)
    for place in dict.fromkeys(places if resource.namespaced else ("",)):
        try:
            body = await cluster.api.get(resource.path(place), query={"limit": "1"}, accept=f"{TABLE},{JSON}")
            break
        except Forbidden as why:
            refused = why
    else:
        raise refused
    columns = decode_table(body).column_definitions or []
    return table_kind(resource, [(column.name, column.priority > 0) for column in columns])
