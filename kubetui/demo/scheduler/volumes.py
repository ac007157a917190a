"""The claims of a pod, as far as they decide whether and where it can be scheduled."""

from collections.abc import Mapping

from kubetui.demo.objects import Json, deleting, name_of, namespace_of, with_metadata
from kubetui.demo.quantity import number
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, STORAGECLASSES
from kubetui.demo.scheduler.expressions import any_term_matches
from kubetui.demo.scheduler.filters import Objection
from kubetui.demo.scheduler.nodes import NodeInfo

SELECTED_NODE = "volume.kubernetes.io/selected-node"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
"""What a StorageClass names whose volumes are made by hand."""

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
WRONG_NODE = Objection(("node(s) didn't match PersistentVolume's node affinity",), final=True)
NONE_TO_BIND = Objection(("node(s) didn't find available persistent volumes to bind",), final=True)


class Claims:
    """The claims that one pod mounts, as they are at this moment."""

    def __init__(self, registry: Registry, pod: Json) -> None:
        self._registry = registry
        self.refusal = ""
        """Why no node will do; empty where one may."""
        self.waiting: list[Json] = []
        """Claims that are bound only once the pod has a node."""
        self._volumes: list[Json] = []
        self._by_hand: list[list[Json]] = []
        """For each waiting claim that nobody makes a volume for: the free volumes that would do."""
        for volume in pod["spec"].get("volumes") or ():
            claim_name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if claim_name is None and volume.get("ephemeral"):
                claim_name = f"{name_of(pod)}-{volume['name']}"
            if claim_name is not None:
                self._look_at(namespace_of(pod), claim_name)

    def objection(self, node: NodeInfo) -> Objection | None:
        """Why the pod's volumes can't be had on the node; None where they can."""
        if not all(reachable(volume, node.labels, node.name) for volume in self._volumes):
            return WRONG_NODE
        for free in self._by_hand:
            if not any(reachable(volume, node.labels, node.name) for volume in free):
                return NONE_TO_BIND
        return None

    def select(self, node: str) -> None:
        """Tells the claims that wait which node they are wanted on."""
        for claim in self.waiting:
            annotations = {**(claim["metadata"].get("annotations") or {}), SELECTED_NODE: node}
            self._registry.update(PERSISTENTVOLUMECLAIMS, with_metadata(claim, annotations=annotations))

    def _look_at(self, namespace: str, name: str) -> None:
        claim = self._registry.find(PERSISTENTVOLUMECLAIMS, namespace, name)
        if claim is None:
            self.refusal = f'persistentvolumeclaim "{name}" not found'
        elif deleting(claim):
            self.refusal = f'persistentvolumeclaim "{name}" is being deleted'
        elif (claim.get("status") or {}).get("phase") == "Bound":
            volume = self._registry.find(PERSISTENTVOLUMES, "", claim["spec"].get("volumeName", ""))
            if volume is not None:
                self._volumes.append(volume)
        elif (claim.get("status") or {}).get("phase") == "Lost":
            self.refusal = f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume'
        else:
            self._wait_for(claim)

    def _wait_for(self, claim: Json) -> None:
        name = claim["spec"].get("storageClassName")
        kind = self._registry.find(STORAGECLASSES, "", name) if name else None
        if kind is None or kind.get("volumeBindingMode") != "WaitForFirstConsumer":
            self.refusal = UNBOUND
            return
        self.waiting.append(claim)
        if kind["provisioner"] == NO_PROVISIONER:
            free = [one for one in self._registry.list(PERSISTENTVOLUMES) if suits(one, claim)]
            self._by_hand.append(free)


def reachable(volume: Json, labels: Mapping[str, str], node: str) -> bool:
    """Whether the volume can be used on a node with these labels and that name."""
    required = (volume["spec"].get("nodeAffinity") or {}).get("required")
    if not required:
        return True
    return any_term_matches(required.get("nodeSelectorTerms") or (), labels, node)


def suits(volume: Json, claim: Json) -> bool:
    """Whether the volume is free, and large and capable enough for the claim."""
    spec = volume["spec"]
    asked = number(claim["spec"]["resources"]["requests"]["storage"])
    return (
        not spec.get("claimRef")
        and (spec.get("storageClassName") or "") == (claim["spec"].get("storageClassName") or "")
        and set(claim["spec"].get("accessModes") or ()) <= set(spec.get("accessModes") or ())
        and number(spec["capacity"]["storage"]) >= asked
    )
