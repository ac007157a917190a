"""What somebody asks for and can't have: room on a node, a volume, another pod within a quota."""

from kubetui.demo.controllers.pods import is_finished
from kubetui.demo.objects import name_of, namespace_of
from kubetui.demo.resources import DEPLOYMENTS, PERSISTENTVOLUMECLAIMS, PODS, RESOURCEQUOTAS
from kubetui.demo.worlds.manifests import container, deployment, template
from kubetui.demo.worlds.scenarios import targets
from kubetui.demo.worlds.scenarios.scenario import Stage

_WHERE = "default"


def unschedulable(stage: Stage, given: str) -> str:
    """A pod that no node has room for."""
    huge = container("solver", "shop/solver:1.0", cpu="64", memory="512Gi")
    stage.plane.registry.create(DEPLOYMENTS, deployment(_WHERE, "solver", 1, template("solver", [huge])), _WHERE)
    return "solver"


def claim(stage: Stage, given: str) -> str:
    """A pod with a claim of a StorageClass that is not there."""
    registry = stage.plane.registry
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "premium",
        "resources": {"requests": {"storage": "5Gi"}},
    }
    registry.create(PERSISTENTVOLUMECLAIMS, {"metadata": {"name": "archive"}, "spec": spec}, _WHERE)
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "archive"}}]
    pods = template("archive", [container("archive", "shop/archive:1.0")], volumes=volumes)
    registry.create(DEPLOYMENTS, deployment(_WHERE, "archive", 1, pods), _WHERE)
    return "archive"


def quota(stage: Stage, given: str) -> str:
    """A quota with room for one pod more, and a Deployment scaled up by four."""
    registry = stage.plane.registry
    workload = targets.workload(stage.plane, given, by_hand=True)
    where = namespace_of(workload)
    used = sum(not is_finished(pod) for pod in registry.list(PODS, where))
    most = {"hard": {"pods": str(used + 1)}}
    registry.create(RESOURCEQUOTAS, {"metadata": {"name": "few-pods"}, "spec": most}, where)
    replicas = {"spec": {"replicas": workload["spec"]["replicas"] + 4}}
    registry.patch(DEPLOYMENTS, where, name_of(workload), replicas)
    return name_of(workload)
