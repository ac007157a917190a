"""What ctrl-p finds: kinds, verbs, commands, and the objects of the panes on the screen."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from kubetui.actions.action import Show, Target
from kubetui.kinds.builtin import BUILTIN
from kubetui.text import sanitise
from kubetui.tui.asks import OpenObject
from kubetui.tui.verbs import BARRED
from kubetui.tui.ways.keys import spelled
from kubetui.tui.workplace import Workplace

if TYPE_CHECKING:
    from kubetui.tui.app import Explorer

MOST_OBJECTS = 30
"""Objects offered of each pane; more would only be scrolled past."""
LEAST_LETTERS = 2
"""Letters from which on objects are looked for."""


class Finder(CommandPalette):
    """The palette, in our words and without pictures."""

    DEFAULT_CSS = """
    Finder SearchIcon { display: none; }
    Finder CommandInput, Finder CommandInput:focus { padding-left: 1; }
    """

    def __init__(self) -> None:
        super().__init__(placeholder="Find a verb, a kind, an object, a theme …")


class _Offer(NamedTuple):
    text: str
    help: str
    """A sentence of our own: Textual reads it as markup."""
    do: Callable[[], object]


class Palette(Provider):
    """Offers all that one can get to from here. Names are made safe when they are found, not before."""

    async def discover(self) -> Hits:
        for offer in (*self._verbs(), *self._commands(), *self._kinds(), *self._themes()):
            yield DiscoveryHit(Content(offer.text), offer.do, offer.text, offer.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for offer in (*self._verbs(), *self._commands(), *self._kinds(), *self._themes(), *self._namespaces(query)):
            score = matcher.match(offer.text)
            if score > 0:
                yield Hit(score, Content(offer.text), offer.do, offer.text, offer.help)
        for at, offer in enumerate(self._objects(query)):
            yield Hit(1 - at / 1000, Content(offer.text), offer.do, offer.text, offer.help)

    @property
    def _explorer(self) -> "Explorer":
        return cast("Explorer", self.app)

    def _verbs(self) -> Iterator[_Offer]:
        screen = self.screen
        if isinstance(screen, Workplace) and (pane := screen.pane) is not None and (targets := pane.targets()):
            for action, why in screen.verbs.offers(pane.kind, targets):
                text = f"{action.name} {sanitise(str(targets[0]))}"
                told = f"{BARRED} You may not." if why else action.summary
                yield _Offer(text, f"{spelled(action.key)}  {told}", partial(screen.do, action, targets))

    def _commands(self) -> Iterator[_Offer]:
        app = self._explorer
        yield _Offer("board", "The four live panes", app.to_board)
        yield _Offer("contexts", "Another cluster", app.action_contexts)
        yield _Offer("help", "The keys of where you are", app.action_help)
        yield _Offer("quit", "Leave kubetui", partial(app.exit, 0))

    def _kinds(self) -> Iterator[_Offer]:
        words = [kind.resource.plural for kind in BUILTIN]
        words += [each.plural for each in self._explorer.session.resources if "list" in each.verbs]
        for word in dict.fromkeys(words):
            yield _Offer(sanitise(word), "A list of this kind", partial(self._explorer.obey, word))

    def _themes(self) -> Iterator[_Offer]:
        app = self._explorer
        for theme in sorted(app.available_themes):
            yield _Offer(f"theme {theme}", "Other colours", partial(setattr, app, "theme", theme))

    def _namespaces(self, query: str) -> Iterator[_Offer]:
        folded = query.lower().removeprefix("namespace ").strip()
        fitting = (name for name in self._explorer.session.namespaces() if folded in name)
        for name in islice(fitting, MOST_OBJECTS):
            look = partial(self._explorer.look_at, (name,))
            yield _Offer(f"namespace {sanitise(name)}", "Look at this namespace alone", look)

    def _objects(self, query: str) -> Iterator[_Offer]:
        """Objects whose name has what was typed in it, those of the pane in focus first."""
        screen, folded = self.screen, query.lower().strip()
        if not isinstance(screen, Workplace) or len(folded) < LEAST_LETTERS:
            return
        for pane in sorted(screen.panes, key=lambda pane: pane is not screen.pane):
            for obj in islice(pane.find(folded), MOST_OBJECTS):
                target = Target(pane.kind, obj)
                where = f"  in {target.namespace}" if target.namespace else ""
                ask = partial(screen.post_message, OpenObject(target, Show("overview")))
                yield _Offer(sanitise(f"{target}{where}"), "Open it", ask)
