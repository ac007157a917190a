"""What one kind tells of another, counted change by change: the pods on a node, the endpoints of a service."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from kubetui.kinds.kind import Health
from kubetui.live.change import Change
from kubetui.live.store import uid_of
from kubetui.read import Object

Reading = Callable[[Any], tuple[Hashable, Mapping[Health, int]] | None]
"""What an object adds to the gauge: whose it is, and how much of each health; None for nothing."""


class Gauge:
    """Sums by owner. `touched` is told whose sum has changed, so that a row can be painted anew."""

    def __init__(self, read: Reading, touched: Callable[[Hashable], None]) -> None:
        self._read = read
        self._touched = touched
        self._parts: dict[str, tuple[Hashable, Mapping[Health, int]]] = {}
        self._sums: dict[Hashable, Counter[Health]] = {}

    def load(self, objects: Iterable[Object]) -> None:
        """Starts anew with what is there already."""
        self._parts.clear()
        self._sums.clear()
        for obj in objects:
            self._put(uid_of(obj), obj)

    def changed(self, changes: list[Change]) -> None:
        """Takes what a store tells."""
        for change in changes:
            self._put(uid_of(change.object), change.new)

    def of(self, owner: Hashable) -> Counter[Health]:
        """The sum of an owner."""
        return self._sums.get(owner, Counter())

    def _put(self, uid: str, obj: Object | None) -> None:
        before, now = self._parts.pop(uid, None), self._read(obj) if obj is not None else None
        if now is not None:
            self._parts[uid] = now
        if before == now:
            return
        for part, sign in ((before, -1), (now, 1)):
            if part is not None:
                owner, counts = part
                total = self._sums.setdefault(owner, Counter())
                for health, count in counts.items():
                    total[health] += sign * count
                if not +total:
                    del self._sums[owner]
                self._touched(owner)
