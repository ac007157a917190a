"""What admission adds to a new pod: defaults of its namespace, its priority, its account's token. May refuse it.

The order is the real server's: limits (limits.py), then account, then priority; quotas are looked at last (quota.py).
"""

from typing import TYPE_CHECKING, Any

from kubetui.demo.objects import name_of
from kubetui.demo.refusals import forbidden
from kubetui.demo.resources import PODS, PRIORITYCLASSES, SERVICEACCOUNTS

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]

_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_FIELD = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
_PROJECTED = {
    "defaultMode": 420,
    "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [_FIELD]}},
    ],
}
"""The same for every pod, and shared by all."""


def account(registry: "Registry", pod: Json) -> None:
    """Gives the pod its service account, and its containers the account's token."""
    spec = pod["spec"]
    name = spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", name)
    space = pod["metadata"]["namespace"]
    found = registry.find(SERVICEACCOUNTS, space, name)
    if found is None and name != "default":
        why = f'error looking up service account {space}/{name}: serviceaccount "{name}" not found'
        raise forbidden(PODS, name_of(pod), why)
    wanted = spec.get("automountServiceAccountToken", (found or {}).get("automountServiceAccountToken", True))
    if not wanted:
        return
    volume = f"kube-api-access-{registry.suffix()}"
    mounted = False
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        mounts = container.setdefault("volumeMounts", [])
        if not any(mount.get("mountPath") == _MOUNT for mount in mounts):
            mounts.append({"name": volume, "readOnly": True, "mountPath": _MOUNT})
            mounted = True
    if mounted:
        spec["volumes"] = [*(spec.get("volumes") or ()), {"name": volume, "projected": _PROJECTED}]


def prioritise(registry: "Registry", pod: Json) -> None:
    """Turns the name of a priority class into a number."""
    spec = pod["spec"]
    name = spec.get("priorityClassName", "")
    found = registry.find(PRIORITYCLASSES, "", name) if name else _default_class(registry)
    if name and found is None:
        raise forbidden(PODS, name_of(pod), f"no PriorityClass with name {name} was found")
    if found is not None:
        spec["priorityClassName"] = name_of(found)
    spec["priority"] = (found or {}).get("value", 0)
    spec.setdefault("preemptionPolicy", (found or {}).get("preemptionPolicy", "PreemptLowerPriority"))


def _default_class(registry: "Registry") -> Json | None:
    return next((one for one in registry.list(PRIORITYCLASSES) if one.get("globalDefault")), None)
