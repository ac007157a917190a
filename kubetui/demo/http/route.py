"""What a path under /api and /apis means: which resource, where, which object, which part of it. Pure."""

import msgspec

from kubetui.demo.catalog import Catalog
from kubetui.demo.refusals import bad_request
from kubetui.demo.resources import Resource


class NoSuchPath(Exception):
    """Nothing is served under a path."""


class Route(msgspec.Struct, frozen=True):
    """A path that leads to objects. Empty texts stand for what the path does not name."""

    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""
    """What follows the subresource, as in .../proxy/REST."""


def parts_of(path: str) -> list[str]:
    """A path taken apart; one slash at its end is allowed. NoSuchPath where a part is empty."""
    parts = path.removeprefix("/").removesuffix("/").split("/")
    if "" in parts and parts != [""]:
        raise NoSuchPath
    return parts


def is_of_objects(path: str) -> bool:
    """Whether a path is one of objects, not of a group or of something else; what that leads to is another question."""
    parts = path.strip("/").split("/")
    return (parts[0] == "api" and len(parts) > 2) or (parts[0] == "apis" and len(parts) > 3)


def route_of(path: str, catalog: Catalog) -> Route:
    """The meaning of a path. NoSuchPath where it leads nowhere, 400 for a name that none can have."""
    match parts_of(path):
        case ["api", version, *rest] if rest:
            group = ""
        case ["apis", group, version, *rest] if rest:
            pass
        case _:
            raise NoSuchPath
    namespace = ""
    # /namespaces/x is a namespace, /namespaces/x/status a part of it, /namespaces/x/pods what is in it.
    if rest[0] == "namespaces" and len(rest) > 2 and not (group == "" and rest[2] in ("status", "finalize")):
        namespace, rest = rest[1], rest[2:]
    plural, *more = rest
    resource = catalog.find(group, version, plural)
    if resource is None or (namespace and not resource.namespaced):
        raise NoSuchPath
    name, subresource, *tail = (*more, "", "")
    rest_of_path = "/".join(part for part in tail if part)
    if name and resource.namespaced and not namespace:
        raise NoSuchPath
    if name in (".", ".."):
        raise bad_request(f"Name parameter invalid: \"{name}\": may not be '{name}'")
    if subresource and subresource not in resource.subresources:
        raise NoSuchPath
    return Route(resource, namespace, name, subresource, rest_of_path)
