"""Objects off the beaten path, one for every branch of what kubectl prints, as an API server accepts them."""

from datetime import datetime, timedelta
from typing import Any

Manifest = dict[str, Any]


def _object(api_version: str, kind: str, name: str, namespace: str = "", **fields: Any) -> Manifest:
    meta = {"name": name, **({"namespace": namespace} if namespace else {}), **fields.pop("meta", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **fields}


def services(namespace: str) -> list[Manifest]:
    """Every type, and every way to be reached from outside."""

    def service(name: str, spec: dict[str, Any], *balancers: dict[str, str]) -> Manifest:
        spec = {"ports": [{"port": 80, "targetPort": "web"}], **spec}
        status = {"status": {"loadBalancer": {"ingress": list(balancers)}}} if balancers else {}
        return _object("v1", "Service", name, namespace, spec=spec, **status)

    selector = {"selector": {"tier": "web", "app": "web"}}
    several = [
        {"name": "web", "port": 80},
        {"name": "dns", "port": 53, "protocol": "UDP"},
        {"name": "sctp", "port": 99, "protocol": "SCTP", "nodePort": 31234},
    ]
    return [
        service("cluster-ip", selector),
        service("headless", {**selector, "clusterIP": "None"}),
        service("headless-without-ports", {**selector, "clusterIP": "None", "ports": []}),
        service("external-ips", {"externalIPs": ["192.0.2.7", "192.0.2.6"]}),
        service("node-port", {"type": "NodePort", "ports": several}),
        service("node-port-external-ips", {"type": "NodePort", "externalIPs": ["192.0.2.9"]}),
        service("external-name", {"type": "ExternalName", "externalName": "db.example.com", "ports": []}),
        service("external-name-with-port", {"type": "ExternalName", "externalName": "db.example.com"}),
        service("balancer-pending", {"type": "LoadBalancer"}),
        service("balancer", {"type": "LoadBalancer"}, {"ip": "198.51.100.20"}, {"hostname": "lb.example.com"}),
        service("balancer-ipv6", {"type": "LoadBalancer"}, {"ip": "2001:db8::1"}, {"ip": "198.51.100.3"}),
        service("balancer-twice", {"type": "LoadBalancer"}, {"ip": "198.51.100.4"}, {"ip": "198.51.100.4"}),
        service("balancer-external", {"type": "LoadBalancer", "externalIPs": ["192.0.2.8"]}, {"ip": "198.51.100.2"}),
        service("balancer-pending-external", {"type": "LoadBalancer", "externalIPs": ["192.0.2.5"]}),
        service("prefers-dual-stack", {"ipFamilyPolicy": "PreferDualStack"}),
    ]


def nodes() -> list[Manifest]:
    """Roles, readiness, cordons, addresses, and what a node says of itself."""

    def node(name: str, *, labels: Any = None, spec: Any = None, **status: Any) -> Manifest:
        return _object("v1", "Node", name, meta={"labels": labels or {}}, spec=spec or {}, status=status)

    def ready(status: str, **more: str) -> list[dict[str, str]]:
        conditions = {"Ready": status, **more}
        return [{"type": type_, "status": value, "reason": "Example"} for type_, value in conditions.items()]

    role = "node-role.kubernetes.io/"
    addresses = [
        {"type": "Hostname", "address": "node-a"},
        {"type": "ExternalIP", "address": "203.0.113.1"},
        {"type": "InternalIP", "address": "10.0.0.1"},
    ]
    info = {
        **dict.fromkeys(("machineID", "systemUUID", "bootID", "kubeProxyVersion"), ""),
        "kernelVersion": "6.12.1",
        "osImage": "Debian GNU/Linux 13 (trixie)",
        "containerRuntimeVersion": "containerd://2.1.0",
        "kubeletVersion": "v1.36.3",
        "operatingSystem": "linux",
        "architecture": "arm64",
    }
    return [
        node("untold"),
        node("ready", conditions=ready("True"), addresses=addresses, nodeInfo=info),
        node("not-ready", conditions=ready("False"), nodeInfo={**info, "architecture": ""}),
        node("silent", conditions=ready("Unknown"), nodeInfo={**info, "kernelVersion": "", "osImage": ""}),
        node("cordoned", conditions=ready("True", DiskPressure="False"), spec={"unschedulable": True}),
        node("not-ready-cordoned", conditions=ready("False"), spec={"unschedulable": True}),
        node("under-pressure", conditions=ready("True", MemoryPressure="True")),
        node("one-role", labels={f"{role}worker": ""}),
        node("roles", labels={f"{role}worker": "", f"{role}control-plane": "", "kubernetes.io/role": "old"}),
        node("empty-role", labels={"kubernetes.io/role": ""}),
        node("outside-only", addresses=[{"type": "ExternalIP", "address": "203.0.113.2"}]),
    ]


def workloads(namespace: str) -> list[Manifest]:
    """Deployments and replica sets: none, some, several containers, selectors of every operator."""

    def workload(kind: str, name: str, selector: Manifest, labels: dict[str, str], **spec: Any) -> Manifest:
        images = spec.pop("images", ["registry.example/web:1"])
        containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
        template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
        return _object("apps/v1", kind, name, namespace, spec={"selector": selector, "template": template, **spec})

    expressions = [
        {"key": "tier", "operator": "In", "values": ["web", "api"]},
        {"key": "stage", "operator": "NotIn", "values": ["test"]},
        {"key": "app", "operator": "Exists"},
        {"key": "legacy", "operator": "DoesNotExist"},
    ]
    by_label = {"matchLabels": {"app": "x", "a": "1"}}
    by_expression = {"matchLabels": {"app": "x"}, "matchExpressions": expressions}
    labels = {"app": "x", "a": "1", "tier": "web"}
    two = ["registry.example/web:1", "registry.example/proxy@sha256:" + "0" * 64]
    return [
        workload(kind, f"{kind.lower()}-{name}", selector, labels | {"of": f"{kind}-{name}".lower()}, **spec)
        for kind in ("Deployment", "ReplicaSet")
        for name, selector, spec in (
            ("none", by_label, {"replicas": 0}),
            ("three", {"matchLabels": {"of": f"{kind.lower()}-three"}}, {"replicas": 3}),
            ("two-containers", by_label, {"replicas": 0, "images": two}),
            ("expressions", by_expression, {"replicas": 0}),
        )
    ] + [workload("Deployment", "paused", by_label, labels, replicas=2, paused=True)]


def endpoint_slices(namespace: str) -> list[Manifest]:
    """None to more than kubectl shows, of addresses and ports, ready or not, tied to a service or not."""

    def endpoint_slice(name: str, addresses: list[str], ports: list[Any], labels: Any = None, **more: Any) -> Manifest:
        endpoints = [{"addresses": [each], "conditions": {"ready": not each.endswith("9")}} for each in addresses]
        meta = {"labels": labels or {}}
        body: Manifest = {"addressType": "IPv4", "endpoints": endpoints, "ports": ports, **more}
        return _object("discovery.k8s.io/v1", "EndpointSlice", name, namespace, meta=meta, **body)

    def named(*ports: int) -> list[Any]:
        return [{"name": f"p{port}", "port": port, "protocol": "TCP"} for port in ports]

    several = [f"10.8.0.{number}" for number in range(1, 10)]
    return [
        endpoint_slice("nothing", [], []),
        endpoint_slice("one", several[:1], named(80), {"kubernetes.io/service-name": "cluster-ip"}),
        endpoint_slice("three", several[:3], named(80, 81, 82)),
        endpoint_slice("four", several[:4], named(80, 81, 82, 83)),
        endpoint_slice("nine", several, named(80, 81, 82, 83, 84, 85)),
        endpoint_slice("any-port", several[:1], [{"name": "any", "protocol": "TCP"}]),
        endpoint_slice("any-port-unnamed", several[:1], [{"protocol": "TCP"}]),
        endpoint_slice("six", ["2001:db8::7"], named(80), addressType="IPv6"),
        endpoint_slice("names", ["db.example.com"], named(80), addressType="FQDN"),
    ]


def events(namespace: str, now: datetime) -> list[Manifest]:
    """Both dresses: counted ones, and those of the newer API, alone or in a series."""

    def ago(minutes: float, micro: bool = False) -> str:
        moment = now - timedelta(minutes=minutes)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if micro else "%Y-%m-%dT%H:%M:%SZ")

    def event(name: str, about: dict[str, str], **fields: Any) -> Manifest:
        involved = {"namespace": namespace, **about}
        return _object("v1", "Event", name, namespace, involvedObject=involved, **{"type": "Normal", **fields})

    pod = {"kind": "Pod", "name": "web-1", "uid": "u-1", "apiVersion": "v1"}
    fresh = {
        "eventTime": ago(30.5, micro=True),
        "reportingComponent": "default-scheduler",
        "reportingInstance": "scheduler-1",
        "action": "Binding",
        "reason": "Scheduled",
        "message": "Successfully assigned",
    }
    counted = {"firstTimestamp": ago(60.5), "lastTimestamp": ago(20.5), "count": 7}
    told = {"reason": "BackOff", "message": "Back-off restarting failed container", "type": "Warning"}
    return [
        event("counted", pod, **counted, **told, source={"component": "kubelet", "host": "node-1"}),
        event("container", {**pod, "fieldPath": "spec.containers{main}"}, **counted, **told),
        event("component-alone", pod, **counted, **told, source={"component": "kubelet"}),
        event("first-alone", pod, **told, firstTimestamp=ago(25.5)),
        event("last-alone", pod, **told, lastTimestamp=ago(26.5)),
        event("no-times", pod, **told),
        event("no-object-name", {"kind": "Pod"}, **counted, **told),
        event("padded", pod, **counted, reason="Padded", message="  \t blanks around \u00a0\n"),
        event("nothing-said", pod, **counted),
        event("fresh", pod, **fresh),
        event("series", pod, **fresh, series={"count": 5, "lastObservedTime": ago(12.5, micro=True)}),
        event("series-and-times", pod, **fresh, **counted, series={"count": 9, "lastObservedTime": ago(11.5, True)}),
        event("both-sources", pod, **fresh, source={"component": "old", "host": "node-9"}),
        event("another-type", pod, **counted, reason="Odd", type="Warning", message="ünïcödé → ok"),
    ]
