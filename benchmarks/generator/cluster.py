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

    def __init__(self, port: int, pods: int, kubeconfig: Path) -> None:
        self.env = {"KUBECONFIG": str(kubeconfig)}
        self._port = port
        self._pods = pods
        self._ask("GET", "/api/v1/pods", answered=False)  # so that the first to ask does not wait for compression
        self.create("aaa")

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

    def _ask(self, method: str, path: str, body: str = "", *, answered: bool = True) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request(method, path, body, {} if answered else {"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"the generator answered {answer.status} to {method} {path}")
        finally:
            connection.close()


@contextmanager
def generated(pods: int) -> Iterator[Generated]:
    """A cluster of so many pods, which ends with the block."""
    command = [sys.executable, "-m", "benchmarks.generator.server", str(pods)]
    print(f"generating {pods:,} pods", file=sys.stderr)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        with tempfile.TemporaryDirectory(prefix="kubetui-bench-") as folder:
            kubeconfig = Path(folder) / "kubeconfig"
            kubeconfig.write_text(_KUBECONFIG.format(port=port))
            yield Generated(port, pods, kubeconfig)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
