"""Which pods a Service selects, and as what: the reading that both kinds of endpoints share."""

from collections.abc import Callable
from typing import Any

import msgspec

from kubetui.demo.controllers.informer import Informers
from kubetui.demo.controllers.pods import is_finished, is_ready
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, labels_of, name_of, namespace_of, uid_of
from kubetui.demo.resources import PODS


class Backend(msgspec.Struct, frozen=True):
    """One pod behind a Service."""

    pod: Json
    ip: str
    node: str
    ready: bool
    """Whether traffic goes there: it serves and does not terminate, or the Service takes all."""
    serving: bool
    terminating: bool

    @property
    def target(self) -> Json:
        """The reference to the pod."""
        return {"kind": "Pod", "namespace": namespace_of(self.pod), "name": name_of(self.pod), "uid": uid_of(self.pod)}


class Backends:
    """Finds the pods of Services, and the Services of pods, by their labels."""

    def __init__(self, informers: Informers) -> None:
        self._pods = informers.by_label(PODS)
        self._services = informers.by_selector()

    def of(self, service: Json) -> list[Backend]:
        """The pods behind a Service that have an address, in the order of their creation."""
        wanted = service["spec"].get("selector") or {}
        if not wanted:
            return []
        names = [f"{namespace_of(service)}/{name}={value}" for name, value in wanted.items()]
        rarest = min(names, key=self._pods.count)
        everything = bool(service["spec"].get("publishNotReadyAddresses"))
        found = []
        for pod in self._pods.of(rarest):
            labels = labels_of(pod)
            ip = (pod.get("status") or {}).get("podIP")
            if not ip or is_finished(pod) or any(labels.get(name) != value for name, value in wanted.items()):
                continue
            ready, terminating = is_ready(pod), deleting(pod)
            found.append(
                Backend(
                    pod,
                    ip,
                    pod["spec"].get("nodeName", ""),
                    ready=everything or (ready and not terminating),
                    serving=ready,
                    terminating=terminating,
                )
            )
        return found

    def watch(self, informers: Informers, wake: Callable[[Key], None]) -> None:
        """Calls `wake` for each Service that a change of a pod may matter to."""

        def changed(event: str, pod: Json, old: Json | None) -> None:
            if event == "MODIFIED" and old is not None and _visible(pod) == _visible(old):
                return
            labels = {**labels_of(old), **labels_of(pod)} if old is not None else labels_of(pod)
            for name, value in labels.items():
                for service in self._services.of(f"{namespace_of(pod)}/{name}={value}"):
                    wake(key_of(service))

        informers.registry.subscribe(PODS, changed)


def target_port(service_port: Json, pod: Json) -> int | None:
    """The port of the pod to which a port of the Service leads; None where a named one is missing."""
    target = service_port.get("targetPort") or service_port["port"]
    if isinstance(target, int):
        return target
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if port.get("name") == target and port.get("protocol", "TCP") == service_port.get("protocol", "TCP"):
                number: int = port["containerPort"]
                return number
    return None


def is_selecting(service: Json) -> bool:
    """Whether the Service finds its pods by labels."""
    return bool(service["spec"].get("selector")) and service["spec"].get("type") != "ExternalName"


def _visible(pod: Json) -> tuple[Any, ...]:
    status = pod.get("status") or {}
    return labels_of(pod), status.get("podIP"), is_ready(pod), deleting(pod), is_finished(pod)
