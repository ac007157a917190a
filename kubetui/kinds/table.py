"""Any kind without a file of its own: rows of the server's own table, so that every CRD has kubectl's columns."""

from collections.abc import Callable, Iterable

from kubetui.kinds.kind import Cell, Column, Health, Kind
from kubetui.read import TableRow
from kubetui.resource import Resource

_BROKEN = ("error", "fail", "crash", "lost", "degraded", "unhealthy")
_PROGRESS = ("pending", "progress", "creating", "terminating", "waiting", "released")


def table_kind(resource: Resource, columns: Iterable[tuple[str, bool]]) -> Kind[TableRow]:
    """A kind from a resource and its columns: title, and whether only when wide."""
    columns = tuple(columns)
    telling = next((at for at, (title, _) in enumerate(columns) if title.lower() in ("status", "phase", "ready")), None)
    return Kind(
        TableRow,
        resource,
        tuple(Column(title.upper(), _cell(at), wide=wide) for at, (title, wide) in enumerate(columns)),
        health=lambda row: _health(row, telling),
        table=True,
    )


def _cell(at: int) -> Callable[[TableRow], Cell]:
    return lambda row: _text(row.cells[at]) if at < len(row.cells) else ""


def _text(value: object) -> str:
    """A cell as kubectl prints it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        from kubetui.yamltext import shortest  # its tables cost a start more than a rare number is worth

        return shortest(value)
    if isinstance(value, list):
        return f"[{' '.join(map(_text, value))}]"
    return str(value)


def _health(row: TableRow, telling: int | None) -> Health:
    """What a status column says; a kind without one is taken as well."""
    if row.metadata.deletion_timestamp is not None:
        return Health.PROGRESS
    if telling is None or telling >= len(row.cells):
        return Health.WELL
    said = _text(row.cells[telling]).lower()
    if said == "false" or any(word in said for word in _BROKEN):
        return Health.BROKEN
    if any(word in said for word in _PROGRESS):
        return Health.PROGRESS
    return Health.UNKNOWN if said in ("", "unknown", "<none>") else Health.WELL
