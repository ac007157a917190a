"""metrics.k8s.io: what pods and nodes use at the moment, as the kubelets tell it. Nothing of it is stored."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from kubetui.demo.conditions import is_true
from kubetui.demo.http.media import encoded, form_of
from kubetui.demo.http.message import Answer, Request
from kubetui.demo.http.reads import filter_of
from kubetui.demo.http.route import Route
from kubetui.demo.objects import labels_of, name_of, namespace_of
from kubetui.demo.refusals import not_found
from kubetui.demo.registry import Registry
from kubetui.demo.resources import NODE_METRICS, NODES, PODS

Json = dict[str, Any]

NODE_CORES, NODE_MEMORY = 0.12, 600 * 1024 * 1024
"""What a node uses for itself: its kubelet, its container runtime, its system."""
WINDOW = "15s"


class Used(Protocol):
    """What one container uses."""

    @property
    def cores(self) -> float: ...
    @property
    def memory(self) -> int: ...


Usage = Callable[[Json], Mapping[str, Used]]
"""What the containers of a pod use, by their names; empty where none runs."""


def measure(request: Request, route: Route, registry: Registry, usage: Usage) -> Answer:
    """The answer to a get or a list. 404 for a pod or a node of which nothing is measured.

    A node that is not ready has no kubelet that could tell.
    """
    wanted = filter_of(request, route)
    now = registry.clock.stamp()
    if route.resource is NODE_METRICS:
        nodes = [node for node in registry.list(NODES) if is_true(node, "Ready")]
        placed: dict[str, list[Used]] = {name_of(node): [] for node in nodes}
        for pod in registry.list(PODS):
            placed.setdefault(pod["spec"].get("nodeName", ""), []).extend(usage(pod).values())
        found = [
            {**_named("NodeMetrics", node, now), "usage": _total(placed[name_of(node)])}
            for node in nodes
            if wanted.matches(node)
        ]
    else:
        measured = ((pod, usage(pod)) for pod in registry.list(PODS, route.namespace or None) if wanted.matches(pod))
        found = [
            {
                **_named("PodMetrics", pod, now),
                "containers": [
                    {"name": name, "usage": _amounts(one.cores, one.memory)} for name, one in containers.items()
                ],
            }
            for pod, containers in measured
            if containers
        ]
    form = form_of(request.headers.get("accept", ""), shapes=False)
    if not route.name:
        kind, version = route.resource.listed_as, route.resource.api_version
        return encoded({"kind": kind, "apiVersion": version, "metadata": {}, "items": found}, form)
    if not found:
        raise not_found(route.resource, route.name)
    return encoded(found[0], form)


def _named(kind: str, obj: Json, now: str) -> Json:
    metadata: Json = {"name": name_of(obj), "creationTimestamp": now}
    if namespace_of(obj):
        metadata["namespace"] = namespace_of(obj)
    if labels_of(obj):
        metadata["labels"] = dict(labels_of(obj))
    api_version = "metrics.k8s.io/v1beta1"
    return {"kind": kind, "apiVersion": api_version, "metadata": metadata, "timestamp": now, "window": WINDOW}


def _total(used: list[Used]) -> Json:
    cores, memory = sum(one.cores for one in used), sum(one.memory for one in used)
    return _amounts(NODE_CORES + cores, NODE_MEMORY + memory)


def _amounts(cores: float, memory: float) -> Json:
    return {"cpu": f"{int(cores * 1e9)}n", "memory": f"{int(memory) // 1024}Ki"}
