"""A cluster made of sentences: objects come, change and go at given seconds, and a teller hears of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from kubetui.kinds.builtin import by_name
from kubetui.kinds.deployment import Deployment
from kubetui.kinds.event import Event
from kubetui.kinds.kind import Kind
from kubetui.kinds.namespace import Namespace
from kubetui.kinds.node import Node
from kubetui.kinds.pod import Pod
from kubetui.kinds.replicaset import ReplicaSet
from kubetui.live.change import Change
from kubetui.read import Object
from kubetui.story.episode import Episode
from kubetui.story.narrator import Narrator
from kubetui.story.teller import Teller

O = TypeVar("O", bound=Object)  # noqa: E741

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()
NOW = "2026-03-01T12:00:00Z"
HASH = "7d4b9c"

_WORDS: dict[type[Object], str] = {
    Pod: "pods",
    ReplicaSet: "replicasets",
    Deployment: "deployments",
    Node: "nodes",
    Namespace: "namespaces",
    Event: "events",
}


class World:
    """Keeps objects by uid as a store would; `at` is the second at which the next thing happens."""

    def __init__(self, *given: Object, most: int = 200) -> None:
        self.teller = Teller(most)
        self.at = 0.0
        self._objects: dict[str, Object] = {}
        for obj in given:
            self._tell(None, obj, initial=True)

    def _tell(self, old: Object | None, new: Object | None, initial: bool = False) -> None:
        known = new or old
        assert known is not None
        kind: Kind[Any] = by_name(_WORDS[type(known)])
        self.teller.tell(Change(kind, old, new, START + self.at, initial))
        if new is not None:
            self._objects[new.metadata.uid] = new
        else:
            del self._objects[known.metadata.uid]

    def sees(self, *objects: Object, at: float | None = None) -> None:
        """Objects come, or are seen in a new state."""
        self.at = self.at if at is None else at
        for obj in objects:
            self._tell(self._objects.get(obj.metadata.uid), obj)

    def has(self, obj: Object) -> bool:
        """Whether it is there."""
        return obj.metadata.uid in self._objects

    def loses(self, *objects: Object, at: float | None = None) -> None:
        """Objects are removed."""
        self.at = self.at if at is None else at
        for obj in objects:
            self._tell(self._objects[obj.metadata.uid], None)

    def announces(self, obj: Object, verb: str = "delete") -> None:
        """The app says that it did this."""
        self.teller.announce(obj.metadata.uid, verb, START + self.at)

    def passes(self, seconds: float) -> None:
        """Time goes by, and nothing happens."""
        self.at += seconds
        self.teller.tick(START + self.at)

    @property
    def episodes(self) -> Iterable[Episode]:
        return self.teller.episodes

    @property
    def narrators(self) -> Iterable[Narrator]:
        """Those who tell, to look at what they hold."""
        return self.teller._narrators

    @property
    def lines(self) -> list[str]:
        """What is told so far, oldest first."""
        return [each.text(START + self.at) for each in self.teller.episodes]

    @property
    def line(self) -> str:
        """The only line."""
        (line,) = self.lines
        return line

    @property
    def episode(self) -> Episode:
        """The only episode."""
        (episode,) = self.teller.episodes
        return episode


def made(struct: type[O], name: str, namespace: str = "default", **fields: Any) -> O:
    """An object of a kind as the server would send it; `metadata` is added to what every object has."""
    metadata = {"name": name, "namespace": namespace, "uid": f"uid-{name}", **fields.pop("metadata", {})}
    return msgspec.convert({"metadata": metadata, **fields}, struct)


def owned(kind: str, name: str) -> dict[str, Any]:
    """The metadata of something that a controller owns."""
    owner = {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": f"uid-{name}", "controller": True}
    labels = {"pod-template-hash": name.rpartition("-")[2]} if kind == "ReplicaSet" else {}
    return {"ownerReferences": [owner], "labels": labels}


def deployment(name: str, wanted: int, ready: int | None = None, exists: int | None = None, **more: Any) -> Deployment:
    """A deployment; as many exist and are ready as are wanted, unless said otherwise."""
    exists = wanted if exists is None else exists
    status = {"replicas": exists, "readyReplicas": exists if ready is None else ready, "updatedReplicas": exists}
    conditions = more.pop("conditions", [])
    return made(Deployment, name, spec={"replicas": wanted}, status={**status, "conditions": conditions}, **more)


def replicaset(
    name: str, wanted: int, exists: int | None = None, ready: int | None = None, image: str = "", **more: Any
) -> ReplicaSet:
    """A replica set; of a deployment where its name says so (`web-7d4b9c` of `web`)."""
    exists = wanted if exists is None else exists
    of = name.rpartition("-")[0]
    template = {"spec": {"containers": [{"name": "app", "image": image}]}} if image else {}
    metadata = {**(owned("Deployment", of) if of else {}), **more.pop("metadata", {})}
    return made(
        ReplicaSet,
        name,
        metadata=metadata,
        spec={"replicas": wanted, "template": template},
        status={"replicas": exists, "readyReplicas": exists if ready is None else ready},
        **more,
    )


def pod(
    name: str,
    node: str = "node-1",
    state: str = "ready",
    owner: tuple[str, str] | None = ("ReplicaSet", f"web-{HASH}"),
    going: bool = False,
    restarts: int = 0,
    conditions: Iterable[dict[str, str]] = (),
    **status: Any,
) -> Pod:
    """A pod: `new`, `starting`, `running`, `ready`, or waiting for the reason that `state` names."""
    metadata: dict[str, Any] = owned(*owner) if owner is not None else {}
    if going:
        metadata["deletionTimestamp"] = NOW
    container: dict[str, Any] = {"name": "app", "restartCount": restarts, "ready": state == "ready"}
    running = state in ("running", "ready")
    waiting = "ContainerCreating" if state == "starting" else state
    container["state"] = {"running": {"startedAt": NOW}} if running else {"waiting": {"reason": waiting}}
    told = [] if state == "new" else [{"type": "Ready", "status": "True" if state == "ready" else "False"}]
    if told and state != "ready":
        told[0]["reason"] = "ContainersNotReady"
    given = {
        "phase": "Running" if running else "Pending",
        "conditions": [*told, *conditions],
        "containerStatuses": [] if state == "new" else [container],
        **status,
    }
    spec = {"nodeName": "" if state == "new" else node, "containers": [{"name": "app"}]}
    return made(Pod, name, metadata=metadata, spec=spec, status=given)


def node(name: str, ready: str = "True", reason: str = "", unschedulable: bool = False, **conditions: str) -> Node:
    """A node whose Ready condition has that status."""
    told = [{"type": "Ready", "status": ready, "reason": reason}]
    told += [{"type": type_, "status": status} for type_, status in conditions.items()]
    return made(Node, name, namespace="", spec={"unschedulable": unschedulable}, status={"conditions": told})


def event(about: Object, reason: str, message: str = "", component: str = "kubelet") -> Event:
    """An event about an object."""
    meta = about.metadata
    involved = {"kind": type(about).__name__, "namespace": meta.namespace, "name": meta.name, "uid": meta.uid}
    return made(
        Event,
        f"{meta.name}.{reason}",
        involvedObject=involved,
        reason=reason,
        message=message,
        source={"component": component},
        lastTimestamp=NOW,
    )
