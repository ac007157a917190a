"""The line of keys at the bottom: what can be done here, now."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from kubetui.actions.registry import Offer
from kubetui.tui.verbs import hint

ALWAYS = ((":", "command"), ("/", "filter"), ("?", "help"))


class KeyBar(Static):
    """One line; what does not fit is left away from its end, but the keys that lead to all others."""

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__("")
        self._told: tuple[object, ...] = ()

    def tell(self, first: Sequence[tuple[str, str]], offers: Sequence[Offer]) -> None:
        """Shows these keys, the verbs, and how to find the rest; to be told the same again costs nothing."""
        told = (tuple(first), tuple(offers), self.content_size.width)
        if told == self._told:
            return
        self._told = told
        verbs = sorted(offers, key=lambda offer: offer.action.minor)
        hints = [_hint(key, word) for key, word in first] + [hint(offer) for offer in verbs]
        last = [_hint(key, word) for key, word in ALWAYS]
        width = self.content_size.width
        gap = Content("  ")
        while hints and gap.join([*hints, *last]).cell_length > width:
            hints.pop()
        self.update(gap.join([*hints, *last]), layout=False)


def _hint(key: str, word: str) -> Content:
    return Content.assemble((key, "bold $primary"), " ", word)
