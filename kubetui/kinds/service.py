"""Services: what is read of them, kubectl's columns, and how they are doing. Pure."""

from kubetui.kinds.columns import NONE, address_order, age, age_order, name
from kubetui.kinds.kind import Column, Health, Kind
from kubetui.kinds.selector import labels_text
from kubetui.read import At, Object, Read
from kubetui.resource import resource

_PENDING = "<pending>"


class ServicePort(Read):
    """core/v1 ServicePort."""

    protocol: At[str, 2] = ""
    port: At[int, 3] = 0
    node_port: At[int, 5] = 0


class ServiceSpec(Read):
    """core/v1 ServiceSpec."""

    ports: At[tuple[ServicePort, ...], 1] = ()
    selector: At[dict[str, str], 2] = {}
    cluster_ip: At[str, 3] = ""
    type: At[str, 4] = ""
    external_ips: At[tuple[str, ...], 5] = ()
    external_name: At[str, 10] = ""


class LoadBalancerIngress(Read):
    """core/v1 LoadBalancerIngress."""

    ip: At[str, 1] = ""
    hostname: At[str, 2] = ""


class LoadBalancerStatus(Read):
    """core/v1 LoadBalancerStatus."""

    ingress: At[tuple[LoadBalancerIngress, ...], 1] = ()


class ServiceStatus(Read):
    """core/v1 ServiceStatus."""

    load_balancer: At[LoadBalancerStatus, 1] = LoadBalancerStatus()


class Service(Object):
    """core/v1 Service."""

    spec: At[ServiceSpec, 2] = ServiceSpec()
    status: At[ServiceStatus, 3] = ServiceStatus()


def external_ip(service: Service) -> str:
    """EXTERNAL-IP, by the rules of getServiceExternalIP (pkg/printers/internalversion/printers.go)."""
    spec = service.spec
    match spec.type:
        case "ClusterIP" | "NodePort":
            return ",".join(spec.external_ips) or NONE
        case "LoadBalancer":
            balancers = {each.ip or each.hostname for each in service.status.load_balancer.ingress} - {""}
            return ",".join((*sorted(balancers), *spec.external_ips)) or _PENDING
        case "ExternalName":
            return spec.external_name
    return "<unknown>"


def ports(service: Service) -> str:
    """PORT(S): `80/TCP`, with its port on every node `80:30080/TCP`."""
    return ",".join(map(_port, service.spec.ports)) or NONE


def _port(port: ServicePort) -> str:
    return f"{port.port}:{port.node_port}/{port.protocol}" if port.node_port > 0 else f"{port.port}/{port.protocol}"


def health(service: Service) -> Health:
    """How a service is doing, as far as it tells itself: whether it still waits for its load balancer."""
    if service.metadata.deletion_timestamp is not None or external_ip(service) == _PENDING:
        return Health.PROGRESS
    return Health.WELL


SERVICE: Kind[Service] = Kind(
    Service,
    resource("v1", "services", "Service", "svc", subresources=("proxy", "status")),
    columns=(
        Column("NAME", name),
        Column("TYPE", lambda service: service.spec.type),
        Column(
            "CLUSTER-IP",
            lambda service: service.spec.cluster_ip or NONE,
            by=lambda service: address_order(service.spec.cluster_ip),
        ),
        Column(
            "EXTERNAL-IP",
            external_ip,
            by=lambda service: address_order(external_ip(service).partition(",")[0]),
            tint=health,
        ),
        Column("PORT(S)", ports, by=lambda service: [(port.port, port.node_port) for port in service.spec.ports]),
        Column("AGE", age, by=age_order),
        Column("SELECTOR", lambda service: labels_text(service.spec.selector), wide=True),
    ),
    health=health,
)
