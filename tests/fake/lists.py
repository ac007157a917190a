"""Lists as a real API server answers them: whole, in pages, at a version, as a table."""

from typing import Any

from tests.fake import served
from tests.fake.store import Json, Scope, Store
from tests.fake.wire import Reply, Request, refusal, reply


def list_kind(store: Store, scope: Scope) -> tuple[str, str]:
    """apiVersion and kind of the objects of a collection; a custom kind is known once one object is or was held."""
    collection = scope.target.collection
    version = collection.rpartition("/")[0].removeprefix("/apis/").removeprefix("/api/")
    everywhere = Scope(scope.target._replace(namespace=""))
    past = (event.new or event.old for event in store.events)
    held = (obj["kind"] for obj in past if obj and everywhere.covers(obj))
    return version, served.KINDS.get(collection) or next(held, "Object")


class Lists:
    """Answers lists; remembers what the pages still to come hold, so that they are of one version."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rest: dict[str, tuple[int, list[Json]]] = {}

    def answer(self, request: Request, scope: Scope) -> Reply:
        asked = request.query.get("resourceVersion", "")
        limit = int(request.query.get("limit") or 0)
        token = request.query.get("continue", "")
        if token:
            if asked:
                return refusal(400, "specifying resource version is not allowed when using continue")
            return self._page_after(token, request, scope, limit)
        if asked and int(asked) > self._store.version:
            causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
            return refusal(504, f"Too large resource version: {asked}", causes=causes, retryAfterSeconds=1)
        if limit and asked not in ("", "0") and int(asked) < self._store.floor:
            return refusal(410, f"The provided resource version {asked} is too old")
        if asked == "0":
            limit = 0  # answered from the watch cache, which does not page
        return self._page(request, scope, self._store.list(scope), self._store.version, limit)

    def _page_after(self, token: str, request: Request, scope: Scope, limit: int) -> Reply:
        version, rest = self._rest.get(token, (-1, []))
        if version < self._store.floor:
            return refusal(410, "The provided continue parameter is too old to display a consistent list result")
        return self._page(request, scope, rest, version, limit)

    def _page(self, request: Request, scope: Scope, objects: list[Json], version: int, limit: int) -> Reply:
        meta: dict[str, Any] = {"resourceVersion": str(version)}
        if limit and len(objects) > limit:
            token = meta["continue"] = f"{version}-{len(self._rest)}"
            self._rest[token] = (version, objects[limit:])
            meta["remainingItemCount"] = len(objects) - limit
            objects = objects[:limit]
        if "as=Table" in request.headers.get("accept", ""):
            return reply(200, table(objects, meta))
        api_version, kind = list_kind(self._store, scope)
        return reply(200, {"kind": f"{kind}List", "apiVersion": api_version, "metadata": meta, "items": objects})


def table(objects: list[Json], meta: dict[str, Any] | None = None, *, columns: bool = True) -> Json:
    """A meta/v1 Table of names and creation times, with each object's metadata in its row."""
    names = [("Name", "string", "name"), ("Created At", "date", "")]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": meta or {},
        "columnDefinitions": [
            {"name": name, "type": kind, "format": form, "description": "", "priority": 0} for name, kind, form in names
        ]
        if columns
        else None,
        "rows": [
            {
                "cells": [obj["metadata"]["name"], obj["metadata"]["creationTimestamp"]],
                "object": {
                    "kind": "PartialObjectMetadata",
                    "apiVersion": "meta.k8s.io/v1",
                    "metadata": obj["metadata"],
                },
            }
            for obj in objects
        ],
    }
