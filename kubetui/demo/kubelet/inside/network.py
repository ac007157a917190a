"""The cluster's network as a container sees it: names, addresses of Services and pods, and connections to them."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import ENDPOINTSLICES, NODES, PODS, SERVICES
from kubetui.demo.streams import Sink, Source

Json = dict[str, Any]

DOMAIN = "cluster.local"
_USUAL_DNS = "10.96.0.10"
"""Where pods ask for names in a cluster without a Service for that."""
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")

Connect = Callable[[Json, int, Source, Sink], Awaitable[None]]
"""Serves a connection to a port of a pod, until either side ends it. ConnectionRefusedError where nobody listens."""


class NoSuchName(Exception):
    """A name that the cluster's DNS does not know."""


class Unreachable(Exception):
    """An address behind which nothing answers at all."""


class Network:
    """The network of one pod."""

    def __init__(self, registry: Registry, pod: Json, connect: Connect) -> None:
        self._registry = registry
        self._pod = pod
        self._connect = connect
        self._turn = 0

    @property
    def search(self) -> tuple[str, ...]:
        """The domains in which short names are looked for."""
        return (f"{namespace_of(self._pod)}.svc.{DOMAIN}", f"svc.{DOMAIN}", DOMAIN)

    @property
    def dns(self) -> str:
        """The address where names are asked for."""
        for name in ("kube-dns", "coredns"):
            service = self._registry.find(SERVICES, "kube-system", name)
            if service is not None:
                return str(service["spec"].get("clusterIP") or _USUAL_DNS)
        return _USUAL_DNS

    def resolve(self, name: str) -> tuple[str, list[str]]:
        """The full name behind a name, and its addresses. NoSuchName where there is none."""
        if _ADDRESS.fullmatch(name):
            return name, [name]
        name = name.rstrip(".").lower()
        if name == "localhost":
            return name, ["127.0.0.1"]
        if name == name_of(self._pod):
            return name, [self._address]
        for alias in self._pod["spec"].get("hostAliases") or ():
            if name in (alias.get("hostnames") or ()):
                return name, [str(alias["ip"])]
        for domain in ("", *self.search):
            full = f"{name}.{domain}" if domain else name
            found = self._service(full)
            if found:
                return full, found
        raise NoSuchName(name)

    async def connect(self, address: str, port: int, incoming: Source, outgoing: Sink) -> None:
        """Connects to an address. ConnectionRefusedError where nobody listens, Unreachable where nothing is."""
        if address.startswith("127.") or address == self._address:
            await self._connect(self._pod, port, incoming, outgoing)
            return
        service = self._service_at(address)
        if service is not None:
            address, port = self._endpoint(service, port)
        pod = self._pod_at(address)
        if pod is None:
            if self._is_node(address):
                raise ConnectionRefusedError
            raise Unreachable(address)
        await self._connect(pod, port, incoming, outgoing)

    @property
    def _address(self) -> str:
        current = self._registry.find(PODS, namespace_of(self._pod), name_of(self._pod)) or self._pod
        return str((current.get("status") or {}).get("podIP", ""))

    def _service(self, full: str) -> list[str]:
        """The addresses of a Service's full name, or of a pod behind a headless one; empty where it is none."""
        if not full.endswith(f".svc.{DOMAIN}"):
            return []
        *hosts, name, space = ["", *full.removesuffix(f".svc.{DOMAIN}").split(".")]
        hosts = hosts[1:]
        service = self._registry.find(SERVICES, space, name) if name and len(hosts) < 2 else None
        if service is None:
            return []
        spec = service["spec"]
        if spec.get("type") == "ExternalName":
            return []
        if spec.get("clusterIP") not in (None, "", "None"):
            return [] if hosts else [str(spec["clusterIP"])]
        ready = self._endpoints(service)
        return [address for address, pod in ready if not hosts or pod == hosts[0]]

    def _endpoints(self, service: Json) -> list[tuple[str, str]]:
        """The ready addresses of a Service, each with the name of its pod."""
        found = []
        for part in self._registry.list(ENDPOINTSLICES, namespace_of(service)):
            if (part["metadata"].get("labels") or {}).get("kubernetes.io/service-name") != name_of(service):
                continue
            for endpoint in part.get("endpoints") or ():
                if (endpoint.get("conditions") or {}).get("ready", True):
                    pod = str((endpoint.get("targetRef") or {}).get("name", ""))
                    found += [(str(address), pod) for address in endpoint.get("addresses") or ()]
        return found

    def _endpoint(self, service: Json, port: int) -> tuple[str, int]:
        """The next endpoint of a Service and its port. ConnectionRefusedError, as kube-proxy's, where there is none."""
        served = next((one for one in service["spec"].get("ports") or () if one["port"] == port), None)
        if served is None:
            raise Unreachable(port)
        endpoints = self._endpoints(service)
        if not endpoints:
            raise ConnectionRefusedError
        self._turn += 1
        address, name = endpoints[self._turn % len(endpoints)]
        target = served.get("targetPort", port)
        if isinstance(target, str):
            target = self._named_port(namespace_of(service), name, target)
        return address, int(target)

    def _named_port(self, namespace: str, name: str, port: str) -> int:
        pod = self._registry.find(PODS, namespace, name)
        for container in (pod or {"spec": {"containers": []}})["spec"]["containers"]:
            for one in container.get("ports") or ():
                if one.get("name") == port:
                    return int(one["containerPort"])
        raise ConnectionRefusedError

    def _service_at(self, address: str) -> Json | None:
        return next((one for one in self._registry.list(SERVICES) if one["spec"].get("clusterIP") == address), None)

    def _pod_at(self, address: str) -> Json | None:
        for pod in self._registry.list(PODS):
            status = pod.get("status") or {}
            if status.get("podIP") == address and status.get("phase") == "Running":
                return pod
        return None

    def _is_node(self, address: str) -> bool:
        return any(
            one["address"] == address
            for node in self._registry.list(NODES)
            for one in (node.get("status") or {}).get("addresses") or ()
        )
