"""How the program leaves the terminal, for good or for a while, and what it does in a very small one."""

import json
import os
import select
import signal
from pathlib import Path

import pytest

from tests.demo.end_to_end.operator import Operator, explorer

# A terminal is forked, in a process that has the threads of the test runner.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

TAKEN = {1000, 1002, 1003, 1004, 1006, 1049, 2004}
"""Modes that a full-screen program switches on: the alternate screen, the mouse, pasting, focus."""


def is_as_before(operator: Operator) -> bool:
    terminal = operator.terminal
    return terminal.edits_lines and not terminal.private_modes & TAKEN and not terminal.screen.cursor.hidden


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_and_the_terminal_is_as_before(sign: signal.Signals, tmp_path: Path) -> None:
    with explorer(tmp_path, (80, 24)) as operator:
        operator.sees("F1 Deployments", "● live")
        os.kill(operator.terminal.pid, sign)
        assert operator.terminal.exit_code(20) == 0
        assert is_as_before(operator)
    assert not list(tmp_path.rglob("kubeconfig"))
    assert sign.name in next(tmp_path.rglob("*.log")).read_text()


def test_it_is_suspended_resumed_and_made_very_small(tmp_path: Path) -> None:
    with explorer(tmp_path, (80, 24), ("--demo", "--churn=50")) as operator:
        operator.sees("F1 Deployments", "● live")
        operator.press("\x1a")
        operator.until(lambda: operator.terminal.is_stopped, "nothing but the shell on")
        operator.until(lambda: is_as_before(operator), "the terminal as before under")
        os.kill(operator.terminal.pid, signal.SIGCONT)
        operator.sees("F1 Deployments", "F2 Nodes 5", "● live")
        operator.terminal.resize(20, 5)
        operator.sees("kubetui")
        operator.press("tab", "z", "z", "enter", "escape")
        operator.terminal.resize(80, 24)
        operator.sees("F1 Deployments", "F2 Nodes 5", "● live")


def test_a_credential_plugin_that_still_runs_ends_with_the_explorer_and_a_broken_settings_file_is_told(
    tmp_path: Path,
) -> None:
    os.mkfifo(alive := tmp_path / "alive")
    reading = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    exec_ = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "/bin/sh",
        "args": ["-c", f"exec 3> {alive}; echo here >&3; sleep 600 & wait"],
        "interactiveMode": "Never",
    }
    config = {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "u", "user": {"exec": exec_}}],
        "contexts": [{"name": "far", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "far",
    }
    (tmp_path / "config" / "kubetui").mkdir(parents=True)
    settings = tmp_path / "config" / "kubetui" / "settings.toml"
    settings.write_text("readonly = perhaps")
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    with explorer(tmp_path, (120, 30), ("--kubeconfig", str(tmp_path / "kubeconfig"))) as operator:
        operator.sees("far", "be read: it is no TOML", "read-only")
        operator.until(lambda: bool(select.select([reading], [], [], 0)[0]), "a running plugin under")
        assert os.read(reading, 100) == b"here\n"
        settings.unlink()  # what was read holds until the end
        operator.press("escape")
        operator.sees("far", "read-only")
        operator.press("ctrl+c")
        assert operator.terminal.exit_code(20) == 0
        assert is_as_before(operator)
    # Whoever held the other end has ended.
    os.set_blocking(reading, True)
    assert os.read(reading, 1) == b""
    os.close(reading)
