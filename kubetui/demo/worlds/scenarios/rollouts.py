"""New versions of a Deployment, good and bad, as a person would roll them out; and the way back."""

from kubetui.demo.controllers.rollout import HASH_LABEL, revision_of, same_template
from kubetui.demo.kubelet.behaviour import ANNOTATION
from kubetui.demo.objects import Json, controller_of, name_of, namespace_of, uid_of
from kubetui.demo.resources import DEPLOYMENTS, REPLICASETS
from kubetui.demo.worlds.scenarios import targets
from kubetui.demo.worlds.scenarios.scenario import Impossible, Stage


def update(stage: Stage, given: str) -> str:
    """A newer image, which is a good one."""
    return _image(stage, given, f"2.{stage.plane.registry.rng.randrange(1000)}")


def typo(stage: Stage, given: str) -> str:
    """A newer image whose tag nobody has ever pushed."""
    return _image(stage, given, "typo")


def never_ready(stage: Stage, given: str) -> str:
    """A version whose readiness probe fails."""
    return _behaviour(stage, given, "start=1h")


def crashing(stage: Stage, given: str) -> str:
    """A version that crashes before it is ready."""
    return _behaviour(stage, given, "start=1m crash=3s")


def leaking(stage: Stage, given: str) -> str:
    """A version that gets ready, and eats its memory."""
    return _behaviour(stage, given, "oom=40s")


def back(stage: Stage, given: str) -> str:
    """What `kubectl rollout undo` does: the template of the revision before."""
    registry = stage.plane.registry
    workload = targets.workload(stage.plane, given)
    owned = [
        one
        for one in registry.list(REPLICASETS, namespace_of(workload))
        if (controller_of(one) or {}).get("uid") == uid_of(workload) and not same_template(workload, one)
    ]
    if not owned:
        raise Impossible(f"{name_of(workload)} has no earlier revision to go back to")
    earlier = max(owned, key=revision_of)["spec"]["template"]
    labels = {name: value for name, value in earlier["metadata"]["labels"].items() if name != HASH_LABEL}
    template = {**earlier, "metadata": {**earlier["metadata"], "labels": labels}}
    registry.update(DEPLOYMENTS, {**workload, "spec": {**workload["spec"], "template": template}})
    return name_of(workload)


def _image(stage: Stage, given: str, tag: str) -> str:
    workload = targets.workload(stage.plane, given)
    first, *others = workload["spec"]["template"]["spec"]["containers"]
    image = first["image"].rpartition(":")[0] or first["image"]
    return _change(stage, workload, {"spec": {"containers": [{**first, "image": f"{image}:{tag}"}, *others]}})


def _behaviour(stage: Stage, given: str, words: str) -> str:
    workload = targets.workload(stage.plane, given)
    return _change(stage, workload, {"metadata": {"annotations": {ANNOTATION: words}}})


def _change(stage: Stage, workload: Json, pods: Json) -> str:
    patch = {"spec": {"template": pods}}
    stage.plane.registry.patch(DEPLOYMENTS, namespace_of(workload), name_of(workload), patch)
    return name_of(workload)
