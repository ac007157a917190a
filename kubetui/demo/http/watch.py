"""Watching: the changes after a version, as they happen, in the lines that a client's reflector expects.

A watch keeps no queue: it remembers the version that it has told, and reads on in the storage's past when the client
has taken what was sent. A client that falls behind that past gets 410, and none costs memory.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Iterable, Iterator
from typing import Any

import msgspec

from kubetui.demo.http.media import PLAIN, TABLE, form_of
from kubetui.demo.http.message import Request, Stream
from kubetui.demo.http.reads import Filter, filter_of, reached, shaper_of, version_of
from kubetui.demo.http.route import Route
from kubetui.demo.http.shapes import Shaper
from kubetui.demo.refusals import Refusal, expired, refuse
from kubetui.demo.registry import Registry
from kubetui.demo.storage import Change
from kubetui.demo.tables.printer import Printers

Json = dict[str, Any]

BOOKMARKS = 60.0
"""Seconds between two bookmarks. The client's seconds, as all in this file: a watch is not part of the simulation."""
LONGEST = (1_800, 3_600)
"""Seconds after which a watch without `timeoutSeconds` ends, at random between the two."""
BATCH = 64 * 1024
"""Bytes of events that are sent in one chunk."""


async def watch(request: Request, route: Route, registry: Registry, printers: Printers) -> Stream:
    """Begins a watch. Refusal where its parameters make no sense; a version too old is told in the stream."""
    form = form_of(request.headers.get("accept", ""))
    initial = request.query.get("sendInitialEvents", "").lower()
    match = request.query.get("resourceVersionMatch", "")
    if initial in ("true", "1", "false", "0"):
        if match != "NotOlderThan":
            raise _invalid(
                "resourceVersionMatch: Forbidden: resourceVersionMatch must be set to NotOlderThan when "
                "sendInitialEvents is provided"
            )
    elif match:
        raise _invalid(
            "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless "
            "sendInitialEvents is provided"
        )
    asked = version_of(request)
    if asked > registry.storage.version:
        await reached(registry, asked)
    session = _Session(
        registry,
        route,
        filter_of(request, route),
        shaper_of(request, route, registry, printers, form),
        bookmarks=_true(request.query.get("allowWatchBookmarks", "")),
    )
    announced = _true(initial)
    from_state = announced or (asked == 0 and initial not in ("false", "0"))
    content = form.media + (";stream=watch" if form.shape != PLAIN else "")
    return Stream(session.run(asked, _timeout(request), from_state=from_state, announced=announced), content)


class _Session:
    """One watch."""

    def __init__(self, registry: Registry, route: Route, wanted: Filter, shaper: Shaper, *, bookmarks: bool) -> None:
        self._registry = registry
        self._storage = registry.storage
        self._route = route
        self._wanted = wanted
        self._shaper = shaper
        self._bookmarks = bookmarks
        self._told = 0
        self._first = True

    async def run(
        self, version: int, seconds: float, *, from_state: bool, announced: bool
    ) -> AsyncGenerator[bytes, None]:
        changed = asyncio.Event()
        served = True

        def forgotten() -> None:
            nonlocal served
            served = False
            changed.set()

        unsubscribe = self._storage.subscribe(self._route.resource, lambda _: changed.set(), forgotten)
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        now = marked = loop.time()
        try:
            self._told = self._storage.version if from_state or not version else version
            if from_state:
                for chunk in _chunks(self._line("ADDED", obj) for obj in self._state()):
                    yield chunk
            if announced and self._bookmarks:
                yield self._bookmark(initial_end=True)
            while True:
                changed.clear()
                if not served:
                    return
                try:
                    news = self._news()
                except Refusal as refusal:
                    yield _error(refusal)
                    return
                for chunk in _chunks(self._change_line(kind, change) for kind, change in news):
                    yield chunk
                if now >= end:
                    return
                if self._bookmarks and now >= marked + BOOKMARKS:
                    marked = now
                    yield self._bookmark()
                due = min(end, marked + BOOKMARKS) if self._bookmarks else end
                try:
                    async with asyncio.timeout_at(due):
                        await changed.wait()
                    now = loop.time()
                except TimeoutError:
                    # A timer may fire a hair early by the loop's clock: what it was set for has come.
                    now = due
        finally:
            unsubscribe()

    def _state(self) -> list[Json]:
        found = self._storage.walk(self._route.resource, self._route.namespace)
        return [obj for _, obj in found if self._wanted.matches(obj)]

    def _news(self) -> list[tuple[str, Change]]:
        """What has happened since the last one told, and what it is to this watch."""
        changes = self._storage.since(self._route.resource, self._told)
        if changes is None:
            raise expired(f"too old resource version: {self._told} ({self._storage.version})")
        self._told = max(self._told, self._storage.version)
        news = []
        namespace = self._route.namespace
        for change in changes:
            if namespace and change.new["metadata"].get("namespace") != namespace:
                continue
            kind = self._seen(change)
            if kind:
                news.append((kind, change))
        return news

    def _seen(self, change: Change) -> str:
        """What a change is to this watch: an object that comes to match is an addition, one that ceases a deletion."""
        if not self._wanted:
            return change.type
        before = change.old is not None and self._wanted.matches(change.old)
        after = change.type != "DELETED" and self._wanted.matches(change.new)
        if before:
            return "MODIFIED" if after else "DELETED"
        return "ADDED" if after else ""

    def _change_line(self, kind: str, change: Change) -> bytes:
        obj = change.new
        if kind == "DELETED" and change.type != "DELETED" and change.old is not None:
            # It goes on to exist, out of this watch's sight: told is what was last seen, at the new version.
            metadata = {**change.old["metadata"], "resourceVersion": str(change.version)}
            obj = {**change.old, "metadata": metadata}
            return self._line(kind, obj)
        if self._shaper.key is None:
            return self._line(kind, obj)
        cached = (kind, self._shaper.key)
        line = change.lines.get(cached)
        if line is None:
            line = change.lines[cached] = self._line(kind, obj)
        return line

    def _line(self, kind: str, obj: Json) -> bytes:
        shaped = self._shaper.row(obj, first=self._first)
        self._first = False
        return msgspec.json.encode({"type": kind, "object": shaped}) + b"\n"

    def _bookmark(self, *, initial_end: bool = False) -> bytes:
        resource = self._route.resource
        metadata: Json = {"resourceVersion": str(self._told)}
        if initial_end:
            metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
        obj: Json = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        if self._shaper.shape == TABLE:
            obj = {
                "kind": "Table",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": {"resourceVersion": str(self._told)},
                "columnDefinitions": None,
                "rows": [{"cells": [], "object": {**obj, "kind": "PartialObjectMetadata"}}],
            }
        return msgspec.json.encode({"type": "BOOKMARK", "object": obj}) + b"\n"


def _chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines put together, so that a flood is not a write each; made as they are sent, so that none wait in memory."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= BATCH:
            yield b"".join(batch)
            batch, size = [], 0
    if batch:
        yield b"".join(batch)


def _error(refusal: Refusal) -> bytes:
    return msgspec.json.encode({"type": "ERROR", "object": refusal.status}) + b"\n"


def _timeout(request: Request) -> float:
    text = request.query.get("timeoutSeconds", "")
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text):
        return float(text)
    return random.uniform(*LONGEST)


def _true(text: str) -> bool:
    return text.lower() in ("true", "1")


def _invalid(why: str) -> Refusal:
    return refuse(422, "Invalid", f'ListOptions.meta.k8s.io "" is invalid: {why}', {})
