"""One kubelet: registers its node, keeps its lease fresh, and has a worker for each pod that is bound to it."""

import random

from kubetui.demo.clock import Clock, Timer
from kubetui.demo.kubelet import images
from kubetui.demo.kubelet.machine import Machine, node, status
from kubetui.demo.kubelet.pod_worker import PodWorker
from kubetui.demo.kubelet.pressure import MemoryWatch
from kubetui.demo.objects import Json, deleting, uid_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.registry import Registry
from kubetui.demo.resources import LEASES, NODES, PODS

LEASE_NAMESPACE = "kube-node-lease"
LEASE_SECONDS = 40
RENEWAL = 10.0
"""Seconds between renewals of the lease."""

STATUS_PERIOD = 300.0
"""Seconds after which an unchanged status is posted again."""

SHOWN_IMAGES = 50
"""How many images a node's status lists."""


class Kubelet:
    """The kubelet of one machine, which can lose its power or its way to the API server."""

    def __init__(self, machine: Machine, registry: Registry, clock: Clock, rng: random.Random) -> None:
        self.machine = machine
        self.name = machine.name
        self.ip = machine.ip
        self.registry = registry
        self.clock = clock
        self.rng = rng
        self.workers: dict[str, PodWorker] = {}
        """By the pod's uid."""
        self._images: dict[str, int] = {}
        self._addresses = 1
        self._powered = True
        self._cut_off = False
        self._heartbeat: Timer | None = None
        self._posted_at = 0.0
        self._posted_images = 0
        self._memory = MemoryWatch(clock, machine.memory)
        self._short_of_memory = False

    @property
    def connected(self) -> bool:
        """Whether it runs and reaches the API server."""
        return self._powered and not self._cut_off

    # Its node.

    def start(self) -> None:
        """Registers the node and begins to keep its lease."""
        if self.registry.find(NODES, "", self.name) is None:
            self.registry.create(NODES, node(self.machine))
        self._node_event("Starting", "Starting kubelet.")
        for reason in ("NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"):
            self._node_event(reason, f"Node {self.name} status is now: {reason}")
        self._post_status()
        self._node_event("NodeReady", f"Node {self.name} status is now: NodeReady")
        self._renew()

    def power_off(self) -> None:
        """The machine dies with all that runs on it. Nobody is told."""
        self._powered = False
        self._stop_heartbeat()
        for worker in self.workers.values():
            worker.freeze()

    def power_on(self) -> None:
        """The machine boots: its pods start anew, those deleted meanwhile come to their end."""
        if self._powered:
            return
        self._powered = True
        self._node_event("Starting", "Starting kubelet.")
        self._return()
        for worker in list(self.workers.values()):
            worker.thaw()

    def disconnect(self) -> None:
        """The way to the API server is cut; containers run on."""
        self._cut_off = True
        self._stop_heartbeat()

    def reconnect(self) -> None:
        """The API server can be reached again."""
        if not self._cut_off:
            return
        self._cut_off = False
        self._return()
        for worker in list(self.workers.values()):
            worker.resume_reports()

    def _return(self) -> None:
        """Catches up with what was changed while nothing could be heard."""
        for uid, worker in list(self.workers.items()):
            metadata = worker.pod["metadata"]
            current = self.registry.find(PODS, metadata["namespace"], metadata["name"])
            if current is None or uid_of(current) != uid:
                worker.vanish()
                del self.workers[uid]
            else:
                worker.pod = current
        self._post_status()
        self._renew()

    def _stop_heartbeat(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.cancel()
            self._heartbeat = None

    def _renew(self) -> None:
        if not self.connected:
            return
        self._stop_heartbeat()
        self._watch_memory()
        lease = self.registry.find(LEASES, LEASE_NAMESPACE, self.name)
        spec = {
            "holderIdentity": self.name,
            "leaseDurationSeconds": LEASE_SECONDS,
            "renewTime": self.clock.micro_stamp(),
        }
        try:
            if lease is None:
                self.registry.create(LEASES, self._lease(spec), LEASE_NAMESPACE)
            else:
                self.registry.update(LEASES, with_(lease, spec=spec))
            if len(self._images) != self._posted_images or self.clock.now() - self._posted_at >= STATUS_PERIOD:
                self._post_status()
        except Refusal:
            pass  # It is tried again with the next renewal, as a kubelet does whose API server refuses.
        self._heartbeat = self.clock.call_later(RENEWAL, self._renew)

    def _watch_memory(self) -> None:
        """Evicts a pod where memory is short, and tells when that begins and ends."""
        evicted = self._memory.look(self.workers.values())
        short = self._memory.short
        if evicted is not None:
            self._node_event("EvictionThresholdMet", "Attempting to reclaim memory", warning=True)
        if short != self._short_of_memory:
            self._short_of_memory = short
            reason = "NodeHasInsufficientMemory" if short else "NodeHasSufficientMemory"
            self._node_event(reason, f"Node {self.name} status is now: {reason}")
            self._post_status()
        if evicted is not None:
            worker, why = evicted
            worker.evict(why)

    def _lease(self, spec: Json) -> Json:
        metadata: Json = {"name": self.name, "namespace": LEASE_NAMESPACE}
        owner = self.registry.find(NODES, "", self.name)
        if owner is not None:
            reference = {"apiVersion": "v1", "kind": "Node", "name": self.name, "uid": uid_of(owner)}
            metadata["ownerReferences"] = [reference]
        return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}

    def _post_status(self) -> None:
        current = self.registry.find(NODES, "", self.name)
        if current is None:
            return
        self._posted_at = self.clock.now()
        self._posted_images = len(self._images)
        shown = [
            {"names": [images.reference(name)], "sizeBytes": size}
            for name, size in sorted(self._images.items(), key=lambda one: -one[1])[:SHOWN_IMAGES]
        ]
        new = status(
            self.machine, current.get("status") or {}, shown, self.clock.now(), short_of_memory=self._short_of_memory
        )
        self.registry.update(NODES, with_(current, status=new), subresource="status")

    def cordoned(self, cordoned: bool) -> None:
        """Someone has closed the node to new pods, or opened it again."""
        reason = "NodeNotSchedulable" if cordoned else "NodeSchedulable"
        self._node_event(reason, f"Node {self.name} status is now: {reason}")

    def _node_event(self, reason: str, message: str, *, warning: bool = False) -> None:
        current = self.registry.find(NODES, "", self.name)
        if current is not None:
            kind = "Warning" if warning else "Normal"
            self.registry.event(current, reason, message, type=kind, component="kubelet", host=self.name)

    # Its pods.

    def pod_changed(self, event: str, pod: Json) -> None:
        """A pod bound to this node came, changed or went."""
        worker = self.workers.get(uid_of(pod))
        if event == "DELETED":
            if worker is not None and self.connected:
                worker.vanish()
                del self.workers[uid_of(pod)]
            return
        if worker is None:
            if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
                return
            worker = self.workers[uid_of(pod)] = PodWorker(self, pod)
            if self.connected:
                worker.begin()
        elif self.connected:
            worker.changed(pod)
        if deleting(pod) and self.connected and uid_of(pod) not in self.workers:
            self.registry.delete(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"], grace=0)

    def has_image(self, image: str) -> bool:
        return image in self._images

    def keep_image(self, image: str) -> None:
        self._images[image] = images.size(image)

    def take_ip(self) -> str:
        self._addresses = self._addresses % 250 + 1
        return f"{self.machine.pod_prefix}.{self._addresses}"

    def release(self, pod: Json) -> None:
        worker = self.workers.pop(uid_of(pod), None)
        if worker is not None:
            worker.vanish()
