"""How kubetui follows logs of containers that never stop talking: what it takes in, how soon a key is obeyed."""

import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks import processes
from benchmarks.generator.cluster import kubeconfig, process_of
from benchmarks.generator.talker import NAME
from benchmarks.programs import Program
from benchmarks.terminal import Terminal

RATE = 100_000
"""Lines a second, of all containers together."""
_PATIENCE = 30.0
_SETTLE = 5.0
_KEYS = 40
_PAUSED, _FOLLOWS = re.compile("‖ paused"), re.compile("▼ follow")
_RATE = re.compile(r"([\d,]+)/s")
_DROPPED = re.compile(r"([\d,]+) dropped")


@dataclass(slots=True)
class Followed:
    """One run; None where it did not come to that."""

    containers: int
    lines: float | None = None
    """Taken in a second, as the view counts them; the median of its seconds."""
    key: float | None = None
    """Seconds from the key that stops following to its sign, the median."""
    key_p95: float | None = None
    cpu: float | None = None
    """Percent of one core."""
    dropped: int | None = None
    """Lines that the view says it no longer has, at the end."""


def follow(kubetui: Program, containers: int) -> Followed:
    """Opens the logs of a pod of so many containers, and stops and follows them by turns."""
    followed = Followed(containers)
    with (
        process_of("benchmarks.generator.talker", str(RATE), str(containers)) as port,
        tempfile.TemporaryDirectory(prefix="kubetui-bench-") as folder,
    ):
        config = Path(folder) / "kubeconfig"
        config.write_text(kubeconfig(port))
        program = replace(kubetui, env={**kubetui.env, "KUBECONFIG": str(config)})
        with Terminal(program.argv, program.env) as terminal:
            if terminal.until(lambda: terminal.shows(re.compile(NAME)), _PATIENCE) is None:
                return followed
            terminal.until_quiet(0.5, 3.0)
            terminal.type("l")
            if terminal.until(lambda: terminal.shows(_FOLLOWS), _PATIENCE) is None:
                return followed
            terminal.pass_time(_SETTLE)
            _measure(terminal, followed)
    return followed


def _measure(terminal: Terminal, followed: Followed) -> None:
    used, began = processes.cpu(terminal.pid), time.monotonic()
    rates, took = [], []
    for number in range(_KEYS):
        sign = _FOLLOWS if number % 2 else _PAUSED
        typed = terminal.type("s")
        shown = terminal.until(partial(terminal.shows, sign), 5.0)
        took.append((shown or typed + 5.0) - typed)
        terminal.pass_time(0.25)
        rates.append(_count(terminal, _RATE) or 0)
    followed.cpu = 100 * (processes.cpu(terminal.pid) - used) / (time.monotonic() - began)
    followed.lines = statistics.median(rates)
    followed.key, followed.key_p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    followed.dropped = _count(terminal, _DROPPED)


def _count(terminal: Terminal, pattern: re.Pattern[str]) -> int | None:
    found = next((match for line in terminal.lines if (match := pattern.search(line))), None)
    return int(found[1].replace(",", "")) if found else None


def report(runs: Sequence[Followed]) -> str:
    """A Markdown table, a row a run."""
    lines = [
        f"| logs of {RATE:,} lines/s | lines taken in a second | key → paint, median | p95 | CPU | told as dropped |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for run in runs:
        cells = [
            f"{run.containers} container{'s' if run.containers > 1 else ''}",
            _told(run.lines, "{:,.0f}"),
            _told(run.key and run.key * 1000, "{:.0f} ms"),
            _told(run.key_p95 and run.key_p95 * 1000, "{:.0f} ms"),
            _told(run.cpu, "{:.0f} %"),
            _told(run.dropped, "{:,}"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _told(value: float | None, form: str) -> str:
    return "—" if value is None else form.format(value)
