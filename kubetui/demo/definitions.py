"""CustomResourceDefinitions put into effect: what one defines is served while it stands, and goes with it."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from kubetui.demo.catalog import Catalog
from kubetui.demo.objects import deleting, name_of, namespace_of, with_metadata
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CUSTOMRESOURCEDEFINITIONS, Resource
from kubetui.demo.rules.custom import CLEANUP

Json = dict[str, Any]

_VERSION = re.compile(r"v(?P<major>\d+)(?:(?P<stage>alpha|beta)(?P<minor>\d+))?")


class Definitions:
    """Keeps a catalog equal to the definitions in a registry."""

    def __init__(self, registry: Registry, catalog: Catalog, follow: Callable[[Resource], None]) -> None:
        """`follow` is told of each resource that comes to be served."""
        self._registry = registry
        self._follow = follow
        self._catalog = catalog
        self._served: dict[str, list[Resource]] = {}
        self._followed: set[str] = set()
        registry.subscribe(CUSTOMRESOURCEDEFINITIONS, self._changed)
        for definition in registry.list(CUSTOMRESOURCEDEFINITIONS):
            self._changed("ADDED", definition, None)

    def _changed(self, event: str, definition: Json, old: Json | None) -> None:
        name = name_of(definition)
        served = self._served.get(name, [])
        if event == "DELETED":
            for resource in served:
                self._catalog.remove(resource)
                self._registry.storage.forget(resource)
            self._served.pop(name, None)
            return
        if deleting(definition):
            self._clean(definition)
            return
        resources = _resources(definition)
        if resources != served:
            for resource in served:
                self._catalog.remove(resource)
            for resource in resources:
                self._catalog.add(resource)
            self._served[name] = resources
        if name not in self._followed and resources:
            self._followed.add(name)
            self._follow(resources[0])
            self._registry.subscribe(resources[0], partial(self._instance_changed, name))
        self._establish(definition)

    def _instance_changed(self, name: str, event: str, obj: Json, old: Json | None) -> None:
        """The last object of a definition that is being deleted lets that go."""
        definition = self._registry.find(CUSTOMRESOURCEDEFINITIONS, "", name) if event == "DELETED" else None
        if definition is not None and deleting(definition):
            self._clean(definition)

    def _establish(self, definition: Json) -> None:
        current = self._registry.find(CUSTOMRESOURCEDEFINITIONS, "", name_of(definition))
        if current is None or deleting(current):
            return
        definition = current
        now = self._registry.clock.stamp()
        before = (definition.get("status") or {}).get("storedVersions") or []
        known = {one["type"]: one for one in (definition.get("status") or {}).get("conditions") or ()}
        conditions = [
            known.get(kind)
            or {"type": kind, "status": "True", "lastTransitionTime": now, "reason": reason, "message": message}
            for kind, reason, message in (
                ("NamesAccepted", "NoConflicts", "no conflicts found"),
                ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
            )
        ]
        status = {
            "acceptedNames": definition["spec"]["names"],
            "conditions": conditions,
            "storedVersions": [*before, *(one for one in (_stored(definition),) if one not in before)],
        }
        self._registry.update(CUSTOMRESOURCEDEFINITIONS, {**definition, "status": status}, subresource="status")

    def _clean(self, definition: Json) -> None:
        """Deletes what the definition has defined, then lets it go."""
        registry = self._registry
        served = self._served.get(name_of(definition), [])
        for obj in registry.list(served[0]) if served else ():
            if not deleting(obj):
                registry.delete(served[0], namespace_of(obj), name_of(obj))
        current = registry.find(CUSTOMRESOURCEDEFINITIONS, "", name_of(definition))
        finalizers = (current or definition)["metadata"].get("finalizers") or []
        if current is not None and CLEANUP in finalizers and not (served and registry.list(served[0])):
            left = [one for one in finalizers if one != CLEANUP]
            registry.update(CUSTOMRESOURCEDEFINITIONS, with_metadata(current, finalizers=left or None))


def _resources(definition: Json) -> list[Resource]:
    """One for each version that is served, the most mature first."""
    versions = [one for one in definition["spec"]["versions"] if one.get("served", True)]
    stored = _stored(definition)
    several = len(versions) > 1 or any(one["name"] != stored for one in versions)
    versions.sort(key=lambda one: maturity(one["name"]), reverse=True)
    return [_resource(definition["spec"], one, stored if several else "") for one in versions]


def _stored(definition: Json) -> str:
    name: str = next(one["name"] for one in definition["spec"]["versions"] if one.get("storage"))
    return name


def maturity(version: str) -> tuple[int, int, int]:
    """By which versions are ranked: v2 before v1, that before v1beta2, v1beta1 and v1alpha1."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return 0, 0, 0
    stage = {"alpha": 1, "beta": 2, None: 3}[found["stage"]]
    return stage, int(found["major"]), int(found["minor"] or 0)


def _resource(spec: Json, version: Json, stored: str) -> Resource:
    names = spec["names"]
    parts = version.get("subresources") or {}
    scaled = parts.get("scale") or {}
    paths = tuple(scaled.get(key, "") for key in ("specReplicasPath", "statusReplicasPath", "labelSelectorPath"))
    return Resource(
        group=spec["group"],
        version=version["name"],
        plural=names["plural"],
        kind=names["kind"],
        namespaced=spec["scope"] == "Namespaced",
        short=tuple(names.get("shortNames") or ()),
        subresources=(*(("scale",) if scaled else ()), *(("status",) if "status" in parts else ())),
        categories=tuple(names.get("categories") or ()),
        singular=names["singular"],
        list_kind=names["listKind"],
        selectable=tuple(one["jsonPath"].removeprefix(".") for one in version.get("selectableFields") or ()),
        scale_paths=(paths[0], paths[1], paths[2]),
        custom=True,
        stored=stored,
    )
