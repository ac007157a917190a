"""The line that says which object one looks at, how it is, and whether it is still there."""

from typing import Any

from textual.content import Content
from textual.widgets import Static

from kubetui.kinds.kind import Kind
from kubetui.read import Object, TableRow
from kubetui.text import human_duration, sanitise
from kubetui.tui.headline import HEALTH_STYLE

_TELLING = ("STATUS", "PHASE", "READY")
"""Titles of the columns that say how an object is doing, the better ones first."""


MOST = 500
"""Characters of a name or a status that go into the line: no terminal shows more, and cutting a megabyte takes time."""


class ObjectTitle(Static):
    """Kind, name, namespace, health and status; since when it is deleted."""

    DEFAULT_CSS = """
    ObjectTitle { height: 1; background: $surface; color: $text; padding: 0 1; }
    """

    def __init__(self, kind: Kind[Any]) -> None:
        super().__init__("", markup=False)
        self._kind = kind
        self._shown: Content | None = None

    def tell(self, obj: Object, now: float, *, gone_at: float | None, reborn: bool) -> None:
        """Shows it; `now` and `gone_at` are seconds since the epoch."""
        meta = obj.metadata
        parts: list[tuple[str, str] | str] = [(f"{self._kind.resource.kind} ", "$text-muted")]
        if meta.namespace:
            parts.append((f"{sanitise(meta.namespace[:MOST])}/", "$text-muted"))
        parts.append((sanitise(meta.name[:MOST]), "bold"))
        if gone_at is not None:
            parts.append((f"  ✖ deleted {human_duration(max(0.0, now - gone_at))} ago", "bold $text-error"))
            if reborn:
                parts.append(("  a new one of the same name exists: enter opens it", "$text-warning"))
        elif self._is_read(obj):
            health = self._kind.health(obj)
            parts.append((f"  {health.value} {self._status(obj)}", HEALTH_STYLE[health]))
        content = Content.assemble(*parts).truncate(max(1, self.content_size.width), ellipsis=True)
        if content != self._shown:
            self._shown = content
            self.update(content, layout=False)

    def _is_read(self, obj: Object) -> bool:
        """Whether there is more of it than its name."""
        return bool(obj.cells) if isinstance(obj, TableRow) else isinstance(obj, self._kind.struct)

    def _status(self, obj: Object) -> str:
        for title in _TELLING:
            for column in self._kind.columns:
                if column.title == title:
                    told = column.text(obj)
                    return sanitise(told[:MOST]) if isinstance(told, str) else ""
        return ""
