"""What one object takes of each thing that a quota may limit, and which quotas are about it. Pure.

The names and the rules are those of pkg/quota/v1/evaluator/core.
"""

from collections.abc import Iterator
from typing import Any

from kubetui.demo.quantity import in_bytes, number
from kubetui.demo.resources import (
    CONFIGMAPS,
    PERSISTENTVOLUMECLAIMS,
    PODS,
    REPLICATIONCONTROLLERS,
    RESOURCEQUOTAS,
    SECRETS,
    SERVICES,
    Resource,
)

Json = dict[str, Any]

_PLAIN = (CONFIGMAPS, REPLICATIONCONTROLLERS, RESOURCEQUOTAS, SECRETS, SERVICES, PERSISTENTVOLUMECLAIMS)
"""Kinds that may be limited by their bare name, as well as by `count/…`."""

AMOUNTS = ("cpu", "memory", "ephemeral-storage")
_ANNOTATED_CLASS = "volume.beta.kubernetes.io/storage-class"


def usage(resource: Resource, obj: Json) -> dict[str, float]:
    """By the names that quotas use; an ended pod takes nothing but its place."""
    found = {f"count/{resource.key}": 1.0}
    if resource is PODS:
        if (obj.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
            found["pods"] = 1.0
            for name, amount in _pod(obj):
                found[name] = found.get(name, 0.0) + amount
        return found
    if resource in _PLAIN:
        found[resource.plural] = 1.0
    if resource is SERVICES:
        found |= _service(obj)
    elif resource is PERSISTENTVOLUMECLAIMS:
        found |= _claim(obj)
    return found


def unnamed(pod: Json, hard: Json) -> list[str]:
    """What a quota limits and containers of the pod do not name, as `limits.memory for: c,d`."""
    missing = []
    for name in sorted(hard):
        kind, _, what = name.rpartition(".")
        field = kind or "requests"
        if what not in AMOUNTS or field not in ("requests", "limits"):
            continue
        silent = [
            one["name"] for one in _containers(pod) if what not in ((one.get("resources") or {}).get(field) or {})
        ]
        if silent:
            missing.append(f"{name} for: {','.join(sorted(silent))}")
    return missing


def concerns(quota: Json, resource: Resource, obj: Json) -> bool:
    """Whether the quota is about the object: one with scopes is about pods within all of them."""
    spec = quota.get("spec") or {}
    wanted = [{"scopeName": name, "operator": "Exists"} for name in spec.get("scopes") or ()]
    wanted += (spec.get("scopeSelector") or {}).get("matchExpressions") or []
    return not wanted or (resource is PODS and all(_in_scope(one, obj) for one in wanted))


def written(name: str, amount: float) -> str:
    """An amount as a quantity: thousandths of cores, binary units of bytes, plain counts."""
    if name.endswith("cpu") and amount != int(amount):
        return f"{round(amount * 1000)}m"
    return in_bytes(int(amount)) if name.endswith(("memory", "storage")) else str(int(amount))


def _in_scope(wanted: Json, pod: Json) -> bool:
    spec = pod["spec"]
    match wanted["scopeName"]:
        case "BestEffort":
            return _is_best_effort(pod)
        case "NotBestEffort":
            return not _is_best_effort(pod)
        case "Terminating":
            return spec.get("activeDeadlineSeconds") is not None
        case "NotTerminating":
            return spec.get("activeDeadlineSeconds") is None
        case "CrossNamespacePodAffinity":
            return any(_crosses(spec, kind) for kind in ("podAffinity", "podAntiAffinity"))
    name = spec.get("priorityClassName", "")
    match wanted.get("operator"):
        case "Exists":
            return bool(name)
        case "DoesNotExist":
            return not name
        case "In":
            return name in (wanted.get("values") or ())
    return name not in (wanted.get("values") or ())


def _is_best_effort(pod: Json) -> bool:
    return not any(
        (one.get("resources") or {}).get(kind) for one in _containers(pod) for kind in ("requests", "limits")
    )


def _crosses(spec: Json, kind: str) -> bool:
    affinity = (spec.get("affinity") or {}).get(kind) or {}
    terms = list(affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or ())
    preferred = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    terms += [one["podAffinityTerm"] for one in preferred]
    return any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms)


def _containers(pod: Json) -> list[Json]:
    return [*(pod["spec"].get("containers") or ()), *(pod["spec"].get("initContainers") or ())]


def _pod(pod: Json) -> Iterator[tuple[str, float]]:
    for container in pod["spec"].get("containers") or ():
        resources = container.get("resources") or {}
        for kind in ("requests", "limits"):
            for name, amount in (resources.get(kind) or {}).items():
                yield f"{kind}.{name}", number(amount)
                if kind == "requests" and name in AMOUNTS:
                    yield name, number(amount)


def _service(service: Json) -> dict[str, float]:
    spec = service["spec"]
    kind = spec.get("type", "ClusterIP")
    ports = len(spec.get("ports") or ()) if kind in ("NodePort", "LoadBalancer") else 0
    if kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
        ports = 0
    return {"services.nodeports": float(ports), "services.loadbalancers": float(kind == "LoadBalancer")}


def _claim(claim: Json) -> dict[str, float]:
    requests = (claim["spec"].get("resources") or {}).get("requests") or {}
    asked = number(requests.get("storage", 0))
    found = {"requests.storage": asked}
    kind = claim["spec"].get("storageClassName") or (claim["metadata"].get("annotations") or {}).get(_ANNOTATED_CLASS)
    if kind:
        suffix = f"{kind}.storageclass.storage.k8s.io"
        found |= {f"{suffix}/requests.storage": asked, f"{suffix}/persistentvolumeclaims": 1.0}
    return found
