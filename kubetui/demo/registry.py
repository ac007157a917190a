"""What the API does around storage: names, defaults, admission, validation, conflicts, graceful deletion.

The one door to the cluster's objects, for the HTTP front and the controllers alike. Everything is synchronous: between
a read and a write that follows it without an await nobody else writes. Objects that it returns are never to be changed;
a caller builds a new one. Which rules hold for a kind is in `strategies`.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

from kubetui.demo import patches, refusals
from kubetui.demo.clock import Clock, seconds_of, stamp
from kubetui.demo.event_lifetime import EventLifetime
from kubetui.demo.names import suffixed, uid
from kubetui.demo.objects import copied, deleting, labels_of, name_of, namespace_of, uid_of, with_metadata
from kubetui.demo.quota import Quotas
from kubetui.demo.recorder import Recorder
from kubetui.demo.resources import NAMESPACES, NODES, PODS, Resource
from kubetui.demo.selectors import FieldSelector, LabelSelector
from kubetui.demo.storage import Change, Storage
from kubetui.demo.strategies import Strategies, Strategy, content

Json = dict[str, Any]
Watcher = Callable[[str, Json, Json | None], None]

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"


class Registry:
    """The objects of one cluster and the rules for changing them. Every method raises Refusal where it may not be."""

    def __init__(self, clock: Clock, rng: random.Random | None = None) -> None:
        self.clock = clock
        self.rng = rng or random.Random(0)
        self.storage = Storage()
        self.strategies = Strategies(self)
        self._recorder = Recorder(self)
        self._event_lifetime = EventLifetime(self)
        self._quotas = Quotas(self)

    # Reading.

    def find(self, resource: Resource, namespace: str, name: str) -> Json | None:
        """The object, or None where there is none."""
        return self.storage.get(resource, namespace, name)

    def get(self, resource: Resource, namespace: str, name: str) -> Json:
        found = self.storage.get(resource, namespace, name)
        if found is None:
            raise refusals.not_found(resource, name)
        return found

    def list(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        labels: LabelSelector | None = None,
        fields: FieldSelector | None = None,
    ) -> list[Json]:
        """The objects of one namespace, or of all, in key order."""
        return [
            obj
            for _, obj in self.storage.walk(resource, namespace or "")
            if (not labels or labels.matches(obj["metadata"].get("labels"))) and (not fields or fields.matches(obj))
        ]

    def subscribe(self, resource: Resource, callback: Watcher) -> Callable[[], None]:
        """Calls `callback(type, object, old)` for each change from now on; returns what ends that.

        The type is ADDED, MODIFIED or DELETED. The callback must not raise.
        """

        def tell(change: Change) -> None:
            callback(change.type, change.new, change.old)

        return self.storage.subscribe(resource, tell)

    # Writing.

    def create(
        self,
        resource: Resource,
        obj: Json,
        namespace: str = "",
        *,
        user: str = "",
        dry_run: bool = False,
    ) -> Json:
        """Stores a new object. 409 where the name is taken, 404 where its namespace does not exist."""
        strategy = self.strategies.of(resource)
        new: Json = copied(obj)
        given: Json = new.get("metadata") or {}
        new["apiVersion"], new["kind"] = resource.kept_as, resource.kind
        new["metadata"] = metadata = {key: value for key, value in given.items() if value not in _EMPTY}
        self._place(resource, metadata, namespace)
        base = metadata.get("generateName", "")
        if not metadata.get("name") and base:
            metadata["name"] = suffixed(base, self.rng)
        for made in ("resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"):
            metadata.pop(made, None)
        metadata["uid"] = uid(self.rng)
        metadata["creationTimestamp"] = self.clock.stamp()
        if resource.generation:
            metadata["generation"] = 1
        if resource.has_status:
            new.pop("status", None)
        if resource.namespaced:
            self._inhabit(resource, name_of(new), metadata["namespace"])
        strategy.default(new)
        strategy.admit(new)
        causes = strategy.validate(new)
        if causes:
            raise refusals.invalid(resource, metadata.get("name", ""), causes)
        if self.storage.get(resource, namespace_of(new), name_of(new)) is not None:
            raise refusals.already_exists(resource, name_of(new))
        self._quotas.admit(resource, new)
        return new if dry_run else self.storage.put(resource, new)

    def suffix(self) -> str:
        """Five random characters, as generated names end in."""
        return suffixed("", self.rng)

    def update(
        self,
        resource: Resource,
        obj: Json,
        *,
        subresource: str = "",
        user: str = "",
        dry_run: bool = False,
    ) -> Json:
        """Puts a new state in the place of the old. 409 where `resourceVersion` is set and is not the current one.

        `subresource` is "" (everything but the status), "status" (nothing else), "finalize" (a namespace's
        finalizers), "ephemeralcontainers" (those of a pod) or "resize" (the resources of its containers). Where
        nothing changes nothing is written, and the old object is returned.
        """
        namespace, name = namespace_of(obj), name_of(obj)
        old = self.get(resource, namespace, name)
        self._check(resource, old, obj["metadata"])
        new = self._merged(resource, old, obj, subresource)
        strategy = self.strategies.of(resource)
        if not subresource and content(new) != content(old):
            strategy.default(new)
            strategy.admit_update(new, old)
        if subresource in ("", "ephemeralcontainers", "resize") and resource.generation and strategy.counts(new, old):
            new["metadata"]["generation"] = new["metadata"].get("generation", 0) + 1
        causes = strategy.validate_update(new, old, subresource)
        if causes:
            raise refusals.invalid(resource, name, causes)
        if new == old:
            return old
        if dry_run:
            return new
        if deleting(new) and not self._held(resource, new):
            # Who watches is told what it was before its last finalizer went.
            gone = self.storage.remove(resource, old)
            return with_metadata(new, resourceVersion=gone["metadata"]["resourceVersion"])
        return self.storage.put(resource, new)

    def patch(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        patch: Any,
        kind: str = "merge",
        *,
        subresource: str = "",
        user: str = "",
        dry_run: bool = False,
    ) -> Json:
        """Changes an object by a patch of this kind: "merge", "json" or "strategic"."""
        old = self.get(resource, namespace, name)
        new = patches.patched(resource, old, patch, kind)
        metadata = new.get("metadata")
        if not isinstance(metadata, dict):
            raise refusals.bad_request("metadata must be an object")
        if metadata.get("name") != name:
            raise refusals.bad_request(
                f"the name of the object ({metadata.get('name', '')}) does not match the name on the URL ({name})"
            )
        return self.update(resource, new, subresource=subresource, user=user, dry_run=dry_run)

    def delete(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        *,
        grace: int | None = None,
        uid: str | None = None,
        version: str | None = None,
        propagation: str = "Background",
        user: str = "",
        dry_run: bool = False,
    ) -> Json:
        """Deletes an object, or begins to: returns its last state, or the state in which it waits to be gone.

        `grace` in seconds, None for the kind's own; `uid` and `version` are preconditions; `propagation` is
        Background, Foreground or Orphan.
        """
        old = self.get(resource, namespace, name)
        if uid is not None and uid != uid_of(old):
            why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {uid_of(old)}"
            raise refusals.conflict(resource, name, why)
        current = old["metadata"]["resourceVersion"]
        if version is not None and version != current:
            why = (
                f"Precondition failed: ResourceVersion in precondition: {version}, "
                f"ResourceVersion in object meta: {current}"
            )
            raise refusals.conflict(resource, name, why)
        new = self._leaving(resource, _propagated(old, propagation), grace)
        if new == old:
            return new
        if not self._held(resource, new):
            # What can't be stopped gracefully was never seen on its way out.
            last = new if resource is PODS or deleting(old) else old
            return last if dry_run else self.storage.remove(resource, last)
        if dry_run:
            return new
        return self.storage.put(resource, new)

    def bind(self, namespace: str, name: str, node: str) -> Json:
        """Assigns a pod to a node, as the binding subresource does. 409 where it has one already."""
        pod = self.get(PODS, namespace, name)
        if pod["spec"].get("nodeName"):
            why = f"pod {name} is already assigned to node {_quoted(pod['spec']['nodeName'])}"
            raise refusals.conflict(PODS, name, why)
        if deleting(pod):
            raise refusals.conflict(PODS, name, f"pod {name} is being deleted, cannot be assigned to a host")
        condition = {
            "type": "PodScheduled",
            "status": "True",
            "lastProbeTime": None,
            "lastTransitionTime": self.clock.stamp(),
            "observedGeneration": pod["metadata"]["generation"],
        }
        status = {name: value for name, value in (pod.get("status") or {}).items() if name != "nominatedNodeName"}
        others = [known for known in status.get("conditions") or () if known["type"] != "PodScheduled"]
        new = {
            **pod,
            "metadata": {**pod["metadata"], "labels": {**labels_of(pod), **self.topology(node)}},
            "spec": {**pod["spec"], "nodeName": node},
            "status": {**status, "conditions": [*others, condition]},
        }
        return self.storage.put(PODS, new)

    def event(
        self,
        regarding: Json,
        reason: str,
        message: str,
        *,
        type: str = "Normal",  # noqa: A002
        component: str,
        action: str = "",
        host: str = "",
        field_path: str = "",
    ) -> Json | None:
        """Records an event on an object, or counts an identical one once more.

        Components of the newer events API (the scheduler) name an `action`; a kubelet names its `host` and, for a
        container, the `field_path`.
        """
        return self._recorder.record(
            regarding,
            reason,
            message,
            kind=type,
            component=component,
            action=action,
            host=host,
            field_path=field_path,
        )

    # Rules.

    def topology(self, node: str) -> dict[str, str]:
        """The labels of a node that its pods get: where they are (admission's PodTopologyLabels)."""
        found = self.find(NODES, "", node)
        labels = labels_of(found) if found is not None else {}
        return {name: labels[name] for name in _TOPOLOGY if name in labels}

    def _place(self, resource: Resource, metadata: Json, namespace: str) -> None:
        if not resource.namespaced:
            metadata.pop("namespace", None)
            return
        if namespace and metadata.get("namespace", namespace) != namespace:
            raise refusals.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        metadata["namespace"] = metadata.get("namespace") or namespace or "default"

    def _inhabit(self, resource: Resource, name: str, namespace: str) -> None:
        home = self.get(NAMESPACES, "", namespace)
        if deleting(home):
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            refusal = refusals.forbidden(resource, name, why)
            refusal.status["details"]["causes"] = [
                {
                    "reason": "NamespaceTerminating",
                    "message": f"namespace {namespace} is being terminated",
                    "field": "metadata.namespace",
                }
            ]
            raise refusal

    def _check(self, resource: Resource, old: Json, given: Json) -> None:
        version = given.get("resourceVersion")
        if given.get("uid") and given["uid"] != uid_of(old):
            why = f"Precondition failed: UID in precondition: {given['uid']}, UID in object meta: {uid_of(old)}"
            raise refusals.conflict(resource, name_of(old), why)
        if version and version != old["metadata"]["resourceVersion"]:
            raise refusals.modified(resource, name_of(old))

    def _merged(self, resource: Resource, old: Json, obj: Json, subresource: str) -> Json:
        if subresource == "status":
            return self.strategies.of(resource).with_status(old, obj)
        if subresource == "finalize":
            return {**old, "spec": obj.get("spec") or {}}
        if subresource:
            return self.strategies.of(resource).with_part(old, obj, subresource)
        new = {**obj, "apiVersion": resource.kept_as, "kind": resource.kind}
        metadata = {key: value for key, value in obj["metadata"].items() if value not in _EMPTY}
        for kept in _KEPT:
            metadata.pop(kept, None)
            if kept in old["metadata"]:
                metadata[kept] = old["metadata"][kept]
        new["metadata"] = metadata
        if resource.has_status:
            new.pop("status", None)
            if "status" in old:
                new["status"] = old["status"]
        if _completes(self.strategies.of(resource)) and content(new) != content(old):
            # Defaults are put into the new object in place, and it may share parts with others.
            new = {key: value if key == "status" else copied(value) for key, value in new.items()}
        return new

    def _leaving(self, resource: Resource, obj: Json, grace: int | None) -> Json:
        """The object on its way out: when it is to be gone, at the latest."""
        metadata = obj["metadata"]
        strategy = self.strategies.of(resource)
        period = strategy.grace(obj, grace)
        if not deleting(obj):
            generation = metadata.get("generation")
            at = stamp(self.clock.now() + period)
            leaving = with_metadata(
                obj,
                deletionTimestamp=at,
                deletionGracePeriodSeconds=period,
                generation=generation + 1 if generation else None,
            )
            return strategy.leave(leaving)
        known = metadata.get("deletionGracePeriodSeconds", 0)
        if grace is None or period >= known:
            return obj
        at = stamp(seconds_of(metadata["deletionTimestamp"]) - known + period)
        return with_metadata(obj, deletionTimestamp=at, deletionGracePeriodSeconds=period)

    def _held(self, resource: Resource, obj: Json) -> bool:
        """Whether an object that is to be deleted must stay for now."""
        metadata = obj["metadata"]
        if metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds"):
            return True
        return resource is NAMESPACES and bool((obj.get("spec") or {}).get("finalizers"))


def _completes(strategy: Strategy) -> bool:
    """Whether the kind's rules change, in place, what is written."""
    kind = type(strategy)
    return kind.default is not Strategy.default or kind.admit_update is not Strategy.admit_update


_EMPTY: tuple[object, ...] = (None, "", {}, [])
"""What metadata leaves out."""
_TOPOLOGY = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")
_KEPT = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "resourceVersion",
    "generateName",
)
"""Metadata that an update can't change."""


def _propagated(obj: Json, propagation: str) -> Json:
    finalizers: Sequence[str] = obj["metadata"].get("finalizers") or ()
    wanted = {"Foreground": FOREGROUND, "Orphan": ORPHAN}.get(propagation)
    kept = [name for name in finalizers if name not in (FOREGROUND, ORPHAN)]
    if wanted:
        kept.append(wanted)
    if kept == list(finalizers):
        return obj
    return with_metadata(obj, finalizers=kept or None)


def _quoted(text: str) -> str:
    return f'"{text}"'
