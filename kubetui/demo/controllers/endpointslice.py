"""The EndpointSlice controller: the addresses behind each Service, a hundred in a slice."""

from itertools import groupby

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.services import Backend, Backends, is_selecting, target_port
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, deleting, labels_of, name_of, namespace_of, owner_reference, uid_of, with_
from kubetui.demo.resources import ENDPOINTSLICES, NODES, SERVICES

MOST = 100
MANAGER = "endpointslice-controller.k8s.io"
_SERVICE_LABEL = "kubernetes.io/service-name"
_MANAGER_LABEL = "endpointslice.kubernetes.io/managed-by"
_HEADLESS = "service.kubernetes.io/headless"
_ZONE = "topology.kubernetes.io/zone"


class EndpointSliceController(Controller):
    """Reconciles Services."""

    component = "endpoint-slice-controller"
    resource = SERVICES

    def watch(self) -> None:
        self._slices = self.informers.by_owner(ENDPOINTSLICES)
        self._backends = Backends(self.informers)
        self._backends.watch(self.informers, self.queue.add)
        self.watch_owned(ENDPOINTSLICES)

    def reconcile(self, key: Key) -> None:
        service = self.find(key)
        if service is None or deleting(service) or not is_selecting(service):
            return
        backends = self._backends.of(service)
        wanted: list[tuple[list[Json], list[Json]]] = []

        def ports_of(backend: Backend) -> list[Json]:
            return _ports(service, backend)

        for ports, group in groupby(sorted(backends, key=lambda one: str(ports_of(one))), key=ports_of):
            endpoints = [self._endpoint(backend) for backend in group]
            wanted += [(ports, endpoints[start : start + MOST]) for start in range(0, len(endpoints), MOST)]
        self._write(service, wanted or [([], [])])

    def _endpoint(self, backend: Backend) -> Json:
        endpoint: Json = {
            "addresses": [backend.ip],
            "conditions": {
                "ready": backend.ready,
                "serving": backend.serving,
                "terminating": backend.terminating,
            },
            "nodeName": backend.node,
            "targetRef": backend.target,
        }
        node = self.registry.find(NODES, "", backend.node)
        zone = labels_of(node).get(_ZONE) if node is not None else None
        if zone:
            endpoint["zone"] = zone
        if backend.pod["spec"].get("hostname") and backend.pod["spec"].get("subdomain"):
            endpoint["hostname"] = backend.pod["spec"]["hostname"]
        return endpoint

    def _write(self, service: Json, wanted: list[tuple[list[Json], list[Json]]]) -> None:
        """Keeps slices that are right, changes others, makes or deletes what is too few or too many."""
        known = self._slices.of(uid_of(service))
        labels = {**labels_of(service), _MANAGER_LABEL: MANAGER, _SERVICE_LABEL: name_of(service)}
        if service["spec"].get("clusterIP") == "None":
            labels[_HEADLESS] = ""
        for ports, endpoints in wanted:
            body = {"addressType": "IPv4", "endpoints": endpoints or None, "ports": ports or None}
            old = known.pop(0) if known else None
            if old is None:
                metadata = {
                    "generateName": f"{name_of(service)}-",
                    "labels": labels,
                    "ownerReferences": [owner_reference(service)],
                }
                self.registry.create(ENDPOINTSLICES, {"metadata": metadata, **body}, namespace_of(service))
            else:
                self.registry.update(ENDPOINTSLICES, with_(old, metadata={**old["metadata"], "labels": labels}, **body))
        for old in known:
            self.registry.delete(ENDPOINTSLICES, namespace_of(old), name_of(old))


def _ports(service: Json, backend: Backend) -> list[Json]:
    found = []
    for port in service["spec"].get("ports") or ():
        number = target_port(port, backend.pod)
        if number is not None:
            found.append({"name": port.get("name", ""), "port": number, "protocol": port.get("protocol", "TCP")})
    return found
