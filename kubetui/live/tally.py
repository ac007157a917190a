"""How many objects of a kind there are in each health, kept change by change."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from kubetui.kinds.kind import Health, Kind
from kubetui.live.change import Change
from kubetui.live.store import uid_of
from kubetui.read import Object


class Tally:
    """Counts of one kind; costs one health a change."""

    def __init__(self, kind: Kind[Any], objects: Iterable[Object] = ()) -> None:
        self.kind = kind
        self._health = {uid_of(obj): kind.health(obj) for obj in objects}
        self.counts: Counter[Health] = Counter(self._health.values())

    @property
    def total(self) -> int:
        return len(self._health)

    def changed(self, changes: list[Change]) -> None:
        """Takes what a store tells."""
        for change in changes:
            uid = uid_of(change.object)
            before = self._health.pop(uid, None)
            now = None if change.new is None else self.kind.health(change.new)
            if now is not None:
                self._health[uid] = now
            if now is not before:
                if before is not None:
                    self.counts[before] -= 1
                if now is not None:
                    self.counts[now] += 1
