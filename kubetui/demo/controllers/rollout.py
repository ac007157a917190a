"""What the deployment controller writes down about a rollout: revisions, sizes, conditions. Pure.

The rules are those of pkg/controller/deployment/util/deployment_util.go.
"""

from collections.abc import Sequence

from kubetui.demo.clock import seconds_of
from kubetui.demo.conditions import condition
from kubetui.demo.controllers.rolling import bounds, count, size, wanted
from kubetui.demo.objects import Json

REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
HASH_LABEL = "pod-template-hash"

NO_DEADLINE = 2**31 - 1
"""The progress deadline of a Deployment that has none."""

_OWN = frozenset((LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED, MOST))


def same_template(deployment: Json, replicaset: Json) -> bool:
    """Whether the ReplicaSet makes the pods which the Deployment describes now, the hash label aside."""
    ours, theirs = deployment["spec"]["template"], replicaset["spec"]["template"]
    return _without_hash(ours) == _without_hash(theirs)


def revision_of(obj: Json) -> int:
    """The revision that an object is annotated with; 0 where there is none."""
    written = (obj["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(written) if written.isdigit() else 0


def annotated_number(obj: Json, name: str) -> int | None:
    """A number that an annotation holds."""
    written = (obj["metadata"].get("annotations") or {}).get(name, "")
    return int(written) if written.isdigit() else None


def sized_annotations(deployment: Json) -> dict[str, str]:
    """The annotations by which a ReplicaSet remembers how large its Deployment was."""
    replicas = wanted(deployment)
    return {DESIRED: str(replicas), MOST: str(replicas + bounds(deployment)[0])}


def annotations_for(deployment: Json, replicaset: Json | None, revision: int) -> dict[str, str]:
    """The annotations of the newest ReplicaSet: the Deployment's, and its revision, which only rises."""
    known: dict[str, str] = dict((replicaset["metadata"].get("annotations") or {}) if replicaset is not None else {})
    given = deployment["metadata"].get("annotations") or {}
    known.update({name: value for name, value in given.items() if name not in _OWN})
    before = known.get(REVISION)
    if before is None or (before.isdigit() and int(before) < revision):
        known[REVISION] = str(revision)
        if before is not None:
            history = known.get(REVISION_HISTORY)
            known[REVISION_HISTORY] = f"{history},{before}" if history else before
    return {**known, **(sized_annotations(deployment) if replicaset is None else {})}


def has_deadline(deployment: Json) -> bool:
    """Whether the Deployment wants to know when a rollout makes no progress."""
    return bool(deployment["spec"].get("progressDeadlineSeconds", NO_DEADLINE) != NO_DEADLINE)


def new_condition(kind: str, status: str, reason: str, message: str, stamp: str) -> Json:
    """A condition of a Deployment, as of now."""
    return {
        "type": kind,
        "status": status,
        "lastUpdateTime": stamp,
        "lastTransitionTime": stamp,
        "reason": reason,
        "message": message,
    }


def with_rollout_condition(conditions: Sequence[Json], new: Json) -> list[Json]:
    """The conditions with `new` at the end; unchanged where status and reason stay as they were."""
    old = next((one for one in conditions if one["type"] == new["type"]), None)
    if old is not None and (old["status"], old["reason"]) == (new["status"], new["reason"]):
        return list(conditions)
    if old is not None and old["status"] == new["status"]:
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    return [*without_condition(conditions, new["type"]), new]


def without_condition(conditions: Sequence[Json], kind: str) -> list[Json]:
    """The conditions without the one of that type."""
    return [one for one in conditions if one["type"] != kind]


def counted(deployment: Json, every: Sequence[Json], new: Json | None, stamp: str) -> Json:
    """The Deployment's status as its ReplicaSets have it; numbers that are zero are left out, as Go does."""
    available = count(every, "availableReplicas")
    old = deployment.get("status") or {}
    enough = available >= wanted(deployment) - bounds(deployment)[1]
    availability = (
        new_condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", stamp)
        if enough
        else new_condition(
            "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", stamp
        )
    )
    status = {
        "observedGeneration": deployment["metadata"]["generation"],
        "replicas": count(every, "replicas"),
        "updatedReplicas": count([new], "replicas") if new is not None else 0,
        "readyReplicas": count(every, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sum(map(size, every)) - available),
    }
    return {
        **{name: value for name, value in status.items() if value},
        "terminatingReplicas": count(every, "terminatingReplicas"),
        "conditions": with_rollout_condition(old.get("conditions") or (), availability),
        **({"collisionCount": old["collisionCount"]} if "collisionCount" in old else {}),
    }


def is_complete(deployment: Json, status: Json) -> bool:
    """Whether all pods are new, available, and no more than asked for."""
    replicas = wanted(deployment)
    return (
        all(status.get(field, 0) == replicas for field in ("updatedReplicas", "replicas", "availableReplicas"))
        and status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    )


def is_progressing(deployment: Json, status: Json) -> bool:
    """Whether the new status is nearer to the goal than the one that stands in the Deployment."""
    old = deployment.get("status") or {}

    def of(one: Json, field: str) -> int:
        value: int = one.get(field, 0)
        return value

    left = of(status, "replicas") - of(status, "updatedReplicas")
    left_before = of(old, "replicas") - of(old, "updatedReplicas")
    return left < left_before or any(
        of(status, field) > of(old, field) for field in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )


def deadline_of(deployment: Json) -> float | None:
    """When the rollout counts as stuck, in seconds since the epoch; None where nothing is under way."""
    found = condition(deployment, "Progressing")
    if found is None or found["reason"] in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded"):
        return None
    deadline: float = deployment["spec"]["progressDeadlineSeconds"]
    return seconds_of(found["lastUpdateTime"]) + deadline


def _without_hash(template: Json) -> Json:
    metadata = template.get("metadata") or {}
    labels = metadata.get("labels") or {}
    if HASH_LABEL not in labels:
        return template
    kept = {name: value for name, value in labels.items() if name != HASH_LABEL}
    return {**template, "metadata": {**metadata, "labels": kept}}
