"""New versions of a Deployment, good and bad, as a person would roll them out; and the way back.

Each begins with the version that is well, so that one after the other shows what its name says.
"""

from kubetui.demo.controllers.rollout import HASH_LABEL, revision_of, same_template
from kubetui.demo.kubelet.behaviour import ANNOTATION
from kubetui.demo.objects import Json, controller_of, name_of, namespace_of, uid_of
from kubetui.demo.resources import DEPLOYMENTS, REPLICASETS
from kubetui.demo.worlds.scenarios import targets
from kubetui.demo.worlds.scenarios.scenario import Impossible, Stage

_PROBE = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 5}


def update(stage: Stage, given: str) -> str:
    """A newer image, which is a good one."""
    return _roll_out(stage, given, tag=f"2.{stage.plane.registry.rng.randrange(1000)}")


def typo(stage: Stage, given: str) -> str:
    """A newer image whose tag nobody has ever pushed."""
    return _roll_out(stage, given, tag="typo")


def never_ready(stage: Stage, given: str) -> str:
    """A version whose readiness probe fails."""
    return _roll_out(stage, given, does="unready=0s")


def crashing(stage: Stage, given: str) -> str:
    """A version that crashes before it is ready."""
    return _roll_out(stage, given, does="start=1m crash=3s")


def leaking(stage: Stage, given: str) -> str:
    """A version that gets ready, and eats its memory."""
    return _roll_out(stage, given, does="oom=40s")


def back(stage: Stage, given: str) -> str:
    """What `kubectl rollout undo` does: the newest earlier template that is well, else that of the revision before."""
    workload = targets.workload(stage.plane, given)
    earlier = [one for one in _revisions(stage, workload) if not same_template(workload, one)]
    if not earlier:
        raise Impossible(f"{name_of(workload)} has no earlier revision to go back to")
    return _put(stage, workload, _template_of(next(filter(_is_well, earlier), earlier[0])))


def _roll_out(stage: Stage, given: str, *, tag: str = "", does: str = "") -> str:
    """The version that is well, with another tag of its image or with something else that its containers do."""
    workload = targets.workload(stage.plane, given)
    well = next(filter(_is_well, _revisions(stage, workload)), None)
    template = _template_of(well) if well is not None else workload["spec"]["template"]
    metadata, spec = template["metadata"], template["spec"]
    first, *others = spec["containers"]
    if tag:
        image = first["image"].rpartition(":")[0] or first["image"]
        first = {**first, "image": f"{image}:{tag}"}
    if does:
        metadata = {**metadata, "annotations": {**(metadata.get("annotations") or {}), ANNOTATION: does}}
        first = {"readinessProbe": _PROBE, **first}
    return _put(stage, workload, {"metadata": metadata, "spec": {**spec, "containers": [first, *others]}})


def _revisions(stage: Stage, workload: Json) -> list[Json]:
    """The workload's ReplicaSets, the newest revision first."""
    owned = [
        one
        for one in stage.plane.registry.list(REPLICASETS, namespace_of(workload))
        if (controller_of(one) or {}).get("uid") == uid_of(workload)
    ]
    return sorted(owned, key=revision_of, reverse=True)


def _is_well(replicaset: Json) -> bool:
    status = replicaset.get("status") or {}
    return bool(status.get("readyReplicas")) and status["readyReplicas"] == replicaset["spec"].get("replicas")


def _template_of(replicaset: Json) -> Json:
    """A ReplicaSet's template as its Deployment had it."""
    template: Json = replicaset["spec"]["template"]
    labels = {name: value for name, value in template["metadata"]["labels"].items() if name != HASH_LABEL}
    return {**template, "metadata": {**template["metadata"], "labels": labels}}


def _put(stage: Stage, workload: Json, template: Json) -> str:
    stage.plane.registry.update(DEPLOYMENTS, {**workload, "spec": {**workload["spec"], "template": template}})
    return name_of(workload)
