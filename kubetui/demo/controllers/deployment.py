"""The Deployment controller: a ReplicaSet for each template, and pods that move from the old ones to the new one."""

from collections.abc import Sequence

from kubetui.demo.conditions import condition
from kubetui.demo.controllers import rolling, rollout
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import is_finished
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.names import template_hash
from kubetui.demo.objects import (
    Json,
    controller_of,
    deleting,
    name_of,
    namespace_of,
    owner_reference,
    uid_of,
    with_,
    with_metadata,
)
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import DEPLOYMENTS, PODS, REPLICASETS


class DeploymentController(Controller):
    """Reconciles Deployments. One look scales up or scales down, never both: what that changes brings the next."""

    component = "deployment-controller"
    resource = DEPLOYMENTS

    def watch(self) -> None:
        self._sets = self.informers.by_owner(REPLICASETS)
        self._pods = self.informers.by_owner(PODS)
        self.watch_owned(REPLICASETS)
        self.registry.subscribe(PODS, self._pod_gone)

    def reconcile(self, key: Key) -> None:
        deployment = self.find(key)
        if deployment is None:
            return
        if deleting(deployment):
            new, old = self._sorted(deployment)
            self._write_status(deployment, rollout.counted(deployment, _every(new, old), new, self.clock.stamp()))
            return
        deployment = self._note_pause(deployment)
        if deployment["spec"].get("paused") or self._is_scaled(deployment):
            self._resize(deployment)
        elif rolling.is_rolling(deployment):
            self._roll(deployment)
        else:
            self._recreate(deployment)

    def _sorted(self, deployment: Json) -> tuple[Json | None, list[Json]]:
        """The ReplicaSet of the template as it stands, and the others, the oldest first."""
        owned = sorted(
            self._sets.of(uid_of(deployment)), key=lambda one: (one["metadata"]["creationTimestamp"], name_of(one))
        )
        new = next((one for one in owned if rollout.same_template(deployment, one)), None)
        return new, [one for one in owned if one is not new]

    def _roll(self, deployment: Json) -> None:
        deployment, new, old = self._with_new(deployment)
        asked = rolling.new_size(deployment, sum(map(rolling.size, (new, *old))), rolling.size(new))
        scaled = self._scale(deployment, new, min(asked, rolling.wanted(deployment)))
        if not scaled:
            for replicaset, asked in zip(old, rolling.old_sizes(deployment, new, old), strict=True):
                scaled = self._scale(deployment, replicaset, asked) or scaled
        self._finish(deployment, scaled=scaled)

    def _recreate(self, deployment: Json) -> None:
        new, old = self._sorted(deployment)
        scaled = [self._scale(deployment, replicaset, 0) for replicaset in old]
        if any(scaled) or self._has_pods(old):
            self._finish(deployment, scaled=True)
            return
        deployment, new, old = self._with_new(deployment)
        self._scale(deployment, new, rolling.wanted(deployment))
        self._finish(deployment, scaled=False)

    def _has_pods(self, old: Sequence[Json]) -> bool:
        return bool(rolling.count(old, "replicas")) or any(
            not is_finished(pod) for replicaset in old for pod in self._pods.of(uid_of(replicaset))
        )

    def _finish(self, deployment: Json, *, scaled: bool) -> None:
        """Tidies the history of a complete rollout away, and reports."""
        if not scaled and rollout.is_complete(deployment, deployment.get("status") or {}):
            self._forget_oldest(deployment)
        self._report_rollout(deployment)

    def _with_new(self, deployment: Json) -> tuple[Json, Json, list[Json]]:
        """The Deployment, its newest ReplicaSet (made where it is missing) and the old ones, revisions in order."""
        new, old = self._sorted(deployment)
        revision = max(map(rollout.revision_of, old), default=0) + 1
        if new is None:
            deployment, new = self._create(deployment, old, revision)
            return deployment, new, old
        new, note = self._revised(deployment, new, revision)
        return self._noted(deployment, rollout.revision_of(new), note), new, old

    def _revised(self, deployment: Json, new: Json, revision: int) -> tuple[Json, Json | None]:
        annotations = rollout.annotations_for(deployment, new, revision)
        settle = deployment["spec"].get("minReadySeconds", 0)
        if annotations != new["metadata"].get("annotations") or settle != new["spec"].get("minReadySeconds", 0):
            spec = {**new["spec"], "minReadySeconds": settle} if settle else new["spec"]
            new = self.registry.update(REPLICASETS, with_(with_metadata(new, annotations=annotations), spec=spec))
        if condition(deployment, "Progressing") is not None or not rollout.has_deadline(deployment):
            return new, None
        message = f'Found new replica set "{name_of(new)}"'
        return new, rollout.new_condition("Progressing", "True", "FoundNewReplicaSet", message, self.clock.stamp())

    def _create(self, deployment: Json, old: Sequence[Json], revision: int) -> tuple[Json, Json]:
        template = deployment["spec"]["template"]
        printed = template_hash(template, (deployment.get("status") or {}).get("collisionCount"))
        metadata = template.get("metadata") or {}
        labels = {**(metadata.get("labels") or {}), rollout.HASH_LABEL: printed}
        selector = deployment["spec"]["selector"]
        spec: Json = {
            "replicas": rolling.new_size(deployment, sum(map(rolling.size, old)), 0),
            "selector": {
                **selector,
                "matchLabels": {**(selector.get("matchLabels") or {}), rollout.HASH_LABEL: printed},
            },
            "template": {**template, "metadata": {**metadata, "labels": labels}},
        }
        if deployment["spec"].get("minReadySeconds"):
            spec["minReadySeconds"] = deployment["spec"]["minReadySeconds"]
        name = f"{name_of(deployment)}-{printed}"
        replicaset = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": name,
                "labels": labels,
                "annotations": rollout.annotations_for(deployment, None, revision),
                "ownerReferences": [owner_reference(deployment)],
            },
            "spec": spec,
        }
        try:
            made = self.registry.create(REPLICASETS, replicaset, namespace_of(deployment))
        except Refusal as refusal:
            self._creation_failed(deployment, name, refusal)
            raise
        if spec["replicas"]:
            self.event(deployment, "ScalingReplicaSet", f"Scaled up replica set {name} from 0 to {spec['replicas']}")
        note = None
        if rollout.has_deadline(deployment):
            message = f'Created new replica set "{name}"'
            note = rollout.new_condition("Progressing", "True", "NewReplicaSetCreated", message, self.clock.stamp())
        return self._noted(deployment, revision, note), made

    def _creation_failed(self, deployment: Json, name: str, refusal: Refusal) -> None:
        status = deployment.get("status") or {}
        if refusal.reason == "AlreadyExists":
            status = {**status, "collisionCount": status.get("collisionCount", 0) + 1}
            self._write_status(deployment, status)
            return
        message = f'Failed to create new replica set "{name}": {refusal}'
        if rollout.has_deadline(deployment):
            failed = rollout.new_condition("Progressing", "False", "ReplicaSetCreateError", message, self.clock.stamp())
            conditions = rollout.with_rollout_condition(status.get("conditions") or (), failed)
            self._write_status(deployment, {**status, "conditions": conditions})
        self.event(deployment, "ReplicaSetCreateError", message, warning=True)

    def _noted(self, deployment: Json, revision: int, note: Json | None) -> Json:
        """The Deployment with its revision and, where given, a new condition."""
        annotations = deployment["metadata"].get("annotations") or {}
        if annotations.get(rollout.REVISION) != str(revision):
            noted = {**annotations, rollout.REVISION: str(revision)}
            deployment = self.registry.update(
                DEPLOYMENTS, with_metadata(deployment, annotations=noted), subresource="status"
            )
        if note is None:
            return deployment
        status = deployment.get("status") or {}
        conditions = rollout.with_rollout_condition(status.get("conditions") or (), note)
        return self._write_status(deployment, {**status, "conditions": conditions})

    def _scale(self, deployment: Json, replicaset: Json, replicas: int, *, always: bool = False) -> bool:
        """Sets a ReplicaSet's size; `always` brings its annotations up to date too. Whether the size changed."""
        before = rolling.size(replicaset)
        annotations = {**(replicaset["metadata"].get("annotations") or {}), **rollout.sized_annotations(deployment)}
        same = replicas == before
        if same and (not always or annotations == replicaset["metadata"].get("annotations")):
            return False
        spec = {**replicaset["spec"], "replicas": replicas}
        self.registry.update(REPLICASETS, with_(with_metadata(replicaset, annotations=annotations), spec=spec))
        if same:
            return False
        way = "up" if replicas > before else "down"
        message = f"Scaled {way} replica set {name_of(replicaset)} from {before} to {replicas}"
        self.event(deployment, "ScalingReplicaSet", message)
        return True

    def _is_scaled(self, deployment: Json) -> bool:
        """Whether the Deployment has another size than its active ReplicaSets remember."""
        for replicaset in self._sets.of(uid_of(deployment)):
            remembered = rollout.annotated_number(replicaset, rollout.DESIRED)
            if rolling.size(replicaset) and remembered is not None and remembered != rolling.wanted(deployment):
                return True
        return False

    def _resize(self, deployment: Json) -> None:
        """Scales a Deployment whose rollout is paused, or not what this look is about."""
        new, old = self._sorted(deployment)
        if new is not None:
            revision = max(map(rollout.revision_of, old), default=0) + 1
            new, note = self._revised(deployment, new, revision)
            deployment = self._noted(deployment, rollout.revision_of(new), note)
        active = [one for one in _every(new, old) if rolling.size(one)]
        if len(active) == 1:
            self._scale_if_needed(deployment, active[0])
        elif not active and (new or old):
            self._scale_if_needed(deployment, new if new is not None else old[-1])
        elif new is not None and _is_saturated(deployment, new):
            for replicaset in old:
                self._scale(deployment, replicaset, 0)
        elif rolling.is_rolling(deployment):
            self._resize_all(deployment, active)
        if deployment["spec"].get("paused"):
            self._forget_oldest(deployment)
        new, old = self._sorted(deployment)
        self._write_status(deployment, rollout.counted(deployment, _every(new, old), new, self.clock.stamp()))

    def _scale_if_needed(self, deployment: Json, replicaset: Json) -> None:
        self._scale(deployment, replicaset, rolling.wanted(deployment))

    def _resize_all(self, deployment: Json, active: list[Json]) -> None:
        growing = rolling.wanted(deployment) + rolling.bounds(deployment)[0] > sum(map(rolling.size, active))
        active.sort(key=lambda one: one["metadata"]["creationTimestamp"], reverse=growing)
        active.sort(key=rolling.size, reverse=True)
        before = [rollout.annotated_number(one, rollout.MOST) for one in active]
        for replicaset, replicas in zip(active, rolling.proportional_sizes(deployment, active, before), strict=True):
            self._scale(deployment, replicaset, replicas, always=True)

    def _forget_oldest(self, deployment: Json) -> None:
        limit = deployment["spec"].get("revisionHistoryLimit")
        if limit is None:
            return
        old = sorted((one for one in self._sorted(deployment)[1] if not deleting(one)), key=rollout.revision_of)
        for replicaset in old[: max(0, len(old) - limit)]:
            status = replicaset.get("status") or {}
            seen = status.get("observedGeneration", 0) >= replicaset["metadata"]["generation"]
            if seen and not rolling.size(replicaset) and not status.get("replicas"):
                self.registry.delete(REPLICASETS, namespace_of(replicaset), name_of(replicaset))

    def _note_pause(self, deployment: Json) -> Json:
        """Marks the moment of a pause and of its end, from which the deadline counts anew."""
        found = condition(deployment, "Progressing")
        reason = found["reason"] if found is not None else ""
        if not rollout.has_deadline(deployment) or reason == "ProgressDeadlineExceeded":
            return deployment
        paused = bool(deployment["spec"].get("paused"))
        if paused == (reason == "DeploymentPaused"):
            return deployment
        what, message = (
            ("DeploymentPaused", "Deployment is paused") if paused else ("DeploymentResumed", "Deployment is resumed")
        )
        note = rollout.new_condition("Progressing", "Unknown", what, message, self.clock.stamp())
        status = deployment.get("status") or {}
        conditions = rollout.with_rollout_condition(status.get("conditions") or (), note)
        return self._write_status(deployment, {**status, "conditions": conditions})

    def _report_rollout(self, deployment: Json) -> None:
        new, old = self._sorted(deployment)
        stamp = self.clock.stamp()
        status = rollout.counted(deployment, _every(new, old), new, stamp)
        conditions = status["conditions"]
        found = condition(deployment, "Progressing")
        settled = (
            status.get("replicas", 0) == status.get("updatedReplicas", 0)
            and found is not None
            and found["reason"] == "NewReplicaSetAvailable"
        )
        name = f'ReplicaSet "{name_of(new)}"' if new is not None else f'Deployment "{name_of(deployment)}"'
        if not rollout.has_deadline(deployment):
            conditions = rollout.without_condition(conditions, "Progressing")
        elif not settled:
            conditions = self._judged(deployment, status, found, name)
        failure = next((one for rs in _every(new, old) if (one := condition(rs, "ReplicaFailure")) is not None), None)
        if failure is None:
            conditions = rollout.without_condition(conditions, "ReplicaFailure")
        else:
            shown = {**failure, "lastUpdateTime": failure["lastTransitionTime"]}
            conditions = rollout.with_rollout_condition(conditions, shown)
        status = {**status, "conditions": conditions}
        self._write_status(deployment, status)
        if rollout.has_deadline(deployment) and not rollout.is_complete(deployment, status):
            self._look_again(deployment)

    def _judged(self, deployment: Json, status: Json, found: Json | None, name: str) -> list[Json]:
        """The conditions with the verdict on the rollout: complete, under way, or stuck."""
        conditions: list[Json] = status["conditions"]
        stamp = self.clock.stamp()
        if rollout.is_complete(deployment, status):
            message = f"{name} has successfully progressed."
            new = rollout.new_condition("Progressing", "True", "NewReplicaSetAvailable", message, stamp)
            return rollout.with_rollout_condition(conditions, new)
        if rollout.is_progressing(deployment, status):
            new = rollout.new_condition("Progressing", "True", "ReplicaSetUpdated", f"{name} is progressing.", stamp)
            if found is not None and found["status"] == "True":
                new = {**new, "lastTransitionTime": found["lastTransitionTime"]}
            return [*rollout.without_condition(conditions, "Progressing"), new]
        deadline = rollout.deadline_of(deployment)
        if deadline is not None and deadline < self.clock.now():
            message = f"{name} has timed out progressing."
            new = rollout.new_condition("Progressing", "False", "ProgressDeadlineExceeded", message, stamp)
            return rollout.with_rollout_condition(conditions, new)
        return conditions

    def _look_again(self, deployment: Json) -> None:
        """Comes back when the deadline has passed: nothing else may happen to bring this Deployment up."""
        current = self.find(key_of(deployment))
        deadline = rollout.deadline_of(current) if current is not None else None
        if deadline is not None:
            self.queue.add_after(key_of(deployment), deadline - self.clock.now() + 1.0)

    def _write_status(self, deployment: Json, status: Json) -> Json:
        current = self.find(key_of(deployment))
        if current is None or uid_of(current) != uid_of(deployment) or current.get("status") == status:
            return deployment
        return self.registry.update(DEPLOYMENTS, with_(current, status=status), subresource="status")

    def _pod_gone(self, event: str, pod: Json, old: Json | None) -> None:
        """A Deployment that recreates waits for the end of the old pods."""
        if event != "DELETED":
            return
        owner = controller_of(pod)
        if owner is None or owner["kind"] != "ReplicaSet":
            return
        replicaset = self.registry.find(REPLICASETS, namespace_of(pod), owner["name"])
        above = controller_of(replicaset) if replicaset is not None else None
        if above is not None and above["kind"] == "Deployment":
            self.queue.add((namespace_of(pod), above["name"]))


def _every(new: Json | None, old: Sequence[Json]) -> list[Json]:
    return [*old, new] if new is not None else list(old)


def _is_saturated(deployment: Json, new: Json) -> bool:
    """Whether the new ReplicaSet has, and was meant to have, all that the Deployment asks for."""
    replicas = rolling.wanted(deployment)
    return (
        rolling.size(new) == replicas
        and rollout.annotated_number(new, rollout.DESIRED) == replicas
        and rolling.count([new], "availableReplicas") == replicas
    )
