"""The built-in cluster beside the explorer: a process of its own, started, waited for, and ended with it.

It is tied to this process by a pipe: whatever ends this one, a crash or a closed terminal included, ends it too.
"""

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
    with tempfile.TemporaryDirectory(prefix="kubetui-demo-") as folder:
        kubeconfig = Path(folder, "kubeconfig")
        command = [sys.executable, "-m", "kubetui", "demo", "serve", "--tied", "--write-kubeconfig", str(kubeconfig)]
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen(
                [*command, *flags],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,
            ) as process,
        ):
            try:
                _wait(process)
                if process.poll() is not None:
                    said.seek(0)
                    raise NotServed(said.read().decode(errors="replace").strip() or "the built-in cluster has ended")
                yield kubeconfig
            finally:
                _end(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Until it says where its kubeconfig is, or has ended."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    if not ready:
        raise NotServed(f"the built-in cluster was not ready within {PATIENCE:g} s")
    if not process.stdout.readline():
        process.wait(FAREWELL)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Closes the pipe, which is its sign to end; and ends it where it does not heed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
