"""The built-in cluster as a process beside the explorer."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kubetui.builtin import NotServed, built_in_cluster

CRASH = """
import os, sys
from kubetui.builtin import built_in_cluster
with built_in_cluster([]) as kubeconfig:
    print(os.stat(kubeconfig).st_mode & 0o777, flush=True)
    os._exit(7)
"""


def test_it_is_there_within_the_block_and_gone_after_it() -> None:
    with built_in_cluster([]) as kubeconfig:
        told = subprocess.run(
            [sys.executable, "-m", "kubetui", "get", "nodes", "-o", "name", "--kubeconfig", str(kubeconfig)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.split() == [f"node/node-{number}" for number in range(1, 6)]
    assert not kubeconfig.exists()


def test_a_crash_of_the_explorer_ends_it_too(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CRASH], stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    ) as crashing:
        said, _ = crashing.communicate(timeout=60)
        assert (crashing.returncode, said) == (7, b"384\n")
    for _ in range(400):
        if not list(tmp_path.glob("*/kubeconfig")):
            return
        threading.Event().wait(0.05)
    raise AssertionError("its kubeconfig, which it takes away when it ends, is still there")


def test_what_it_can_not_be_started_with_is_told() -> None:
    with pytest.raises(NotServed, match="there is no scenario 'nonsense'"), built_in_cluster(["--scenario=nonsense"]):
        pass
