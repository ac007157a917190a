"""Discovery: which groups, versions and resources there are, in the old form (one document each) and the new."""

from collections.abc import Iterator
from typing import Any

from kubetui.demo.catalog import Catalog
from kubetui.demo.http.message import Answer, Request, json_answer
from kubetui.demo.resources import Resource

Json = dict[str, Any]

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
VERSION = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.3+kubetui",
    "gitCommit": "",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "",
}
_SUB_KINDS = {
    "scale": ("autoscaling", "v1", "Scale"),
    "eviction": ("policy", "v1", "Eviction"),
    "binding": ("", "v1", "Binding"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
    "log": ("", "v1", "Pod"),
    "exec": ("", "v1", "PodExecOptions"),
    "attach": ("", "v1", "PodAttachOptions"),
    "portforward": ("", "v1", "PodPortForwardOptions"),
}
_SUB_VERBS = {
    "eviction": ["create"],
    "binding": ["create"],
    "token": ["create"],
    "log": ["get"],
    "exec": ["create", "get"],
    "attach": ["create", "get"],
    "portforward": ["create", "get"],
    "finalize": ["update"],
}


def discover(request: Request, catalog: Catalog) -> Answer | None:
    """The answer to /version, /api, /apis and the documents under them; None for any other path."""
    match request.path.strip("/").split("/"):
        case [""]:
            return json_answer({"paths": sorted(_paths(catalog))})
        case ["version"]:
            return json_answer(VERSION)
        case ["api"] if _wants_aggregated(request):
            return json_answer(_aggregated(catalog, [""]), content_type=AGGREGATED)
        case ["apis"] if _wants_aggregated(request):
            groups = [group for group in catalog.versions() if group]
            return json_answer(_aggregated(catalog, groups), content_type=AGGREGATED)
        case ["api"]:
            address = {"clientCIDR": "0.0.0.0/0", "serverAddress": request.headers.get("host", "")}
            return json_answer({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [address]})
        case ["apis"]:
            known = [_group(group, found) for group, found in catalog.versions().items() if group]
            return json_answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": known})
        case ["api", "v1"]:
            return json_answer(_resources(catalog, "", "v1"))
        case ["apis", group] if group in catalog.versions():
            return json_answer({"kind": "APIGroup", "apiVersion": "v1", **_group(group, catalog.versions()[group])})
        case ["apis", group, version] if version in catalog.versions().get(group, ()):
            return json_answer(_resources(catalog, group, version))
    return None


def _paths(catalog: Catalog) -> Iterator[str]:
    yield from ("/apis", "/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version")
    for group, versions in catalog.versions().items():
        root = f"/apis/{group}" if group else "/api"
        yield root
        yield from (f"{root}/{version}" for version in versions)


def _wants_aggregated(request: Request) -> bool:
    accepted = (clause.replace(" ", "") for clause in request.headers.get("accept", "").split(","))
    return any("as=APIGroupDiscoveryList" in clause and "v=v2;" in f"{clause};" for clause in accepted)


def _group(group: str, versions: list[str]) -> Json:
    known = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": known, "preferredVersion": known[0]}


def _resources(catalog: Catalog, group: str, version: str) -> Json:
    found: list[Json] = []
    for resource in catalog.of(group, version):
        one: Json = {
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": list(resource.verbs),
        }
        if resource.short:
            one["shortNames"] = list(resource.short)
        if resource.categories:
            one["categories"] = list(resource.categories)
        found.append(one)
        for sub in resource.subresources:
            sub_group, sub_version, kind = _sub_kind(resource, sub)
            part: Json = {"name": f"{resource.plural}/{sub}", "singularName": "", "namespaced": resource.namespaced}
            if sub in _SUB_KINDS and sub_group + sub_version != resource.group + resource.version:
                part |= {"group": sub_group, "version": sub_version}
            found.append({**part, "kind": kind, "verbs": _sub_verbs(sub)})
    api_version = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version, "resources": found}


def _aggregated(catalog: Catalog, groups: list[str]) -> Json:
    items = []
    for group in groups:
        versions = [
            {
                "version": version,
                "resources": [_discovered(resource) for resource in catalog.of(group, version)],
                "freshness": "Current",
            }
            for version in catalog.versions()[group]
        ]
        metadata: Json = {"creationTimestamp": None}
        if group:
            metadata["name"] = group
        items.append({"metadata": metadata, "versions": versions})
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def _discovered(resource: Resource) -> Json:
    found: Json = {
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": resource.version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short:
        found["shortNames"] = list(resource.short)
    if resource.categories:
        found["categories"] = list(resource.categories)
    if resource.subresources:
        found["subresources"] = [
            {
                "subresource": sub,
                "responseKind": dict(zip(("group", "version", "kind"), _sub_kind(resource, sub), strict=True)),
                "verbs": _sub_verbs(sub),
            }
            for sub in resource.subresources
        ]
    return found


def _sub_kind(resource: Resource, sub: str) -> tuple[str, str, str]:
    return _SUB_KINDS.get(sub, (resource.group, resource.version, resource.kind))


def _sub_verbs(sub: str) -> list[str]:
    return _SUB_VERBS.get(sub, ["get", "patch", "update"])
