"""The ReplicaSet controller: as many active pods as asked for, and a status that counts them."""

from kubetui.demo.conditions import condition
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.informer import orphans_in
from kubetui.demo.controllers.pods import from_template, is_active, is_available, is_ready, ready_since
from kubetui.demo.controllers.ranking import first_to_go
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import (
    Json,
    controller_of,
    deleting,
    labels_of,
    name_of,
    namespace_of,
    owner_reference,
    uid_of,
    with_,
    with_metadata,
)
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import PODS, REPLICASETS
from kubetui.demo.selectors import LabelSelector, object_selector

BURST = 500
"""The most pods that one look creates or deletes."""


class ReplicaSetController(Controller):
    """Reconciles ReplicaSets."""

    component = "replicaset-controller"
    resource = REPLICASETS

    def watch(self) -> None:
        self._pods = self.informers.by_owner(PODS)
        self._sets = self.informers.by_owner(self.resource)
        self._sets_of = self.informers.by_namespace(self.resource)
        self.watch_owned(PODS)
        self.registry.subscribe(PODS, self._orphan_changed)

    def selector_of(self, owner: Json) -> LabelSelector:
        """Which pods are the owner's."""
        return object_selector(owner["spec"]["selector"]) or LabelSelector()

    def reconcile(self, key: Key) -> None:
        replicaset = self.find(key)
        if replicaset is None:
            return
        pods = [pod for pod in self._claimed(replicaset) if is_active(pod)]
        failure: Refusal | None = None
        if not deleting(replicaset):
            failure = self._keep_count(replicaset, pods)
        self._report(replicaset, failure)
        if failure is not None:
            raise failure

    def _claimed(self, replicaset: Json) -> list[Json]:
        """The set's own pods, and the orphans which its selector matches: those it adopts."""
        wanted = self.selector_of(replicaset)
        owned = []
        for pod in self._pods.of(uid_of(replicaset)):
            if wanted.matches(labels_of(pod)):
                owned.append(pod)
            elif not deleting(replicaset):
                self._release(replicaset, pod)
        if deleting(replicaset):
            return owned
        for pod in self._pods.of(orphans_in(namespace_of(replicaset))):
            if is_active(pod) and wanted.matches(labels_of(pod)):
                references = [*(pod["metadata"].get("ownerReferences") or ()), owner_reference(replicaset)]
                owned.append(self.registry.update(PODS, with_metadata(pod, ownerReferences=references)))
        return owned

    def _release(self, replicaset: Json, pod: Json) -> None:
        kept = [one for one in pod["metadata"]["ownerReferences"] if one["uid"] != uid_of(replicaset)]
        self.registry.update(PODS, with_metadata(pod, ownerReferences=kept or None))

    def _keep_count(self, replicaset: Json, pods: list[Json]) -> Refusal | None:
        missing = replicaset["spec"].get("replicas", 1) - len(pods)
        if missing > 0:
            return self._create(replicaset, min(missing, BURST))
        if not missing:
            return None
        for pod in first_to_go(pods, self._related(replicaset), self.clock.now())[: min(-missing, BURST)]:
            self.registry.delete(PODS, namespace_of(pod), name_of(pod))
            self.event(replicaset, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        return None

    def _create(self, replicaset: Json, number: int) -> Refusal | None:
        """Creates pods; the first that is refused ends it, so that a full quota is asked once, not a hundred times."""
        template = replicaset["spec"]["template"]
        pod = from_template(template, replicaset, generateName=f"{name_of(replicaset)}-")
        for _ in range(number):
            try:
                made = self.registry.create(PODS, pod, namespace_of(replicaset))
            except Refusal as refusal:
                self.event(replicaset, "FailedCreate", f"Error creating: {refusal}", warning=True)
                return refusal
            self.event(replicaset, "SuccessfulCreate", f"Created pod: {name_of(made)}")
        return None

    def _related(self, replicaset: Json) -> list[Json]:
        owner = controller_of(replicaset)
        sets = [replicaset] if owner is None else self._sets.of(owner["uid"])
        return [pod for one in sets for pod in self._pods.of(uid_of(one))]

    def _report(self, replicaset: Json, failure: Refusal | None) -> None:
        current = self.find(key_of(replicaset))
        if current is None or uid_of(current) != uid_of(replicaset):
            return
        pods = self._pods.of(uid_of(current))
        active = [pod for pod in pods if is_active(pod)]
        ready = [pod for pod in active if is_ready(pod)]
        settle = current["spec"].get("minReadySeconds", 0)
        now = self.clock.now()
        available = [pod for pod in ready if is_available(pod, settle, now)]
        if len(available) < len(ready):
            self.queue.add_after(
                key_of(current), min(ready_since(p) + settle for p in ready if p not in available) - now
            )
        labels = (current["spec"]["template"].get("metadata") or {}).get("labels") or {}
        status = {
            name: value
            for name, value in {
                "replicas": len(active),
                "fullyLabeledReplicas": _some(sum(_has(pod, labels) for pod in active)),
                "readyReplicas": _some(len(ready)),
                "availableReplicas": _some(len(available)),
                "terminatingReplicas": sum(deleting(pod) for pod in pods),
                "observedGeneration": current["metadata"]["generation"],
                "conditions": self._conditions(current, failure) or None,
            }.items()
            if value is not None
        }
        if status != current.get("status"):
            self.registry.update(self.resource, with_(current, status=status), subresource="status")

    def _conditions(self, replicaset: Json, failure: Refusal | None) -> list[Json]:
        if failure is None:
            return []
        old = condition(replicaset, "ReplicaFailure")
        if old is not None:
            return [old]
        return [
            {
                "type": "ReplicaFailure",
                "status": "True",
                "reason": "FailedCreate",
                "message": str(failure),
                "lastTransitionTime": self.clock.stamp(),
            }
        ]

    def _owned_changed(self, event: str, obj: Json, old: Json | None) -> None:
        # Most changes of a pod, such as that it has a node now, are nothing to those who count it.
        if event != "MODIFIED" or old is None or _counted_as(obj) != _counted_as(old):
            super()._owned_changed(event, obj, old)

    def _orphan_changed(self, event: str, pod: Json, old: Json | None) -> None:
        if event == "DELETED" or controller_of(pod) is not None:
            return
        for replicaset in self._sets_of.of(namespace_of(pod)):
            if self.selector_of(replicaset).matches(labels_of(pod)):
                self.queue.add(key_of(replicaset))


def _counted_as(pod: Json) -> tuple[object, ...]:
    metadata = pod["metadata"]
    return is_active(pod), is_ready(pod), metadata.get("labels"), metadata.get("ownerReferences")


def _some(number: int) -> int | None:
    return number or None


def _has(pod: Json, labels: Json) -> bool:
    found = labels_of(pod)
    return all(found.get(name) == value for name, value in labels.items())
