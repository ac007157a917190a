"""The long run: `python -m tests.soak --minutes 120`. See `run.py` for what is done, and how it is judged."""

import argparse
import asyncio
import sys

from tests.soak.run import Wishes, soak


def main() -> int:
    """The exit code: 1 where something fell short."""
    parser = argparse.ArgumentParser(prog="make soak", description="The explorer for hours, with a fault each minute.")
    parser.add_argument("--minutes", type=float, default=120.0, metavar="M", help="how long (default: 120)")
    parser.add_argument("--pods", type=int, default=10_000, metavar="N", help="pods in the cluster (default: 10000)")
    parser.add_argument("--churn", type=int, default=200, metavar="N", help="changes a second (default: 200)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which faults, and when")
    given = parser.parse_args()
    return asyncio.run(soak(Wishes(given.minutes, given.pods, given.churn, given.seed)))


if __name__ == "__main__":
    sys.exit(main())
