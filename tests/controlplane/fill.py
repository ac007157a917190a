"""Running pods written straight to an API server, ten a service: for measuring lists and watches without kubelets.

    PORT=16443 python -m tests.controlplane.fill PODS

150 pods a second on two cores: 10,000 in a minute. The control plane is one that does not undo it:
`NO_KUBELETS=1 KCM_FLAGS="$QUIET" up.sh FOLDER`, with QUIET as below.
Names are service-NNNN-<hash>-<suffix> in the namespaces team-0 to team-9.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.controlplane import shapes
from tests.controlplane.writer import Writer

NODES = 100
PARTS = 2
"""Processes that write, for one cannot encode as fast as the server takes."""
QUIET = "--controllers=serviceaccount-controller,serviceaccount-token-controller,namespace-controller"
"""The controllers without which no pod is admitted, and none that would delete pods whose kubelet is silent."""


def fill(port: int, pods: int) -> None:
    """Returns when all of them are there; RuntimeError where a part could not be written."""
    writer = Writer(port)
    writer.namespaces(shapes.NAMESPACES)
    writer.each(lambda number: writer.send("POST", "/api/v1/nodes", shapes.node(number)), range(NODES))
    command = [sys.executable, "-m", "tests.controlplane.fill", str(pods)]
    surroundings = {**os.environ, "PORT": str(port)}
    root = Path(__file__).parents[2]
    parts = [subprocess.Popen([*command, str(part)], env=surroundings, cwd=root) for part in range(PARTS)]
    if any([part.wait() for part in parts]):
        raise RuntimeError("the control plane could not be filled")


def write_part(port: int, pods: int, part: int) -> None:
    """Every PARTSth pod."""
    writer = Writer(port)
    writer.each(lambda number: _pod(writer, number), range(part, pods, PARTS))


def _pod(writer: Writer, number: int) -> None:
    service = number // 10
    revision = f"{service * 2654435761 % 2**32:x}"
    name = f"{shapes.service_name(service)}-{revision}-{number % 10}x{number * 7919 % 1000:03d}"
    labels = {**shapes.labels(service), "pod-template-hash": revision}
    spec = shapes.pod_spec(service) | {"nodeName": f"node-{number % NODES:04d}"}
    path = f"/api/v1/namespaces/{shapes.namespace(service)}/pods"
    meta = {"name": name, "labels": labels, "annotations": shapes.annotations()}
    writer.send("POST", path, {"metadata": meta, "spec": spec})
    status = {"status": shapes.running(spec, number)}
    writer.send("PATCH", f"{path}/{name}/status", status, "application/merge-patch+json")


if __name__ == "__main__":
    began = time.monotonic()
    port, pods = int(os.environ.get("PORT", "16443")), int(sys.argv[1])
    if sys.argv[2:]:
        write_part(port, pods, int(sys.argv[2]))
    else:
        fill(port, pods)
        print(f"{pods} pods in {time.monotonic() - began:.0f} s")
