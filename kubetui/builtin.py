"""The built-in cluster beside the explorer: a process of its own, started, waited for, and ended with it.

It is tied to this process by a pipe: whatever ends this one, a crash or a closed terminal included, ends it too.
"""

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0
"""Seconds a large world may take until it is served."""
FAREWELL = 5.0
"""Seconds it has to end by itself."""


class NotServed(Exception):
    """The built-in cluster did not come up; the message is a sentence."""


@contextmanager
def built_in_cluster(flags: Sequence[str]) -> Iterator[Path]:
    """The path of a kubeconfig that leads to a cluster started with those flags of `kubetui demo serve`."""
    command = [sys.executable, "-m", "kubetui", "demo", "serve", "--tied", *flags]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, start_new_session=True
        ) as process,
    ):
        try:
            told = _first_line(process)
            if not told:
                said.seek(0)
                raise NotServed(said.read().decode(errors="replace").strip() or "the built-in cluster has ended")
            yield Path(os.fsdecode(told.rstrip(b"\n").removeprefix(b"export KUBECONFIG=")))
        finally:
            _end(process)


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """In which it says where its kubeconfig is; empty where it has ended instead."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    if not ready:
        raise NotServed(f"the built-in cluster was not ready within {PATIENCE:g} s")
    line = process.stdout.readline()
    if not line:
        process.wait(FAREWELL)
    return line


def _end(process: subprocess.Popen[bytes]) -> None:
    """Closes the pipe, which is its sign to end; and ends it where it does not heed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
