"""The cluster that programs are measured on: one that is there, or a real control plane filled with pods."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from kubernetes import client, config

from tests.controlplane import fill, plane
from tests.controlplane.shapes import NAMESPACES

NAMESPACE = "aaa-bench"
"""Where the benchmark's own pods are: first in every list."""


class Measured(Protocol):
    """What programs are measured on. Pods of the benchmark's own come and go there; nobody runs them."""

    @property
    def env(self) -> Mapping[str, str]:
        """How a program finds it."""
        ...

    @property
    def filled(self) -> bool:
        """Whether its pods may be changed, so that it can be `busy`."""
        ...

    def count(self) -> int: ...
    def create(self, name: str) -> None: ...
    def delete(self, name: str) -> None: ...
    def busy(self, rate: int) -> AbstractContextManager[None]: ...


class Cluster:
    """One with a real API server."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        # the client's own types say nothing of raw answers and of objects given as JSON
        self._api: Any = cast(Any, config).new_client_from_config(str(kubeconfig))
        self._core: Any = cast(Any, client).CoreV1Api(self._api)
        try:
            self._core.create_namespace({"metadata": {"name": NAMESPACE}})
        except client.ApiException as error:
            if error.status != 409:
                raise
        self._until_account()
        self.create("aaa")  # the cursor is on this one, and new ones come below it

    @property
    def env(self) -> dict[str, str]:
        return {"KUBECONFIG": str(self.kubeconfig)}

    def count(self) -> int:
        """All pods."""
        answer = self._core.list_pod_for_all_namespaces(limit=1, _preload_content=False)
        meta = json.loads(answer.data)["metadata"]
        return 1 + int(meta.get("remainingItemCount") or 0)

    def create(self, name: str) -> None:
        container = {"name": "main", "image": "registry.example/bench:1"}
        # a scheduler that there is none of: the pod stays as it is
        pod = {"metadata": {"name": name}, "spec": {"schedulerName": "nobody", "containers": [container]}}
        self._core.create_namespaced_pod(NAMESPACE, pod, _preload_content=False)

    def delete(self, name: str) -> None:
        self._core.delete_namespaced_pod(name, NAMESPACE, grace_period_seconds=0, _preload_content=False)

    @contextmanager
    def busy(self, rate: int) -> Iterator[None]:
        """So many changes of pods a second meanwhile, made by a process of its own."""
        command = [sys.executable, "-m", "benchmarks.churn", str(self.kubeconfig), str(rate)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            process.stdout.readline()  # it has begun
            yield
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    @property
    def filled(self) -> bool:
        """Whether its pods are those of `tests.controlplane.fill`, which may be changed."""
        names = (namespace.metadata.name for namespace in self._core.list_namespace().items)
        return set(NAMESPACES) <= set(names)

    def _until_account(self) -> None:
        """Wait for the namespace's service account, without which no pod is admitted."""
        for _ in range(100):
            if self._core.list_namespaced_service_account(NAMESPACE).items:
                return
            time.sleep(0.1)
        raise SystemExit(f"no service account in the namespace {NAMESPACE} after 10 s")

    def leave(self) -> None:
        """Remove what the benchmark made."""
        self._core.delete_namespace(NAMESPACE)
        self._api.close()


@contextmanager
def existing(kubeconfig: Path) -> Iterator[Cluster]:
    cluster = Cluster(kubeconfig)
    try:
        yield cluster
    finally:
        cluster.leave()


@contextmanager
def filled(pods: int) -> Iterator[Cluster]:
    """A control plane without kubelets, with so many running pods of 8 KB."""
    if why := plane.missing():
        raise SystemExit(why)
    with tempfile.TemporaryDirectory(prefix="kubetui-bench-") as folder:
        running = plane.start(Path(folder) / "plane", NO_KUBELETS="1", KCM_FLAGS=fill.QUIET)
        try:
            print(f"filling a control plane with {pods:,} pods", file=sys.stderr)
            fill.fill(running.port, pods)
            yield Cluster(running.kubeconfig)
        finally:
            running.down()
