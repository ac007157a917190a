"""Outages of nodes: their power, their network, their zone; and their return."""

from kubetui.demo.objects import name_of
from kubetui.demo.resources import NODES
from kubetui.demo.worlds.scenarios import targets
from kubetui.demo.worlds.scenarios.scenario import Impossible, Stage


def die(stage: Stage, given: str) -> str:
    """The machine loses its power with all that runs on it."""
    kubelet = targets.kubelet(stage.plane, given)
    kubelet.power_off()
    return kubelet.name


def split(stage: Stage, given: str) -> str:
    """The node loses its way to the API server; containers run on."""
    kubelet = targets.kubelet(stage.plane, given)
    kubelet.disconnect()
    return kubelet.name


def zone_dies(stage: Stage, given: str) -> str:
    """All machines of a zone lose their power."""
    zone, kubelets = targets.zone(stage.plane, given)
    for kubelet in kubelets:
        kubelet.power_off()
    return f"{zone} ({', '.join(kubelet.name for kubelet in kubelets)})"


def cordon(stage: Stage, given: str) -> str:
    """The node takes no new pods, as after `kubectl cordon`."""
    node = targets.kubelet(stage.plane, given).name
    stage.plane.registry.patch(NODES, "", node, {"spec": {"unschedulable": True}})
    return node


def come_back(stage: Stage, given: str) -> str:
    """One node, or all that were away or closed to pods, are as they were."""
    plane = stage.plane
    closed = {name_of(node) for node in plane.registry.list(NODES) if node["spec"].get("unschedulable")}
    back = [
        kubelet
        for kubelet in plane.fleet.kubelets.values()
        if given in ("", kubelet.name) and (not kubelet.connected or kubelet.name in closed)
    ]
    if not back:
        raise Impossible(f"{given or 'no node'} was {'not ' if given else ''}away")
    for kubelet in back:
        kubelet.power_on()
        kubelet.reconnect()
        if kubelet.name in closed:
            plane.registry.patch(NODES, "", kubelet.name, {"spec": {"unschedulable": None}})
    return ", ".join(kubelet.name for kubelet in back)
