"""All kubelets of the cluster: hands each pod to the kubelet of its node, and is where outages are made."""

import random
from collections.abc import Iterable

from kubetui.demo.clock import Clock
from kubetui.demo.kubelet.kubelet import Kubelet
from kubetui.demo.kubelet.logs import MOST, Line, lines_of
from kubetui.demo.kubelet.machine import Machine
from kubetui.demo.kubelet.pod_worker import PodWorker
from kubetui.demo.kubelet.runtime import PodPorts, Process, Runtime
from kubetui.demo.kubelet.usage import LOAD, Usage, container_usage
from kubetui.demo.objects import Json, controller_of, name_of, namespace_of, uid_of
from kubetui.demo.quantity import number
from kubetui.demo.refusals import bad_request, refuse
from kubetui.demo.registry import Registry
from kubetui.demo.resources import DEPLOYMENTS, NODES, PODS, REPLICASETS, STATEFULSETS

_OWNERS = {"ReplicaSet": REPLICASETS, "Deployment": DEPLOYMENTS, "StatefulSet": STATEFULSETS}


class Fleet:
    """The kubelets by the names of their nodes."""

    def __init__(self, registry: Registry, clock: Clock, rng: random.Random) -> None:
        self._registry = registry
        self._clock = clock
        self._rng = rng
        self.kubelets: dict[str, Kubelet] = {}
        self._runtime = Runtime(registry, clock, self._worker)

    def start(self, machines: Iterable[Machine]) -> None:
        """Boots the machines; they register as nodes."""
        self._registry.subscribe(PODS, self._pod_changed)
        self._registry.subscribe(NODES, self._node_changed)
        for machine in machines:
            self.add(machine)

    def add(self, machine: Machine) -> None:
        """One more machine joins."""
        kubelet = Kubelet(machine, self._registry, self._clock, random.Random(self._rng.getrandbits(64)))
        self.kubelets[machine.name] = kubelet
        kubelet.start()

    def logs(
        self,
        namespace: str,
        name: str,
        container: str = "",
        *,
        previous: bool = False,
        since: float | None = None,
        tail: int | None = None,
    ) -> list[Line]:
        """What a container has written up to now: its time and text, the oldest first.

        `previous` asks for the run before, `since` (seconds since 1970) for what came after, `tail` for the last
        lines. Refusal 404 for a pod that is not there, 400 for a container that is not, or has not started.
        """
        pod = self._registry.get(PODS, namespace, name)
        kinds = ("initContainers", "containers", "ephemeralContainers")
        names = [spec["name"] for kind in kinds for spec in pod["spec"].get(kind) or ()]
        if not container:
            annotations = pod["metadata"].get("annotations") or {}
            container = (
                annotations.get("kubectl.kubernetes.io/default-container") or pod["spec"]["containers"][0]["name"]
            )
        if container not in names:
            raise bad_request(f"container {container} is not valid for pod {name}")
        kubelet = self.kubelets.get(pod["spec"].get("nodeName", ""))
        worker = kubelet.workers.get(uid_of(pod)) if kubelet is not None else None
        now = self._clock.now()
        most = MOST if tail is None else tail
        return lines_of(pod, container, worker, now, previous=previous, since=since or 0.0, tail=most)

    def execute(self, pod: Json, container: str, command: list[str]) -> Process:
        """A process in a container, ready to be run. RuntimeFailure where that does not run, Refusal 500 where its
        node can't be reached."""
        self._dial(pod)
        return self._runtime.execute(pod, container, command)

    def attach(self, pod: Json, container: str) -> Process:
        """A container's first process, ready to be connected to. Fails as `execute` does."""
        self._dial(pod)
        return self._runtime.attach(pod, container)

    def ports(self, pod: Json) -> PodPorts:
        """The ports of a pod. RuntimeFailure where nothing of it runs, Refusal 500 where its node can't be reached."""
        self._dial(pod)
        return self._runtime.ports(pod)

    def _dial(self, pod: Json) -> None:
        kubelet = self.kubelets.get(pod["spec"].get("nodeName") or "")
        if kubelet is None or not kubelet.connected:
            address = f"{kubelet.ip}:10250" if kubelet is not None else str(pod["spec"].get("nodeName", ""))
            why = f"error dialing backend: dial tcp {address}: connect: no route to host"
            raise refuse(500, "", why)

    def _worker(self, pod: Json) -> PodWorker | None:
        kubelet = self.kubelets.get(pod["spec"].get("nodeName") or "")
        return kubelet.workers.get(uid_of(pod)) if kubelet is not None and kubelet.connected else None

    def usage(self, pod: Json) -> dict[str, Usage]:
        """What each running container of a pod uses now; empty where nothing runs or nobody can tell."""
        worker = self._worker(pod)
        if worker is None:
            return {}
        now = self._clock.now()
        running = [one for one in worker.containers if one.runs]
        load = self._load(pod) / len(running) if running else 0.0
        return {
            one.name: container_usage(one.spec, one.behaviour, one.identity, now - one.started_at, now, load)
            for one in running
        }

    def _load(self, pod: Json) -> float:
        """The pod's share, in cores, of the load on the topmost owner above it.

        What lies between doesn't count: a ReplicaSet keeps annotations that its Deployment has lost.
        """
        top = pod
        while (reference := controller_of(top)) is not None and (resource := _OWNERS.get(reference["kind"])):
            owner = self._registry.find(resource, namespace_of(top), reference["name"])
            if owner is None:
                break
            top = owner
        written = (top["metadata"].get("annotations") or {}).get(LOAD)
        if not written:
            return 0.0
        try:
            total = number(written)
        except ValueError:
            return 0.0
        ready: int = (top.get("status") or {}).get("readyReplicas", 1) if top is not pod else 1
        return total / max(1, ready)

    def _pod_changed(self, event: str, pod: Json, old: Json | None) -> None:
        kubelet = self.kubelets.get(pod["spec"].get("nodeName") or "")
        if kubelet is not None:
            kubelet.pod_changed(event, pod)

    def _node_changed(self, event: str, node: Json, old: Json | None) -> None:
        kubelet = self.kubelets.get(name_of(node))
        if kubelet is None or old is None or not kubelet.connected:
            return
        before, after = bool(old["spec"].get("unschedulable")), bool(node["spec"].get("unschedulable"))
        if before != after:
            kubelet.cordoned(after)
