"""Figures as a Markdown table: a row a measure, a column a program."""

from collections.abc import Callable, Sequence

from benchmarks.measures import Figures

_ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("exec → first row", lambda of: _seconds(of.first_row)),
    ("exec → first row over 2 Mbit/s, 80 ms", lambda of: _seconds(of.first_row_slow)),
    ("exec → all rows", lambda of: _seconds(of.all_rows)),
    ("memory", lambda of: _number(of.memory, "MB")),
    ("new pod → its row, median", lambda of: _milliseconds(of.new_row)),
    ("key → paint, median", lambda of: _milliseconds(of.key)),
    ("key → paint under 200 events/s, p95", lambda of: _milliseconds(of.key_busy_p95)),
    ("CPU at 200 events/s", lambda of: _number(of.cpu_busy, "%")),
    ("CPU idle", lambda of: _number(of.cpu_idle, "%", digits=1)),
    ("filter accepted → narrowed", lambda of: _milliseconds(of.filtered)),
    ("bytes to the terminal per key", lambda of: _number(of.bytes_key)),
    ("bytes per idle second", lambda of: _number(of.bytes_idle)),
)


def markdown(pods: int, figures: Sequence[Figures]) -> str:
    """The table of one size of cluster, of what could be measured of any of the programs."""
    head = [f"{pods:,} pods", *(of.program for of in figures)]
    rows = [[name, *(cell(of) for of in figures)] for name, cell in _ROWS]
    lines = [head, ["---"] * len(head), *(row for row in rows if set(row[1:]) != {"—"})]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _seconds(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f} s"


def _milliseconds(value: float | None) -> str:
    return "—" if value is None else f"{value * 1000:,.0f} ms"


def _number(value: float | None, unit: str = "", digits: int = 0) -> str:
    return "—" if value is None else f"{value:,.{digits}f} {unit}".strip()
