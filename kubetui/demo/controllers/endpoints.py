"""The Endpoints controller: the old form of the addresses behind a Service, one object for all."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.services import Backend, Backends, is_selecting, target_port
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, labels_of, name_of, namespace_of, with_, with_metadata
from kubetui.demo.resources import ENDPOINTS, SERVICES

MOST = 1_000

BATCH = 0.5
"""Seconds for which changes of pods are gathered: nobody who is in a hurry reads this old form."""

_HEADLESS = "service.kubernetes.io/headless"
_MANAGED = "endpoints.kubernetes.io/managed-by"


class EndpointsController(Controller):
    """Reconciles Services."""

    component = "endpoint-controller"
    resource = SERVICES

    def watch(self) -> None:
        self._backends = Backends(self.informers)
        self._backends.watch(self.informers, lambda key: self.queue.add_after(key, BATCH))

    def reconcile(self, key: Key) -> None:
        service = self.find(key)
        known = self.find(key, ENDPOINTS)
        if service is None or not is_selecting(service):
            if service is None and known is not None:
                self.registry.delete(ENDPOINTS, *key)
            return
        labels = {**labels_of(service), _MANAGED: "endpoint-controller"}
        if service["spec"].get("clusterIP") == "None":
            labels[_HEADLESS] = ""
        subsets = _subsets(service, self._backends.of(service))
        if known is None:
            metadata = {"name": name_of(service), "labels": labels}
            body: Json = {"metadata": metadata, **({"subsets": subsets} if subsets else {})}
            self.registry.create(ENDPOINTS, body, namespace_of(service))
            return
        fresh = with_(with_metadata(known, labels=labels), subsets=subsets)
        if not subsets:
            fresh.pop("subsets")
        self.registry.update(ENDPOINTS, fresh)


def _subsets(service: Json, backends: list[Backend]) -> list[Json]:
    groups: dict[str, Json] = {}
    for backend in backends[:MOST]:
        if backend.terminating:
            continue
        ports = []
        for port in service["spec"].get("ports") or ():
            number = target_port(port, backend.pod)
            if number is not None:
                named = {"name": port["name"]} if port.get("name") else {}
                ports.append({**named, "port": number, "protocol": port.get("protocol", "TCP")})
        if not ports and service["spec"].get("ports"):
            continue
        address = {"ip": backend.ip, "nodeName": backend.node, "targetRef": backend.target}
        group = groups.setdefault(str(ports), {"addresses": [], "notReadyAddresses": [], "ports": ports})
        group["addresses" if backend.ready else "notReadyAddresses"].append(address)
    return [{name: value for name, value in group.items() if value} for group in groups.values()]
