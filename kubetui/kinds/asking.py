"""What pods ask of their node: read only while someone looks at a node. Pure."""

from collections.abc import Iterable

from kubetui.kinds.kind import Health, Kind
from kubetui.kinds.pod import POD
from kubetui.read import At, Object, Quantity, Read
from kubetui.text import quantity


class Resources(Read):
    """core/v1 ResourceRequirements."""

    requests: At[dict[str, Quantity], 2] = {}


class ContainerAsking(Read):
    """core/v1 Container."""

    resources: At[Resources, 8] = Resources()
    restart_policy: At[str, 24] = ""


class PodSpecAsking(Read):
    """core/v1 PodSpec."""

    containers: At[tuple[ContainerAsking, ...], 2] = ()
    init_containers: At[tuple[ContainerAsking, ...], 20] = ()
    overhead: At[dict[str, Quantity], 32] = {}


class PhaseOnly(Read):
    """core/v1 PodStatus."""

    phase: At[str, 1] = ""


class PodAsking(Object):
    """core/v1 Pod, as the scheduler counts it."""

    spec: At[PodSpecAsking, 2] = PodSpecAsking()
    status: At[PhaseOnly, 3] = PhaseOnly()


ASKING: Kind[PodAsking] = Kind(PodAsking, POD.resource, (), health=lambda pod: Health.UNKNOWN, links=lambda pod: ())


def asked(pods: Iterable[PodAsking]) -> dict[str, float]:
    """What the pods that have not ended request together, by resource."""
    total: dict[str, float] = {}
    for pod in pods:
        if pod.status.phase not in ("Succeeded", "Failed"):
            for what, amount in requests(pod).items():
                total[what] = total.get(what, 0.0) + amount
    return total


def requests(pod: PodAsking) -> dict[str, float]:
    """A pod's requests, by the rules of PodRequests (k8s.io/component-helpers/resource).

    Its containers and sidecars together, or what one init container needs beside the sidecars before it, whichever is
    more; and the overhead.
    """
    together = _sum(container.resources.requests for container in pod.spec.containers)
    sidecars: dict[str, float] = {}
    peak: dict[str, float] = {}
    for init in pod.spec.init_containers:
        needs = _sum((init.resources.requests,))
        if init.restart_policy == "Always":
            sidecars = _plus(sidecars, needs)
            needs = sidecars
        else:
            needs = _plus(sidecars, needs)
        peak = {what: max(peak.get(what, 0.0), needs.get(what, 0.0)) for what in peak | needs}
    together = _plus(together, sidecars)
    most = {what: max(together.get(what, 0.0), peak.get(what, 0.0)) for what in together | peak}
    return _plus(most, _sum((pod.spec.overhead,)))


def _sum(amounts: Iterable[dict[str, Quantity]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for each in amounts:
        total = _plus(total, {what: quantity(amount) for what, amount in each.items()})
    return total


def _plus(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {what: one.get(what, 0.0) + other.get(what, 0.0) for what in one | other}
