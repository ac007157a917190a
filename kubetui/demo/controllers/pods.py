"""What controllers ask of pods: are they active, ready, available; and how one is made from a template. Pure."""

from typing import Any

from kubetui.demo.clock import seconds_of
from kubetui.demo.conditions import condition
from kubetui.demo.objects import Json, deleting, owner_reference


def is_active(pod: Json) -> bool:
    """Whether the pod counts: neither finished nor deleted. One that still terminates counts no longer."""
    return phase(pod) not in ("Succeeded", "Failed") and not deleting(pod)


def is_finished(pod: Json) -> bool:
    """Whether the pod has run to its end, well or not."""
    return phase(pod) in ("Succeeded", "Failed")


def phase(pod: Json) -> str:
    """The pod's phase; Pending before the kubelet has reported one."""
    found: str = (pod.get("status") or {}).get("phase") or "Pending"
    return found


def is_ready(pod: Json) -> bool:
    """Whether the pod's Ready condition is True."""
    ready = condition(pod, "Ready")
    return ready is not None and ready["status"] == "True"


def ready_since(pod: Json) -> float:
    """Since when the pod is ready, in seconds since the epoch; 0 where it is not."""
    ready = condition(pod, "Ready")
    if ready is None or ready["status"] != "True":
        return 0.0
    return seconds_of(ready["lastTransitionTime"])


def is_available(pod: Json, min_ready_seconds: float, now: float) -> bool:
    """Whether the pod has been ready for long enough."""
    return is_ready(pod) and (not min_ready_seconds or ready_since(pod) + min_ready_seconds <= now)


def restarts(pod: Json) -> int:
    """How often the pod's containers have been restarted: the most restarted one counts."""
    return max((status.get("restartCount", 0) for status in container_statuses(pod)), default=0)


def container_statuses(pod: Json) -> list[Any]:
    """The statuses of the pod's main containers."""
    return (pod.get("status") or {}).get("containerStatuses") or []


def from_template(template: Json, owner: Json, **meta: Any) -> Json:
    """A pod as the template describes it, controlled by `owner`. `meta` is set in its metadata on top."""
    given = template.get("metadata") or {}
    metadata = {field: given[field] for field in ("labels", "annotations", "finalizers") if given.get(field)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**metadata, "ownerReferences": [owner_reference(owner)], **meta},
        "spec": template["spec"],
    }
