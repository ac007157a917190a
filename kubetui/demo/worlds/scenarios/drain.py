"""A node is emptied as `kubectl drain --ignore-daemonsets` does it: closed to pods, then those on it are evicted.

A pod whose budget has no room is tried again until it has. Whoever opens the node again ends the drain.
"""

from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.eviction import evict
from kubetui.demo.objects import Json, controller_of, deleting
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import NODES, PODS
from kubetui.demo.worlds.scenarios import nodes
from kubetui.demo.worlds.scenarios.scenario import Stage

PAUSE = 5.0
"""Virtual seconds before an eviction that was refused is tried again, as kubectl waits."""


def drain(stage: Stage, given: str) -> str:
    """Cordons the node and begins to evict its pods."""
    node = nodes.cordon(stage, given)
    _Drain(stage.plane, node).go_on()
    return node


class _Drain:
    def __init__(self, plane: ControlPlane, node: str) -> None:
        self._plane = plane
        self._node = node

    def go_on(self) -> None:
        """Evicts what may go now; comes again while something is left."""
        node = self._plane.registry.find(NODES, "", self._node)
        if node is None or not node["spec"].get("unschedulable"):
            return
        left = [pod for pod in self._plane.registry.list(PODS) if self._is_to_go(pod)]
        for pod in left:
            try:
                evict(self._plane.registry, pod)
            except Refusal as refusal:
                if refusal.code not in (404, 409, 429):
                    raise
        if left:
            self._plane.clock.call_later(PAUSE, self.go_on)

    def _is_to_go(self, pod: Json) -> bool:
        owner = controller_of(pod)
        stays = deleting(pod) or (owner is not None and owner["kind"] in ("DaemonSet", "Node"))
        return pod["spec"].get("nodeName") == self._node and not stays
