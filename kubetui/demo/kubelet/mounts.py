"""What a pod must have before its containers can be made: the volumes and the values it refers to."""

from kubetui.demo.objects import Json, name_of, namespace_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import (
    CONFIGMAPS,
    PERSISTENTVOLUMECLAIMS,
    PERSISTENTVOLUMES,
    PODS,
    SECRETS,
    Resource,
)


def missing_volume(registry: Registry, pod: Json) -> str:
    """What is wrong with the first volume that can't be mounted, as the kubelet says it; empty where all can."""
    namespace = namespace_of(pod)
    for volume in pod["spec"].get("volumes") or ():
        for kind, resource, field in (("configMap", CONFIGMAPS, "name"), ("secret", SECRETS, "secretName")):
            source = volume.get(kind)
            if source and not source.get("optional") and registry.find(resource, namespace, source[field]) is None:
                what = f'{resource.singular} "{source[field]}" not found'
                return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {what}'
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim:
            found = registry.find(PERSISTENTVOLUMECLAIMS, namespace, claim)
            if found is None or (found.get("status") or {}).get("phase") != "Bound":
                return f'MountVolume.SetUp failed for volume "{volume["name"]}" : persistentvolumeclaim not bound'
    return ""


def attached_elsewhere(registry: Registry, pod: Json) -> tuple[str, list[str]]:
    """The first volume that only one node may use and another one uses, and the pods there; empty where none is."""
    namespace, node = namespace_of(pod), pod["spec"].get("nodeName")
    attached = attachable(registry, pod)
    for claim in _bound(registry, pod):
        shared = set(claim["spec"].get("accessModes") or ()) & {"ReadWriteMany", "ReadOnlyMany"}
        if shared or claim["spec"]["volumeName"] not in attached:
            continue
        users = [
            name_of(other)
            for other in registry.list(PODS, namespace)
            if other["spec"].get("nodeName") not in (None, "", node)
            and (other.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
            and name_of(claim) in claims_of(other)
        ]
        if users:
            return claim["spec"]["volumeName"], users
    return "", []


def attachable(registry: Registry, pod: Json) -> list[str]:
    """The names of the pod's volumes that a driver attaches to the node."""
    found = [claim["spec"]["volumeName"] for claim in _bound(registry, pod)]
    volumes = [registry.find(PERSISTENTVOLUMES, "", name) for name in found]
    return [name_of(volume) for volume in volumes if volume is not None and volume["spec"].get("csi")]


def claims_of(pod: Json) -> list[str]:
    """The names of the claims that the pod mounts."""
    volumes = pod["spec"].get("volumes") or ()
    return [one["persistentVolumeClaim"]["claimName"] for one in volumes if one.get("persistentVolumeClaim")]


def _bound(registry: Registry, pod: Json) -> list[Json]:
    namespace = namespace_of(pod)
    claims = [registry.find(PERSISTENTVOLUMECLAIMS, namespace, name) for name in claims_of(pod)]
    return [claim for claim in claims if claim is not None and claim["spec"].get("volumeName")]


def missing_value(registry: Registry, pod: Json, container: Json) -> str:
    """What a container's environment refers to and does not find; empty where all is there."""
    namespace = namespace_of(pod)
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        for kind, resource in (("configMapKeyRef", CONFIGMAPS), ("secretKeyRef", SECRETS)):
            found = source.get(kind)
            if found and not found.get("optional"):
                problem = _missing_key(registry, resource, namespace, found)
                if problem:
                    return problem
    for given in container.get("envFrom") or ():
        for kind, resource in (("configMapRef", CONFIGMAPS), ("secretRef", SECRETS)):
            found = given.get(kind)
            if found and not found.get("optional") and registry.find(resource, namespace, found["name"]) is None:
                return f'{resource.singular} "{found["name"]}" not found'
    return ""


def _missing_key(registry: Registry, resource: Resource, namespace: str, wanted: Json) -> str:
    obj = registry.find(resource, namespace, wanted["name"])
    if obj is None:
        return f'{resource.singular} "{wanted["name"]}" not found'
    if wanted["key"] not in (obj.get("data") or {}) and wanted["key"] not in (obj.get("binaryData") or {}):
        return f"couldn't find key {wanted['key']} in {resource.kind} {namespace}/{wanted['name']}"
    return ""
