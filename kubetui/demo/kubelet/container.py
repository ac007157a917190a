"""One container of a pod, as its kubelet keeps track of it."""

from enum import Enum
from typing import Any

from kubetui.demo.clock import Timer
from kubetui.demo.kubelet.backoff import Backoff
from kubetui.demo.kubelet.behaviour import Behaviour
from kubetui.demo.objects import Json


class Role(Enum):
    """Where a container stands in the life of its pod."""

    INIT = "init"
    SIDECAR = "sidecar"
    MAIN = "main"
    GUEST = "ephemeral"
    """Added to a pod that runs, to look into it: it counts for nothing in the life of the pod."""


class Phase(Enum):
    """What is happening with it."""

    WAITING = "waiting"
    """Not started yet, for a reason."""
    STARTING = "starting"
    """Its image is being pulled, or it is being created."""
    HELD = "held"
    """Its image or its values can't be had; that is tried again later."""
    RUNNING = "running"
    STOPPING = "stopping"
    """Asked to end; its status still says running."""
    ENDED = "ended"
    """It has ended, and whether it starts again is still to be decided."""
    BACKING_OFF = "backing off"
    """It has ended and waits to be started again."""
    DONE = "done"
    """It has ended for good."""


class Container:
    """State of one container over all its runs. Changed in place by its pod's worker alone."""

    __slots__ = (
        "backoff",
        "behaviour",
        "deadline",
        "fails_in_a_row",
        "finished",
        "identity",
        "image_backoff",
        "last",
        "message",
        "name",
        "phase",
        "ready",
        "reason",
        "restarts",
        "role",
        "spec",
        "started_at",
        "startup_passed",
        "successes_in_a_row",
        "timers",
        "waits_for_its_turn",
    )

    def __init__(self, spec: Json, role: Role, behaviour: Behaviour) -> None:
        self.spec = spec
        self.name: str = spec["name"]
        self.role = role
        self.behaviour = behaviour
        self.phase = Phase.WAITING
        self.reason = ""
        """Why it waits; empty until anything is known."""
        self.message = ""
        self.restarts = 0
        self.started_at = 0.0
        self.identity = ""
        """The runtime's id of the latest run."""
        self.finished: Json | None = None
        """How the latest run ended: a terminated state."""
        self.last: Json | None = None
        """How the run before it ended."""
        self.ready = False
        self.startup_passed = False
        self.backoff = Backoff()
        self.image_backoff = Backoff()
        self.fails_in_a_row: dict[str, int] = {}
        self.successes_in_a_row: dict[str, int] = {}
        self.timers: list[Timer] = []
        self.deadline = 0.0
        """When it is killed at the latest, once it has been asked to end."""
        self.waits_for_its_turn = False
        """Whether it is to end, but only after others."""

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return self.phase in (Phase.RUNNING, Phase.STOPPING)

    @property
    def is_serving(self) -> bool:
        """Whether it runs and has passed its startup probe."""
        return self.phase is Phase.RUNNING and self.startup_passed

    @property
    def succeeded(self) -> bool:
        """Whether its latest run ended well."""
        return self.finished is not None and self.finished["exitCode"] == 0

    def probe(self, kind: str) -> dict[str, Any] | None:
        """Its probe of that kind (`startup`, `readiness`, `liveness`)."""
        found: dict[str, Any] | None = self.spec.get(f"{kind}Probe")
        return found

    def cancel(self) -> None:
        """Nothing that was set for later happens any more."""
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
