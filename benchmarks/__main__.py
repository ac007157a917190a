"""How fast kubetui is, beside what else is there: a Markdown table for each size of cluster."""

import argparse
import platform
from pathlib import Path

from benchmarks.cluster import Cluster, existing, filled
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
    parser.add_argument("--only", nargs="+", metavar="PROGRAM", help=f"of those that are here: {names}")
    parser.add_argument("--starts", type=int, default=3, help="how often each program is started")
    asked = parser.parse_args()
    chosen = [program for program in known if asked.only is None or program.name in asked.only]
    if not chosen:
        parser.error(f"none of these is here; there are {names}")
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {COLUMNS}×{LINES}\n")
    if asked.kubeconfig:
        with existing(asked.kubeconfig) as cluster:
            _report(chosen, cluster, asked.starts)
        return
    for pods in asked.pods:
        with filled(pods) as cluster:
            _report(chosen, cluster, asked.starts)


def _report(chosen: list[Program], cluster: Cluster, starts: int) -> None:
    pods = cluster.count()
    print(markdown(pods, [measure(program, cluster, pods, starts) for program in chosen]), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
