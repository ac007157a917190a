"""Who belongs to whom: an index of the links that kinds declare, kept change by change."""

from kubetui.kinds.kind import Link, reference
from kubetui.live.change import Change
from kubetui.live.store import uid_of
from kubetui.read import Object


class Relations:
    """Answers what is tied to an object, upwards (owner, node, service) and downwards (pods).

    Every object is a point with two names: its uid and `reference()` of its name. Links are kept both ways, so a
    question costs what its answer is long.
    """

    def __init__(self) -> None:
        self._up: dict[str, set[str]] = {}
        self._down: dict[str, set[str]] = {}
        self._uids: dict[str, str] = {}
        """uid of each `reference()` that is linked or known."""
        self._names: dict[str, str] = {}
        self.version = 0
        """Rises when a link came or went."""

    def changed(self, changes: list[Change]) -> None:
        """Takes what a store tells."""
        for change in changes:
            kind, before, now = change.kind, change.old, change.new
            old = () if before is None else kind.links(before)
            new = () if now is None else kind.links(now)
            if old == new and before is not None and now is not None:
                continue
            uid = uid_of(change.object)
            if before is None and now is not None:
                self._name(kind.resource.plural, now, uid)
            for link in set(old).difference(new) if new else old:
                self._untie(uid, link)
            for link in set(new).difference(old) if old else new:
                self._tie(uid, link)
            if now is None:
                self._forget(uid)
            self.version += 1

    def related(self, uid: str) -> frozenset[str]:
        """Everything above and below an object, and what stands above that which is below; uids and references."""
        down = self._closure(uid, edges=self._down)
        found = down | self._closure(uid, edges=self._up) | self._closure(*down, edges=self._up)
        return frozenset(self._uids.get(point, point) for point in found) - {uid}

    def below(self, uid: str) -> frozenset[str]:
        """Everything that belongs to an object, directly or through others."""
        return frozenset(self._closure(uid, edges=self._down))

    def above(self, uid: str) -> frozenset[str]:
        """Everything that an object belongs to, directly or through others."""
        return frozenset(self._uids.get(point, point) for point in self._closure(uid, edges=self._up))

    def _closure(self, *uids: str, edges: dict[str, set[str]]) -> set[str]:
        """All that can be reached; each point is gone through once, however many of these lead there."""
        found: set[str] = set()
        waiting = list(uids)
        while waiting:
            point = waiting.pop()
            for name in (point, self._names.get(point)):
                for near in edges.get(name, ()) if name else ():
                    if near not in found:
                        found.add(near)
                        waiting.append(self._uids.get(near, near))
        return found

    def _name(self, plural: str, obj: Object, uid: str) -> None:
        name = reference(plural, obj.metadata.namespace, obj.metadata.name)
        self._uids[name] = uid
        self._names[uid] = name

    def _forget(self, uid: str) -> None:
        name = self._names.pop(uid, None)
        if name is not None and self._uids.get(name) == uid:
            del self._uids[name]

    def _tie(self, uid: str, link: Link) -> None:
        above, below = (uid, link.to) if link.down else (link.to, uid)
        self._up.setdefault(below, set()).add(above)
        self._down.setdefault(above, set()).add(below)

    def _untie(self, uid: str, link: Link) -> None:
        above, below = (uid, link.to) if link.down else (link.to, uid)
        for edges, here, there in ((self._up, below, above), (self._down, above, below)):
            if ends := edges.get(here):
                ends.discard(there)
                if not ends:
                    del edges[here]
