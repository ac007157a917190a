"""What the fake API server says of itself: version, discovery, and that everything is allowed."""

import json
from typing import Any

from tests.fake.store import plural_of
from tests.fake.wire import Reply, Request, reply

_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
# group/version, kind, short names, namespaced, subresources
_KINDS: tuple[tuple[str, str, tuple[str, ...], bool, tuple[str, ...]], ...] = (
    ("v1", "ConfigMap", ("cm",), True, ()),
    ("v1", "Event", ("ev",), True, ()),
    ("v1", "Namespace", ("ns",), False, ("status",)),
    ("v1", "Node", ("no",), False, ("status",)),
    ("v1", "Pod", ("po",), True, ("log", "exec", "eviction", "status")),
    ("v1", "Secret", (), True, ()),
    ("v1", "Service", ("svc",), True, ("status",)),
    ("apps/v1", "Deployment", ("deploy",), True, ("scale", "status")),
    ("apps/v1", "ReplicaSet", ("rs",), True, ("scale", "status")),
    ("discovery.k8s.io/v1", "EndpointSlice", (), True, ()),
)
KINDS = {f"/{'apis' if '/' in version else 'api'}/{version}/{plural_of(kind)}": kind for version, kind, *_ in _KINDS}
"""The kinds that discovery names, by the path of their collection."""


def answer(request: Request) -> Reply | None:
    """The answer to what is about no object; None where the path is not one of these."""
    match request.path:
        case "/version":
            return reply(200, {"major": "1", "minor": "36", "gitVersion": "v1.36.3", "platform": "linux/amd64"})
        case "/readyz" | "/livez" | "/healthz":
            return reply(200, "ok", {"content-type": "text/plain"})
        case "/api":
            return _discovery(core=True)
        case "/apis":
            return _discovery(core=False)
    if request.method == "POST" and request.path.endswith("/selfsubjectrulesreviews"):
        everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
        status = {"resourceRules": [everything], "nonResourceRules": [], "incomplete": False}
        return reply(201, {**json.loads(request.body), "status": status})
    if request.method == "POST" and request.path.endswith("/selfsubjectaccessreviews"):
        return reply(201, {**json.loads(request.body), "status": {"allowed": True}})
    return None


def _discovery(core: bool) -> Reply:
    """Aggregated discovery (apidiscovery.k8s.io/v2), whatever was asked for."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for version, kind, short, namespaced, subresources in _KINDS:
        group = version.rpartition("/")[0]
        if core == (not group):
            groups.setdefault(version, []).append(_resource(version, kind, short, namespaced, subresources))
    items = [
        {
            "metadata": {"name": version.rpartition("/")[0]},
            "versions": [{"version": version.rpartition("/")[2], "resources": resources, "freshness": "Current"}],
        }
        for version, resources in groups.items()
    ]
    body = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}
    return reply(200, body, {"content-type": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"})


def _resource(
    api_version: str, kind: str, short: tuple[str, ...], namespaced: bool, subresources: tuple[str, ...]
) -> dict[str, Any]:
    group, _, version = api_version.rpartition("/")
    response_kind = {"group": group, "version": version, "kind": kind}
    return {
        "resource": plural_of(kind),
        "responseKind": response_kind,
        "scope": "Namespaced" if namespaced else "Cluster",
        "singularResource": kind.lower(),
        "verbs": _VERBS,
        "shortNames": list(short),
        "categories": ["all"] if kind in ("Pod", "Service", "Deployment", "ReplicaSet") else [],
        "subresources": [
            {"subresource": name, "responseKind": response_kind, "verbs": ["get", "patch", "update"]}
            for name in subresources
        ],
    }
