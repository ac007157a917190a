"""Controller revisions: the templates that a StatefulSet or a DaemonSet has had, each under its hash."""

from kubetui.demo.controllers.informer import Informers
from kubetui.demo.names import data_hash, template_hash
from kubetui.demo.objects import Json, name_of, namespace_of, owner_reference, uid_of, with_
from kubetui.demo.resources import CONTROLLERREVISIONS

HASH_LABEL = "controller-revision-hash"
"""On the pods of a revision, and on the revisions of a DaemonSet."""
_OWN_LABEL = "controller.kubernetes.io/hash"
"""On the revisions of a StatefulSet."""
GENERATION = "deprecated.daemonset.template.generation"
"""An annotation of a DaemonSet and of its revisions: how many templates it has had."""


class Revisions:
    """The revisions of the owners of one kind."""

    def __init__(self, informers: Informers) -> None:
        self._registry = informers.registry
        self._index = informers.by_owner(CONTROLLERREVISIONS)

    def of(self, owner: Json) -> list[Json]:
        """The revisions of an owner, the oldest first."""
        return sorted(self._index.of(uid_of(owner)), key=lambda one: int(one["revision"]))

    def current(self, owner: Json) -> Json:
        """The revision of the template as it stands: found again, raised to the newest, or made."""
        known = self.of(owner)
        data = {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}
        newest = int(known[-1]["revision"]) if known else 0
        for one in known:
            if one["data"] == data:
                if one["revision"] != newest:
                    return self._registry.update(CONTROLLERREVISIONS, with_(one, revision=newest + 1))
                return one
        stateful = owner["kind"] == "StatefulSet"
        printed = data_hash(data) if stateful else template_hash(owner["spec"]["template"])
        label = _OWN_LABEL if stateful else HASH_LABEL
        labels = {**(owner["spec"]["template"].get("metadata") or {}).get("labels", {}), label: printed}
        counted = (owner["metadata"].get("annotations") or {}).get(GENERATION)
        revision = {
            "metadata": {
                "name": f"{name_of(owner)}-{printed}",
                "labels": labels,
                "annotations": {GENERATION: counted} if counted else {},
                "ownerReferences": [owner_reference(owner)],
            },
            "data": data,
            "revision": newest + 1,
        }
        return self._registry.create(CONTROLLERREVISIONS, revision, namespace_of(owner))

    def forget(self, owner: Json, used: set[str]) -> None:
        """Deletes the oldest revisions beyond the owner's limit whose names or hashes are not in use."""
        limit = owner["spec"].get("revisionHistoryLimit", 10)
        idle = [one for one in self.of(owner) if not used.intersection((name_of(one), hash_of(one)))]
        for one in idle[: max(0, len(idle) - limit)]:
            self._registry.delete(CONTROLLERREVISIONS, namespace_of(one), name_of(one))


def hash_of(revision: Json) -> str:
    """The revision's hash, which its pods carry as a label."""
    labels = revision["metadata"]["labels"]
    printed: str = labels.get(HASH_LABEL) or labels[_OWN_LABEL]
    return printed
