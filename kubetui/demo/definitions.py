"""CustomResourceDefinitions put into effect: what one defines is served while it stands, and goes with it.

Of several versions the stored one is served.
"""

from collections.abc import Callable
from typing import Any

from kubetui.demo.catalog import Catalog
from kubetui.demo.objects import deleting, name_of, namespace_of, with_metadata
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CUSTOMRESOURCEDEFINITIONS, Resource
from kubetui.demo.rules.custom import CLEANUP

Json = dict[str, Any]


class Definitions:
    """Keeps a catalog equal to the definitions in a registry."""

    def __init__(self, registry: Registry, catalog: Catalog, follow: Callable[[Resource], None]) -> None:
        """`follow` is told of each resource that comes to be served."""
        self._registry = registry
        self._follow = follow
        self._catalog = catalog
        self._served: dict[str, Resource] = {}
        registry.subscribe(CUSTOMRESOURCEDEFINITIONS, self._changed)
        for definition in registry.list(CUSTOMRESOURCEDEFINITIONS):
            self._changed("ADDED", definition, None)

    def _changed(self, event: str, definition: Json, old: Json | None) -> None:
        name = name_of(definition)
        served = self._served.get(name)
        if event == "DELETED":
            if served is not None:
                self._catalog.remove(served)
                self._registry.storage.forget(served)
                del self._served[name]
            return
        if deleting(definition):
            self._clean(definition, served)
            return
        resource = _resource(definition)
        if resource != served:
            if served is not None:
                self._catalog.remove(served)
            self._catalog.add(resource)
            self._follow(resource)
            self._served[name] = resource
        self._establish(definition, resource)

    def _establish(self, definition: Json, resource: Resource) -> None:
        now = self._registry.clock.stamp()
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
            "storedVersions": [resource.version],
        }
        self._registry.update(CUSTOMRESOURCEDEFINITIONS, {**definition, "status": status}, subresource="status")

    def _clean(self, definition: Json, served: Resource | None) -> None:
        """Deletes what the definition has defined, then lets it go."""
        registry = self._registry
        if served is not None:
            for obj in registry.list(served):
                registry.delete(served, namespace_of(obj), name_of(obj))
        finalizers = definition["metadata"].get("finalizers") or []
        if CLEANUP in finalizers and (served is None or not registry.list(served)):
            left = [one for one in finalizers if one != CLEANUP]
            registry.update(CUSTOMRESOURCEDEFINITIONS, with_metadata(definition, finalizers=left or None))


def _resource(definition: Json) -> Resource:
    spec = definition["spec"]
    names = spec["names"]
    version = next(one for one in spec["versions"] if one.get("storage"))
    parts = version.get("subresources") or {}
    scaled = (parts.get("scale") or {}).get("specReplicasPath") == ".spec.replicas"
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
        custom=True,
    )
