"""The protection controllers: a claim stays while a pod uses it, a volume while it is bound."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import is_finished
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, deleting, namespace_of, with_metadata
from kubetui.demo.resources import PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS

CLAIM_FINALIZER = "kubernetes.io/pvc-protection"
VOLUME_FINALIZER = "kubernetes.io/pv-protection"


class ClaimProtectionController(Controller):
    """Reconciles PersistentVolumeClaims that are being deleted."""

    component = "pvc-protection-controller"
    resource = PERSISTENTVOLUMECLAIMS

    def watch(self) -> None:
        self._pods = self.informers.by_namespace(PODS)
        self.registry.subscribe(PODS, self._pod_changed)

    def reconcile(self, key: Key) -> None:
        claim = self.find(key)
        if claim is None or not deleting(claim) or self._is_used(key):
            return
        kept = [one for one in claim["metadata"].get("finalizers") or () if one != CLAIM_FINALIZER]
        self.registry.update(PERSISTENTVOLUMECLAIMS, with_metadata(claim, finalizers=kept or None))

    def _is_used(self, key: Key) -> bool:
        return any(not is_finished(pod) and key[1] in _claims(pod) for pod in self._pods.of(key[0]))

    def _pod_changed(self, event: str, pod: Json, old: Json | None) -> None:
        if event == "DELETED" or is_finished(pod):
            for name in _claims(pod):
                self.queue.add((namespace_of(pod), name))


class VolumeProtectionController(Controller):
    """Reconciles PersistentVolumes that are being deleted."""

    component = "pv-protection-controller"
    resource = PERSISTENTVOLUMES

    def reconcile(self, key: Key) -> None:
        volume = self.find(key)
        if volume is None or not deleting(volume) or (volume.get("status") or {}).get("phase") == "Bound":
            return
        kept = [one for one in volume["metadata"].get("finalizers") or () if one != VOLUME_FINALIZER]
        self.registry.update(PERSISTENTVOLUMES, with_metadata(volume, finalizers=kept or None))


def _claims(pod: Json) -> list[str]:
    volumes = pod["spec"].get("volumes") or ()
    return [one["persistentVolumeClaim"]["claimName"] for one in volumes if one.get("persistentVolumeClaim")]
