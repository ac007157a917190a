"""Nodes, deployments and services for a control plane with controllers and kubelets: 50 pods a second become Running.

PORT=16443 python -m tests.controlplane.load NODES DEPLOYMENTS REPLICAS
"""

import os
import sys

from tests.controlplane import shapes
from tests.controlplane.writer import Writer


def load(port: int, nodes: int, deployments: int, replicas: int) -> None:
    """Returns when the objects are written; their pods come after."""
    writer = Writer(port)
    writer.namespaces(shapes.NAMESPACES)
    writer.each(lambda number: writer.send("POST", "/api/v1/nodes", shapes.node(number)), range(nodes))

    def deploy(number: int) -> None:
        where = f"namespaces/{shapes.namespace(number)}"
        writer.send("POST", f"/apis/apps/v1/{where}/deployments", shapes.deployment(number, replicas))
        writer.send("POST", f"/api/v1/{where}/services", shapes.service(number))

    writer.each(deploy, range(deployments))


if __name__ == "__main__":
    load(int(os.environ.get("PORT", "16443")), *map(int, sys.argv[1:4]))
