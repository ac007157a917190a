"""The OpenAPI documents: what kubectl reads before it validates, applies or explains."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha512
from typing import Any

from kubetui.demo.catalog import Catalog
from kubetui.demo.http.message import Answer, Request, json_answer
from kubetui.demo.http.openapiv2 import swagger
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CUSTOMRESOURCEDEFINITIONS, Resource
from kubetui.demo.schema.schemas import components, name_of_kind

Json = dict[str, Any]


def describe(request: Request, catalog: Catalog, registry: Registry) -> Answer | None:
    """The answer to /openapi/v2, to /openapi/v3 and the documents under it; None for any other path."""
    match request.path.strip("/").split("/"):
        case ["openapi", "v2"]:
            return swagger(request, _custom(catalog, registry))
        case ["openapi", "v3"]:
            paths = {
                path: {"serverRelativeURL": f"/openapi/v3/{path}?hash={_hash(path)}"}
                for group, versions in catalog.versions().items()
                for version in versions
                for path in (f"apis/{group}/{version}" if group else f"api/{version}",)
            }
            return json_answer({"paths": paths})
        case ["openapi", "v3", "api", version] if version in catalog.versions()[""]:
            return Answer(_document(tuple(catalog.of("", version)), registry))
        case ["openapi", "v3", "apis", group, version] if version in catalog.versions().get(group, ()):
            return Answer(_document(tuple(catalog.of(group, version)), registry))
    return None


def _hash(path: str) -> str:
    return sha512(path.encode()).hexdigest().upper()


def _document(resources: tuple[Resource, ...], registry: Registry) -> bytes:
    """One group and version: the paths of its resources, and every schema that they need."""
    custom = _custom(resources, registry)
    built_in = tuple(resource for resource in resources if not resource.custom)
    document = _built_in(built_in)
    if not custom:
        return document
    whole: Json = json.loads(document)
    for resource in resources:
        whole["paths"] |= _paths(resource)
    whole["components"]["schemas"] |= custom
    return json.dumps(whole).encode()


def _custom(resources: Iterable[Resource], registry: Registry) -> dict[str, Json]:
    """The schemas of the custom resources among these, by their names."""
    found = {}
    for resource in resources:
        if resource.custom:
            definition = registry.get(CUSTOMRESOURCEDEFINITIONS, "", resource.key)
            version = next(one for one in definition["spec"]["versions"] if one["name"] == resource.version)
            found[_custom_name(resource)] = {
                **version["schema"]["openAPIV3Schema"],
                "x-kubernetes-group-version-kind": [_kind(resource)],
            }
    return found


def _custom_name(resource: Resource) -> str:
    return ".".join([*reversed(resource.group.split(".")), resource.version, resource.kind])


def _kind(resource: Resource) -> Json:
    return {"group": resource.group, "version": resource.version, "kind": resource.kind}


@lru_cache(maxsize=4)
def _built_in(resources: tuple[Resource, ...]) -> bytes:
    paths: Json = {}
    names: list[str] = []
    for resource in resources:
        paths |= _paths(resource)
        names.append(name_of_kind(resource.api_version, resource.kind))
    found: Json = {}
    while names:
        name = names.pop()
        if name and name not in found:
            found[name] = components()[name]
            names += re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(found[name]))
    info = {"title": "Kubernetes", "version": "v1.36.3"}
    document = {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": found}}
    return json.dumps(document).encode()


def _paths(resource: Resource) -> Json:
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    kind = _kind(resource)
    name = _custom_name(resource) if resource.custom else name_of_kind(resource.api_version, resource.kind)
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}} if name else {}
    places = [f"{root}/namespaces/{{namespace}}/{resource.plural}"] if resource.namespaced else []
    places.append(f"{root}/{resource.plural}")

    def operation(action: str, *parameters: str) -> Json:
        return {
            "parameters": [
                {"name": one, "in": "query", "schema": {"type": "string", "uniqueItems": True}} for one in parameters
            ],
            "responses": {"200": {"description": "OK", "content": content}},
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": kind,
        }

    writing = ("dryRun", "fieldManager", "fieldValidation")
    found: Json = {}
    for place in places:
        found[place] = {"get": operation("list")}
    found[places[0]]["post"] = operation("post", *writing)
    found[f"{places[0]}/{{name}}"] = {
        "get": operation("get"),
        "put": operation("put", *writing),
        "patch": operation("patch", *writing, "force"),
        "delete": operation("delete", "dryRun"),
    }
    return found
