"""A living cluster in virtual time, and short ways to ask and to change it."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kubetui.demo.clock import Clock
from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.kubelet.machine import Machine
from kubetui.demo.objects import name_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import DEPLOYMENTS, EVENTS, PODS, REPLICASETS, Resource

Json = dict[str, Any]

START = 1_800_000_000.0


class Living:
    """A cluster of some machines in three zones, in the namespace `default`."""

    def __init__(self, machines: int | Sequence[Machine] = 3, seed: int = 1) -> None:
        self.clock = Clock(START)
        self.registry = Registry(self.clock, random.Random(seed))
        self.plane = ControlPlane(self.registry, self.clock, seed)
        if isinstance(machines, int):
            machines = [machine(number) for number in range(machines)]
        self.plane.start(machines)
        self.run(1)

    def run(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.clock.advance(seconds)

    @property
    def age(self) -> float:
        """Virtual seconds since the cluster was started."""
        return self.clock.now() - START

    def create(self, resource: Resource, obj: Json) -> Json:
        """Creates an object in `default`."""
        return self.registry.create(resource, obj, "default" if resource.namespaced else "")

    def get(self, resource: Resource, name: str) -> Json:
        """The object of that name in `default`."""
        return self.registry.get(resource, "default" if resource.namespaced else "", name)

    def patch(self, resource: Resource, name: str, patch: Json) -> Json:
        """Merges a change into an object."""
        return self.registry.patch(resource, "default" if resource.namespaced else "", name, patch)

    def delete(self, resource: Resource, name: str, **options: Any) -> Json:
        """Deletes an object."""
        return self.registry.delete(resource, "default" if resource.namespaced else "", name, **options)

    def pods(self, namespace: str = "default") -> list[Json]:
        """The pods of a namespace."""
        return self.registry.list(PODS, namespace)

    def running(self) -> list[Json]:
        """The pods that run and are ready."""
        return [pod for pod in self.pods() if is_ready(pod)]

    def events(self, reason: str = "", about: str = "") -> list[Json]:
        """The events in `default` with that reason, on the object of that name, the oldest first."""
        found = [
            event
            for event in self.registry.list(EVENTS, "default")
            if reason in ("", event["reason"]) and about in ("", event["involvedObject"]["name"])
        ]
        return sorted(found, key=lambda one: int(one["metadata"]["resourceVersion"]))

    def messages(self, reason: str = "", about: str = "") -> list[str]:
        """The messages of those events."""
        return [event["message"] for event in self.events(reason, about)]

    def scalings(self, name: str) -> list[str]:
        """How a Deployment scaled its ReplicaSets, each named old or new."""
        newest = max(self.registry.list(REPLICASETS, "default"), key=_revision)
        said = self.messages("ScalingReplicaSet", name)
        return [
            f"{'new' if name_of(newest) in one else 'old'} {one.partition(' from ')[2].replace(' to ', '→')}"
            for one in said
        ]

    @contextmanager
    def watching(self, resource: Resource) -> Iterator[list[tuple[str, Json]]]:
        """Every change of a resource while this lasts."""
        seen: list[tuple[str, Json]] = []
        stop = self.registry.subscribe(resource, lambda event, obj, old: seen.append((event, obj)))
        try:
            yield seen
        finally:
            stop()

    def deploy(self, name: str = "web", replicas: int = 3, image: str = "nginx:1.27", **spec: Any) -> Json:
        """A Deployment with one container."""
        return self.create(DEPLOYMENTS, deployment(name, replicas, image, **spec))

    def set_image(self, name: str, image: str) -> None:
        """What `kubectl set image` does to a Deployment."""
        container = {**self.get(DEPLOYMENTS, name)["spec"]["template"]["spec"]["containers"][0], "image": image}
        self.patch(DEPLOYMENTS, name, {"spec": {"template": {"spec": {"containers": [container]}}}})


def machine(number: int, **more: Any) -> Machine:
    """The machine of that number, in one of three zones."""
    return Machine(f"node-{number}", number, f"zone-{'abc'[number % 3]}", **more)


def template(image: str = "nginx:1.27", labels: Json | None = None, **spec: Any) -> Json:
    """A pod template with one container named `c`; `container` is added to it, the rest to the pod's spec."""
    container = {"name": "c", "image": image, **spec.pop("container", {})}
    metadata: Json = {"labels": labels or {"app": "web"}}
    if "annotations" in spec:
        metadata["annotations"] = spec.pop("annotations")
    return {"metadata": metadata, "spec": {"containers": [container], **spec}}


def pod(name: str = "p", image: str = "nginx:1.27", **spec: Any) -> Json:
    """A pod with one container named `c`."""
    made = template(image, **spec)
    return {"metadata": {"name": name, **made["metadata"]}, "spec": made["spec"]}


def deployment(name: str, replicas: int, image: str, **spec: Any) -> Json:
    """A Deployment with one container; `pod` is given to its template."""
    made = template(image, {"app": name}, **spec.pop("pod", {}))
    return {
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": made, **spec},
    }


def is_ready(pod: Json) -> bool:
    """Whether a pod is ready."""
    return condition(pod, "Ready") == "True"


def condition(obj: Json, kind: str) -> str:
    """The status of a condition; empty where there is none."""
    for one in (obj.get("status") or {}).get("conditions") or ():
        if one["type"] == kind:
            return str(one["status"])
    return ""


def reason(obj: Json, kind: str) -> str:
    """The reason of a condition; empty where there is none."""
    for one in (obj.get("status") or {}).get("conditions") or ():
        if one["type"] == kind:
            return str(one.get("reason", ""))
    return ""


def waiting(pod: Json) -> str:
    """Why the first container of a pod waits; empty where it doesn't."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or [{}]
    return str(((statuses[0].get("state") or {}).get("waiting") or {}).get("reason", ""))


def _revision(replicaset: Json) -> int:
    return int(replicaset["metadata"]["annotations"]["deployment.kubernetes.io/revision"])
