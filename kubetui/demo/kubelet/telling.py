"""What a pod's worker tells the API server: the pod's status, once for all that happens at one moment, and events.

Only this room writes a pod's status for its kubelet.
"""

from kubetui.demo.kubelet.container import Container, Role
from kubetui.demo.kubelet.life import Life
from kubetui.demo.kubelet.status import container_status, pod_status
from kubetui.demo.objects import name_of, namespace_of, uid_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import PODS

RETRY = 1.0
"""Seconds after which a status is written again that was refused."""


class Teller:
    """Tells of one pod."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._due = False

    def report(self) -> None:
        """The status has changed: write it when all that happens now has happened."""
        if not self._due:
            self._due = True
            self._life.host.clock.call_later(0.0, self.write)

    def write(self) -> None:
        """Write the status now, where it differs from what is known."""
        self._due = False
        life = self._life
        if life.gone or not life.host.connected:
            return
        registry = life.host.registry
        current = registry.find(PODS, namespace_of(life.pod), name_of(life.pod))
        if current is None or uid_of(current) != uid_of(life.pod):
            return
        failure = life.failure if not life.runs else None
        status = pod_status(current, life.containers, life.host.ip, life.ip, life.host.clock.now(), failure)
        status["conditions"] = [one for one in status["conditions"] if one["type"] != "PodResizePending"]
        if life.resize_pending is not None:
            status["conditions"].append(life.resize_pending)
        if life.guests:
            status["ephemeralContainerStatuses"] = [container_status(one) for one in life.guests]
        if status != current.get("status"):
            try:
                life.pod = registry.update(PODS, with_(current, status=status), subresource="status")
            except Refusal:
                life.later(RETRY, self.write)

    def event(self, reason: str, message: str, *, warning: bool = False, path: str = "") -> None:
        """Record an event on the pod."""
        host = self._life.host
        if host.connected:
            host.registry.event(
                self._life.pod,
                reason,
                message,
                type="Warning" if warning else "Normal",
                component="kubelet",
                host=host.name,
                field_path=path,
            )

    def container_event(self, one: Container, reason: str, message: str, *, warning: bool = False) -> None:
        """Record an event on one container of the pod."""
        kind = {Role.MAIN: "containers", Role.GUEST: "ephemeralContainers"}.get(one.role, "initContainers")
        self.event(reason, message, warning=warning, path=f"spec.{kind}{{{one.name}}}")
