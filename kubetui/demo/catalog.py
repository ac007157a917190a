"""Everything that is served at the moment: the built-in kinds, and those that custom resource definitions add."""

from collections.abc import Iterator

from kubetui.demo.resources import BUILT_IN, METRICS, OTHER_FORMS, QUESTIONS, Resource


class Catalog:
    """Finds a resource by its path, its kind or its group."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Resource] = {}
        for resource in (*BUILT_IN, *OTHER_FORMS, *QUESTIONS, *METRICS):
            self.add(resource)

    def add(self, resource: Resource) -> None:
        self._known[resource.group, resource.version, resource.plural] = resource

    def remove(self, resource: Resource) -> None:
        self._known.pop((resource.group, resource.version, resource.plural), None)

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        return self._known.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        """The resource of a kind, as an owner reference or a manifest names it."""
        for resource in self._known.values():
            if resource.kind == kind and resource.api_version == api_version:
                return resource
        return None

    def versions(self) -> dict[str, list[str]]:
        """The versions of each group, in the order in which discovery tells them."""
        found: dict[str, list[str]] = {}
        for group, version, _ in self._known:
            versions = found.setdefault(group, [])
            if version not in versions:
                versions.append(version)
        return found

    def of(self, group: str, version: str) -> list[Resource]:
        """The resources of one group and version, by name."""
        found = [resource for (g, v, _), resource in self._known.items() if (g, v) == (group, version)]
        return sorted(found, key=lambda resource: resource.plural)

    def __iter__(self) -> Iterator[Resource]:
        return iter(list(self._known.values()))
