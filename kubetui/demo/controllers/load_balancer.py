"""The service controller of a cloud: gives each Service of type LoadBalancer an address outside the cluster."""

from functools import partial

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, deleting, with_
from kubetui.demo.resources import SERVICES

TAKES = 5.0
"""Seconds that it takes to have a load balancer."""

PREFIX = "203.0.113."
"""Addresses that stand for the world outside (RFC 5737)."""


class LoadBalancerController(Controller):
    """Reconciles Services."""

    component = "service-controller"
    resource = SERVICES

    def watch(self) -> None:
        self._ordered: set[str] = set()

    def reconcile(self, key: Key) -> None:
        service = self.find(key)
        if service is None or deleting(service):
            return
        has = bool(((service.get("status") or {}).get("loadBalancer") or {}).get("ingress"))
        if service["spec"].get("type") != "LoadBalancer":
            if has:
                self._write(service, {})
            return
        uid = service["metadata"]["uid"]
        if not has and uid not in self._ordered:
            self._ordered.add(uid)
            self.event(service, "EnsuringLoadBalancer", "Ensuring load balancer")
            self.clock.call_later(TAKES, partial(self._deliver, key, uid))

    def _deliver(self, key: Key, uid: str) -> None:
        self._ordered.discard(uid)
        service = self.find(key)
        if service is None or service["metadata"]["uid"] != uid or service["spec"].get("type") != "LoadBalancer":
            return
        taken = {
            one.get("ip")
            for other in self.registry.list(SERVICES)
            for one in ((other.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
        }
        free = next((number for number in range(10, 255) if f"{PREFIX}{number}" not in taken), None)
        if free is None:
            self.event(service, "SyncLoadBalancerFailed", "Error syncing load balancer: no address left", warning=True)
            return
        self._write(service, {"ingress": [{"ip": f"{PREFIX}{free}", "ipMode": "VIP"}]})
        self.event(service, "EnsuredLoadBalancer", "Ensured load balancer")

    def _write(self, service: Json, balancer: Json) -> None:
        status = {**(service.get("status") or {}), "loadBalancer": balancer}
        self.registry.update(SERVICES, with_(service, status=status), subresource="status")
