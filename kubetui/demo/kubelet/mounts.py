"""What a pod must have before its containers can be made: the volumes and the values it refers to."""

from kubetui.demo.objects import Json, namespace_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CONFIGMAPS, PERSISTENTVOLUMECLAIMS, SECRETS, Resource


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
