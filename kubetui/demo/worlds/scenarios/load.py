"""A crowd comes to a workload, and goes again."""

from functools import partial

from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.kubelet.usage import LOAD
from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.resources import DEPLOYMENTS
from kubetui.demo.worlds.scenarios import targets
from kubetui.demo.worlds.scenarios.scenario import Stage

CORES = "1500m"
STAY = 300.0
"""Virtual seconds until the crowd is gone."""


def spike(stage: Stage, given: str) -> str:
    """Work for so many cores, which the workload's ready pods share, for five minutes."""
    workload = targets.workload(stage.plane, given)
    key = namespace_of(workload), name_of(workload)
    _load(stage.plane, key, CORES)
    stage.plane.clock.call_later(STAY, partial(_load, stage.plane, key, None))
    return name_of(workload)


def _load(plane: ControlPlane, key: tuple[str, str], cores: str | None) -> None:
    if plane.registry.find(DEPLOYMENTS, *key) is not None:
        plane.registry.patch(DEPLOYMENTS, *key, {"metadata": {"annotations": {LOAD: cores}}})
