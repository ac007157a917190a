"""Pods: READY, STATUS and RESTARTS, as printPod derives them from the object alone."""

from collections.abc import Iterable
from typing import Any

from kubetui.demo.clock import seconds_of
from kubetui.demo.conditions import condition, is_true
from kubetui.demo.objects import deleting, name_of
from kubetui.demo.tables.age import human_duration, since
from kubetui.demo.tables.printer import Printer, columns

Json = dict[str, Any]


def _cells(pod: Json, now: float) -> list[Any]:
    spec, status = pod["spec"], pod.get("status") or {}
    sidecars = {init["name"] for init in spec.get("initContainers") or () if init.get("restartPolicy") == "Always"}
    word, counted, ready = _summary(pod, sidecars)
    total = len(spec.get("containers") or ()) + len(sidecars)
    restarts = sum(container.get("restartCount", 0) for container in counted)
    shown = str(restarts)
    last = _last_restart(counted) if restarts else None
    if last is not None:
        shown = f"{restarts} ({human_duration(now - last)} ago)"
    gates = spec.get("readinessGates") or ()
    return [
        name_of(pod),
        f"{ready}/{total}",
        word,
        shown,
        since(pod["metadata"].get("creationTimestamp"), now),
        status.get("podIP") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        f"{sum(is_true(pod, gate['conditionType']) for gate in gates)}/{len(gates)}" if gates else "<none>",
    ]


def _summary(pod: Json, sidecars: set[str]) -> tuple[str, list[Json], int]:
    status = pod.get("status") or {}
    word = status.get("reason") or status.get("phase", "")
    scheduled = condition(pod, "PodScheduled")
    if scheduled is not None and scheduled.get("reason") == "SchedulingGated":
        word = "SchedulingGated"
    counted: list[Json] = []
    ready = 0
    held = False
    inits = status.get("initContainerStatuses") or ()
    for index, init in enumerate(inits):
        counted.append(init)
        state = init.get("state") or {}
        terminated = state.get("terminated")
        if terminated and not terminated.get("exitCode"):
            continue
        if init.get("started") and init["name"] in sidecars:
            ready += bool(init.get("ready"))
            continue
        word = "Init:" + (_init_word(state) or f"{index}/{len(pod['spec']['initContainers'])}")
        held = True
        break
    if not held or is_true(pod, "Initialized"):
        containers = status.get("containerStatuses") or ()
        counted = [init for init in counted if init["name"] in sidecars]
        counted.extend(containers)
        ready += sum(map(_is_running, containers))
        word = _containers_word(pod, containers, word)
    if deleting(pod):
        if status.get("reason") == "NodeLost":
            word = "Unknown"
        elif status.get("phase") not in ("Failed", "Succeeded"):
            word = "Terminating"
    return word, counted, ready


def _init_word(state: Json) -> str:
    if state.get("terminated"):
        return _ended(state["terminated"])
    reason: str = (state.get("waiting") or {}).get("reason", "")
    return "" if reason == "PodInitializing" else reason


def _ended(terminated: Json) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    return f"Signal:{terminated['signal']}" if terminated.get("signal") else f"ExitCode:{terminated.get('exitCode', 0)}"


def _is_running(container: Json) -> bool:
    state = container.get("state") or {}
    waits = (state.get("waiting") or {}).get("reason")
    return bool(container.get("ready")) and "running" in state and not waits and not state.get("terminated")


def _containers_word(pod: Json, containers: Iterable[Json], word: str) -> str:
    failed = ""
    for container in reversed(list(containers)):
        state = container.get("state") or {}
        reason, terminated = (state.get("waiting") or {}).get("reason"), state.get("terminated")
        if reason:
            word = reason
        elif terminated:
            word = _ended(terminated)
            if terminated.get("exitCode"):
                failed = word
    if word != "Completed":
        return word
    running = any(map(_is_running, containers))
    if running and is_true(pod, "Ready"):
        return "Running"
    return failed or ("NotReady" if running else word)


def _last_restart(containers: Iterable[Json]) -> float | None:
    ends = ((container.get("lastState") or {}).get("terminated") or {} for container in containers)
    return max((seconds_of(end["finishedAt"]) for end in ends if end.get("finishedAt")), default=None)


def _done(pod: Json) -> list[Json]:
    match (pod.get("status") or {}).get("phase"):
        case "Succeeded":
            message = "The pod has completed successfully."
            return [{"type": "Completed", "status": "True", "reason": "Succeeded", "message": message}]
        case "Failed":
            message = "The pod failed."
            return [{"type": "Completed", "status": "True", "reason": "Failed", "message": message}]
    return []


PODS = Printer(
    columns("Ready", "Status", "Restarts", "Age", "~IP", "~Node", "~Nominated Node", "~Readiness Gates"), _cells, _done
)
