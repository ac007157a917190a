"""Pods: what is read of them, kubectl's columns, how a pod is doing, and where it runs. Pure."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from kubetui.kinds.columns import NONE, address_order, age, age_order, name
from kubetui.kinds.kind import Cell, Column, Health, Kind, Link, owners, reference
from kubetui.read import At, Object, Read
from kubetui.resource import resource
from kubetui.text import Aged


class ContainerStateWaiting(Read):
    """core/v1 ContainerStateWaiting."""

    reason: At[str, 1] = ""


class ContainerStateRunning(Read):
    """core/v1 ContainerStateRunning."""

    started_at: At[datetime | None, 1] = None


class ContainerStateTerminated(Read):
    """core/v1 ContainerStateTerminated."""

    exit_code: At[int, 1] = 0
    signal: At[int, 2] = 0
    reason: At[str, 3] = ""
    finished_at: At[datetime | None, 6] = None


class ContainerState(Read):
    """core/v1 ContainerState: at most one of the three is there; none means waiting for no told reason."""

    waiting: At[ContainerStateWaiting | None, 1] = None
    running: At[ContainerStateRunning | None, 2] = None
    terminated: At[ContainerStateTerminated | None, 3] = None


class ContainerStatus(Read):
    """core/v1 ContainerStatus."""

    name: At[str, 1] = ""
    state: At[ContainerState, 2] = ContainerState()
    last_state: At[ContainerState, 3] = ContainerState()
    ready: At[bool, 4] = False
    restart_count: At[int, 5] = 0
    started: At[bool, 9] = False


class Container(Read):
    """core/v1 Container."""

    name: At[str, 1] = ""
    restart_policy: At[str, 24] = ""
    """Only on init containers: `Always` makes one a sidecar."""


class PodReadinessGate(Read):
    """core/v1 PodReadinessGate."""

    condition_type: At[str, 1] = ""


class PodSpec(Read):
    """core/v1 PodSpec."""

    containers: At[tuple[Container, ...], 2] = ()
    node_name: At[str, 10] = ""
    init_containers: At[tuple[Container, ...], 20] = ()
    readiness_gates: At[tuple[PodReadinessGate, ...], 28] = ()


class PodCondition(Read):
    """core/v1 PodCondition."""

    type: At[str, 1] = ""
    status: At[str, 2] = ""
    last_transition_time: At[datetime | None, 4] = None
    reason: At[str, 5] = ""


class PodStatus(Read):
    """core/v1 PodStatus."""

    phase: At[str, 1] = ""
    conditions: At[tuple[PodCondition, ...], 2] = ()
    reason: At[str, 4] = ""
    pod_ip: At[str, 6] = ""
    container_statuses: At[tuple[ContainerStatus, ...], 8] = ()
    init_container_statuses: At[tuple[ContainerStatus, ...], 10] = ()
    nominated_node_name: At[str, 11] = ""


class Pod(Object):
    """core/v1 Pod."""

    spec: At[PodSpec, 2] = PodSpec()
    status: At[PodStatus, 3] = PodStatus()

    def condition(self, type_: str) -> PodCondition | None:
        """The first condition of that type."""
        for condition in self.status.conditions:
            if condition.type == type_:
                return condition
        return None

    def is_condition_true(self, type_: str) -> bool:
        condition = self.condition(type_)
        return condition is not None and condition.status == "True"


class _Start(NamedTuple):
    """How far a pod has come with its init containers."""

    word: str = ""
    """STATUS while one of them holds it up."""
    ready: int = 0
    """Sidecars that are ready."""
    counted: tuple[ContainerStatus, ...] = ()
    """Those whose restarts are the pod's."""
    is_over: bool = True
    """Whether its containers count: no init container holds it up, or the pod says that it is initialized."""


_NO_INITS = _Start()


def _start(pod: Pod) -> _Start:
    inits = pod.status.init_container_statuses
    if not inits:
        return _NO_INITS
    sidecars = _sidecars(pod)
    word, ready = "", 0
    for index, init in enumerate(inits):
        terminated = init.state.terminated
        if terminated is not None and terminated.exit_code == 0:
            continue
        if init.started and init.name in sidecars:
            ready += init.ready
            continue
        word = f"Init:{_init_word(init.state) or f'{index}/{len(pod.spec.init_containers)}'}"
        inits = inits[: index + 1]
        break
    if word and not pod.is_condition_true("Initialized"):
        return _Start(word, ready, inits, is_over=False)
    return _Start(word, ready, tuple([init for init in inits if init.name in sidecars]))


def _sidecars(pod: Pod) -> frozenset[str]:
    """The names of init containers that go on beside the others."""
    inits = pod.spec.init_containers
    return frozenset([init.name for init in inits if init.restart_policy == "Always"]) if inits else frozenset()


# STATUS, READY and RESTARTS follow the rules of printPod (pkg/printers/internalversion/printers.go). Each looks at no
# more than it needs, for a list of all pods may be sorted by it.


def status(pod: Pod) -> str:
    """STATUS."""
    start = _start(pod)
    word = start.word or ("SchedulingGated" if is_gated(pod) else pod.status.reason or pod.status.phase)
    if start.is_over:
        word = _containers_word(pod, word)
    if pod.metadata.deletion_timestamp is not None:
        if pod.status.reason == "NodeLost":
            return "Unknown"
        if pod.status.phase not in ("Failed", "Succeeded"):
            return "Terminating"
    return word


def _ready_of(pod: Pod) -> tuple[int, int]:
    """Containers and sidecars that are ready, and all of them."""
    start = _start(pod)
    count = start.ready
    if start.is_over:
        for container in pod.status.container_statuses:
            count += container.ready and _is_running(container.state)
    return count, len(pod.spec.containers) + len(_sidecars(pod))


def _init_word(state: ContainerState) -> str:
    """Why an init container holds its pod up; empty where it just has not finished."""
    if state.terminated is not None:
        return _terminated_word(state.terminated)
    if state.waiting is not None and state.waiting.reason != "PodInitializing":
        return state.waiting.reason
    return ""


def _terminated_word(terminated: ContainerStateTerminated) -> str:
    if terminated.reason:
        return terminated.reason
    return f"Signal:{terminated.signal}" if terminated.signal else f"ExitCode:{terminated.exit_code}"


def _is_running(state: ContainerState) -> bool:
    """kubectl looks at a waiting reason and a termination first."""
    if state.running is None or state.terminated is not None:
        return False
    return state.waiting is None or not state.waiting.reason


def _containers_word(pod: Pod, word: str) -> str:
    """STATUS as the containers have it: the word of the first one that is not just running, else the one given."""
    failed = ""
    for container in reversed(pod.status.container_statuses):
        state = container.state
        waiting, terminated = state.waiting, state.terminated
        if waiting is not None and waiting.reason:
            word = waiting.reason
        elif terminated is not None:
            word = _terminated_word(terminated)
            if terminated.exit_code != 0:
                failed = word
    if word != "Completed":
        return word
    running = any(container.ready and _is_running(container.state) for container in pod.status.container_statuses)
    if running and pod.is_condition_true("Ready"):
        return "Running"
    return failed or ("NotReady" if running else word)


def _last_restart(containers: Iterable[ContainerStatus]) -> datetime | None:
    ends = (container.last_state.terminated for container in containers)
    return max((end.finished_at for end in ends if end is not None and end.finished_at is not None), default=None)


def is_gated(pod: Pod) -> bool:
    """Whether a scheduling gate keeps the scheduler from looking at it."""
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled":
            return condition.reason == "SchedulingGated"
    return False


def ready(pod: Pod) -> str:
    """READY."""
    count, total = _ready_of(pod)
    return f"{count}/{total}"


def ready_ratio(pod: Pod) -> tuple[float, int]:
    """What READY is sorted by: the part that is ready, then how many there are."""
    count, total = _ready_of(pod)
    return (count / total if total else 0.0, total)


def restart_count(pod: Pod) -> int:
    """What RESTARTS is sorted by."""
    return sum([container.restart_count for container in _counted(pod)])


def restarts(pod: Pod) -> Cell:
    """RESTARTS, with the time since the last one where that is known."""
    count = restart_count(pod)
    last = _last_restart(_counted(pod)) if count else None
    return str(count) if last is None else Aged(last, f"{count} (", " ago)")


def _counted(pod: Pod) -> tuple[ContainerStatus, ...]:
    """The containers whose restarts are the pod's."""
    start = _start(pod)
    return start.counted + pod.status.container_statuses if start.is_over else start.counted


def readiness_gates(pod: Pod) -> str:
    """READINESS GATES: how many of the conditions that the pod asks for are true."""
    gates = pod.spec.readiness_gates
    if not gates:
        return NONE
    return f"{sum(pod.is_condition_true(gate.condition_type) for gate in gates)}/{len(gates)}"


_STARTING = frozenset(("", "ContainerCreating", "PodInitializing"))
"""Reasons for which a container waits when all goes well."""


def _has_trouble(containers: tuple[ContainerStatus, ...]) -> bool:
    for container in containers:
        state = container.state
        waiting, terminated = state.waiting, state.terminated
        if terminated is not None:
            if terminated.exit_code != 0:
                return True
        elif waiting is not None and waiting.reason not in _STARTING:
            return True
    return False


def health(pod: Pod) -> Health:
    """How a pod is doing: whether it serves, is on its way, or needs somebody to look at it."""
    told = pod.status
    if told.phase == "Failed":
        return Health.BROKEN
    if told.phase == "Succeeded":
        return Health.OFF
    if told.phase == "Unknown" or told.reason == "NodeLost":
        return Health.UNKNOWN
    if pod.metadata.deletion_timestamp is not None:
        return Health.PROGRESS
    scheduled = pod.condition("PodScheduled")
    unscheduled = "" if scheduled is None else scheduled.reason
    if unscheduled == "SchedulingGated":
        return Health.OFF
    if _has_trouble(told.init_container_statuses) or _has_trouble(told.container_statuses):
        return Health.BROKEN
    if unscheduled == "Unschedulable":
        return Health.BROKEN
    serving = pod.condition("Ready")
    if told.phase != "Running" or serving is None:
        return Health.PROGRESS
    if serving.status == "True":
        return Health.WELL
    # A kubelet always says why a pod is not ready; the node controller, when a node falls silent, does not.
    return Health.PROGRESS if serving.reason else Health.UNKNOWN


def links(pod: Pod) -> tuple[Link, ...]:
    """Its owners, and its node."""
    node = pod.spec.node_name
    return (*owners(pod), _on(node)) if node else owners(pod)


@lru_cache(4096)
def _on(node: str) -> Link:
    """The tie to a node, one for all its pods."""
    return Link(reference("nodes", "", node))


POD: Kind[Pod] = Kind(
    Pod,
    resource("v1", "pods", "Pod", "po", subresources=("log", "exec", "attach", "portforward", "eviction", "status")),
    columns=(
        Column("NAME", name),
        Column("READY", ready, by=ready_ratio),
        Column("STATUS", status, tint=health),
        Column("RESTARTS", restarts, by=restart_count, align="right"),
        Column("AGE", age, by=age_order),
        Column("IP", lambda pod: pod.status.pod_ip or NONE, by=lambda pod: address_order(pod.status.pod_ip), wide=True),
        Column("NODE", lambda pod: pod.spec.node_name or NONE, by=lambda pod: pod.spec.node_name, wide=True),
        Column("NOMINATED NODE", lambda pod: pod.status.nominated_node_name or NONE, wide=True),
        Column("READINESS GATES", readiness_gates, wide=True),
    ),
    health=health,
    links=links,
)
