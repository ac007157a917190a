"""Which defaults, admission and validation hold for a kind: one `Strategy` a kind, the plain one for all others."""

from typing import TYPE_CHECKING, Any

from kubetui.demo.objects import deleting, name_of, with_metadata
from kubetui.demo.refusals import Cause, forbidden_field, quoted, required
from kubetui.demo.resources import Resource
from kubetui.demo.rules import checks

if TYPE_CHECKING:
    from kubetui.demo.registry import Registry

Json = dict[str, Any]


class Strategy:
    """The rules that hold for every kind. A kind with rules of its own derives from it."""

    def __init__(self, registry: "Registry", resource: Resource) -> None:
        self.registry = registry
        self.resource = resource

    def default(self, obj: Json) -> None:
        """Fills in, in place, what the person left out."""

    def unknown(self, obj: Json) -> list[str]:
        """The paths of fields that the kind does not have, as far as only the cluster knows them."""
        return []

    def admit(self, obj: Json) -> None:
        """Completes a new object, in place, from what the cluster has: addresses, tokens, priorities. May refuse."""

    def admit_update(self, new: Json, old: Json) -> None:
        """The same for a new state of an object."""

    def validate(self, obj: Json) -> list[Cause]:
        """What is wrong with a new object."""
        name = name_of(obj)
        if not name:
            return [required("metadata.name", "name or generateName is required")]
        return [*self.validate_name("metadata.name", name), *_metadata(obj)]

    def validate_name(self, field: str, name: str) -> list[Cause]:
        """What is wrong with the object's name."""
        return checks.subdomain_name(field, name)

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        """What is wrong with a new state of an object."""
        return [] if subresource else [*_finalizers(new, old), *_metadata(new)]

    def counts(self, new: Json, old: Json) -> bool:
        """Whether a change is one that the generation counts."""
        return content(new) != content(old)

    def with_status(self, old: Json, given: Json) -> Json:
        """The object after a write of its status alone, and of who wrote it."""
        new = {**old, "status": given.get("status") or {}}
        trail = given["metadata"].get("managedFields")
        return with_metadata(new, managedFields=trail) if trail else new

    def with_part(self, old: Json, given: Json, part: str) -> Json:
        """The object after a write of one part of its spec that has a subresource of its own."""
        return old

    def grace(self, obj: Json, asked: int | None) -> int:
        """Seconds from the wish to delete to the end. Only what can be stopped gracefully takes any."""
        return 0

    def leave(self, obj: Json) -> Json:
        """The object as it looks from the moment on in which its deletion is asked for."""
        return obj


class Strategies:
    """The strategy of each resource."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._known: dict[str, Strategy] = {}

    def of(self, resource: Resource) -> Strategy:
        found = self._known.get(resource.key)
        if found is None or found.resource != resource:
            found = self._known[resource.key] = _kind_of(resource)(self._registry, resource)
        return found


def content(obj: Json) -> Json:
    """All of an object but its metadata and its status."""
    return {key: value for key, value in obj.items() if key not in ("metadata", "status")}


def _finalizers(new: Json, old: Json) -> list[Cause]:
    """What is on its way out can't be held by anything more."""
    known = old["metadata"].get("finalizers") or ()
    more = sorted(one for one in new["metadata"].get("finalizers") or () if one not in known)
    if not more or not deleting(old):
        return []
    printed = ", ".join(quoted(one) for one in more)
    told = f"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{printed}}}"
    return [forbidden_field("metadata.finalizers", told)]


def _metadata(obj: Json) -> list[Cause]:
    metadata = obj["metadata"]
    return [
        *checks.finalizers("metadata.finalizers", metadata.get("finalizers")),
        *checks.labels("metadata.labels", metadata.get("labels")),
        *checks.annotations("metadata.annotations", metadata.get("annotations")),
        *checks.owners("metadata.ownerReferences", metadata.get("ownerReferences")),
    ]


def _kind_of(resource: Resource) -> type[Strategy]:
    from kubetui.demo.rules.custom import CustomRules
    from kubetui.demo.rules.kinds import RULES

    return CustomRules if resource.custom else RULES.get(resource.key, Strategy)
