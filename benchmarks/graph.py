"""A small graph of what something costs against the size of the cluster, as SVG that reads on light and dark paper."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks.measures import Figures

WIDTH, HEIGHT = 360, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 34, 30
_INK, _LINE = "#7d8590", "#4fa3d9"


class Graph(NamedTuple):
    """One measure of a run, with the line that it should stay below."""

    file: str
    title: str
    unit: str
    of: Callable[[Figures], float | None]
    """In that unit."""
    aim: float | None = None


GRAPHS = (
    Graph("first-row", "exec → first row", "s", lambda of: of.first_row),
    Graph("all-rows", "exec → all rows", "s", lambda of: of.all_rows),
    Graph("memory", "memory", "MB", lambda of: of.memory, 500),
    Graph("new-row", "new pod → its row, median", "ms", lambda of: _milliseconds(of.new_row), 30),
    Graph("key-busy", "key → paint at 200 events/s, p95", "ms", lambda of: _milliseconds(of.key_busy_p95), 50),
    Graph("cpu-busy", "CPU at 200 events/s", "%", lambda of: of.cpu_busy, 12),
)


def draw(graph: Graph, runs: Sequence[Figures]) -> str:
    """The graph of these runs, one for each size; sizes without a figure are left out."""
    points = [(run.pods, value) for run in runs if (value := graph.of(run)) is not None]
    right = max((size for size, _ in points), default=1)
    top = _round_up(max([value for _, value in points] + [graph.aim or 0], default=1) * 1.1)

    def x(size: float) -> float:
        return _LEFT + size / right * (WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 18, f"{graph.title} ({graph.unit})", "start", bold=True)]
    for share in (0, 0.5, 1):
        parts.append(_rule(y(share * top), x(right)))
        parts.append(_text(_LEFT - 6, y(share * top) + 4, f"{share * top:g}", "end"))
    if graph.aim is not None:
        parts.append(_rule(y(graph.aim), x(right), dashed=True))
        parts.append(_text(x(right), y(graph.aim) - 4, "aim", "end"))
    for size, value in points:
        parts.append(f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3" fill="{_LINE}"/>')
        if size * 10 >= right:
            parts.append(_text(x(size), HEIGHT - 10, f"{size // 1000}k", "middle"))
    line = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2"/>')
    told = ", ".join(f"{size:,} pods: {value:.3g} {graph.unit}" for size, value in points)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">'
    return "\n".join([head, f"<title>{graph.title}: {told}</title>", *parts, "</svg>", ""])


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _round_up(value: float) -> float:
    """To one of the figures that one likes to read at an axis."""
    step = 10.0 ** (len(f"{value:.0f}") - 1)
    return next(step * times for times in (0.2, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10) if step * times >= value)


def _text(x: float, y: float, text: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    style = f'font-family="sans-serif" font-size="12" fill="{_INK}" text-anchor="{anchor}"{weight}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{text}</text>'


def _rule(y: float, right: float, *, dashed: bool = False) -> str:
    look = f'stroke="{_INK}" stroke-dasharray="4 3"' if dashed else f'stroke="{_INK}" stroke-opacity="0.25"'
    return f'<line x1="{_LEFT}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" {look}/>'
