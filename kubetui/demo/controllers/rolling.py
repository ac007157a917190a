"""The arithmetic of a rolling update: how many pods the new and the old ReplicaSets may have. Pure.

The rules are those of the deployment controller (pkg/controller/deployment/rolling.go and util/deployment_util.go).
"""

from collections.abc import Sequence
from math import ceil, floor

from kubetui.demo.objects import Json


def share(value: int | str, of: int, *, up: bool) -> int:
    """A number, or a percentage of `of`, rounded up or down."""
    if isinstance(value, int):
        return value
    part = of * int(value.rstrip("%")) / 100
    return ceil(part) if up else floor(part)


def wanted(deployment: Json) -> int:
    """The replicas that the Deployment asks for."""
    replicas: int = deployment["spec"].get("replicas", 1)
    return replicas


def is_rolling(deployment: Json) -> bool:
    """Whether the Deployment is updated step by step; otherwise all old pods go before new ones come."""
    strategy = deployment["spec"].get("strategy") or {}
    return bool(strategy.get("type", "RollingUpdate") == "RollingUpdate")


def bounds(deployment: Json) -> tuple[int, int]:
    """How many pods there may be too many (surge), and how many may be missing (unavailable). Never both zero."""
    if not is_rolling(deployment):
        return 0, 0
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    replicas = wanted(deployment)
    surge = share(rolling.get("maxSurge", "25%"), replicas, up=True)
    unavailable = share(rolling.get("maxUnavailable", "25%"), replicas, up=False)
    if not surge and not unavailable:
        unavailable = 1
    return surge, min(unavailable, replicas)


def size(replicaset: Json) -> int:
    """The replicas that the ReplicaSet asks for."""
    replicas: int = replicaset["spec"].get("replicas", 1)
    return replicas


def count(replicasets: Sequence[Json], field: str) -> int:
    """The sum of one number in the statuses of the ReplicaSets."""
    return sum((replicaset.get("status") or {}).get(field, 0) for replicaset in replicasets)


def new_size(deployment: Json, total: int, new: int) -> int:
    """The size that the new ReplicaSet should have, where it has `new` of `total` replicas asked for."""
    if not is_rolling(deployment):
        return wanted(deployment)
    most = wanted(deployment) + bounds(deployment)[0]
    if total >= most:
        return new
    return new + min(most - total, wanted(deployment) - new)


def old_sizes(deployment: Json, new: Json, old: Sequence[Json]) -> list[int]:
    """The sizes that the old ReplicaSets (the oldest first) should have, unhealthy pods going before healthy ones."""
    sizes = [size(replicaset) for replicaset in old]
    least = wanted(deployment) - bounds(deployment)[1]
    new_unavailable = size(new) - count([new], "availableReplicas")
    room = sum(sizes) + size(new) - least - new_unavailable
    if not sum(sizes) or room <= 0:
        return sizes
    cleaned = 0
    for place, replicaset in enumerate(old):
        unhealthy = sizes[place] - count([replicaset], "availableReplicas")
        if unhealthy > 0:
            gone = min(unhealthy, room - cleaned)
            sizes[place] -= gone
            cleaned += gone
    available = count(old, "availableReplicas") + count([new], "availableReplicas")
    spare = available - least
    for place in range(len(sizes)):
        gone = min(sizes[place], max(0, spare))
        sizes[place] -= gone
        spare -= gone
    return sizes


def proportional_sizes(deployment: Json, active: Sequence[Json], most_before: Sequence[int | None]) -> list[int]:
    """The sizes of the active ReplicaSets when a Deployment is scaled in the middle of a rollout.

    What is to be added or removed is shared out in proportion; the largest takes what rounding leaves. `most_before`
    is each one's `max-replicas` annotation.
    """
    sizes = [size(replicaset) for replicaset in active]
    replicas = wanted(deployment)
    most = replicas + bounds(deployment)[0]
    change = (most if replicas else 0) - sum(sizes)
    if not change:
        return sizes
    done = 0
    for place, before in enumerate(sizes):
        if not before or done == change:
            continue
        if not replicas:
            part = -before
        else:
            base = most_before[place] or (deployment.get("status") or {}).get("replicas", 0)
            part = floor(before * most / base + 0.5) - before if base else 0
        part = min(part, change - done) if change > 0 else max(part, change - done)
        sizes[place] += part
        done += part
    sizes[0] = max(0, sizes[0] + change - done)
    return sizes
