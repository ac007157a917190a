"""Which resources an API server serves: aggregated discovery in two calls, group by group on older servers."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec

from kubetui.client.api import Api
from kubetui.client.errors import ApiError
from kubetui.client.wire import JSON
from kubetui.resource import Resource

AGGREGATED = f"{JSON};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


async def resources(api: Api) -> tuple[Resource, ...]:
    """Every resource in its preferred version, the core group first; a group that fails to answer is left out."""
    core, groups = await asyncio.gather(*(_discover(api, root) for root in ("/api", "/apis")))
    return tuple([*core, *groups])


async def _discover(api: Api, root: str) -> list[Resource]:
    document = msgspec.json.decode(await api.get(root, accept=f"{AGGREGATED},{JSON}"))
    if document.get("kind") == "APIGroupDiscoveryList":
        return [found for group in document.get("items") or () for found in _aggregated(group)]
    if root == "/api":
        versions = [("", version) for version in document.get("versions") or ()]
    else:
        versions = [
            (group["name"], (group.get("preferredVersion") or group["versions"][0])["version"])
            for group in document.get("groups") or ()
        ]
    lists = await asyncio.gather(*(_legacy(api, root, group, version) for group, version in versions))
    return [found for batch in lists for found in batch]


def _aggregated(group: dict[str, Any]) -> Iterator[Resource]:
    """The resources of one APIGroupDiscovery, each in the first version that serves it."""
    name = group.get("metadata", {}).get("name", "")
    seen = set()
    for version in group.get("versions") or ():
        for entry in version.get("resources") or ():
            if entry["resource"] in seen:
                continue
            seen.add(entry["resource"])
            yield Resource(
                name,
                version["version"],
                entry["resource"],
                (entry.get("responseKind") or {}).get("kind", ""),
                entry.get("scope") == "Namespaced",
                entry.get("singularResource", ""),
                tuple(entry.get("shortNames") or ()),
                tuple(entry.get("verbs") or ()),
                tuple(sub["subresource"] for sub in entry.get("subresources") or ()),
                tuple(entry.get("categories") or ()),
            )


async def _legacy(api: Api, root: str, group: str, version: str) -> list[Resource]:
    """One APIResourceList; empty where that group's server does not answer."""
    path = f"{root}/{group}/{version}" if group else f"{root}/{version}"
    try:
        entries = msgspec.json.decode(await api.get(path)).get("resources") or []
    except ApiError:
        return []
    subresources: dict[str, list[str]] = {}
    for entry in entries:
        plural, _, sub = entry["name"].partition("/")
        if sub:
            subresources.setdefault(plural, []).append(sub)
    return [
        Resource(
            group,
            version,
            entry["name"],
            entry["kind"],
            entry["namespaced"],
            entry.get("singularName", ""),
            tuple(entry.get("shortNames") or ()),
            tuple(entry.get("verbs") or ()),
            tuple(subresources.get(entry["name"], ())),
            tuple(entry.get("categories") or ()),
        )
        for entry in entries
        if "/" not in entry["name"]
    ]
