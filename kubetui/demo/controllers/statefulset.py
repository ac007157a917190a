"""The StatefulSet controller: pods with names that stay, one after the other, each with its own claims."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import from_template, is_active, is_available, is_finished, is_ready
from kubetui.demo.controllers.revisions import HASH_LABEL, Revisions, hash_of
from kubetui.demo.controllers.rolling import share
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import (
    Json,
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
from kubetui.demo.resources import PERSISTENTVOLUMECLAIMS, PODS, STATEFULSETS

_NAME_LABEL = "statefulset.kubernetes.io/pod-name"
_INDEX_LABEL = "apps.kubernetes.io/pod-index"


class StatefulSetController(Controller):
    """Reconciles StatefulSets. In order, unless `podManagementPolicy` is Parallel."""

    component = "statefulset-controller"
    resource = STATEFULSETS

    def watch(self) -> None:
        self._pods = self.informers.by_owner(PODS)
        self._revisions = Revisions(self.informers)
        self.watch_owned(PODS)

    def reconcile(self, key: Key) -> None:
        found = self.find(key)
        if found is None or deleting(found):
            return
        update = self._revisions.current(found)
        self._act(found, hash_of(update))
        self._report(found, update)

    def _act(self, owner: Json, wanted_hash: str) -> None:
        start = (owner["spec"].get("ordinals") or {}).get("start", 0)
        replicas = owner["spec"].get("replicas", 1)
        pods = {_ordinal(pod): pod for pod in self._pods.of(uid_of(owner))}
        ordered = owner["spec"].get("podManagementPolicy", "OrderedReady") == "OrderedReady"
        for ordinal in range(start, start + replicas):
            pod = pods.get(ordinal)
            if pod is None:
                self._create(owner, ordinal, wanted_hash)
                if ordered:
                    return
            elif is_finished(pod) and not deleting(pod):
                self._delete(owner, pod)
                if ordered:
                    return
            elif ordered and (deleting(pod) or not self._is_available(owner, pod)):
                return
        self._tie_claims(owner, pods, range(start, start + replicas))
        surplus = sorted((ordinal for ordinal in pods if not start <= ordinal < start + replicas), reverse=True)
        for ordinal in surplus:
            pod = pods[ordinal]
            if not deleting(pod):
                self._delete(owner, pod)
            if ordered:
                return
        self._update(owner, pods, wanted_hash, range(start, start + replicas))

    def _update(self, owner: Json, pods: dict[int, Json], wanted_hash: str, ordinals: range) -> None:
        """Replaces pods of an older template, the highest number first, as many at a time as may be missing."""
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return
        rolling = strategy.get("rollingUpdate") or {}
        most = max(1, share(rolling.get("maxUnavailable", 1), len(ordinals), up=True))
        missing = sum(ordinal not in pods or not self._is_available(owner, pods[ordinal]) for ordinal in ordinals)
        for ordinal in reversed(ordinals):
            pod = pods.get(ordinal)
            if missing >= most or ordinal < rolling.get("partition", 0):
                return
            if pod is not None and not deleting(pod) and not self._is_of(owner, pod, wanted_hash):
                self._delete(owner, pod)
                missing += 1

    def _is_of(self, owner: Json, pod: Json, wanted_hash: str) -> bool:
        return labels_of(pod).get(HASH_LABEL) == f"{name_of(owner)}-{wanted_hash}"

    def _tie_claims(self, owner: Json, pods: dict[int, Json], kept: range) -> None:
        """Gives claims the owners with which they are to go: the set, or a pod that is too many."""
        policy = owner["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
        for ordinal, pod in pods.items():
            surplus = ordinal not in kept and policy.get("whenScaled") == "Delete"
            wanted = pod if surplus else owner if policy.get("whenDeleted") == "Delete" else None
            for template in owner["spec"].get("volumeClaimTemplates") or ():
                claim = self._claim_of(owner, template, name_of(pod))
                found = self.registry.find(PERSISTENTVOLUMECLAIMS, namespace_of(owner), claim)
                if found is not None and not deleting(found):
                    self._tie(found, {uid_of(owner), uid_of(pod)}, wanted)

    def _tie(self, claim: Json, ours: set[str], wanted: Json | None) -> None:
        references = claim["metadata"].get("ownerReferences") or []
        new = [one for one in references if one["uid"] not in ours]
        if wanted is not None:
            new.append(owner_reference(wanted))
        if new != references:
            self.registry.update(PERSISTENTVOLUMECLAIMS, with_metadata(claim, ownerReferences=new or None))

    def _claim_of(self, owner: Json, template: Json, pod: str) -> str:
        return f"{template['metadata']['name']}-{pod}"

    def _is_available(self, owner: Json, pod: Json) -> bool:
        settle = owner["spec"].get("minReadySeconds", 0)
        if deleting(pod):
            return False
        if is_ready(pod) and settle and not is_available(pod, settle, self.clock.now()):
            self.queue.add_after(key_of(owner), 1.0)
        return is_available(pod, settle, self.clock.now())

    def _create(self, owner: Json, ordinal: int, wanted_hash: str) -> None:
        name = f"{name_of(owner)}-{ordinal}"
        partition = ((owner["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition", 0)
        made_of, printed = owner["spec"]["template"], wanted_hash
        current = (owner.get("status") or {}).get("currentRevision", "")
        if ordinal < partition and current:
            for one in self._revisions.of(owner):
                if name_of(one) == current:
                    made_of = {part: value for part, value in one["data"]["spec"]["template"].items() if part[0] != "$"}
                    printed = hash_of(one)
        try:
            claims = [self._claim(owner, claim, name) for claim in owner["spec"].get("volumeClaimTemplates") or ()]
            pod = from_template(made_of, owner, name=name)
            pod["metadata"]["generateName"] = f"{name_of(owner)}-"
            pod["metadata"]["labels"] = {
                **labels_of(pod),
                _INDEX_LABEL: str(ordinal),
                HASH_LABEL: f"{name_of(owner)}-{printed}",
                _NAME_LABEL: name,
            }
            others = [one for one in pod["spec"].get("volumes") or () if one["name"] not in {c[0] for c in claims}]
            volumes = [{"name": volume, "persistentVolumeClaim": {"claimName": claim}} for volume, claim in claims]
            spec = {**pod["spec"], "hostname": name, "volumes": [*volumes, *others]}
            if owner["spec"].get("serviceName"):
                spec["subdomain"] = owner["spec"]["serviceName"]
            self.registry.create(PODS, with_(pod, spec=spec), namespace_of(owner))
        except Refusal as refusal:
            message = f"Create Pod {name} in StatefulSet {name_of(owner)} failed error: {refusal}"
            self.event(owner, "FailedCreate", message, warning=True)
            raise
        self.event(owner, "SuccessfulCreate", f"Create Pod {name} in StatefulSet {name_of(owner)} successful")

    def _claim(self, owner: Json, template: Json, pod: str) -> tuple[str, str]:
        """The volume's and the claim's name; the claim is made where it is missing, and outlives its pod."""
        volume = template["metadata"]["name"]
        name = self._claim_of(owner, template, pod)
        if self.registry.find(PERSISTENTVOLUMECLAIMS, namespace_of(owner), name) is None:
            labels = (owner["spec"]["selector"].get("matchLabels") or {}) | (template["metadata"].get("labels") or {})
            metadata: Json = {"name": name, "labels": labels}
            policy = owner["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
            if policy.get("whenDeleted") == "Delete":
                metadata["ownerReferences"] = [owner_reference(owner)]
            claim = {"metadata": metadata, "spec": template["spec"]}
            self.registry.create(PERSISTENTVOLUMECLAIMS, claim, namespace_of(owner))
            message = f"create Claim {name} Pod {pod} in StatefulSet {name_of(owner)} success"
            self.event(owner, "SuccessfulCreate", message)
        return volume, name

    def _delete(self, owner: Json, pod: Json) -> None:
        self.registry.delete(PODS, namespace_of(pod), name_of(pod))
        message = f"Delete Pod {name_of(pod)} in StatefulSet {name_of(owner)} successful"
        self.event(owner, "SuccessfulDelete", message)

    def _report(self, owner: Json, update: Json) -> None:
        current = self.find(key_of(owner))
        if current is None or uid_of(current) != uid_of(owner):
            return
        pods = [pod for pod in self._pods.of(uid_of(owner)) if not is_finished(pod)]
        active = [pod for pod in pods if is_active(pod)]
        settle = owner["spec"].get("minReadySeconds", 0)
        old = current.get("status") or {}
        updated = [pod for pod in active if labels_of(pod).get(HASH_LABEL) == name_of(update)]
        replicas = owner["spec"].get("replicas", 1)
        ready = [pod for pod in pods if is_ready(pod)]
        done = len(updated) == replicas == len(ready) == len(pods)
        before = old.get("currentRevision") or name_of(update)
        current_revision = name_of(update) if done else before
        in_current = [pod for pod in active if labels_of(pod).get(HASH_LABEL) == current_revision]
        counts = {
            "readyReplicas": len(ready),
            "currentReplicas": len(in_current),
            "updatedReplicas": len(updated),
        }
        status = {
            "observedGeneration": current["metadata"]["generation"],
            "replicas": len(pods),
            **{name: value for name, value in counts.items() if value},
            "currentRevision": current_revision,
            "updateRevision": name_of(update),
            "collisionCount": 0,
            "availableReplicas": sum(is_available(pod, settle, self.clock.now()) for pod in pods),
        }
        self.registry.update(STATEFULSETS, with_(current, status=status), subresource="status")
        self._revisions.forget(owner, {name_of(update), *(labels_of(pod).get(HASH_LABEL, "") for pod in pods)})


def _ordinal(pod: Json) -> int:
    number = name_of(pod).rpartition("-")[2]
    return int(number) if number.isdigit() else -1
