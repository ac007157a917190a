"""A fake API server for engine tests: real list and watch semantics, and faults that a test sets one by one.

It is an object, not a process. What stands before it is a choice of the test:

- `FakeTransport(server)` (transport.py) takes the place of `kubetui.client.transport.Transport`: no sockets at all.
  With it a test may run in virtual time (`@pytest.mark.looptime`): looptime moves the clock only while the loop has
  nothing to do, and a loop that waits for a socket has nothing to do, so over real sockets hours may pass between a
  request and its answer. Engine tests therefore use this one; ten minutes of outage take a millisecond.
- `listening(server)` (front.py) serves it as plain HTTP/1.1 on a loopback port, in real time, for tests of the
  transport itself, of kubectl-like clients and of the whole app.

    server = FakeApiServer()
    server.holds(an_object("v1", "Pod", "web"))
    transport = FakeTransport(server)
    ...
    server.silence()            # every open watch and every new request hangs
    await asyncio.sleep(15)     # virtual
    server.resume()
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

from tests.fake import served, verbs
from tests.fake.faults import Faults, Lost, Scripted
from tests.fake.lists import Lists
from tests.fake.store import Event, Json, Scope, Store, Target
from tests.fake.watch import Watch
from tests.fake.wire import Cut, Reply, Request, refusal, status_object


def an_object(api_version: str, kind: str, name: str, namespace: str = "default", **parts: Any) -> Json:
    """An object as a server holds it; `uid`, `labels` and the like of its metadata too, the rest beside it.

    Cluster-wide kinds: namespace="". Example: `an_object("v1", "Pod", "web", uid="1", status={"phase": "Running"})`.
    """
    meta = {key: parts.pop(key) for key in ("uid", "labels", "annotations", "ownerReferences") if key in parts}
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **where, **meta}, **parts}


class FakeApiServer:
    """Holds objects, answers requests, and does wrong what it is told to."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        """Every request there was, the failed ones too, in order."""
        self.watches: list[Watch] = []
        """The watches that are open now."""
        self.ends_initial_events = True
        """Whether a watch tells where its initial events end; servers that don't know of that don't."""
        self._store = Store()
        self._lists = Lists(self._store)
        self._faults = Faults()
        self._stirred = asyncio.Condition()

    # What it holds, and what happens to it

    @property
    def version(self) -> str:
        """The newest resource version."""
        return str(self._store.version)

    def holds(self, *objects: Json) -> None:
        for obj in objects:
            self.adds(obj)

    def adds(self, obj: Json) -> Json:
        """Write an object; the answer is as it is now held, with uid and version."""
        return self._write(obj)

    def changes(self, obj: Json) -> Json:
        """Write an object that is there already; it keeps its uid."""
        if self._store.held(obj) is None:
            raise LookupError(f"{obj['metadata']['name']} is not held")
        return self._write(obj)

    def removes(self, obj: Json) -> None:
        self._tell(self._store.drop(obj))

    def replaces(self, obj: Json) -> Json:
        """Delete and create again under the same name, with the uid of `obj` (or a new one)."""
        self.removes(obj)
        return self._write(obj)

    def held(self, obj: Json) -> Json | None:
        """The object of that kind and name as it is now held."""
        return self._store.held(obj)

    def sends_bookmarks(self) -> None:
        """A bookmark at once to every watch that takes them (they come each minute otherwise)."""
        for watch in self.watches:
            if watch.bookmarks:
                watch.bookmark()

    # What goes wrong

    def answers(
        self,
        pattern: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: Any = b"",
        times: int | None = 1,
        *,
        watch: bool | None = None,
    ) -> None:
        """Answer the next `times` requests (None: all) whose path fits the shell pattern with this instead.

        `PATCH /apis/*` fits by method too. `watch` True or False: watches only, or all but watches. A body that is
        not bytes or text is sent as JSON.
        """
        self._faults.scripted.append(Scripted(pattern, status, headers or {}, body, times, watch))

    def refuses(self, pattern: str, status: int, message: str, times: int | None = 1, **how: Any) -> None:
        """Answer with a Status object: `refuses("*/pods", 403, "pods is forbidden", times=None)`."""
        self.answers(pattern, status, how.pop("headers", None), status_object(status, message), times, **how)

    def loses(self, pattern: str, *, obeyed: bool, times: int | None = 1) -> None:
        """Break the connection instead of answering the next `times` such requests, with or without obeying them."""
        self._faults.lost.append(Lost(Scripted(pattern, 0, {}, b"", times, None), obeyed))

    def throttles(self, seconds: int, pattern: str = "*", times: int | None = 1) -> None:
        """429 with Retry-After."""
        self.refuses(pattern, 429, "too many requests", times, headers={"retry-after": str(seconds)})

    def recovers(self) -> None:
        """Forget every scripted answer; let watches live again."""
        self._faults.scripted.clear()
        self._faults.lost.clear()
        self._faults.closing_watches = 0

    def silence(self) -> None:
        """Accept and say nothing: open watches hang, requests get no answer, until `resume`."""
        self._faults.silence()

    def resume(self) -> None:
        """Speak again: what was asked meanwhile is answered, what happened meanwhile is told."""
        self._faults.resume()

    def goes_down(self) -> None:
        """Cut every connection and refuse new ones."""
        self._faults.down = True
        for watch in self.watches:
            watch.cut()

    def comes_back(self) -> None:
        self._faults.down = False

    def closes_watches(self) -> None:
        """End every open watch in good order, as after timeoutSeconds."""
        for watch in self.watches:
            watch.end()

    def closes_watches_at_once(self, times: int = -1) -> None:
        """Answer the next watches (-1: all) 200 and nothing more, as servers do whose version is stale."""
        self._faults.closing_watches = times

    def expires(self, version: str | None = None) -> None:
        """Forget the past (up to that version): whoever watches from it next, or continues a list, gets 410."""
        self._store.compact(int(version) if version else None)

    def expires_in_stream(self) -> None:
        """The same, told to every open watch as an ERROR event with code 410."""
        self._store.compact()
        for watch in self.watches:
            watch.fail(410, f"too old resource version: 1 ({self._store.floor})")

    def fails_in_stream(self, code: int, message: str) -> None:
        """An ERROR event to every open watch."""
        for watch in self.watches:
            watch.fail(code, message)

    def cuts_in_mid_line(self) -> None:
        """Half an event to every open watch, then the connection is gone."""
        for watch in self.watches:
            watch.send(b'{"type":"MODIFIED","object":{"metadata":{"name":"half of')
            watch.cut()

    def sends_raw(self, line: bytes) -> None:
        """These bytes, as they are, to every open watch."""
        for watch in self.watches:
            watch.send(line)

    def is_restored(self, version: str) -> None:
        """From older data: all is as it was at that version, and goes on from there."""
        self._store.rewind(int(version))

    # What a test asks it

    def asked(self, path: str = "", *, method: str = "GET", watch: bool | None = None) -> list[Request]:
        """The requests so far of that path (any, where empty) and method; only watches, or all but watches."""
        return [
            request
            for request in self.requests
            if request.method == method and path in ("", request.path) and watch in (None, request.watches)
        ]

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until a condition on this server holds; looked at after each request, watch start and end."""
        async with asyncio.timeout(seconds), self._stirred:
            await self._stirred.wait_for(condition)

    async def watched(self, path: str = "", times: int = 1) -> None:
        """Wait until so many watches are open (on that path)."""

        def open_ones() -> int:
            wanted = Target.of(path)
            return sum(wanted in (None, watch.scope.target) for watch in self.watches)

        await self.until(lambda: open_ones() >= times)

    # Answering

    async def answer(self, request: Request) -> Reply:
        """What a transport gets. Cut: there is no answer, the connection broke or was refused."""
        self.requests.append(request)
        await self._stir()
        await self._faults.heard()
        if scripted := self._faults.scripted_for(request):
            return scripted
        if lost := self._faults.loses(request):
            if lost.obeyed:
                await self._obey(request)
            raise Cut
        return await self._obey(request)

    async def _obey(self, request: Request) -> Reply:
        if own := served.answer(request):
            return own
        if (target := Target.of(request.path)) is None:
            return refusal(404, "the server could not find the requested resource")
        if target.name or request.method != "GET":
            before = len(self._store.events)
            said = verbs.answer(self._store, request, target)
            for event in self._store.events[before:]:
                self._tell(event)
            return said
        scope = Scope(target, request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""))
        return await self._watch(request, scope) if request.watches else self._lists.answer(request, scope)

    async def _watch(self, request: Request, scope: Scope) -> Reply:
        if self._faults.closes_this_watch():
            return Reply(200, {"content-type": "application/json"}, _nothing())
        asked = request.query.get("resourceVersion", "")
        announces = request.query.get("sendInitialEvents") == "true"
        if announces and request.query.get("resourceVersionMatch") != "NotOlderThan":
            return refusal(422, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        if asked not in ("", "0") and int(asked) < self._store.floor:
            return refusal(410, f"too old resource version: {asked} ({self._store.floor})")
        watch = Watch(
            self._store,
            scope,
            bookmarks=request.query.get("allowWatchBookmarks") in ("1", "true"),
            as_table="as=Table" in request.headers.get("accept", ""),
            seconds=float(request.query.get("timeoutSeconds") or 1800),
        )
        if asked in ("", "0"):
            for obj in self._store.list(scope):
                watch.tell("ADDED", obj)
            if announces and self.ends_initial_events:
                watch.bookmark(ends_initial=True)
        else:
            for event, obj in self._store.since(int(asked), scope):
                watch.tell(event, obj)
        following = self._following(watch)
        await anext(following)
        return Reply(200, {"content-type": "application/json"}, following)

    async def _following(self, watch: Watch) -> AsyncGenerator[bytes, None]:
        """The body of a watch. Its first chunk is empty: from there on it is closed as it should be."""
        self.watches.append(watch)
        try:
            await self._stir()
            yield b""
            async with aclosing(watch.chunks(self._faults)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            self.watches.remove(watch)
            await self._stir()

    def _write(self, obj: Json) -> Json:
        event = self._store.put(obj)
        self._tell(event)
        assert event.new is not None
        return event.new

    def _tell(self, event: Event) -> None:
        for watch in self.watches:
            if seen := event.seen_in(watch.scope):
                watch.tell(*seen)

    async def _stir(self) -> None:
        async with self._stirred:
            self._stirred.notify_all()


async def _nothing() -> AsyncGenerator[bytes, None]:
    return
    yield b""
