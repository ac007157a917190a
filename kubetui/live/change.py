"""One change of one object: what the log, the story and the views all read."""

from typing import Any, NamedTuple

from kubetui.kinds.kind import Kind
from kubetui.read import Object


class Change(NamedTuple):
    """An object came (no old), changed, or went (no new). Immutable."""

    kind: Kind[Any]
    old: Object | None
    new: Object | None
    at: float
    """Seconds since the epoch, when the event was read from the wire."""
    initial: bool = False
    """True for what was there already when watching began (the first list), or is only out of sight now: no news."""

    @property
    def object(self) -> Object:
        """The object as it is now, or as it last was."""
        now = self.new or self.old
        assert now is not None
        return now
