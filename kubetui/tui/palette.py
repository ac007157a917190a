"""What ctrl-p finds: kinds, verbs, commands, and the objects of the pane in focus."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from kubetui.actions.registry import applicable
from kubetui.kinds.builtin import BUILTIN
from kubetui.text import sanitise
from kubetui.tui.keys import spelled
from kubetui.tui.workplace import Workplace

if TYPE_CHECKING:
    from kubetui.tui.app import Explorer

MOST_OBJECTS = 2000
"""Objects of the pane that are looked through."""


class _Offer(NamedTuple):
    text: str
    help: str
    do: Callable[[], object]


class Palette(Provider):
    """Offers all that one can get to from here."""

    async def discover(self) -> Hits:
        for offer in self._commands():
            yield DiscoveryHit(Content(offer.text), offer.do, offer.text, offer.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        async for offer in self._offers():
            score = matcher.match(offer.text)
            if score > 0:
                yield Hit(score, Content(offer.text), offer.do, offer.text, offer.help)

    @property
    def _explorer(self) -> "Explorer":
        return cast("Explorer", self.app)

    async def _offers(self) -> AsyncIterator[_Offer]:
        for offer in self._commands():
            yield offer
        for offer in self._objects():
            yield offer

    def _commands(self) -> Iterator[_Offer]:
        app = self._explorer
        screen = self.screen
        if isinstance(screen, Workplace) and (pane := screen.pane) is not None and (targets := pane.targets()):
            for action in applicable(pane.kind, readonly=app.session.options.readonly):
                text = f"{action.name} {sanitise(str(targets[0]))}"
                yield _Offer(text, f"{spelled(action.key)}  {action.summary}", partial(screen.do, action, targets))
        yield _Offer("board", "The four live panes", app.to_board)
        yield _Offer("contexts", "Another cluster", app.action_contexts)
        yield _Offer("help", "The keys of where you are", app.action_help)
        yield _Offer("quit", "Leave kubetui", partial(app.exit, 0))
        words = [kind.resource.plural for kind in BUILTIN]
        words += [each.plural for each in app.session.resources if "list" in each.verbs]
        for word in dict.fromkeys(words):
            yield _Offer(sanitise(word), f"List of {sanitise(word)}", partial(app.obey, word))
        for name in app.session.namespaces():
            yield _Offer(f"namespace {sanitise(name)}", "Look at this namespace alone", partial(app.look_at, (name,)))
        for theme in sorted(app.available_themes):
            yield _Offer(f"theme {theme}", "Other colours", partial(setattr, app, "theme", theme))

    def _objects(self) -> Iterator[_Offer]:
        screen = self.screen
        if not isinstance(screen, Workplace) or (pane := screen.pane) is None:
            return
        for row in pane.view.rows(0, MOST_OBJECTS):
            meta = row.object.metadata
            text = f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name
            yield _Offer(sanitise(text), pane.kind.resource.singular, partial(pane.table.move_to, row.uid))
