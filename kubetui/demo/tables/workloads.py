"""Workloads: how many there should be, are, and are ready; how a job is doing; what an autoscaler sees."""

from typing import Any

from kubetui.demo.clock import seconds_of
from kubetui.demo.conditions import is_true
from kubetui.demo.objects import deleting, name_of
from kubetui.demo.tables.age import human_duration, since
from kubetui.demo.tables.printer import Column, Printer, columns
from kubetui.demo.tables.words import containers_of, labels_text, selector_text

Json = dict[str, Any]


def _age(obj: Json, now: float) -> str:
    return since(obj["metadata"].get("creationTimestamp"), now)


def _deployment(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    return [
        name_of(obj),
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        _age(obj, now),
        *containers_of(spec["template"]),
        selector_text(spec.get("selector")),
    ]


def _replicas(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    selector = spec.get("selector")
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    # A replication controller's selector is a plain map, a replica set's a LabelSelector.
    text = labels_text(selector) if obj["kind"] == "ReplicationController" else selector_text(selector)
    return [name_of(obj), *counts, _age(obj, now), *containers_of(spec["template"]), text]


def _stateful_set(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    return [name_of(obj), ready, _age(obj, now), *containers_of(spec["template"])]


def _daemon_set(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    counts = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    return [
        name_of(obj),
        *(status.get(count, 0) for count in counts),
        labels_text(spec["template"]["spec"].get("nodeSelector")),
        _age(obj, now),
        *containers_of(spec["template"]),
        selector_text(spec.get("selector")),
    ]


def _job(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    succeeded, parallel = status.get("succeeded", 0), spec.get("parallelism", 0)
    if spec.get("completions") is not None:
        completions = f"{succeeded}/{spec['completions']}"
    else:
        completions = f"{succeeded}/1 of {parallel}" if parallel > 1 else f"{succeeded}/1"
    duration = ""
    if status.get("startTime"):
        end = seconds_of(status["completionTime"]) if status.get("completionTime") else now
        duration = human_duration(end - seconds_of(status["startTime"]))
    return [
        name_of(obj),
        _job_status(obj),
        completions,
        duration,
        _age(obj, now),
        *containers_of(spec["template"]),
        selector_text(spec.get("selector")),
    ]


def _job_status(obj: Json) -> str:
    for kind in ("Complete", "Failed"):
        if is_true(obj, kind):
            return kind
    if deleting(obj):
        return "Terminating"
    for kind in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if is_true(obj, kind):
            return kind
    return "Running"


def _cron_job(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    template = spec["jobTemplate"]["spec"]
    last = status.get("lastScheduleTime")
    return [
        name_of(obj),
        spec["schedule"],
        spec.get("timeZone") or "<none>",
        "True" if spec.get("suspend") else "False",
        len(status.get("active") or ()),
        since(last, now) if last else "<none>",
        _age(obj, now),
        *containers_of(template["template"]),
        selector_text(template.get("selector")),
    ]


def _autoscaler(obj: Json, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    target = spec["scaleTargetRef"]
    return [
        name_of(obj),
        f"{target['kind']}/{target['name']}",
        _metrics(spec.get("metrics") or [], status.get("currentMetrics") or []),
        str(spec.get("minReplicas", "<unset>")),
        spec["maxReplicas"],
        status.get("currentReplicas", 0),
        _age(obj, now),
    ]


_METRICS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def _metrics(specs: list[Json], found: list[Json]) -> str:
    if not specs:
        return "<none>"
    texts = [_metric(spec, found[at] if at < len(found) else {}) for at, spec in enumerate(specs)]
    more = f" + {len(texts) - 2} more..." if len(texts) > 2 else ""
    return ", ".join(texts[:2]) + more


def _metric(spec: Json, found: Json) -> str:
    part = _METRICS.get(spec["type"], "")
    if not part:
        return "<unknown type>"
    wanted, current = spec.get(part) or {}, (found.get(part) or {}).get("current") or {}
    target = wanted.get("target") or {}
    named = part in ("resource", "containerResource")
    before = f"{wanted.get('name', '')}: " if named else ""
    if target.get("averageValue") is not None:
        after = " (avg)" if part in ("object", "external") else ""
        return f"{before}{current.get('averageValue', '<unknown>')}/{target['averageValue']}{after}"
    if not named:
        return f"{current.get('value', '<unknown>')}/{target.get('value', '<unknown>')}"
    now, goal = current.get("averageUtilization"), target.get("averageUtilization")
    return f"{before}{'<unknown>' if now is None else f'{now}%'}/{'<auto>' if goal is None else f'{goal}%'}"


def _revision(obj: Json, now: float) -> list[Any]:
    owner = next((one for one in obj["metadata"].get("ownerReferences") or () if one.get("controller")), None)
    named = f"{_lower(owner['kind'])}.{owner['apiVersion'].partition('/')[0]}/{owner['name']}" if owner else "<none>"
    return [name_of(obj), named, obj.get("revision", 0), _age(obj, now)]


def _lower(kind: str) -> str:
    return kind.lower()


_WIDE = ("~Containers", "~Images", "~Selector")
_COUNTED = ("#Desired", "#Current", "#Ready")

WORKLOADS = {
    "deployments.apps": Printer(columns("Ready", "Up-to-date", "Available", "Age", *_WIDE), _deployment),
    "replicasets.apps": Printer(columns(*_COUNTED, "Age", *_WIDE), _replicas),
    "replicationcontrollers": Printer(columns(*_COUNTED, "Age", *_WIDE), _replicas),
    "statefulsets.apps": Printer(columns("Ready", "Age", *_WIDE[:2]), _stateful_set),
    "daemonsets.apps": Printer(
        columns(*_COUNTED, "#Up-to-date", "#Available", "Node Selector", "Age", *_WIDE), _daemon_set
    ),
    "jobs.batch": Printer(columns("Status", "Completions", "Duration", "Age", *_WIDE), _job),
    "cronjobs.batch": Printer(
        columns("Schedule", "Timezone", Column("Suspend", "boolean"), "#Active", "Last Schedule", "Age", *_WIDE),
        _cron_job,
    ),
    "horizontalpodautoscalers.autoscaling": Printer(
        columns("Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"), _autoscaler
    ),
    "controllerrevisions.apps": Printer(columns("Controller", "Revision", "Age"), _revision),
}
