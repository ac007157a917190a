"""Which printer prints which kind. What is not listed has a name and the time at which it was created."""

from collections.abc import Mapping

from kubetui.demo.tables.cluster import CLUSTER
from kubetui.demo.tables.network import NETWORK
from kubetui.demo.tables.pods import PODS
from kubetui.demo.tables.printer import Printer
from kubetui.demo.tables.workloads import WORKLOADS

PRINTERS: Mapping[str, Printer] = {
    "pods": PODS,
    **WORKLOADS,
    **NETWORK,
    **CLUSTER,
    "events.events.k8s.io": CLUSTER["events"],
}
"""By `Resource.key`."""
