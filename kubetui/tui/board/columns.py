"""What the board adds to kubectl's columns: a node's pods as bricks, a service's endpoints as dots."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import Any

from kubetui.kinds.endpointslice import ENDPOINTSLICE, EndpointSlice
from kubetui.kinds.kind import Column, Health, Kind
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD, Pod
from kubetui.kinds.service import SERVICE
from kubetui.live.cluster import Cluster
from kubetui.live.feed import Scope
from kubetui.live.gauges import Gauge
from kubetui.live.view import View

MOST_BRICKS = 12
"""Bricks drawn; of more, the number tells."""

_SERVICE_NAME = "kubernetes.io/service-name"
_ENDPOINT = {Health.WELL: "▪", Health.PROGRESS: "▫"}


def pod_on_node(pod: Pod) -> tuple[Hashable, Counter[Health]] | None:
    """A pod counts for the node it is on."""
    return (pod.spec.node_name, Counter((POD.health(pod),))) if pod.spec.node_name else None


def endpoints_of_service(endpoint_slice: EndpointSlice) -> tuple[Hashable, Counter[Health]] | None:
    """The endpoints of a slice count for its service, ready or not."""
    name = endpoint_slice.metadata.labels.get(_SERVICE_NAME)
    ready = Counter(Health.WELL if each.ready else Health.PROGRESS for each in endpoint_slice.endpoints)
    return ((endpoint_slice.metadata.namespace, name), ready) if name and ready else None


def bricks(counts: Counter[Health]) -> str:
    """Pods as bricks, the broken first, and their number: `✖◐▣▣▣ 5`."""
    total = counts.total()
    drawn = "".join(
        (glyph * counts[health])[:MOST_BRICKS]
        for health, glyph in ((Health.BROKEN, "✖"), (Health.PROGRESS, "◐"), (Health.WELL, "▣"), (Health.OFF, "○"))
    )
    return f"{total:>3} {drawn[:MOST_BRICKS]}"


def endpoints(counts: Counter[Health]) -> str:
    """Ready of all, and a dot for each: `2/3 ▪▪▫`."""
    ready, total = counts[Health.WELL], counts.total()
    if not total:
        return "<none>"
    dots = (_ENDPOINT[Health.WELL] * ready + _ENDPOINT[Health.PROGRESS] * (total - ready))[:MOST_BRICKS]
    return f"{ready}/{total} {dots}"


def worst(counts: Counter[Health]) -> Health:
    """The colour of a sum."""
    return next((each for each in (Health.BROKEN, Health.PROGRESS) if counts[each]), Health.WELL)


class Gauges:
    """The gauges of one board; `attach` follows the stores of a cluster."""

    def __init__(self) -> None:
        self.views: dict[str, View] = {}
        """By plural, the views whose rows a gauge tells about."""
        self.pods = Gauge(pod_on_node, lambda node: self._touch(NODE, ("", node)))
        self.endpoints = Gauge(endpoints_of_service, lambda service: self._touch(SERVICE, service))
        node = _with(NODE, 2, Column("PODS", self._pods, by=self._pod_count, tint=self._pods_health))
        service = _with(
            SERVICE, 2, Column("ENDPOINTS", self._endpoints, by=self._ready_endpoints, tint=self._endpoints_health)
        )
        self.kinds: dict[Kind[Any], Kind[Any]] = {NODE: node, SERVICE: service}
        """Kinds with a column more than their own."""
        self._cluster: Cluster | None = None
        self._scope: Scope = ()
        self._following: list[Callable[[], None]] = []

    def attach(self, cluster: Cluster, scope: Scope) -> None:
        """Counts what that cluster tells from now on, and nothing else; its stores are open already."""
        self.leave()
        self._cluster, self._scope = cluster, scope
        counted: tuple[tuple[Kind[Any], Gauge], ...] = ((POD, self.pods), (ENDPOINTSLICE, self.endpoints))
        for kind, gauge in counted:
            store = cluster.peek(kind, scope)
            if store is not None:
                gauge.load(store)
                store.listeners.append(gauge)
                self._following.append(partial(store.listeners.remove, gauge))

    def leave(self) -> None:
        """Counts no further; the sums stay as they are."""
        for leave in self._following:
            leave()
        self._following.clear()

    def _touch(self, kind: Kind[Any], name: Any) -> None:
        view = self.views.get(kind.resource.plural)
        store = self._cluster.peek(kind, self._scope) if self._cluster else None
        obj = store.named(*name) if store is not None else None
        if view is not None and obj is not None:
            view.touch(obj.metadata.uid)

    def _of_node(self, node: Any) -> Counter[Health]:
        return self.pods.of(node.metadata.name)

    def _of_service(self, service: Any) -> Counter[Health]:
        return self.endpoints.of((service.metadata.namespace, service.metadata.name))

    def _pods(self, node: Any) -> str:
        return bricks(self._of_node(node))

    def _pod_count(self, node: Any) -> int:
        return self._of_node(node).total()

    def _pods_health(self, node: Any) -> Health:
        return worst(self._of_node(node))

    def _endpoints(self, service: Any) -> str:
        return endpoints(self._of_service(service))

    def _ready_endpoints(self, service: Any) -> int:
        return self._of_service(service)[Health.WELL]

    def _endpoints_health(self, service: Any) -> Health:
        counts = self._of_service(service)
        return Health.OFF if not counts else worst(counts)


def _with(kind: Kind[Any], at: int, column: Column[Any]) -> Kind[Any]:
    """The kind with one column more."""
    return replace(kind, columns=(*kind.columns[:at], column, *kind.columns[at:]))
