"""exec, attach, port-forward and cp of kubectl and of Python's own client on the built-in cluster."""

import os
import pty
import select
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.controlplane.plane import CACHE

pytestmark = pytest.mark.real

KUBECTL = CACHE / "bin" / "kubectl"
PATIENCE = 30.0
WEB = "app=tic-tac-toe"
OLD = {"KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "false", "KUBECTL_PORT_FORWARD_WEBSOCKETS": "false"}
"""What makes kubectl speak SPDY alone, as older ones do."""


class Demo:
    """A built-in cluster, and kubectl on it."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig

    def words(self, *words: str) -> list[str]:
        return [str(KUBECTL), f"--kubeconfig={self.kubeconfig}", *words]

    def run(self, *words: str, stdin: str = "", **environment: str) -> tuple[int, str, str]:
        """The code and both outputs of a command."""
        done = subprocess.run(
            self.words(*words),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env={**os.environ, **environment},
        )
        return done.returncode, done.stdout, done.stderr

    def pod(self) -> str:
        """The name of a pod that serves the shop's game."""
        return self.run("get", "pods", "-l", WEB, "-o", "name")[1].split()[0].removeprefix("pod/")

    @contextmanager
    def forwarding(self, *words: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
        """A running port-forward, and the local port that it has taken."""
        process = subprocess.Popen(
            self.words("port-forward", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            yield process, int(told.partition("127.0.0.1:")[2].partition(" ")[0])
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    if not KUBECTL.exists():
        pytest.skip(f"there is no {KUBECTL}")
    path = tmp_path_factory.mktemp("streams") / "kubeconfig"
    words = [sys.executable, "-m", "kubetui", "demo", "serve", "--write-kubeconfig", str(path)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"export")
        yield Demo(path)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _fetched(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("environment", [{}, OLD], ids=["websocket", "SPDY"])
def test_exec_has_both_outputs_input_and_the_code(demo: Demo, environment: dict[str, str]) -> None:
    script = "echo out; echo err >&2; wc -c; exit 3"
    code, out, err = demo.run("exec", "-i", demo.pod(), "--", "sh", "-c", script, stdin="12345", **environment)
    assert (code, out, err) == (3, "out\n5\n", "err\ncommand terminated with exit code 3\n")


def test_exec_of_what_is_not_there_says_so(demo: Demo) -> None:
    code, _, err = demo.run("exec", demo.pod(), "--", "foo")
    assert code == 1
    assert err.startswith("error: Internal error occurred: error executing command in container: failed to exec")
    assert 'exec: "foo": executable file not found in $PATH: unknown' in err


def test_exec_on_a_terminal_is_a_session(demo: Demo) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(KUBECTL, demo.words("exec", "-it", demo.pod(), "--", "sh"))
    shown = _until(terminal, "# ")
    os.write(terminal, b"echo here is $HOSTNAME\r")
    shown += _until(terminal, "# ")
    os.write(terminal, b"sleep 1000\r")
    shown += _until(terminal, "1000\r\n")
    os.write(terminal, b"\x03")
    shown += _until(terminal, "# ")
    os.write(terminal, b"exit 6\r")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert f"here is {demo.pod()}\r\n" in shown
    assert os.waitstatus_to_exitcode(status) == 6


def _until(terminal: int, end: str) -> str:
    """What is shown up to that end."""
    shown, over = "", time.monotonic() + PATIENCE
    while not shown.endswith(end):
        ready, _, _ = select.select([terminal], [], [], max(0.0, over - time.monotonic()))
        assert ready, f"{end!r} never came: {shown!r}"
        shown += os.read(terminal, 65_536).decode()
    return shown


def test_files_and_folders_go_in_and_out(demo: Demo, tmp_path: Path) -> None:
    pod = demo.pod()
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "file").write_bytes(bytes(range(256)) * 500)
    assert demo.run("cp", str(tmp_path / "in"), f"{pod}:/tmp/there")[0] == 0
    assert demo.run("cp", f"{pod}:/tmp/there", str(tmp_path / "out"))[0] == 0
    assert (tmp_path / "out" / "deep" / "file").read_bytes() == bytes(range(256)) * 500
    _, out, err = demo.run("cp", f"{pod}:/nope", str(tmp_path / "x"))
    assert "tar: /nope: No such file or directory" in out + err


@pytest.mark.parametrize("environment", [{}, OLD], ids=["websocket", "SPDY"])
@pytest.mark.parametrize("target", [("svc/tic-tac-toe", ":80"), ("deployment/tic-tac-toe", ":8080")])
def test_a_port_is_forwarded(demo: Demo, target: tuple[str, str], environment: dict[str, str]) -> None:
    with demo.forwarding(*target, **environment) as (_, port):
        assert "<title>Tic-tac-toe</title>" in _fetched(port, "/")
        assert _fetched(port, "/healthz") == "ok\n"


def test_a_port_where_nobody_listens_ends_the_forwarding(demo: Demo) -> None:
    with demo.forwarding(f"pod/{demo.pod()}", ":9999") as (process, port):
        with pytest.raises((URLError, ConnectionError)):
            _fetched(port, "/")
        _, err = process.communicate(timeout=PATIENCE)
    assert "dial tcp4 127.0.0.1:9999: connect: connection refused" in err
    assert err.endswith("error: lost connection to pod\n")


def test_forwarding_ends_with_its_pod(demo: Demo) -> None:
    pod = demo.pod()
    with demo.forwarding(f"pod/{pod}", ":8080") as (process, port):
        assert pod in _fetched(port, "/whoami")
        demo.run("delete", "pod", pod, "--grace-period=1")
        with pytest.raises((URLError, ConnectionError)):
            _fetched(port, "/whoami")
        _, err = process.communicate(timeout=PATIENCE)
    assert err.endswith("error: lost connection to pod\n")


def test_attach_shows_the_log_as_it_grows(demo: Demo) -> None:
    words = demo.words("attach", demo.pod())
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("level=")
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def test_killing_the_first_process_restarts_the_container(demo: Demo) -> None:
    pod = demo.pod()
    assert demo.run("exec", pod, "--", "kill", "1")[0] == 0
    counted = "jsonpath={.status.containerStatuses[0].restartCount}=1"
    assert demo.run("wait", f"--for={counted}", f"pod/{pod}", "--timeout=20s")[0] == 0


def test_a_pod_that_is_run_for_a_command_ends_with_its_code(demo: Demo) -> None:
    words = ("run", "-i", "--rm", "--restart=Never", "once", "--image=busybox", "--", "sh")
    code, out, _ = demo.run(*words, stdin="echo typed\nexit 4\n")
    assert code == 4
    assert "typed\n" in out


def test_who_may_not_enter_is_told(demo: Demo) -> None:
    code, _, err = demo.run("--context=viewer", "exec", demo.pod(), "--", "ls")
    assert code == 1
    assert 'cannot create resource "pods/exec"' in err


PYTHON = """
import sys
from kubernetes import client, config
from kubernetes.stream import portforward, stream

config.load_kube_config(sys.argv[1])
pod = sys.argv[2]
session = stream(client.CoreV1Api().connect_get_namespaced_pod_exec, pod, "default", command=["sh"],
                 stdin=True, stdout=True, stderr=True, tty=False, _preload_content=False)
session.write_stdin("echo hello\\n")
print(session.readline_stdout(timeout=20))
session.write_stdin("exit 5\\n")
session.run_forever(timeout=20)
print(session.returncode)
forwarded = portforward(client.CoreV1Api().connect_get_namespaced_pod_portforward, pod, "default", ports="8080")
socket = forwarded.socket(8080)
socket.setblocking(True)
socket.sendall(b"GET /whoami HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
heard = b""
while more := socket.recv(4096):
    heard += more
print(heard.decode())
"""
"""A program of its own: that client leaves sockets open."""


def test_pythons_own_client_enters_and_forwards(demo: Demo) -> None:
    pod = demo.pod()
    words = [sys.executable, "-c", PYTHON, str(demo.kubeconfig), pod]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.startswith("hello\n5\n"), done.stderr
    assert f'"pod":"{pod}"' in done.stdout
