"""The volume controller: binds claims to volumes, and has volumes made for claims that no volume fits."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import is_finished
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import (
    Json,
    deleting,
    labels_of,
    name_of,
    namespace_of,
    reference,
    uid_of,
    with_,
    with_metadata,
)
from kubetui.demo.quantity import number
from kubetui.demo.resources import NODES, PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS, STORAGECLASSES
from kubetui.demo.scheduler.volumes import NO_PROVISIONER, SELECTED_NODE, reachable, suits

PROVISIONER = "disk.csi.kubetui.demo"
"""The provisioner whose volumes can be made here; claims for any other wait for ever."""

PROVISIONING = 2.0
"""Seconds that it takes to make a volume."""

RESYNC = 15.0
"""Seconds after which a claim that waits is looked at again, and what it waits for is said again."""

_ZONE = "topology.kubernetes.io/zone"
_BOUND_BY_US = "pv.kubernetes.io/bound-by-controller"
_COMPLETED = "pv.kubernetes.io/bind-completed"
_MADE_BY = "pv.kubernetes.io/provisioned-by"
_STORAGE_MADE_BY = "volume.kubernetes.io/storage-provisioner"


class VolumeBinder(Controller):
    """Reconciles PersistentVolumeClaims, and the PersistentVolumes that they leave."""

    component = "persistentvolume-controller"
    resource = PERSISTENTVOLUMECLAIMS

    def watch(self) -> None:
        self._due: dict[str, float] = {}
        self._pods = self.informers.by_namespace(PODS)
        self.registry.subscribe(PERSISTENTVOLUMES, self._volume_changed)
        self.registry.subscribe(STORAGECLASSES, self._class_changed)

    def reconcile(self, key: Key) -> None:
        claim = self.find(key)
        if claim is None:
            self._release(key)
            return
        phase = (claim.get("status") or {}).get("phase")
        if deleting(claim) or phase == "Lost":
            return
        if phase == "Bound":
            self._keep(claim)
            return
        waits = self._waits_for_a_node(claim)
        volume = self._fitting(claim) if not waits else None
        if volume is not None:
            self._bind(claim, volume)
            return
        if phase != "Pending":
            claim = self.registry.update(
                PERSISTENTVOLUMECLAIMS, with_(claim, status={"phase": "Pending"}), subresource="status"
            )
        self.queue.add_after(key, RESYNC)
        if waits:
            self._say_for_whom(claim)
        else:
            self._provision(claim)

    def _waits_for_a_node(self, claim: Json) -> bool:
        """Whether the claim is bound only where its pod is to be, and that is not known yet."""
        kind = self.registry.find(STORAGECLASSES, "", claim["spec"].get("storageClassName") or "")
        late = kind is not None and kind.get("volumeBindingMode") == "WaitForFirstConsumer"
        return late and not claim["spec"].get("volumeName") and not self._selected_node(claim)

    def _selected_node(self, claim: Json) -> str:
        name: str = (claim["metadata"].get("annotations") or {}).get(SELECTED_NODE, "")
        return name

    def _say_for_whom(self, claim: Json) -> None:
        for pod in self._pods.of(namespace_of(claim)):
            volumes = pod["spec"].get("volumes") or ()
            names = [(one.get("persistentVolumeClaim") or {}).get("claimName") for one in volumes]
            if name_of(claim) in names and not pod["spec"].get("nodeName") and not is_finished(pod):
                self.event(claim, "WaitForPodScheduled", f"waiting for pod {name_of(pod)} to be scheduled")
                return
        self.event(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding")

    def _fitting(self, claim: Json) -> Json | None:
        """The smallest free volume that will do, of those that can be reached from where the claim is wanted."""
        node = self.registry.find(NODES, "", self._selected_node(claim)) if self._selected_node(claim) else None
        fitting = []
        for volume in self.registry.list(PERSISTENTVOLUMES):
            bound = volume["spec"].get("claimRef")
            if bound is not None and bound.get("uid") == uid_of(claim):
                return volume
            promised = bound is not None and not bound.get("uid")
            if promised and bound is not None and (bound.get("namespace"), bound["name"]) == key_of(claim):
                return volume
            if claim["spec"].get("volumeName") not in (None, "", name_of(volume)) or not suits(volume, claim):
                continue
            if node is None or reachable(volume, labels_of(node), name_of(node)):
                fitting.append((number(volume["spec"]["capacity"]["storage"]), name_of(volume), volume))
        return min(fitting)[2] if fitting else None

    def _keep(self, claim: Json) -> None:
        """A bound claim: its volume may be lost, or it may ask for more than it has."""
        volume = self.registry.find(PERSISTENTVOLUMES, "", claim["spec"].get("volumeName", ""))
        status = claim["status"]
        if volume is None:
            text = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
            lost = {name: value for name, value in status.items() if name not in ("accessModes", "capacity")}
            self.registry.update(
                PERSISTENTVOLUMECLAIMS, with_(claim, status={**lost, "phase": "Lost"}), subresource="status"
            )
            self.event(claim, "ClaimLost", text, warning=True)
            return
        asked = claim["spec"]["resources"]["requests"]["storage"]
        if number(asked) <= number(status["capacity"]["storage"]):
            return
        now = self.clock.now()
        due = self._due.setdefault(uid_of(claim), now + PROVISIONING)
        if now < due:
            driver = (volume["spec"].get("csi") or {}).get("driver", PROVISIONER)
            resizing = f"External resizer is resizing volume {name_of(volume)}"
            self.registry.event(claim, "Resizing", resizing, component=f"external-resizer {driver}")
            self.queue.add_after(key_of(claim), PROVISIONING)
            return
        del self._due[uid_of(claim)]
        capacity = {**volume["spec"]["capacity"], "storage": asked}
        self.registry.update(PERSISTENTVOLUMES, with_(volume, spec={**volume["spec"], "capacity": capacity}))
        self.registry.update(
            PERSISTENTVOLUMECLAIMS, with_(claim, status={**status, "capacity": capacity}), subresource="status"
        )
        grown = "MountVolume.NodeExpandVolume succeeded for volume " + f'"{name_of(volume)}"'
        self.registry.event(claim, "FileSystemResizeSuccessful", grown, component="kubelet")

    def _bind(self, claim: Json, volume: Json) -> None:
        about = {**reference(claim), "resourceVersion": claim["metadata"]["resourceVersion"]}
        if volume["spec"].get("claimRef", {}).get("uid") != uid_of(claim):
            annotations = {**(volume["metadata"].get("annotations") or {}), _BOUND_BY_US: "yes"}
            volume = with_(with_metadata(volume, annotations=annotations), spec={**volume["spec"], "claimRef": about})
            volume = self.registry.update(PERSISTENTVOLUMES, volume)
        self.registry.update(PERSISTENTVOLUMES, with_(volume, status={"phase": "Bound"}), subresource="status")
        annotations = {**(claim["metadata"].get("annotations") or {}), _COMPLETED: "yes", _BOUND_BY_US: "yes"}
        spec = {**claim["spec"], "volumeName": name_of(volume)}
        bound = self.registry.update(
            PERSISTENTVOLUMECLAIMS, with_(with_metadata(claim, annotations=annotations), spec=spec)
        )
        status = {
            "phase": "Bound",
            "accessModes": volume["spec"].get("accessModes"),
            "capacity": volume["spec"]["capacity"],
        }
        self.registry.update(PERSISTENTVOLUMECLAIMS, with_(bound, status=status), subresource="status")

    def _provision(self, claim: Json) -> None:
        name = claim["spec"].get("storageClassName")
        if not name:
            text = "no persistent volumes available for this claim and no storage class is set"
            self.event(claim, "FailedBinding", text)
            return
        kind = self.registry.find(STORAGECLASSES, "", name)
        if kind is None:
            text = f'storageclass.storage.k8s.io "{name}" not found'
            self.event(claim, "ProvisioningFailed", text, warning=True)
            return
        provisioner = kind["provisioner"]
        if provisioner == NO_PROVISIONER:
            return
        now = self.clock.now()
        due = self._due.get(uid_of(claim))
        if due is None:
            self._due[uid_of(claim)] = now + PROVISIONING
            text = (
                f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by "
                "the system administrator. If volume creation is delayed, please verify that the provisioner is "
                "running and correctly registered."
            )
            self.event(claim, "ExternalProvisioning", text)
            self.queue.add_after(key_of(claim), PROVISIONING)
        elif now >= due and provisioner == PROVISIONER:
            del self._due[uid_of(claim)]
            self._make(claim, kind, self._selected_node(claim))

    def _make(self, claim: Json, kind: Json, node: str) -> None:
        name = f"pvc-{uid_of(claim)}"
        spec: Json = {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": claim["spec"].get("accessModes"),
            "claimRef": reference(claim),
            "csi": {"driver": kind["provisioner"], "volumeHandle": name},
            "persistentVolumeReclaimPolicy": kind.get("reclaimPolicy", "Delete"),
            "storageClassName": name_of(kind),
            "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
        }
        found = self.registry.find(NODES, "", node) if node else None
        zone = labels_of(found).get(_ZONE) if found is not None else None
        if zone:
            expression = {"key": _ZONE, "operator": "In", "values": [zone]}
            spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}
        metadata = {"name": name, "annotations": {_MADE_BY: kind["provisioner"]}}
        self.registry.create(PERSISTENTVOLUMES, {"metadata": metadata, "spec": spec})
        annotations = {**(claim["metadata"].get("annotations") or {}), _STORAGE_MADE_BY: kind["provisioner"]}
        noted = self.registry.update(PERSISTENTVOLUMECLAIMS, with_metadata(claim, annotations=annotations))
        self.registry.event(
            noted, "ProvisioningSucceeded", f"Successfully provisioned volume {name}", component=kind["provisioner"]
        )
        self.queue.add(key_of(claim))

    def _release(self, key: Key) -> None:
        """The claim is gone: its volume goes too, or is kept for someone to look at."""
        for volume in self.registry.list(PERSISTENTVOLUMES):
            bound = volume["spec"].get("claimRef")
            if not bound or (bound["namespace"], bound["name"]) != key or not bound.get("uid"):
                continue
            self.registry.update(PERSISTENTVOLUMES, with_(volume, status={"phase": "Released"}), subresource="status")
            if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
                self.registry.delete(PERSISTENTVOLUMES, "", name_of(volume))

    def _volume_changed(self, event: str, volume: Json, old: Json | None) -> None:
        bound = volume["spec"].get("claimRef")
        if event == "DELETED":
            if bound is not None:
                self.queue.add((bound.get("namespace", ""), bound["name"]))
            return
        if bound is None and (volume.get("status") or {}).get("phase") != "Available":
            self.registry.update(PERSISTENTVOLUMES, with_(volume, status={"phase": "Available"}), subresource="status")
        if bound is None or not bound.get("uid"):
            self._try_pending()

    def _class_changed(self, event: str, kind: Json, old: Json | None) -> None:
        self._try_pending()

    def _try_pending(self) -> None:
        for claim in self.registry.list(PERSISTENTVOLUMECLAIMS):
            if (claim.get("status") or {}).get("phase") != "Bound":
                self.queue.add((namespace_of(claim), name_of(claim)))
