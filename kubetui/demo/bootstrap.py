"""What every cluster has from its first moment: its namespaces, its roles, and the service that clients reach it by."""

from typing import Any

from kubetui.demo.registry import Registry
from kubetui.demo.resources import (
    CLUSTERROLEBINDINGS,
    CLUSTERROLES,
    NAMESPACES,
    PRIORITYCLASSES,
    SERVICES,
    Resource,
)

Json = dict[str, Any]

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
READ = ["get", "list", "watch"]
WRITE = ["create", "delete", "deletecollection", "patch", "update"]
_CORE = [
    "configmaps", "endpoints", "persistentvolumeclaims", "pods", "pods/log", "pods/status", "replicationcontrollers",
    "serviceaccounts", "services", "services/status", "events", "limitranges", "namespaces", "resourcequotas",
]  # fmt: skip
_APPS = ["controllerrevisions", "daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale",
         "statefulsets", "statefulsets/scale"]  # fmt: skip
_OTHER = {
    "autoscaling": ["horizontalpodautoscalers"],
    "batch": ["cronjobs", "jobs"],
    "discovery.k8s.io": ["endpointslices"],
    "networking.k8s.io": ["ingresses", "networkpolicies"],
    "policy": ["poddisruptionbudgets"],
    "events.k8s.io": ["events"],
    "metrics.k8s.io": ["nodes", "pods"],
}


def _rule(groups: list[str], resources: list[str], verbs: list[str]) -> Json:
    return {"apiGroups": groups, "resources": resources, "verbs": verbs}


def _over(verbs: list[str]) -> list[Json]:
    groups = {"": _CORE, "apps": _APPS, **_OTHER}
    return [_rule([group], resources, verbs) for group, resources in groups.items()]


_DISCOVERY = [
    "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version",
    "/version/",
]  # fmt: skip
_ISSUER = [
    "/.well-known/openid-configuration", "/.well-known/openid-configuration/", "/openid/v1/jwks", "/openid/v1/jwks/",
]  # fmt: skip
_EDIT = [
    *_over(READ),
    *_over(WRITE),
    _rule([""], ["secrets"], READ + WRITE),
    _rule([""], ["pods/attach", "pods/exec", "pods/portforward"], READ + WRITE),
    _rule([""], ["pods/eviction", "serviceaccounts/token"], ["create"]),
]
ROLES: dict[str, list[Json]] = {
    "cluster-admin": [_rule(["*"], ["*"], ["*"]), {"nonResourceURLs": ["*"], "verbs": ["*"]}],
    "admin": [*_EDIT, _rule(["rbac.authorization.k8s.io"], ["roles", "rolebindings"], READ + WRITE)],
    "edit": _EDIT,
    "view": _over(READ),
    "system:discovery": [{"nonResourceURLs": _DISCOVERY, "verbs": ["get"]}],
    "system:public-info-viewer": [
        {"nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"], "verbs": ["get"]}
    ],
    "system:service-account-issuer-discovery": [{"nonResourceURLs": _ISSUER, "verbs": ["get"]}],
    "system:basic-user": [
        _rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
        _rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"]),
    ],
}
_BOUND = {
    "cluster-admin": "system:masters",
    "system:discovery": "system:authenticated",
    "system:basic-user": "system:authenticated",
    "system:public-info-viewer": "system:authenticated",
    "system:service-account-issuer-discovery": "system:serviceaccounts",
}
_API = {
    "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
    "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
}
"""The service by which pods would reach this API server."""
_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def bootstrap(registry: Registry) -> None:
    """Creates what is not there yet."""
    for name in SYSTEM_NAMESPACES:
        _ensure(registry, NAMESPACES, {"metadata": {"name": name}})
    labels = {"kubernetes.io/bootstrapping": "rbac-defaults"}
    kept = {"rbac.authorization.kubernetes.io/autoupdate": "true"}
    for name, rules in ROLES.items():
        metadata = {"name": name, "labels": labels, "annotations": kept}
        _ensure(registry, CLUSTERROLES, {"metadata": metadata, "rules": rules})
    for name, group in _BOUND.items():
        _ensure(registry, CLUSTERROLEBINDINGS, binding(name, name, "Group", group, labels=labels))
    if registry.find(SERVICES, "default", "kubernetes") is None:
        registry.create(SERVICES, _API, "default")
    for name, value in _PRIORITIES.items():
        _ensure(registry, PRIORITYCLASSES, {"metadata": {"name": name}, "value": value})


def binding(
    name: str, role: str, kind: str, subject: str, *, namespace: str = "", labels: dict[str, str] | None = None
) -> Json:
    """A binding of a cluster role to a user or a group, in one namespace or everywhere."""
    api = "rbac.authorization.k8s.io"
    metadata: Json = {"name": name, **({"namespace": namespace} if namespace else {}), "labels": labels or {}}
    return {
        "metadata": metadata,
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": api, "kind": kind, "name": subject}],
    }


def _ensure(registry: Registry, resource: Resource, obj: Json) -> None:
    if registry.find(resource, "", obj["metadata"]["name"]) is None:
        registry.create(resource, obj)
