"""Which page a kind has. Pure."""

from kubetui.kinds.page import PageFunction
from kubetui.kinds.pages import endpointslice, event, generic, namespace, node, pod, service, workload
from kubetui.resource import Resource

_PAGES: dict[str, PageFunction] = {
    "pods": pod.page,
    "deployments.apps": workload.deployment,
    "replicasets.apps": workload.replica_set,
    "services": service.page,
    "endpointslices.discovery.k8s.io": endpointslice.page,
    "nodes": node.page,
    "events": event.page,
    "namespaces": namespace.page,
}


def page_of(resource: Resource) -> PageFunction:
    """The page made for that resource; else one of its metadata, spec and status."""
    return _PAGES.get(resource.qualified, generic.page)
