"""What a scenario happens to: the thing that was named, else the best one to look at. Reads only."""

from collections.abc import Iterable, Iterator

from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.controllers.pods import is_ready
from kubetui.demo.kubelet.kubelet import Kubelet
from kubetui.demo.objects import Json, deleting, labels_of, name_of, namespace_of
from kubetui.demo.resources import DEPLOYMENTS, HORIZONTALPODAUTOSCALERS, NODES, PODS, Resource
from kubetui.demo.selectors import object_selector
from kubetui.demo.worlds.scenarios.scenario import Impossible

FAVOURITE = "tic-tac-toe"
"""The workload that scenarios happen to where there is one."""


def workload(plane: ControlPlane, given: str = "", *, by_hand: bool = False) -> Json:
    """The Deployment `[NAMESPACE/]NAME`; else the favourite, else the first one of people.

    `by_hand`: only one whose size no autoscaler decides, unless it is named.
    """
    if given:
        return _named(plane, DEPLOYMENTS, given)
    scaled = _autoscaled(plane) if by_hand else frozenset()
    found = [
        one
        for one in plane.registry.list(DEPLOYMENTS)
        if namespace_of(one) != "kube-system" and (namespace_of(one), name_of(one)) not in scaled
    ]
    chosen = next((one for one in found if name_of(one) == FAVOURITE), found[0] if found else None)
    if chosen is None:
        raise Impossible("there is no deployment that this could happen to")
    return chosen


def pod(plane: ControlPlane, given: str = "") -> Json:
    """The Pod `[NAMESPACE/]NAME`; else the first of the workload, a ready one where there is one."""
    if given:
        return _named(plane, PODS, given)
    chosen = workload(plane)
    found = sorted(_pods_of(plane, chosen), key=lambda one: not is_ready(one))
    if not found:
        raise Impossible(f"{name_of(chosen)} has no pod")
    return found[0]


def kubelet(plane: ControlPlane, given: str = "") -> Kubelet:
    """The kubelet of a node that is well; else of the node of one of the workload's pods, else of any."""
    if given:
        found = plane.fleet.kubelets.get(given)
        if found is None:
            raise Impossible(f"there is no node {given!r}; those there are: {_few(plane.fleet.kubelets)}")
        if not found.connected:
            raise Impossible(f"{given} is away already")
        return found
    nodes = [one["spec"].get("nodeName", "") for one in _pods_of(plane, workload(plane))]
    for name in (*nodes, *plane.fleet.kubelets):
        chosen = plane.fleet.kubelets.get(name)
        node = plane.registry.find(NODES, "", name)
        if chosen is not None and chosen.connected and node is not None and not node["spec"].get("unschedulable"):
            return chosen
    raise Impossible("no node is up and open to pods")


def zone(plane: ControlPlane, given: str = "") -> tuple[str, list[Kubelet]]:
    """A zone and its kubelets; without a name the zone of the node that else would be chosen."""
    zones = dict.fromkeys(one.machine.zone for one in plane.fleet.kubelets.values())
    if given and given not in zones:
        raise Impossible(f"there is no zone {given!r}; those there are: {_few(zones)}")
    name = given or kubelet(plane).machine.zone
    return name, [one for one in plane.fleet.kubelets.values() if one.machine.zone == name]


def _autoscaled(plane: ControlPlane) -> frozenset[tuple[str, str]]:
    return frozenset(
        (namespace_of(one), one["spec"]["scaleTargetRef"]["name"])
        for one in plane.registry.list(HORIZONTALPODAUTOSCALERS)
        if one["spec"]["scaleTargetRef"]["kind"] == "Deployment"
    )


def _pods_of(plane: ControlPlane, chosen: Json) -> Iterator[Json]:
    selector = object_selector(chosen["spec"].get("selector"))
    for one in plane.registry.list(PODS, namespace_of(chosen)):
        if not deleting(one) and selector is not None and selector.matches(labels_of(one)):
            yield one


def _named(plane: ControlPlane, resource: Resource, given: str) -> Json:
    """The only object of that name in any namespace, or in the one before the slash."""
    namespace, _, name = given.rpartition("/")
    found = [one for one in plane.registry.list(resource, namespace) if name_of(one) == name]
    if not found:
        raise Impossible(f"there is no {resource.singular} {given!r}")
    if len(found) > 1:
        raise Impossible(f"there are several: {_few(f'{namespace_of(one)}/{name}' for one in found)}")
    return found[0]


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:10]) + (" …" if len(listed) > 10 else "")
