"""What is measured of one program on one cluster: a function a measure. Seconds; None where it can't be measured."""

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks import processes
from benchmarks.cluster import Measured
from benchmarks.programs import Program
from benchmarks.terminal import LINES, Terminal

ROW = re.compile(r"\b(service-\d{4}-|aaa\b)")
"""The name of a pod that is surely there."""
DOWN, UP = "\x1b[B", "\x1b[A"
PATIENCE = 60.0
LOOKS = 2.0
"""Seconds between the looks of a program that follows by looking again: it is asked at all moments between two."""


@dataclass(slots=True)
class Figures:
    """Times in seconds, memory in MB, CPU in percent of one core, bytes."""

    program: str
    pods: int
    first_row: float | None = None
    first_row_slow: float | None = None
    """Over a line of 2 Mbit/s and 80 ms."""
    all_rows: float | None = None
    memory: float | None = None
    new_row: float | None = None
    key: float | None = None
    key_busy_p95: float | None = None
    cpu_idle: float | None = None
    cpu_busy: float | None = None
    filtered: float | None = None
    bytes_key: float | None = None
    bytes_idle: float | None = None


@contextmanager
def running(program: Program, cluster: Measured, *, watch: bool = False) -> Iterator[Terminal]:
    with Terminal(
        program.watch if watch and program.watch else program.argv, {**cluster.env, **program.env}
    ) as terminal:
        yield terminal


def start(program: Program, cluster: Measured, pods: int) -> tuple[float | None, float | None]:
    """exec → first row, exec → all rows: the end of the program, or the count of pods on the screen."""
    with running(program, cluster) as terminal:
        first = terminal.until(lambda: terminal.shows(ROW), PATIENCE)
        every = terminal.until(lambda: complete(terminal, program, pods), PATIENCE) if program.lists else None
        return _since(terminal.started, first), _since(terminal.started, every)


def first_row(program: Program, cluster: Measured) -> float | None:
    """exec → first row alone."""
    with running(program, cluster) as terminal:
        return _since(terminal.started, terminal.until(lambda: terminal.shows(ROW), PATIENCE))


def complete(terminal: Terminal, program: Program, pods: int) -> bool:
    """Whether the program says that it has them all."""
    count = re.compile(rf"(?<![\d,])({pods}|{pods:,})(?![\d,])")
    return terminal.shows(count) if program.keys else terminal.ended


def settled(terminal: Terminal, program: Program, pods: int) -> bool:
    """Wait until the program has everything and has come to rest; False if it never has."""
    if terminal.until(lambda: terminal.shows(ROW), PATIENCE) is None:
        return False
    everything = not (program.lists and program.keys)
    everything = everything or terminal.until(lambda: complete(terminal, program, pods), PATIENCE) is not None
    terminal.until_quiet(0.5, 5.0)
    return everything


def idle(terminal: Terminal, seconds: float = 10.0) -> tuple[float, float]:
    """CPU in percent, and bytes a second, while nobody does anything here (nor, if it is busy, in the cluster)."""
    before, began = processes.cpu(terminal.pid), time.monotonic()
    written = terminal.pass_time(seconds)
    took = time.monotonic() - began
    return 100 * (processes.cpu(terminal.pid) - before) / took, written / took


def new_row(terminal: Terminal, cluster: Measured, times: int = 15) -> float | None:
    """A pod is asked for → its name is on the screen; the median. Each pod is gone again before the next."""
    took = []
    for number in range(times):
        name = f"bbb-{time.time_ns() % 10**9}-{number}"
        terminal.pass_time(number * 0.7 % LOOKS)
        began = time.monotonic()
        cluster.create(name)
        shown = terminal.until(partial(terminal.shows, re.compile(name)), 30.0)
        cluster.delete(name)
        terminal.until_quiet(0.3, 3.0)
        if shown is not None:
            took.append(shown - began)
    return statistics.median(took) if len(took) > times / 2 else None


def keys(terminal: Terminal, cursor: "Cursor", times: int) -> list[float]:
    """Arrow key → the cursor is painted on the next row, each time. A key that is not obeyed in 2 s counts as 2 s.

    After three of those it is given up: [].
    """
    took: list[float] = []
    for number in range(times):
        step = 1 if number // 15 % 2 == 0 else -1
        began = terminal.type(DOWN if step > 0 else UP)
        cursor.y += step
        painted = terminal.until(cursor.is_there, 2.0)
        took.append((painted or began + 2.0) - began)
        if sum(seconds >= 2.0 for seconds in took) == 3:
            return []
        terminal.pass_time(0.05)
    return took


def bytes_per_key(terminal: Terminal, times: int = 20) -> float:
    """Bytes to the terminal after an arrow key until nothing comes for a while; the median."""
    written = []
    for number in range(times):
        before = terminal.written
        terminal.type(DOWN if number % 2 == 0 else UP)
        terminal.until_quiet(0.2, 1.0)
        written.append(terminal.written - before)
    return statistics.median(written)


def filtered(terminal: Terminal, program: Program, times: int = 3) -> float | None:
    """The last key of a filter → only rows that it lets through are on the screen; the median."""
    took = []
    for number in range(times):
        text = f"service-{number + 20:04d}"
        for typed in (program.filter, text[:-1]):
            terminal.type(typed)
            terminal.until_quiet(0.3, 3.0)
        let_through = re.compile(".*".join(text) if program.fuzzy else text)

        def narrowed(let_through: re.Pattern[str] = let_through) -> bool:
            names = [found for line in terminal.lines for found in re.findall(r"service-\d{4}-\w+-\w+", line)]
            return bool(names) and all(map(let_through.match, names))

        if narrowed():
            return None  # by less than the whole text: what its last key does can't be seen
        began = terminal.type(text[-1] + "\r")
        if (shown := terminal.until(narrowed, 15.0)) is not None:
            took.append(shown - began)
        terminal.type("\x1b")
        terminal.until_quiet(0.3, 3.0)
        terminal.until(lambda: not narrowed(), 5.0)
    return statistics.median(took) if took else None


class Cursor:
    """Where the cursor's row is, told by the look of its cells: found once, while all is quiet, by moving it."""

    def __init__(self, terminal: Terminal, x: int, y: int, *, tinted: bool) -> None:
        self._terminal = terminal
        self._x = x
        self.y = y
        self._look = terminal.look(x, y)
        self._plain = terminal.look(x, y - 1) if tinted else None

    @classmethod
    def find(cls, terminal: Terminal, program: Program) -> "Cursor | None":
        names = [match.start() for line in terminal.lines if (match := ROW.search(line))]
        if not names:
            return None
        x = statistics.mode(names)  # where most names begin: other panes may show one too
        for _ in range(5):  # a first key may only say that keys are used from here on
            before = [terminal.look(x, y) for y in range(LINES)]
            terminal.type(DOWN)
            terminal.until_quiet(0.3, 3.0)
            changed = [y for y in range(LINES) if terminal.look(x, y) != before[y]]
            if len(changed) == 2 and changed[1] == changed[0] + 1:
                return cls(terminal, x, changed[1], tinted=program.tinted)
        return None

    def is_there(self) -> bool:
        look = self._terminal.look(self._x, self.y)
        return look == self._look if self._plain is None else look != self._plain


def _since(began: float, at: float | None) -> float | None:
    return None if at is None else at - began
