"""What one pod says to somebody who follows a story: whether it serves, leaves, is stuck, and whose it is. Pure."""

from typing import NamedTuple

from kubetui.kinds.pod import Pod
from kubetui.read import Object, OwnerReference


class Workload(NamedTuple):
    """What a person thinks of as the owner: a deployment rather than its replica set."""

    namespace: str
    kind: str
    name: str


FINISHED = frozenset(("Succeeded", "Failed"))


def controller(obj: Object) -> OwnerReference | None:
    """The owner that manages it: the one marked as controller, of which the API server allows one."""
    return next((owner for owner in obj.metadata.owner_references if owner.controller), None)


def is_controlled_by(obj: Object, owner: Object) -> bool:
    found = controller(obj)
    return found is not None and found.uid == owner.metadata.uid


def workload(obj: Object) -> Workload | None:
    """The workload of a pod or replica set; None for one that nobody owns.

    A deployment's replica set bears the pod template's hash as its name's end, and its pods bear it as a label
    (pkg/controller/deployment/sync.go): so a pod tells its deployment without the replica set at hand.
    """
    owner, namespace = controller(obj), obj.metadata.namespace
    if owner is None:
        return None
    hashed = obj.metadata.labels.get("pod-template-hash")
    if owner.kind == "ReplicaSet" and hashed and owner.name.endswith(f"-{hashed}"):
        return Workload(namespace, "Deployment", owner.name[: -len(hashed) - 1])
    return Workload(namespace, owner.kind, owner.name)


def counts(pod: Pod) -> bool:
    """Whether its controller still counts it: not on its way out, not finished (IsPodActive, controller_utils.go)."""
    return pod.metadata.deletion_timestamp is None and pod.status.phase not in FINISHED


def is_ready(pod: Pod) -> bool:
    return any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions)


def is_running(pod: Pod) -> bool:
    """Whether every container of it runs."""
    statuses = pod.status.container_statuses
    return bool(statuses) and all(each.state.running is not None for each in statuses)


def disruption(pod: Pod) -> str:
    """The reason of its DisruptionTarget condition: why the cluster itself ends it; empty where it does not."""
    for each in pod.status.conditions:
        if each.type == "DisruptionTarget" and each.status == "True":
            return each.reason
    return ""


_TROUBLE = {
    "CrashLoopBackOff": "keeps crashing (CrashLoopBackOff)",
    "ImagePullBackOff": "can't pull its image (ImagePullBackOff)",
    "ErrImagePull": "can't pull its image (ErrImagePull)",
    "ErrImageNeverPull": "may not pull its image (ErrImageNeverPull)",
    "InvalidImageName": "names no valid image (InvalidImageName)",
    "CreateContainerConfigError": "lacks what its container is configured with (CreateContainerConfigError)",
    "CreateContainerError": "can't create its container (CreateContainerError)",
    "RunContainerError": "can't start its container (RunContainerError)",
}
"""Waiting reasons out of which a pod does not come by waiting (pkg/kubelet/images, pkg/kubelet/kuberuntime)."""


def trouble(pod: Pod) -> str:
    """Why it can't go on by itself, in words that follow its name; empty where all goes its way."""
    for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        waiting = status.state.waiting
        if waiting is not None and waiting.reason in _TROUBLE:
            return _TROUBLE[waiting.reason]
    scheduled = pod.condition("PodScheduled")
    if scheduled is not None and scheduled.status == "False" and scheduled.reason == "Unschedulable":
        return "fits on no node"
    return ""
