"""A pod's status as its kubelet reports it: phase, conditions, container statuses. Pure.

The rules are those of pkg/kubelet/kubelet_pods.go (phase) and pkg/kubelet/status/generate.go (conditions).
"""

from collections.abc import Sequence

from kubetui.demo.clock import stamp
from kubetui.demo.conditions import condition, with_condition
from kubetui.demo.kubelet import images
from kubetui.demo.kubelet.container import Container, Phase, Role
from kubetui.demo.kubelet.life import Failure
from kubetui.demo.objects import Json

_REPORTED = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")


def pod_phase(containers: Sequence[Container], restart_policy: str) -> str:
    """Pending until every main container has started once, then Running; Succeeded or Failed at the end."""
    main = [one for one in containers if one.role is Role.MAIN]
    for one in containers:
        if one.role is Role.INIT and one.phase is Phase.DONE and not one.succeeded:
            return "Failed"
    if all(one.phase is Phase.DONE for one in main):
        return "Succeeded" if all(one.succeeded for one in main) else "Failed"
    started = all(one.runs or one.finished is not None or one.last is not None for one in main)
    return "Running" if started else "Pending"


def container_status(one: Container) -> Json:
    """The status of one container."""
    status: Json = {
        "name": one.name,
        "state": _state(one),
        "lastState": {},
        "ready": one.ready,
        "restartCount": one.restarts,
        "image": one.spec.get("image", ""),
        "imageID": "",
        "started": one.is_serving or (one.phase is Phase.STOPPING and one.startup_passed),
    }
    if one.role is Role.INIT:
        status["ready"] = one.phase is Phase.DONE and one.succeeded
    if one.role is Role.GUEST:
        status["ready"] = False
    if one.finished is not None and "waiting" in status["state"]:
        status["lastState"] = {"terminated": one.finished}
    elif one.last is not None:
        status["lastState"] = {"terminated": one.last}
    resources = one.spec.get("resources") or {}
    if resources.get("requests"):
        status["allocatedResources"] = resources["requests"]
    status["resources"] = resources
    if one.spec.get("volumeMounts"):
        status["volumeMounts"] = [_mounted(mount) for mount in one.spec["volumeMounts"]]
    if one.identity:
        status["image"] = images.reference(one.spec["image"])
        status["imageID"] = images.digest(one.spec["image"])
        status["containerID"] = one.identity
    return status


def pod_status(
    pod: Json,
    containers: Sequence[Container],
    node_ip: str,
    pod_ip: str,
    now: float,
    failure: Failure | None = None,
) -> Json:
    """The whole status, with conditions whose times change only where they do.

    `failure` is why the kubelet has ended the pod, where it has. A pod of which anything still runs has not ended yet.
    """
    old = pod.get("status") or {}
    phase = "Failed" if failure is not None else pod_phase(containers, pod["spec"].get("restartPolicy", "Always"))
    finished = phase in ("Succeeded", "Failed")
    status: Json = {
        "observedGeneration": pod["metadata"].get("generation", 1),
        "phase": phase if not finished or not any(one.runs for one in containers) else old.get("phase", "Running"),
        "conditions": _conditions(pod, containers, phase, bool(pod_ip) and not finished, now),
        "hostIP": node_ip,
        "hostIPs": [{"ip": node_ip}],
        "startTime": old.get("startTime") or stamp(now),
        "containerStatuses": [container_status(one) for one in containers if one.role is Role.MAIN],
        "qosClass": old.get("qosClass", "BestEffort"),
    }
    first = [container_status(one) for one in containers if one.role is not Role.MAIN]
    if first:
        status["initContainerStatuses"] = first
    if pod_ip:
        status["podIP"] = pod_ip
        status["podIPs"] = [{"ip": pod_ip}]
    if failure is not None:
        status["reason"], status["message"] = failure.reason, failure.message
        if failure.disruption:
            generation = pod["metadata"].get("generation", 1)
            known = condition(pod, "DisruptionTarget")
            target = _condition("DisruptionTarget", True, failure.disruption, failure.message, known, generation, now)
            status["conditions"] = with_condition(status["conditions"], target)
    elif old.get("reason"):
        status["reason"], status["message"] = old["reason"], old.get("message", "")
    return status


def _mounted(mount: Json) -> Json:
    shown: Json = {"mountPath": mount["mountPath"], "name": mount["name"]}
    return {**shown, "readOnly": True, "recursiveReadOnly": "Disabled"} if mount.get("readOnly") else shown


def _state(one: Container) -> Json:
    if one.runs:
        return {"running": {"startedAt": stamp(one.started_at)}}
    ended = one.phase in (Phase.ENDED, Phase.DONE) or (one.phase is Phase.STARTING and not one.reason)
    if ended and one.finished is not None:
        return {"terminated": one.finished}
    waiting = {"reason": one.reason or "PodInitializing"}
    if one.message:
        waiting["message"] = one.message
    return {"waiting": waiting}


def _conditions(pod: Json, containers: Sequence[Container], phase: str, sandbox: bool, now: float) -> list[Json]:
    main = [one for one in containers if one.role is Role.MAIN]
    serving = [one for one in containers if one.role is not Role.INIT]
    incomplete = [
        one.name
        for one in containers
        if (one.role is Role.INIT and not (one.phase is Phase.DONE and one.succeeded))
        or (one.role is Role.SIDECAR and not one.startup_passed)
    ]
    unready = [one.name for one in serving if not one.ready]
    begun = any(one.runs or one.finished is not None for one in main)
    initialized = not incomplete or begun
    all_ready = ("", "") if not unready else ("ContainersNotReady", _listed("containers with unready status", unready))
    if phase == "Succeeded":
        all_ready = ("PodCompleted", "")
    elif phase == "Failed":
        all_ready = ("PodFailed", "")
    gates = [
        gate["conditionType"]
        for gate in pod["spec"].get("readinessGates") or ()
        if (condition(pod, gate["conditionType"]) or {}).get("status") != "True"
    ]
    ready = all_ready
    if not all_ready[0] and gates:
        message = "; ".join(f'corresponding condition of pod readiness gate "{gate}" does not exist.' for gate in gates)
        ready = ("ReadinessGatesNotReady", message)
    found = {
        "PodReadyToStartContainers": (sandbox, "", ""),
        "Initialized": (
            initialized,
            "" if initialized else "ContainersNotInitialized",
            "" if initialized else _listed("containers with incomplete status", incomplete),
        ),
        "Ready": (not ready[0], *ready),
        "ContainersReady": (not all_ready[0], *all_ready),
    }
    if phase == "Succeeded":
        found["Initialized"] = (True, "PodCompleted", "")
    kept = {one["type"]: one for one in (pod.get("status") or {}).get("conditions") or ()}
    generation = pod["metadata"].get("generation", 1)
    out = [_condition(kind, *found[kind], kept.pop(kind, None), generation, now) for kind in _REPORTED]
    out.extend(kept.values())
    return out


def _condition(
    kind: str, holds: bool, reason: str, message: str, old: Json | None, generation: int, now: float
) -> Json:
    status = "True" if holds else "False"
    same = old is not None and old["status"] == status
    new: Json = {
        "type": kind,
        "observedGeneration": generation,
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": old["lastTransitionTime"] if same and old is not None else stamp(now),
    }
    if reason:
        new["reason"] = reason
    if message:
        new["message"] = message
    return old if old == new and old is not None else new


def _listed(what: str, names: Sequence[str]) -> str:
    return f"{what}: [{' '.join(names)}]"
