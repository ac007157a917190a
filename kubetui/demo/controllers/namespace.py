"""The namespace controller: empties a namespace that is being deleted, then lets it go."""

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.workqueue import Key
from kubetui.demo.objects import Json, deleting, name_of, with_
from kubetui.demo.resources import BUILT_IN, EVENTS, NAMESPACES, PODS, Resource

RETRY = 5.0
"""Seconds until a namespace is looked at again in which something remains."""

_GOOD = (
    ("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
    ("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    (
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
)


class NamespaceController(Controller):
    """Reconciles Namespaces."""

    component = "namespace-controller"
    resource = NAMESPACES

    def watch(self) -> None:
        self._resources: list[Resource] = [one for one in BUILT_IN if one.namespaced]

    def follow(self, resource: Resource) -> None:
        """One more resource lives in namespaces: a custom one."""
        if resource.namespaced:
            self._resources.append(resource)

    def reconcile(self, key: Key) -> None:
        namespace = self.find(key)
        if namespace is None or not deleting(namespace) or not namespace["spec"].get("finalizers"):
            return
        remaining: list[tuple[Resource, list[Json]]] = []
        for resource in self._resources:
            for obj in self.registry.list(resource, key[1]):
                if not deleting(obj):
                    self.registry.delete(resource, key[1], name_of(obj))
            left = self.registry.list(resource, key[1])
            if left and resource is not EVENTS:
                remaining.append((resource, left))
        self._report(namespace, remaining)
        if remaining:
            self.queue.add_after(key, RETRY if any(one is not PODS for one, _ in remaining) else 1.0)
            return
        current = self.find(key)
        if current is not None:
            kept = [one for one in current["spec"]["finalizers"] if one != "kubernetes"]
            self.registry.update(
                NAMESPACES, with_(current, spec={**current["spec"], "finalizers": kept}), subresource="finalize"
            )

    def _report(self, namespace: Json, remaining: list[tuple[Resource, list[Json]]]) -> None:
        counts = [f"{one.key}{'' if one.group else '.'} has {len(left)} resource instances" for one, left in remaining]
        held: dict[str, int] = {}
        for _, left in remaining:
            for obj in left:
                for finalizer in obj["metadata"].get("finalizers") or ():
                    held[finalizer] = held.get(finalizer, 0) + 1
        finalizers = [f"{name} in {number} resource instances" for name, number in sorted(held.items())]
        found = [(kind, "False", reason, message) for kind, reason, message in _GOOD]
        found.append(
            ("NamespaceContentRemaining", "True", "SomeResourcesRemain", _some("resources are remaining", counts))
            if counts
            else ("NamespaceContentRemaining", "False", "ContentRemoved", "All content successfully removed")
        )
        found.append(
            (
                "NamespaceFinalizersRemaining",
                "True",
                "SomeFinalizersRemain",
                _some("content in the namespace has finalizers remaining", finalizers),
            )
            if finalizers
            else (
                "NamespaceFinalizersRemaining",
                "False",
                "ContentHasNoFinalizers",
                "All content-preserving finalizers finished",
            )
        )
        current = self.find(("", name_of(namespace)))
        if current is None:
            return
        known = {one["type"]: one for one in (current.get("status") or {}).get("conditions") or ()}
        conditions = []
        for kind, status, reason, message in found:
            old = known.get(kind)
            since = old["lastTransitionTime"] if old and old["status"] == status else self.clock.stamp()
            conditions.append(
                {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
            )
        status_now = {**(current.get("status") or {}), "conditions": conditions}
        self.registry.update(NAMESPACES, with_(current, status=status_now), subresource="status")


def _some(what: str, parts: list[str]) -> str:
    return f"Some {what}: {', '.join(parts)}"
