"""Running pods written straight to an API server, ten a service: for measuring lists and watches without kubelets.

    PORT=16443 python -m tests.controlplane.fill PODS [NODES]

150 pods a second on two cores: 10,000 in a minute. The control plane is one that does not undo it:
`NO_KUBELETS=1 KCM_FLAGS="$QUIET" up.sh FOLDER`, with QUIET as below.
Names are service-NNNN-<hash>-<suffix> in the namespaces team-0 to team-9.
"""

import multiprocessing
import os
import sys
import time

from tests.controlplane import shapes
from tests.controlplane.writer import Writer

PARTS = 8
QUIET = "--controllers=serviceaccount-controller,serviceaccount-token-controller,namespace-controller"
"""The controllers without which no pod is admitted, and none that would delete pods whose kubelet is silent."""


def fill(port: int, pods: int, nodes: int = 100) -> None:
    """Returns when all of them are there."""
    writer = Writer(port)
    writer.namespaces(shapes.NAMESPACES)
    writer.each(lambda number: writer.send("POST", "/api/v1/nodes", shapes.node(number)), range(nodes))
    # processes, for one cannot encode as fast as the server writes; none of this process's threads is in them
    with multiprocessing.get_context("spawn").Pool(2) as workers:
        workers.starmap(_part, [(port, range(part, pods, PARTS), nodes) for part in range(PARTS)])


def _part(port: int, numbers: range, nodes: int) -> None:
    writer = Writer(port)
    writer.each(lambda number: _pod(writer, number, nodes), numbers)


def _pod(writer: Writer, number: int, nodes: int) -> None:
    service = number // 10
    revision = f"{service * 2654435761 % 2**32:x}"
    name = f"{shapes.service_name(service)}-{revision}-{number % 10}x{number * 7919 % 1000:03d}"
    labels = {**shapes.labels(service), "pod-template-hash": revision}
    spec = shapes.pod_spec(service) | {"nodeName": f"node-{number % nodes:04d}"}
    path = f"/api/v1/namespaces/{shapes.namespace(service)}/pods"
    meta = {"name": name, "labels": labels, "annotations": shapes.annotations()}
    writer.send("POST", path, {"metadata": meta, "spec": spec})
    status = {"status": shapes.running(spec, number)}
    writer.send("PATCH", f"{path}/{name}/status", status, "application/merge-patch+json")


if __name__ == "__main__":
    began = time.monotonic()
    fill(int(os.environ.get("PORT", "16443")), *map(int, sys.argv[1:3]))
    print(f"{sys.argv[1]} pods in {time.monotonic() - began:.0f} s")
