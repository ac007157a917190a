"""`python -m tests.differential [SESSION ...]`: records sessions anew on a real control plane; without names all."""

import sys
import tempfile
from pathlib import Path

from tests.controlplane.plane import missing
from tests.differential import conversation, session
from tests.differential.performance import recorded, together
from tests.differential.real import running
from tests.differential.target import Target


def main(names: list[str]) -> int:
    """Writes the sessions and their conversations; the exit code."""
    if why := missing():
        print(why, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as real:
        together(lambda one: record(one, real), names or session.names())
    return 0


def record(one: session.Session, real: Target) -> None:
    """Writes one session and its conversation."""
    performed, heard = recorded(one, real)
    session.write(performed)
    conversation.write(performed.name, heard)
    print(f"{performed.name}: {len(performed.commands)} commands", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
