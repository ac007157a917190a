"""Puts into each namespace what every namespace has: the account `default` and the cluster's certificate."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, deleting, name_of, namespace_of
from kubetui.demo.resources import CONFIGMAPS, NAMESPACES, SERVICEACCOUNTS

ROOT_CA = "kube-root-ca.crt"
_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class ServiceAccountController(Controller):
    """Reconciles Namespaces."""

    component = "serviceaccount-controller"
    resource = NAMESPACES

    certificate = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
    """What is published as the certificate authority of a cluster that is not served."""

    def watch(self) -> None:
        self.registry.subscribe(SERVICEACCOUNTS, self._deleted)
        self.registry.subscribe(CONFIGMAPS, self._deleted)

    def reconcile(self, key: Key) -> None:
        namespace = self.find(key)
        if namespace is None or deleting(namespace):
            return
        if self.registry.find(SERVICEACCOUNTS, key[1], "default") is None:
            self.registry.create(SERVICEACCOUNTS, {"metadata": {"name": "default"}}, key[1])
        if self.registry.find(CONFIGMAPS, key[1], ROOT_CA) is None:
            metadata = {"name": ROOT_CA, "annotations": {"kubernetes.io/description": _DESCRIPTION}}
            self.registry.create(CONFIGMAPS, {"metadata": metadata, "data": {"ca.crt": self.certificate}}, key[1])

    def _deleted(self, event: str, obj: Json, old: Json | None) -> None:
        if event == "DELETED" and name_of(obj) in ("default", ROOT_CA):
            self.queue.add(("", namespace_of(obj)))
