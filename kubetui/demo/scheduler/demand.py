"""What a pod asks of a node: resources and host ports. Pure.

A pod needs as much as its main containers and sidecars together, or as its hungriest init container where that is
more (component-helpers' resource.PodRequests).
"""

from collections.abc import Iterable

import msgspec

from kubetui.demo.objects import Json
from kubetui.demo.quantity import milli, whole

Port = tuple[str, str, int]
"""Address, protocol and number of a host port."""


class Demand(msgspec.Struct, frozen=True):
    """Resources by name (cpu in thousandths of a core, all else in whole units) and host ports."""

    resources: dict[str, int]
    ports: frozenset[Port]


def amount(resource: str, quantity: str | int | float) -> int:
    """A quantity as the scheduler counts it."""
    return milli(quantity) if resource == "cpu" else whole(quantity)


def demand_of(spec: Json) -> Demand:
    """What a pod with that spec asks for."""
    main: dict[str, int] = {}
    for container in spec.get("containers") or ():
        _add(main, _requests(container))
    sidecars: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in spec.get("initContainers") or ():
        requests = _requests(container)
        if container.get("restartPolicy") == "Always":
            _add(sidecars, requests)
            _peak(peak, sidecars)
        else:
            together = dict(sidecars)
            _add(together, requests)
            _peak(peak, together)
    _add(main, sidecars)
    _peak(main, peak)
    _add(main, {name: amount(name, value) for name, value in (spec.get("overhead") or {}).items()})
    return Demand(main, frozenset(_ports(spec.get("containers") or ())))


def _requests(container: Json) -> dict[str, int]:
    requests = (container.get("resources") or {}).get("requests") or {}
    return {name: amount(name, value) for name, value in requests.items()}


def _add(to: dict[str, int], more: dict[str, int]) -> None:
    for name, value in more.items():
        to[name] = to.get(name, 0) + value


def _peak(to: dict[str, int], other: dict[str, int]) -> None:
    for name, value in other.items():
        to[name] = max(to.get(name, 0), value)


def _ports(containers: Iterable[Json]) -> Iterable[Port]:
    for container in containers:
        for port in container.get("ports") or ():
            if port.get("hostPort"):
                yield port.get("hostIP") or "0.0.0.0", port.get("protocol", "TCP"), port["hostPort"]
