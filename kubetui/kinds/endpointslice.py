"""Endpoint slices: what is read of them, kubectl's columns, and what ties a service to its pods. Pure."""

from collections.abc import Sequence

from kubetui.kinds.columns import age, age_order, name
from kubetui.kinds.kind import Column, Health, Kind, Link, owners, reference
from kubetui.read import At, Object, Read
from kubetui.resource import resource

_SHOWN = 3
"""As many ports and addresses as kubectl prints before it counts."""

_SERVICE_LABEL = "kubernetes.io/service-name"


class TargetReference(Read):
    """core/v1 ObjectReference."""

    kind: At[str, 1] = ""
    name: At[str, 3] = ""
    uid: At[str, 4] = ""


class EndpointConditions(Read):
    """discovery/v1 EndpointConditions; None is unknown, which counts as ready and serving."""

    ready: At[bool | None, 1] = None
    serving: At[bool | None, 2] = None
    terminating: At[bool | None, 3] = None


class Endpoint(Read):
    """discovery/v1 Endpoint."""

    addresses: At[tuple[str, ...], 1] = ()
    conditions: At[EndpointConditions, 2] = EndpointConditions()
    target_ref: At[TargetReference | None, 4] = None
    node_name: At[str, 6] = ""

    @property
    def ready(self) -> bool:
        """Whether it gets traffic."""
        return self.conditions.ready is not False


class EndpointPort(Read):
    """discovery/v1 EndpointPort."""

    name: At[str | None, 1] = None
    port: At[int | None, 3] = None


class EndpointSlice(Object):
    """discovery/v1 EndpointSlice."""

    endpoints: At[tuple[Endpoint, ...], 2] = ()
    ports: At[tuple[EndpointPort, ...], 3] = ()
    address_type: At[str, 4] = ""


def ports(endpoint_slice: EndpointSlice) -> str:
    """PORTS: the first three."""
    return _listed([_port(port) for port in endpoint_slice.ports])


def _port(port: EndpointPort) -> str:
    if port.port is not None:
        return str(port.port)
    return "*" if port.name is None else port.name


def endpoints(endpoint_slice: EndpointSlice) -> str:
    """ENDPOINTS: the first three addresses."""
    return _listed([address for endpoint in endpoint_slice.endpoints for address in endpoint.addresses])


def _listed(texts: Sequence[str]) -> str:
    """The words of listWithMoreString (pkg/printers/internalversion/printers.go)."""
    shown = ",".join(texts[:_SHOWN])
    if len(texts) > _SHOWN:
        return f"{shown} + {len(texts) - _SHOWN} more..."
    return shown or "<unset>"


def health(endpoint_slice: EndpointSlice) -> Health:
    """How many of its endpoints get traffic: all, some, none; off where it has none."""
    found = endpoint_slice.endpoints
    ready = sum(endpoint.ready for endpoint in found)
    if not found:
        return Health.OFF
    if ready == len(found):
        return Health.WELL
    return Health.PROGRESS if ready else Health.BROKEN


def links(endpoint_slice: EndpointSlice) -> tuple[Link, ...]:
    """The service it belongs to, above; the pods that it sends traffic to, below."""
    meta = endpoint_slice.metadata
    above = owners(endpoint_slice)
    if not above and _SERVICE_LABEL in meta.labels:
        above = (Link(reference("services", meta.namespace, meta.labels[_SERVICE_LABEL])),)
    targets = (endpoint.target_ref for endpoint in endpoint_slice.endpoints)
    pods = {target.uid: None for target in targets if target is not None and target.kind == "Pod" and target.uid}
    return (*above, *(Link(uid, down=True) for uid in pods))


ENDPOINTSLICE: Kind[EndpointSlice] = Kind(
    EndpointSlice,
    resource("discovery.k8s.io/v1", "endpointslices", "EndpointSlice"),
    columns=(
        Column("NAME", name),
        Column("ADDRESSTYPE", lambda endpoint_slice: endpoint_slice.address_type),
        Column("PORTS", ports, by=lambda endpoint_slice: [port.port or 0 for port in endpoint_slice.ports]),
        Column("ENDPOINTS", endpoints, by=lambda endpoint_slice: len(endpoint_slice.endpoints), tint=health),
        Column("AGE", age, by=age_order),
    ),
    health=health,
    links=links,
)
