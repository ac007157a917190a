"""A real control plane of one's own: started, asked, frozen, restarted, compacted, ended. For tests and benchmarks."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("REALCLUSTER") or Path.home() / ".cache" / "realcluster")
_NEEDED = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok")
_OFFSETS = (0, 10, 11, 12, 13, 14)


def missing() -> str:
    """Why there can be no control plane here; empty where there can."""
    absent = [name for name in _NEEDED if not (CACHE / "bin" / name).exists()]
    if absent:
        return f"no {', '.join(absent)} in {CACHE}/bin: `make test-real` builds them"
    absent = [name for name in ("openssl", "curl") if not shutil.which(name)]
    return f"no {' and no '.join(absent)} on this machine" if absent else ""


def _free_port() -> int:
    """A port which is free now together with those that go with it; below the range that clients are given."""
    while True:
        port = random.randrange(20000, 32000, 20)
        with suppress(OSError), _bound(port):
            return port


@contextmanager
def _bound(port: int) -> Iterator[None]:
    sockets = [socket.socket() for _ in _OFFSETS]
    try:
        for offset, sock in zip(_OFFSETS, sockets, strict=True):
            sock.bind(("127.0.0.1", port + offset))
        yield
    finally:
        for sock in sockets:
            sock.close()


class ControlPlane:
    """One running control plane. Contexts of its kubeconfig: `admin`, `viewer` (namespace default only), `nobody`."""

    token = "admintoken"

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.kubeconfig = folder / "kubeconfig"

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def context(self, name: str) -> Path:
        """A kubeconfig file whose current context is that one: `admin`, `viewer` or `nobody`."""
        text = self.kubeconfig.read_text().replace("current-context: admin", f"current-context: {name}")
        path = self.folder / f"{name}.kubeconfig"
        path.write_text(text)
        return path

    def kubectl(self, *args: str, input: str | None = None, context: str = "admin") -> str:  # noqa: A002
        """What kubectl of the same version prints; fails the caller with its stderr where it fails."""
        command = [f"{CACHE}/bin/kubectl", f"--kubeconfig={self.kubeconfig}", f"--context={context}", *args]
        done = subprocess.run(command, input=input, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"kubectl {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, *objects: Mapping[str, Any]) -> None:
        """Make or change objects; their status too, where they have one (kubelets may have other ideas of it)."""
        everything = {"apiVersion": "v1", "kind": "List", "items": objects}
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=json.dumps(everything))
        statuses = {**everything, "items": [obj for obj in objects if "status" in obj]}
        if statuses["items"]:
            again = ("apply", "--server-side", "--force-conflicts", "--subresource=status", "-f", "-")
            self.kubectl(*again, input=json.dumps(statuses))

    def nodes(self, count: int = 3) -> None:
        """Nodes `node-0`, `node-1`, … that kwok keeps ready; returns when they are."""
        room = {"cpu": "32", "memory": "256Gi", "pods": "250"}
        for number in range(count):
            name = f"node-{number}"
            meta = {"name": name, "labels": {"kubernetes.io/hostname": name, "type": "kwok"}}
            node = {"apiVersion": "v1", "kind": "Node", "metadata": meta}
            self.apply({**node, "status": {"capacity": room, "allocatable": room}})
        self.kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s")

    def log(self, line: str, stream: str = "stdout") -> None:
        """A line that every container of every pod has just printed (all read the same file)."""
        with (self.folder / "pod.log").open("a") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z {stream} F {line}\n")

    def pause(self, name: str = "apiserver") -> None:
        """Freeze the API server: connections stay open, nothing is answered. Or another, named as for `stop`."""
        os.kill(self._pid(name), signal.SIGSTOP)

    def resume(self, name: str = "apiserver") -> None:
        os.kill(self._pid(name), signal.SIGCONT)

    def stop(self, name: str = "apiserver") -> None:
        """End one of etcd, apiserver, kcm, sched, kwok; returns when it has gone."""
        pid = self._pid(name)
        os.kill(pid, signal.SIGKILL)
        until(lambda: _gone(pid), f"the end of {name}")

    def restart(self) -> None:
        """Kill the API server and start it again on the same data; returns when it is ready."""
        self.stop("apiserver")
        self.start()

    def start(self, name: str = "apiserver") -> None:
        """Start the API server or etcd after `stop`; returns when it is ready."""
        self._run(name, self._ready if name == "apiserver" else self._keeps)

    def _run(self, name: str, ready: Callable[[], bool]) -> None:
        """Start etcd or the API server, again where it ends at once: a port may still be its predecessor's."""
        self._launch(name)
        until(lambda: ready() or (_gone(self._pid(name)) and self._launch(name)), name)

    def _launch(self, name: str) -> bool:
        """Never ready right away."""
        with (self.folder / f"{name}.log").open("ab") as log:
            in_background = f"bash {name}.sh & echo $! >{name}.pid"
            subprocess.run(in_background, shell=True, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return False

    def save(self) -> Path:
        """A copy of all data as they are now, for `restore`."""
        kept = self.folder / "etcd.kept"
        self.pause("etcd")
        try:
            shutil.copytree(self.folder / "etcd", kept)
        finally:
            self.resume("etcd")
        return kept

    def restore(self, kept: Path | None) -> None:
        """End etcd and the API server, and start them on those data, or on none; returns when they are ready.

        Controllers and kubelets go on, and may wait for versions that the cluster had: nobody should count on them.
        """
        self.stop("apiserver")
        self.stop("etcd")
        shutil.rmtree(self.folder / "etcd")
        if kept is not None:
            shutil.copytree(kept, self.folder / "etcd")
        self.start("etcd")
        self.start()

    def compact(self, *erased: str) -> None:
        """Have the server forget its past: whoever then watches from an older version, or pages on, gets 410.

        An API server answers both from its own memory, whatever etcd has forgotten, so it is started anew after it.
        Keys to be `erased` (`/registry/pods/NAMESPACE/NAME`) go while it is down, so that no watch hears of it.
        """
        self.stop("apiserver")
        for key in erased:
            assert self._etcd("/v3/kv/deleterange", {"key": _b64(key)}).get("deleted"), key
        self._etcd("/v3/kv/put", {"key": _b64("kubetui"), "value": ""})  # so that what was newest is old
        newest = self._etcd("/v3/kv/range", {"key": _b64("kubetui")})["header"]["revision"]
        self._etcd("/v3/kv/compaction", {"revision": newest, "physical": True})
        self.start()

    def down(self) -> None:
        """End everything and remove the folder."""
        subprocess.run(["bash", HERE / "down.sh", self.folder], check=True, timeout=120)

    def _pid(self, name: str) -> int:
        return int((self.folder / f"{name}.pid").read_text())

    def _ready(self) -> bool:
        asked = ["curl", "-sk", "-m", "2", "-H", f"Authorization: Bearer {self.token}", f"{self.url}/readyz"]
        return subprocess.run(asked, capture_output=True, text=True, timeout=5).stdout == "ok"

    def _keeps(self) -> bool:
        """Whether etcd answers."""
        with suppress(OSError):
            return bool(self._etcd("/v3/maintenance/status", {}))
        return False

    def _etcd(self, path: str, body: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port + 10}{path}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def _b64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return state.rpartition(")")[2].split()[0] == "Z"


def until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait for a condition; TimeoutError says for what."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.05)


def start(folder: Path, **environment: str) -> ControlPlane:
    """Start a control plane in a folder, on free ports; it ends with this process at the latest.

    `environment` is what up.sh reads: NO_KUBELETS, KCM_FLAGS, APISERVER_FLAGS. RuntimeError where it does not start.
    """
    said = ""
    for _ in range(3):  # a port may be taken meanwhile
        port = _free_port()
        command = ["bash", f"{HERE}/up.sh", str(folder), str(port)]
        surroundings = os.environ | {"OWNER": str(os.getpid())} | environment
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            return ControlPlane(folder, port)
        said = done.stderr
    raise RuntimeError(f"the control plane did not start: {said}")
