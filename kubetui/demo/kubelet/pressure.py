"""The eviction manager of a kubelet: sees that the node's memory runs out, and evicts the pod that eats the most.

The threshold, the ranking and the wording are those of pkg/kubelet/eviction with the defaults: 100Mi must stay free,
one pod goes at a time, and the node's condition stays for five minutes after the last shortage.
"""

from collections.abc import Iterable, Mapping
from math import inf

from kubetui.demo.clock import Clock
from kubetui.demo.kubelet.pod_worker import PodWorker
from kubetui.demo.kubelet.usage import Usage, container_usage
from kubetui.demo.quantity import in_bytes, number

THRESHOLD = 100 * 1024 * 1024
"""Bytes that must stay free."""

TRANSITION = 300.0
"""Seconds for which the condition stays after memory was last short."""

SYSTEM = 600 * 1024 * 1024
"""Bytes that the node uses for itself."""

CRITICAL = 2_000_000_000
"""Pods of at least this priority are never evicted."""

_PAGE = 4096


def used_by(worker: PodWorker, now: float) -> dict[str, Usage]:
    """What each running container of a pod uses, the load on its owner aside."""
    return {
        one.name: container_usage(one.spec, one.behaviour, one.identity, now - one.started_at, now, 0.0)
        for one in worker.containers
        if one.runs
    }


class MemoryWatch:
    """Watches the memory of one node."""

    def __init__(self, clock: Clock, capacity: int) -> None:
        """`capacity` in bytes."""
        self._clock = clock
        self._capacity = capacity
        self._last_short = -inf

    @property
    def short(self) -> bool:
        """Whether the node counts as short of memory."""
        return self._clock.now() - self._last_short < TRANSITION

    def look(self, workers: Iterable[PodWorker]) -> tuple[PodWorker, str] | None:
        """The pod that has to go now, and why; None where memory is not short, or nobody may be evicted."""
        living = [worker for worker in workers if not worker.ending]
        if not any(one.behaviour.eats for worker in living for one in worker.containers):
            return None
        now = self._clock.now()
        used = {worker: used_by(worker, now) for worker in living}
        total = SYSTEM + sum(usage.memory for found in used.values() for usage in found.values())
        available = max(0, self._capacity - total) // _PAGE * _PAGE
        if available >= THRESHOLD:
            return None
        self._last_short = now
        candidates = [worker for worker in living if (worker.pod["spec"].get("priority") or 0) < CRITICAL]
        if not candidates:
            return None
        first = min(candidates, key=lambda worker: _rank(worker, used[worker]))
        return first, _message(first, used[first], available)


def _rank(worker: PodWorker, used: Mapping[str, Usage]) -> tuple[bool, int, float]:
    """Those above their requests first, then the least important, then those furthest above."""
    asked = sum(_request(one.spec) for one in worker.containers)
    above = sum(usage.memory for usage in used.values()) - asked
    return above <= 0, worker.pod["spec"].get("priority") or 0, -above


def _message(worker: PodWorker, used: Mapping[str, Usage], available: int) -> str:
    text = (
        "The node was low on resource: memory. "
        f"Threshold quantity: {in_bytes(THRESHOLD)}, available: {in_bytes(available)}. "
    )
    for one in worker.containers:
        usage = used.get(one.name)
        if usage is not None and usage.memory > _request(one.spec):
            eaten = in_bytes(usage.memory // _PAGE * _PAGE)
            asked = in_bytes(int(_request(one.spec)))
            text += f"Container {one.name} was using {eaten}, request is {asked}, has larger consumption of memory. "
    return text


def _request(spec: Mapping[str, object]) -> float:
    resources = spec.get("resources")
    requests = resources.get("requests") or {} if isinstance(resources, dict) else {}
    return number(requests["memory"]) if "memory" in requests else 0.0
