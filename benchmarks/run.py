"""One program through all its measures."""

import statistics
import sys
from collections.abc import Iterable

from benchmarks import measures, processes
from benchmarks.cluster import Measured
from benchmarks.measures import Cursor, Figures
from benchmarks.programs import Program

RATE = 200
"""Events a second of a busy cluster."""


def measure(program: Program, cluster: Measured, pods: int, starts: int = 3) -> Figures:
    """Starts it several times, then looks at one long run; what a program can't do is left out."""
    figures = Figures(program.name, pods)
    print(f"  {program.name}", file=sys.stderr)
    begun = [measures.start(program, cluster, pods) for _ in range(starts)]
    figures.first_row, figures.all_rows = (_median(column) for column in zip(*begun, strict=True))
    with measures.running(program, cluster, watch=True) as terminal:
        if not measures.settled(terminal, program, pods):
            return figures
        terminal.pass_time(2.0)
        figures.memory = processes.memory(terminal.pid)
        figures.cpu_idle, figures.bytes_idle = measures.idle(terminal)
        if program.lists:
            figures.new_row = measures.new_row(terminal, cluster)
        terminal.pass_time(8.0)  # what shows that those pods came and went is over
        cursor = Cursor.find(terminal, program) if program.keys else None
        if cursor:
            figures.key = _median(measures.keys(terminal, cursor, 40))
            figures.bytes_key = measures.bytes_per_key(terminal)
        if program.lists and cluster.filled:
            with cluster.busy(RATE):
                terminal.pass_time(2.0)
                figures.cpu_busy, _ = measures.idle(terminal)
                if cursor:
                    figures.key_busy_p95 = _p95(measures.keys(terminal, cursor, 100))
        if program.filter:  # the last, for the cursor is elsewhere after it
            figures.filtered = measures.filtered(terminal, program)
    return figures


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _p95(values: list[float]) -> float | None:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else None
