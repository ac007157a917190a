"""What the rooms of one pod's worker share: the pod, its containers, and the timers set for them."""

from collections.abc import Callable
from functools import partial

import msgspec

from kubetui.demo.clock import Timer
from kubetui.demo.kubelet.behaviour import behaviour_of
from kubetui.demo.kubelet.container import Container, Role
from kubetui.demo.kubelet.host import Host
from kubetui.demo.objects import Json


class Failure(msgspec.Struct, frozen=True):
    """Why a kubelet ends a pod that nobody has deleted."""

    reason: str
    message: str
    disruption: str = ""
    """The reason of its DisruptionTarget condition; empty where it gets none."""


class Life:
    """One pod on its node, from the moment that its kubelet hears of it to its end."""

    __slots__ = (
        "_timers",
        "containers",
        "failure",
        "gone",
        "guests",
        "host",
        "ip",
        "pod",
        "policy",
        "resize_pending",
        "stopping",
    )

    def __init__(self, host: Host, pod: Json) -> None:
        self.host = host
        self.pod = pod
        self.ip = ""
        self.policy: str = pod["spec"].get("restartPolicy", "Always")
        self.stopping = False
        """Whether the pod as a whole is being ended."""
        self.gone = False
        """Whether nothing more is to be told: the pod is gone from the API."""
        self.failure: Failure | None = None
        self.resize_pending: Json | None = None
        """The condition that tells why containers don't have the resources that they are to have."""
        self._timers: list[Timer] = []
        self.containers = [
            Container(spec, _role(spec), behaviour_of(pod, spec)) for spec in pod["spec"].get("initContainers") or ()
        ] + [Container(spec, Role.MAIN, behaviour_of(pod, spec)) for spec in pod["spec"]["containers"]]
        self.guests: list[Container] = []
        """Ephemeral containers, in the order in which they were added."""

    @property
    def main(self) -> list[Container]:
        """The containers that the pod is there for."""
        return [one for one in self.containers if one.role is Role.MAIN]

    @property
    def has_init(self) -> bool:
        """Whether anything starts before the main containers."""
        return any(one.role is not Role.MAIN for one in self.containers)

    @property
    def runs(self) -> bool:
        """Whether any container has a process."""
        return any(one.runs for one in self.containers)

    def invite(self, spec: Json) -> Container:
        """One more ephemeral container, to be started."""
        self.guests.append(Container(spec, Role.GUEST, behaviour_of(self.pod, spec)))
        return self.guests[-1]

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Calls `what` in so many seconds, unless the life is cancelled before."""
        self._timers = [timer for timer in self._timers if timer.callback is not None]
        self._timers.append(self.host.clock.call_later(seconds, what))

    def later_for(self, one: Container, seconds: float, what: Callable[[Container], None]) -> None:
        """Calls `what` with the container, unless what was set for that container is cancelled before."""
        one.timers = [timer for timer in one.timers if timer.callback is not None]
        one.timers.append(self.host.clock.call_later(seconds, partial(what, one)))

    def cancel(self) -> None:
        """Nothing that was set for later happens any more."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for one in (*self.containers, *self.guests):
            one.cancel()


def _role(spec: Json) -> Role:
    return Role.SIDECAR if spec.get("restartPolicy") == "Always" else Role.INIT
