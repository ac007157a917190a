"""What a Job's policies say: what the failure of a pod means, and when enough has succeeded. Pure.

The rules and the wording are those of pod_failure_policy.go and success_policy.go.
"""

from collections.abc import Iterable
from enum import Enum

import msgspec

from kubetui.demo.controllers.job_indexes import numbers
from kubetui.demo.objects import Json, name_of, namespace_of


class Action(Enum):
    """What follows from the failure of a pod."""

    COUNT = "Count"
    IGNORE = "Ignore"
    FAIL_INDEX = "FailIndex"
    FAIL_JOB = "FailJob"


class Judgement(msgspec.Struct, frozen=True):
    """What the first rule that fits says."""

    action: Action = Action.COUNT
    message: str = ""
    """Why the whole job fails, where it does."""


def judged(job: Json, pod: Json) -> Judgement:
    """What the failure of that pod means to the job."""
    rules: Iterable[Json] = (job["spec"].get("podFailurePolicy") or {}).get("rules") or ()
    for place, rule in enumerate(rules):
        action = Action(rule["action"])
        which = f"{namespace_of(pod)}/{name_of(pod)}"
        if rule.get("onExitCodes"):
            status = _exit(pod, rule["onExitCodes"])
            if status is not None:
                code = status["state"]["terminated"]["exitCode"]
                return Judgement(
                    action,
                    f"Container {status['name']} for pod {which} failed with exit code {code} matching "
                    f"{action.value} rule at index {place}",
                )
        else:
            kind = _condition(pod, rule.get("onPodConditions") or ())
            if kind:
                return Judgement(
                    action, f"Pod {which} has condition {kind} matching {action.value} rule at index {place}"
                )
    return Judgement()


def success(job: Json, completed: set[int]) -> str:
    """Which rule of the success policy holds; empty where none does."""
    rules: Iterable[Json] = (job["spec"].get("successPolicy") or {}).get("rules") or ()
    for place, rule in enumerate(rules):
        needed = rule.get("succeededCount")
        among = numbers(rule["succeededIndexes"]) if rule.get("succeededIndexes") else None
        done = completed if among is None else completed & among
        least = needed if needed is not None else len(among or ())
        if completed and (among is not None or needed is not None) and len(done) >= least:
            return f"Matched rules at index {place}"
    return ""


def _exit(pod: Json, wanted: Json) -> Json | None:
    status = pod.get("status") or {}
    for one in (*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())):
        ended = one["state"].get("terminated")
        if not ended or not ended["exitCode"] or wanted.get("containerName") not in (None, one["name"]):
            continue
        if (ended["exitCode"] in (wanted.get("values") or ())) == (wanted["operator"] == "In"):
            found: Json = one
            return found
    return None


def _condition(pod: Json, patterns: Iterable[Json]) -> str:
    for one in (pod.get("status") or {}).get("conditions") or ():
        for pattern in patterns:
            if one["type"] == pattern["type"] and one["status"] == pattern.get("status", "True"):
                kind: str = one["type"]
                return kind
    return ""
