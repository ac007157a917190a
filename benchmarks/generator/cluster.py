"""A generated cluster as what is measured on: the server as a process of its own, and what can be done to it."""

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cluster import NAMESPACE

_KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: generated, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: anyone, user: {{}}}}]
contexts: [{{name: generated, context: {{cluster: generated, user: anyone}}}}]
current-context: generated
"""


class Generated:
    """What `benchmarks.cluster.Cluster` is, for kubetui alone: nothing else can read it."""

    filled = True

    def __init__(self, port: int, pods: int, folder: Path) -> None:
        self._folder = folder
        self._port = port
        self._pods = pods
        self.env = self._env(port)
        self._ask("GET", "/api/v1/pods", compressed=True)  # so that the first to ask does not wait for compression
        self.create("aaa")

    @contextmanager
    def over_a_slow_line(self) -> Iterator[None]:
        """Far away meanwhile, as `benchmarks.slowline` has it."""
        with process_of("benchmarks.slowline", str(self._port)) as port:
            self.env, near = self._env(port), self.env
            try:
                yield
            finally:
                self.env = near

    def _env(self, port: int) -> dict[str, str]:
        file = self._folder / f"{port}.kubeconfig"
        file.write_text(kubeconfig(port))
        return {"KUBECONFIG": str(file)}

    def count(self) -> int:
        """All pods, those made here aside that are gone again."""
        return self._pods + 1

    def create(self, name: str) -> None:
        self._ask("POST", f"/api/v1/namespaces/{NAMESPACE}/pods", json.dumps({"metadata": {"name": name}}))

    def delete(self, name: str) -> None:
        self._ask("DELETE", f"/api/v1/namespaces/{NAMESPACE}/pods/{name}")

    @contextmanager
    def busy(self, rate: int) -> Iterator[None]:
        """So many changes of pods a second meanwhile."""
        self._ask("PUT", f"/rate/{rate}")
        try:
            yield
        finally:
            self._ask("PUT", "/rate/0")

    def _ask(self, method: str, path: str, body: str = "", *, compressed: bool = False) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request(method, path, body, {"Accept-Encoding": "gzip"} if compressed else {})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"the generator answered {answer.status} to {method} {path}")
        finally:
            connection.close()


@contextmanager
def generated(pods: int) -> Iterator[Generated]:
    """A cluster of so many pods, which ends with the block."""
    print(f"generating {pods:,} pods", file=sys.stderr)
    with (
        process_of("benchmarks.generator.server", str(pods)) as port,
        tempfile.TemporaryDirectory(prefix="kubetui-bench-") as folder,
    ):
        yield Generated(port, pods, Path(folder))


def kubeconfig(port: int) -> str:
    """One that leads to a generator on that port."""
    return _KUBECONFIG.format(port=port)


@contextmanager
def process_of(module: str, *words: str) -> Iterator[int]:
    """The port that a module prints, which runs meanwhile."""
    process = subprocess.Popen([sys.executable, "-m", module, *words], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
