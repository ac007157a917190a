"""What the fake API server holds: objects by collection, one version counter, the log of changes. No I/O, no faults.

List and watch semantics of a real server's storage live here; what is sent, and what goes wrong, in apiserver.py.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote

Json: TypeAlias = dict[str, Any]

_PATH = re.compile(
    r"(?P<prefix>/api/[^/]+|/apis/[^/]+/[^/]+)(?:/namespaces/(?P<namespace>[^/]+)(?=/))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<subresource>.+))?"
)
_PLURALS = {"Endpoints": "endpoints", "Gateway": "gateways"}


def plural_of(kind: str) -> str:
    """The plural of a built-in kind: `Pod` is `pods`, `Ingress` is `ingresses`."""
    word = kind.lower()
    if kind in _PLURALS:
        return _PLURALS[kind]
    if word.endswith("s"):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") else word + "s"


def collection_of(obj: Json) -> str:
    """The path of the collection that an object belongs to, over all namespaces: `/api/v1/pods`."""
    version = obj["apiVersion"]
    return f"/{'apis' if '/' in version else 'api'}/{version}/{plural_of(obj['kind'])}"


class Target(NamedTuple):
    """What a URL path means."""

    collection: str
    namespace: str
    name: str
    subresource: str

    @classmethod
    def of(cls, path: str) -> "Target | None":
        if (match := _PATH.fullmatch(path)) is None:
            return None
        part = {name: unquote(text or "") for name, text in match.groupdict().items()}
        return cls(f"{part['prefix']}/{part['plural']}", part["namespace"], part["name"], part["subresource"])


class Scope(NamedTuple):
    """Which objects a list or a watch is about."""

    target: Target
    labels: str = ""
    fields: str = ""

    def covers(self, obj: Json | None) -> bool:
        if obj is None or collection_of(obj) != self.target.collection:
            return False
        meta = obj["metadata"]
        if self.target.namespace and meta.get("namespace") != self.target.namespace:
            return False
        labels = meta.get("labels") or {}
        return all(_holds(labels.get(key), wanted) for key, wanted in _terms(self.labels)) and all(
            _holds(_field(obj, key), wanted) for key, wanted in _terms(self.fields)
        )


def _terms(selector: str) -> Iterator[tuple[str, str]]:
    """Equality terms of a selector; a wanted value that starts with `!` is one to be unlike."""
    for term in filter(None, selector.split(",")):
        key, sign, value = re.split(r"(!=|==|=)", term, maxsplit=1)
        yield key.strip(), ("!" if sign == "!=" else "") + value.strip()


def _holds(value: str | None, wanted: str) -> bool:
    return (value or "") != wanted[1:] if wanted.startswith("!") else (value or "") == wanted


def _field(obj: Json, path: str) -> str:
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None else str(value)


class Event(NamedTuple):
    """One write: an object came (no old), changed, or went (no new)."""

    version: int
    old: Json | None
    new: Json | None

    def seen_in(self, scope: Scope) -> tuple[str, Json] | None:
        """Type and object as a watch of that scope is told; an object that leaves a selector is DELETED for it."""
        was, now = scope.covers(self.old), scope.covers(self.new)
        if now:
            assert self.new is not None
            return ("MODIFIED" if was else "ADDED"), self.new
        if was:
            assert self.old is not None
            return "DELETED", stamped(self.old, self.version)
        return None


def stamped(obj: Json, version: int) -> Json:
    return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(version)}}


class Store:
    """Objects and their past. Versions are decimal strings that only grow; `floor` is what a compaction has left."""

    def __init__(self) -> None:
        self.version = 1000
        self.floor = 0
        self.events: list[Event] = []
        self._objects: dict[tuple[str, str, str], Json] = {}

    @staticmethod
    def _key(obj: Json) -> tuple[str, str, str]:
        return collection_of(obj), obj["metadata"].get("namespace", ""), obj["metadata"]["name"]

    def get(self, target: Target) -> Json | None:
        return self._objects.get((target.collection, target.namespace, target.name))

    def held(self, obj: Json) -> Json | None:
        """The object of that name as it is now."""
        return self._objects.get(self._key(obj))

    def list(self, scope: Scope) -> list[Json]:
        return [obj for _, obj in sorted(self._objects.items(), key=lambda item: item[0]) if scope.covers(obj)]

    def put(self, obj: Json) -> Event:
        """Write an object: made if it is new (with a uid and a creation time), else changed (its uid stays)."""
        old = self.held(obj)
        self.version += 1
        new = stamped(deepcopy(obj), self.version)
        meta = new["metadata"]
        before: Mapping[str, Any] = old["metadata"] if old else {}
        meta["uid"] = before.get("uid") or meta.get("uid") or str(uuid.uuid4())
        meta.setdefault("creationTimestamp", before.get("creationTimestamp", "2026-01-01T00:00:00Z"))
        self._objects[self._key(new)] = new
        return self._log(Event(self.version, old, new))

    def drop(self, obj: Json) -> Event:
        self.version += 1
        return self._log(Event(self.version, self._objects.pop(self._key(obj)), None))

    def compact(self, version: int | None = None) -> None:
        """Forget what happened up to that version (by default up to now, after one write nobody watches)."""
        if version is None:
            self.version += 1
        self.floor = version or self.version

    def rewind(self, version: int) -> None:
        """Be as it was at that version, and know of nothing that came after it."""
        while self.events and self.events[-1].version > version:
            undone = self.events.pop()
            if undone.old is not None:
                self._objects[self._key(undone.old)] = undone.old
            elif undone.new is not None:
                del self._objects[self._key(undone.new)]
        self.version = version

    def since(self, version: int, scope: Scope) -> Iterator[tuple[str, Json]]:
        for event in self.events:
            if event.version > version and (seen := event.seen_in(scope)):
                yield seen

    def _log(self, event: Event) -> Event:
        self.events.append(event)
        return event
