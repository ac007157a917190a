"""From a reference on a page to an object that can be opened."""

from kubetui.actions.action import Target
from kubetui.kinds.builtin import find
from kubetui.kinds.page import Reference
from kubetui.read import Object, ObjectMeta
from kubetui.tui.session import Session


async def target_of(session: Session, to: Reference) -> Target | None:
    """The object meant, by its name; None where the cluster serves no such kind. Raises `ApiError`."""
    group = to.api_version.rpartition("/")[0]
    kind = find(to.kind)
    if kind is None or (to.api_version and kind.resource.group != group):
        served = (
            each
            for each in session.resources
            if each.kind == to.kind and (not to.api_version or each.group == group) and "get" in each.verbs
        )
        resource = next(served, None)
        kind = await session.kind(resource.qualified) if resource else None
    if kind is None:
        return None
    namespace = to.namespace if kind.resource.namespaced else ""
    return Target(kind, Object(metadata=ObjectMeta(name=to.name, namespace=namespace)))
