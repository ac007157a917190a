"""Which resources an API server serves: aggregated discovery in two calls, group by group on older servers."""

import asyncio
from collections.abc import Iterator

import msgspec

from kubetui.client.api import Api
from kubetui.client.errors import ApiError
from kubetui.client.wire import JSON
from kubetui.client.wirejson import decode_answer
from kubetui.read import ObjectMeta
from kubetui.resource import Resource

AGGREGATED = f"{JSON};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


async def resources(api: Api) -> tuple[Resource, ...]:
    """Every resource in its preferred version, the core group first; a group that fails to answer is left out."""
    core, groups = await asyncio.gather(*(_discover(api, root) for root in ("/api", "/apis")))
    return tuple([*core, *groups])


async def _discover(api: Api, root: str) -> list[Resource]:
    document = decode_answer(await api.get(root, accept=f"{AGGREGATED},{JSON}"), _Document, "what the server serves")
    if document.kind == "APIGroupDiscoveryList":
        return [found for group in document.items or () for found in _aggregated(group)]
    if root == "/api":
        versions = [("", version) for version in document.versions or ()]
    else:
        versions = [(group.name, group.preferred) for group in document.groups or () if group.preferred]
    lists = await asyncio.gather(*(_legacy(api, root, group, version) for group, version in versions))
    return [found for batch in lists for found in batch]


def _aggregated(group: "_Group") -> Iterator[Resource]:
    """The resources of one APIGroupDiscovery, each in the first version that serves it."""
    seen = set()
    for version in group.versions or ():
        for entry in version.resources or ():
            if entry.resource in seen:
                continue
            seen.add(entry.resource)
            yield Resource(
                group.metadata.name,
                version.version,
                entry.resource,
                entry.response_kind.kind if entry.response_kind else "",
                entry.scope == "Namespaced",
                entry.singular_resource,
                entry.short_names or (),
                entry.verbs or (),
                tuple(sub.subresource for sub in entry.subresources or ()),
                entry.categories or (),
            )


async def _legacy(api: Api, root: str, group: str, version: str) -> list[Resource]:
    """One APIResourceList; empty where that group's server does not answer."""
    path = f"{root}/{group}/{version}" if group else f"{root}/{version}"
    try:
        entries = decode_answer(await api.get(path), _Legacies, "what the server serves").resources or ()
    except ApiError:
        return []
    subresources: dict[str, list[str]] = {}
    for entry in entries:
        plural, _, sub = entry.name.partition("/")
        if sub:
            subresources.setdefault(plural, []).append(sub)
    return [
        Resource(
            group,
            version,
            entry.name,
            entry.kind,
            entry.namespaced,
            entry.singular_name,
            entry.short_names or (),
            entry.verbs or (),
            tuple(subresources.get(entry.name, ())),
            entry.categories or (),
        )
        for entry in entries
        if "/" not in entry.name
    ]


class _Kind(msgspec.Struct, frozen=True):
    kind: str = ""


class _Subresource(msgspec.Struct, frozen=True):
    subresource: str


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    """k8s.io/api apidiscovery/v2 APIResourceDiscovery."""

    resource: str
    response_kind: _Kind | None = None
    scope: str = ""
    singular_resource: str = ""
    short_names: tuple[str, ...] | None = None
    verbs: tuple[str, ...] | None = None
    subresources: tuple[_Subresource, ...] | None = None
    categories: tuple[str, ...] | None = None


class _Version(msgspec.Struct, frozen=True):
    version: str
    resources: tuple[_Entry, ...] | None = None


class _Group(msgspec.Struct, frozen=True):
    """k8s.io/api apidiscovery/v2 APIGroupDiscovery."""

    metadata: ObjectMeta = ObjectMeta()
    versions: tuple[_Version, ...] | None = None


class _LegacyGroup(msgspec.Struct, frozen=True, rename="camel"):
    """k8s.io/apimachinery meta/v1 APIGroup."""

    name: str
    versions: tuple[_Version, ...] = ()
    preferred_version: _Version | None = None

    @property
    def preferred(self) -> str:
        """The version to take; empty where the group has none."""
        chosen = self.preferred_version or next(iter(self.versions), None)
        return chosen.version if chosen else ""


class _Document(msgspec.Struct, frozen=True):
    """Any answer to `/api` or `/apis`."""

    kind: str = ""
    items: tuple[_Group, ...] | None = None
    versions: tuple[str, ...] | None = None
    groups: tuple[_LegacyGroup, ...] | None = None


class _Legacy(msgspec.Struct, frozen=True, rename="camel"):
    """k8s.io/apimachinery meta/v1 APIResource."""

    name: str
    kind: str
    namespaced: bool
    singular_name: str = ""
    short_names: tuple[str, ...] | None = None
    verbs: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None


class _Legacies(msgspec.Struct, frozen=True):
    resources: tuple[_Legacy, ...] | None = None
