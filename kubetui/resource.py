"""A resource as the API server's discovery names it, and the paths under which it is served."""

from urllib.parse import quote

import msgspec


class Resource(msgspec.Struct, frozen=True):
    """One served resource: `pods` of `v1`, `deployments` of `apps/v1`."""

    group: str
    """Empty for the core group."""
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    singular: str = ""
    short: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    """As discovery lists them; empty where it has not been asked."""
    subresources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """The name as kubectl prints it with `-o name` and in errors: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def names(self) -> tuple[str, ...]:
        """Every word by which a person may ask for it, the plural first."""
        return (self.plural, self.singular or self.kind.lower(), *self.short, self.qualified)

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The URL path of the collection, of one object, or of its subresource; parts are percent-encoded."""
        parts = [f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"]
        if namespace and self.namespaced:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        if name:
            parts.append(quote(name, safe=":"))
        if subresource:
            parts.append(subresource)
        return "/".join(parts)


def resource(
    api_version: str, plural: str, kind: str, *short: str, namespaced: bool = True, subresources: tuple[str, ...] = ()
) -> Resource:
    """A built-in resource: `resource("apps/v1", "deployments", "Deployment", "deploy")`."""
    group, _, version = api_version.rpartition("/")
    return Resource(group, version, plural, kind, namespaced, kind.lower(), short, subresources=subresources)
