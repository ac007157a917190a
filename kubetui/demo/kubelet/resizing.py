"""Other resources for containers that run: given at once where the node has room, else waited for, or never.

The conditions, the events and the wording are those of the kubelet's allocation manager.
"""

from functools import partial

import msgspec

from kubetui.demo.clock import stamp
from kubetui.demo.kubelet.container import Container, Phase
from kubetui.demo.kubelet.ending import Ender
from kubetui.demo.kubelet.life import Life
from kubetui.demo.kubelet.telling import Teller
from kubetui.demo.objects import Json, uid_of
from kubetui.demo.resources import NODES, PODS
from kubetui.demo.scheduler.demand import amount, demand_of

ACTUATED_IN = 1.0
"""Seconds until a container has its new resources."""

RETRY = 30.0
"""Seconds after which it is tried again where there was no room."""


class Resizer:
    """Resizes the containers of one pod."""

    def __init__(self, life: Life, teller: Teller, ender: Ender) -> None:
        self._life = life
        self._teller = teller
        self._ender = ender

    def wish(self) -> None:
        """The pod asks for other resources than its containers have."""
        self._life.later(0.1, self._allocate)

    def _allocate(self) -> None:
        life = self._life
        if life.stopping or life.gone:
            return
        reason, message = self._objection()
        if not reason:
            life.resize_pending = None
            self._life.later(ACTUATED_IN, partial(self._actuate, life.pod))
            return
        known = life.resize_pending
        if known is None or known["reason"] != reason:
            self._teller.event(f"Resize{reason}", f"Pod resize {reason}: {self._summary(message)}", warning=True)
            life.resize_pending = {
                "type": "PodResizePending",
                "observedGeneration": life.pod["metadata"]["generation"],
                "status": "True",
                "lastProbeTime": None,
                "lastTransitionTime": stamp(life.host.clock.now()),
                "reason": reason,
                "message": message,
            }
        self._teller.report()
        if reason == "Deferred":
            life.later(RETRY, self._allocate)

    def _objection(self) -> tuple[str, str]:
        """Why the node can't give what is asked for: the condition's reason and message, or nothing."""
        registry, name = self._life.host.registry, self._life.host.name
        node = registry.find(NODES, "", name)
        allocatable = ((node or {}).get("status") or {}).get("allocatable") or {}
        asked = demand_of(self._life.pod["spec"]).resources
        others = [
            demand_of(pod["spec"]).resources
            for pod in registry.list(PODS)
            if pod["spec"].get("nodeName") == name
            and uid_of(pod) != uid_of(self._life.pod)
            and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
        ]
        for what, wanted in asked.items():
            room = amount(what, allocatable.get(what, 0))
            if wanted > room:
                return (
                    "Infeasible",
                    f"Node didn't have enough capacity: {what}, requested: {wanted}, capacity: {room}",
                )
        for what, wanted in asked.items():
            room, used = amount(what, allocatable.get(what, 0)), sum(one.get(what, 0) for one in others)
            if wanted > room - used:
                told = f"requested: {wanted}, used: {used}, capacity: {room}"
                return "Deferred", f"Node didn't have enough resource: {what}, {told}"
        return "", ""

    def _actuate(self, wanted: Json) -> None:
        life = self._life
        if life.stopping or life.gone or wanted["spec"] is not life.pod["spec"]:
            return
        spec = life.pod["spec"]
        specs = {one["name"]: one for one in (*(spec.get("initContainers") or ()), *spec["containers"])}
        for one in life.containers:
            before, one.spec = one.spec, specs[one.name]
            if one.phase is Phase.RUNNING and _restarts(one, before):
                self._ender.kill(one, f"Container {one.name} resize requires restart")
        self._teller.event("ResizeCompleted", f"Pod resize completed: {self._summary('')}")
        self._teller.report()

    def _summary(self, error: str) -> str:
        pod = self._life.pod
        told: Json = {
            "containers": [{"name": one["name"], "resources": one["resources"]} for one in pod["spec"]["containers"]],
            "generation": pod["metadata"]["generation"],
        }
        return msgspec.json.encode({**told, "error": error} if error else told).decode()


def _restarts(one: Container, before: Json) -> bool:
    """Whether a container has to be started anew to have its new resources."""
    policies = {rule["resourceName"]: rule["restartPolicy"] for rule in one.spec.get("resizePolicy") or ()}
    old, new = before.get("resources") or {}, one.spec.get("resources") or {}
    return any(
        policies.get(what) == "RestartContainer"
        and any((old.get(kind) or {}).get(what) != (new.get(kind) or {}).get(what) for kind in ("requests", "limits"))
        for what in ("cpu", "memory")
    )
