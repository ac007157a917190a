"""The built-in cluster as a process beside the explorer."""

import fcntl
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from kubetui.builtin import NotServed, built_in_cluster

HOLDER = """
import signal, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which whoever runs the tests may have had ignored
from kubetui.builtin import built_in_cluster
with built_in_cluster([]) as kubeconfig:
    print(kubeconfig, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the clusters of a test have their files."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kubetui", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_is_there_within_the_block_and_gone_after_it(home: Path) -> None:
    with built_in_cluster([]) as kubeconfig:
        assert kubeconfig.is_relative_to(home)
        told = _run("get", "nodes", "-o", "name", "--kubeconfig", str(kubeconfig))
        assert told.stdout.split() == [f"node/node-{number}" for number in range(1, 6)]
    assert not kubeconfig.parent.exists()


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_however_the_explorer_ends_its_cluster_and_the_files_of_it_go_too(sign: signal.Signals, home: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True) as explorer:
        assert explorer.stdout is not None
        kubeconfig = Path(explorer.stdout.readline().strip())
        assert kubeconfig.exists()
        server = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
        explorer.send_signal(sign)
        assert explorer.wait(60) == -sign
    assert _soon(lambda: not kubeconfig.parent.exists() and not _listens(server))


@pytest.mark.parametrize("is_theirs", [True, False], ids=["by SIGHUP", "without a signal"])
def test_closing_the_terminal_ends_the_explorer_and_its_cluster(is_theirs: bool, home: Path) -> None:
    terminal, inside = pty.openpty()
    termios.tcsetwinsize(inside, (40, 120))
    command = [sys.executable, "-m", "kubetui", "--demo"]
    with subprocess.Popen(
        command,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
        preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if is_theirs else None,
        env={**os.environ, "TERM": "xterm-256color", "XDG_CONFIG_HOME": str(home)},
    ) as explorer:
        os.close(inside)
        screen = b""
        while b"tic-tac-toe" not in screen:
            assert select.select([terminal], [], [], 60)[0]
            screen += os.read(terminal, 65_536)
        assert list(home.glob("kubetui/demo/*/kubeconfig"))
        os.close(terminal)
        try:
            explorer.wait(60)
        finally:
            explorer.kill()
    assert _soon(lambda: not list(home.glob("kubetui/demo/*")))
    assert ("ended by SIGHUP" if is_theirs else "ended: the terminal is gone") in _log(home)


def _log(home: Path) -> str:
    return (home / "kubetui" / "log" / "kubetui.log").read_text()


def test_what_a_cluster_leaves_that_was_killed_is_removed_by_the_next_and_found_by_nobody(home: Path) -> None:
    with built_in_cluster([]) as kubeconfig:
        pid = int(kubeconfig.parent.name.rpartition("-")[2])
        os.kill(pid, signal.SIGKILL)
    assert kubeconfig.exists()
    told = _run("demo", "scenario", "pod-killed")
    assert (told.returncode, told.stderr) == (1, "error: no built-in cluster runs. Start one with: kubetui --demo\n")
    assert not kubeconfig.parent.exists()


def test_a_scenario_begins_in_the_cluster_that_was_started_last() -> None:
    with built_in_cluster(["--nodes=2"]), built_in_cluster(["--nodes=3"]) as newer:
        told = _run("demo", "scenario", "node-dies=node-3")
        assert (told.returncode, told.stdout.partition(". ")[0]) == (0, "node-dies: node-3")
        refused = _run("demo", "scenario", "node-dies=node-3", "--kubeconfig", str(newer))
        assert (refused.returncode, refused.stderr) == (1, "error: node-3 is away already\n")


def test_the_speed_of_time_is_changed_while_it_runs() -> None:
    with built_in_cluster([]) as kubeconfig:
        assert _run("demo", "time-scale", "20").stdout == "time-scale: 20\n"
        assert _run("demo", "time-scale", "20").stdout == "time-scale: 20\n"
        refused = _run("demo", "time-scale", "0")
        assert refused.returncode == 2
        assert "the speed of time is a number above 0" in refused.stderr
        config = yaml.safe_load(_run("get", "cm", "kubetui-demo", "-n", "kube-system", "-o", "yaml", "--kubeconfig",
                                     str(kubeconfig)).stdout)  # fmt: skip
        assert config["data"]["time-scale"] == "20"


def test_what_it_can_not_be_started_with_is_told() -> None:
    with pytest.raises(NotServed, match="there is no scenario 'nonsense'"), built_in_cluster(["--scenario=nonsense"]):
        pass


def _soon(holds: Callable[[], bool]) -> bool:
    """Whether something comes true within twenty seconds."""
    return any(holds() or threading.Event().wait(0.05) for _ in range(400))


def _listens(server: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", urlsplit(server).port or 0), 1).close()
    except OSError:
        return False
    return True
