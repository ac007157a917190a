"""From an object to those it is tied to, and from a reference to an object that can be opened."""

from textual.widget import Widget

from kubetui.actions.action import Show, Target
from kubetui.client.errors import ApiError
from kubetui.kinds.builtin import find
from kubetui.kinds.kind import reference
from kubetui.kinds.page import Reference
from kubetui.read import Object, ObjectMeta
from kubetui.text import sanitise
from kubetui.tui.asks import OpenObject
from kubetui.tui.session import Session

_ON_A_NODE = reference("nodes", "", "")


def owner(of: Target) -> Reference | None:
    """What controls the object, or the first of its owners."""
    owners = of.object.metadata.owner_references
    first = next((each for each in owners if each.controller), owners[0] if owners else None)
    return Reference(first.kind, first.name, of.namespace, first.api_version) if first else None


def node(of: Target) -> Reference | None:
    """The node it is linked to."""
    links = (link.to for link in of.kind.links(of.object) if not link.down)
    name = next((to.removeprefix(_ON_A_NODE) for to in links if to.startswith(_ON_A_NODE)), "")
    return Reference("Node", name, api_version="v1") if name else None


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


async def open_reference(asking: Widget, session: Session, to: Reference) -> None:
    """Has the object opened, or says why that can't be."""
    try:
        target = await target_of(session, to)
        why = f"This cluster serves no kind called {to.kind}, or has not told of it yet."
    except ApiError as error:
        target, why = None, str(error)
    if target is None:
        asking.notify(sanitise(why), severity="error", markup=False, timeout=8)
    else:
        asking.post_message(OpenObject(target, Show("overview")))
