"""The claims of a pod, as far as they decide whether and where it can be scheduled."""

from kubetui.demo.objects import Json, deleting, name_of, namespace_of, with_metadata
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, STORAGECLASSES
from kubetui.demo.scheduler.expressions import any_term_matches
from kubetui.demo.scheduler.nodes import NodeInfo

SELECTED_NODE = "volume.kubernetes.io/selected-node"
UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
WRONG_NODE = "node(s) didn't match PersistentVolume's node affinity"


class Claims:
    """The claims that one pod mounts, as they are at this moment."""

    def __init__(self, registry: Registry, pod: Json) -> None:
        self._registry = registry
        self.refusal = ""
        """Why no node will do; empty where one may."""
        self.waiting: list[Json] = []
        """Claims that are bound only once the pod has a node."""
        self._volumes: list[Json] = []
        for volume in pod["spec"].get("volumes") or ():
            claim_name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if claim_name is None and volume.get("ephemeral"):
                claim_name = f"{name_of(pod)}-{volume['name']}"
            if claim_name is not None:
                self._look_at(namespace_of(pod), claim_name)

    def objection(self, node: NodeInfo) -> str:
        """Why the pod's volumes can't be had on the node; empty where they can."""
        for volume in self._volumes:
            required = (volume["spec"].get("nodeAffinity") or {}).get("required")
            if required and not any_term_matches(required.get("nodeSelectorTerms") or (), node.labels, node.name):
                return WRONG_NODE
        return ""

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
        elif self._waits(claim):
            self.waiting.append(claim)
        else:
            self.refusal = UNBOUND

    def _waits(self, claim: Json) -> bool:
        name = claim["spec"].get("storageClassName")
        kind = self._registry.find(STORAGECLASSES, "", name) if name else None
        return kind is not None and kind.get("volumeBindingMode") == "WaitForFirstConsumer"
