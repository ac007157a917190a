"""How fast kubetui is, beside what else is there: a Markdown table for each size of cluster."""

import argparse
import platform
from pathlib import Path

from benchmarks.cluster import Measured, existing, filled
from benchmarks.generator.cluster import generated
from benchmarks.graph import GRAPHS, draw
from benchmarks.logs import RATE, follow, report
from benchmarks.measures import Figures, first_row
from benchmarks.programs import Program, programs
from benchmarks.run import measure
from benchmarks.table import markdown
from benchmarks.terminal import COLUMNS, LINES


def main() -> None:
    known = programs()
    names = ", ".join(program.name for program in known)
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--pods", type=int, nargs="+", default=[1000, 10000], help="sizes of the clusters to build")
    parser.add_argument("--kubeconfig", type=Path, help="measure on this cluster instead (makes a namespace in it)")
    many = "measure kubetui on generated clusters of these sizes instead"
    parser.add_argument("--generated", type=int, nargs="+", metavar="PODS", help=many)
    parser.add_argument("--graphs", type=Path, metavar="FOLDER", help="with --generated: draw graphs into this folder")
    talking = f"measure kubetui on logs instead: {RATE:,} lines a second, of so many containers together"
    parser.add_argument("--logs", type=int, nargs="+", metavar="CONTAINERS", help=talking)
    parser.add_argument("--only", nargs="+", metavar="PROGRAM", help=f"of those that are here: {names}")
    parser.add_argument("--starts", type=int, default=3, help="how often each program is started")
    asked = parser.parse_args()
    chosen = [program for program in known if asked.only is None or program.name in asked.only]
    if not chosen:
        parser.error(f"none of these is here; there are {names}")
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {COLUMNS}×{LINES}")
    print(", ".join(program.told() for program in chosen), end="\n\n", flush=True)
    if asked.kubeconfig:
        with existing(asked.kubeconfig) as cluster:
            _report(chosen, cluster, asked.starts)
        return
    if asked.logs:
        with known[0].at_home() as kubetui:
            print(report([follow(kubetui, containers) for containers in asked.logs]))
        return
    if asked.generated:
        with known[0].at_home() as kubetui:
            _generated(kubetui, asked.generated, asked.starts, asked.graphs)
        return
    for pods in asked.pods:
        with filled(pods) as cluster:
            _report(chosen, cluster, asked.starts)


def _generated(kubetui: Program, sizes: list[int], starts: int, folder: Path | None) -> None:
    """A row of figures a size, and the graphs of all."""
    runs: list[Figures] = []
    for pods in sizes:
        with generated(pods) as cluster:
            figures = measure(kubetui, cluster, cluster.count(), starts)
            with cluster.over_a_slow_line():
                figures.first_row_slow = first_row(kubetui, cluster)
            runs.append(figures)
        print(markdown(pods, runs[-1:]), end="\n\n", flush=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for graph in GRAPHS:
            (folder / f"{graph.file}.svg").write_text(draw(graph, runs))


def _report(chosen: list[Program], cluster: Measured, starts: int) -> None:
    pods, runs = cluster.count(), []
    for program in chosen:
        with program.at_home() as alone:
            runs.append(measure(alone, cluster, pods, starts))
    print(markdown(pods, runs), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
