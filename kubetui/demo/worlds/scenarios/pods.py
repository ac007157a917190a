"""What happens to one pod."""

from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.resources import PODS
from kubetui.demo.worlds.scenarios import targets
from kubetui.demo.worlds.scenarios.scenario import Stage


def killed(stage: Stage, given: str) -> str:
    """Somebody deletes it."""
    pod = targets.pod(stage.plane, given)
    stage.plane.registry.delete(PODS, namespace_of(pod), name_of(pod))
    return name_of(pod)
