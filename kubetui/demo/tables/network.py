"""Services and what is around them: addresses, ports, endpoints, ingresses, policies."""

from typing import Any

from kubetui.demo.objects import name_of
from kubetui.demo.tables.age import since
from kubetui.demo.tables.printer import Printer, columns
from kubetui.demo.tables.words import NONE, labels_text, selector_text, shortened

Json = dict[str, Any]
_LOAD_BALANCER_WIDTH = 16


def _age(obj: Json, now: float) -> str:
    return since(obj["metadata"].get("creationTimestamp"), now)


def _service(obj: Json, now: float) -> list[Any]:
    spec = obj["spec"]
    addresses = spec.get("clusterIPs") or ()
    return [
        name_of(obj),
        spec.get("type", ""),
        addresses[0] if addresses else NONE,
        _external(obj),
        ",".join(_port(port) for port in spec.get("ports") or ()) or NONE,
        _age(obj, now),
        labels_text(spec.get("selector")),
    ]


def _external(obj: Json) -> str:
    spec = obj["spec"]
    given = ",".join(spec.get("externalIPs") or ())
    match spec.get("type"):
        case "ClusterIP" | "NodePort":
            return given or NONE
        case "LoadBalancer":
            found = _balanced(obj)
            return ",".join(text for text in (found, given) if text) or "<pending>"
        case "ExternalName":
            return str(spec.get("externalName", ""))
    return "<unknown>"


def _balanced(obj: Json) -> str:
    points = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    text = ",".join(sorted({point.get("ip") or point.get("hostname", "") for point in points} - {""}))
    return text if len(text) <= _LOAD_BALANCER_WIDTH else text[: _LOAD_BALANCER_WIDTH - 3] + "..."


def _port(port: Json) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node}/{port.get('protocol', 'TCP')}"


def _endpoints(obj: Json, now: float) -> list[Any]:
    found: list[str] = []
    for subset in obj.get("subsets") or ():
        addresses = [address.get("ip", "") for address in subset.get("addresses") or ()]
        ports = subset.get("ports") or ()
        found += [f"{address}:{port.get('port', 0)}" for port in ports for address in addresses] if ports else addresses
    return [name_of(obj), shortened(found) if obj.get("subsets") else NONE, _age(obj, now)]


def _endpoint_slice(obj: Json, now: float) -> list[Any]:
    ports = [str(port.get("port") or port.get("name") or "*") for port in obj.get("ports") or ()]
    addresses = [address for point in obj.get("endpoints") or () for address in point.get("addresses") or ()]
    shown = [shortened(ports) or "<unset>", shortened(addresses) or "<unset>"]
    return [name_of(obj), obj.get("addressType", ""), *shown, _age(obj, now)]


def _ingress(obj: Json, now: float) -> list[Any]:
    spec = obj.get("spec") or {}
    rules = spec.get("rules") or []
    hosts = [rule["host"] for rule in rules[:3] if rule.get("host")]
    more = f" + {len(rules) - 3} more..." if hosts and len(rules) > 3 else ""
    ports = "80, 443" if spec.get("tls") else "80"
    shown = [spec.get("ingressClassName") or NONE, ",".join(hosts) + more or "*", _balanced(obj), ports]
    return [name_of(obj), *shown, _age(obj, now)]


def _ingress_class(obj: Json, now: float) -> list[Any]:
    annotations = obj["metadata"].get("annotations") or {}
    default = " (default)" if annotations.get("ingressclass.kubernetes.io/is-default-class") == "true" else ""
    spec = obj.get("spec") or {}
    found = spec.get("parameters")
    parameters = NONE
    if found:
        group = f".{found['apiGroup']}" if found.get("apiGroup") else ""
        parameters = f"{found['kind']}{group}/{found['name']}"
    return [name_of(obj) + default, spec.get("controller", ""), parameters, _age(obj, now)]


def _policy(obj: Json, now: float) -> list[Any]:
    return [name_of(obj), selector_text((obj.get("spec") or {}).get("podSelector")), _age(obj, now)]


NETWORK = {
    "services": Printer(columns("Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "~Selector"), _service),
    "endpoints": Printer(columns("Endpoints", "Age"), _endpoints),
    "endpointslices.discovery.k8s.io": Printer(columns("AddressType", "Ports", "Endpoints", "Age"), _endpoint_slice),
    "ingresses.networking.k8s.io": Printer(columns("Class", "Hosts", "Address", "Ports", "Age"), _ingress),
    "ingressclasses.networking.k8s.io": Printer(columns("Controller", "Parameters", "Age"), _ingress_class),
    "networkpolicies.networking.k8s.io": Printer(columns("Pod-Selector", "Age"), _policy),
}
