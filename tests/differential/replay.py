"""A kept conversation held with the built-in cluster: the same requests, and how its answers differ. No kubectl.

Runs in virtual time. What a request of the real run took from an earlier answer (a version, a uid, the random end of a
name) is taken from the built-in cluster's own answers.
"""

import asyncio
import difflib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import yaml

from kubetui.demo.clock import Clock
from kubetui.demo.http.message import Answer, Request, Stream
from kubetui.demo.http.route import NoSuchPath, route_of
from kubetui.demo.objects import name_of, uid_of
from kubetui.demo.resources import EVENTS, JOBS, PODS
from tests.differential import alike, target
from tests.differential.cluster import START, BuiltIn
from tests.differential.conversation import Conversation, Exchange, Turn
from tests.differential.session import Command

Json = dict[str, Any]

PAUSE = 12.0
"""Virtual seconds that pass after a command that may have changed something."""
PATIENCE = 90.0
"""Virtual seconds within which what was waited for has to come."""
_AGENT = "kubectl/v1.36.3 (linux/amd64) kubernetes/real"
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
_UID = re.compile(r"UID\(([^/()]*)/([^()]*)\)")
_ENDED = re.compile(r"[a-z0-9][a-z0-9.-]*-(?:HASH|RANDOM|MINUTE)(?:-RANDOM)?")


class Difference(msgspec.Struct, frozen=True):
    """Something that the built-in cluster answers otherwise, or leaves otherwise."""

    about: str
    """The command, or the kind of what is left."""
    text: str
    """What differs, line by line."""


class Replay:
    """One conversation on a cluster of its own."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._clock = Clock(START)
        self._cluster = BuiltIn(self._clock)
        self._clock.advance(30)
        self._version = ""
        self._continue = ""

    async def hold(self, conversation: Conversation) -> list[Difference]:
        """What differs, in the order in which it was noticed."""
        found: list[Difference] = []
        made = {"metadata": {"name": self._namespace}}
        await self._once(Exchange("POST /api/v1/namespaces?fieldManager=kubectl-create", body=made))
        self._clock.advance(5)
        for turn in conversation.turns:
            found += [Difference(turn.command, text) async for text in self._turn(turn)]
            if Command(turn.command).changes:
                self._settle()
        found += compared_left(conversation.left, self._left())
        return found

    async def _turn(self, turn: Turn) -> AsyncIterator[str]:
        """How answers of one command differ."""
        waiting = any(exchange.watches for exchange in turn.exchanges)
        deleting, evicting = False, any(exchange.evicts for exchange in turn.exchanges)
        for _, same in groupby(self._told(turn), key=lambda one: (one.ask, one.method == "GET" or one)):
            asked = list(same)
            exchange = asked[-1]
            # What is asked again and again is waited for, as is the end of what is deleted. What is read before or
            # while something is waited for may be on its way, and of a pod that is evicted another takes the name.
            patient = exchange.watches or exchange.evicts or len(asked) > 1 or (deleting and exchange.method == "GET")
            deleting = deleting or exchange.method == "DELETE"
            answer = await self._eventually(exchange) if patient else await self._once(exchange)
            if exchange.method == "GET" and (evicting or (waiting and (deleting or not exchange.watches))):
                continue
            if answer != _expected(exchange):
                yield f"{exchange.ask}\n{changes(_expected(exchange), answer)}"

    def _told(self, turn: Turn) -> list[Exchange]:
        """The exchanges of a turn; where pods are evicted each once, as it ended."""
        if not any(exchange.evicts for exchange in turn.exchanges):
            return list(turn.exchanges)
        last = {exchange.ask: exchange for exchange in turn.exchanges}
        return sorted(last.values(), key=turn.exchanges.index)

    async def _eventually(self, exchange: Exchange) -> Json:
        """The answer once it is the expected one, or the last one if it never is."""
        if exchange.watches:
            return await self._watched(exchange)
        end = self._clock.now() + PATIENCE
        while True:
            answer = await self._once(exchange)
            if answer == _expected(exchange) or self._clock.now() >= end:
                return answer
            self._clock.advance(1)

    async def _once(self, exchange: Exchange) -> Json:
        answer = await self._cluster.front.handle(self._request(exchange))
        assert isinstance(answer, Answer), exchange.ask
        try:
            told = msgspec.json.decode(answer.body)
        except msgspec.DecodeError:
            told = answer.body.decode()
        if isinstance(told, dict) and isinstance(told.get("metadata"), dict):
            self._version = told["metadata"].get("resourceVersion", self._version)
            self._continue = told["metadata"].get("continue", self._continue)
        warnings = tuple(value for name, value in answer.headers if name == "Warning")
        return {"status": answer.status, "answer": alike.value(told), "warnings": list(warnings)}

    async def _watched(self, exchange: Exchange) -> Json:
        """The event of a watch that is the expected one, or the last one within patience."""
        stream = await self._cluster.front.handle(self._request(exchange))
        if isinstance(stream, Answer):
            return {"status": stream.status, "answer": stream.body.decode(), "warnings": []}
        assert isinstance(stream, Stream), exchange.ask
        last: Json = {"status": 200, "answer": None, "warnings": []}
        end = self._clock.now() + PATIENCE
        async with aclosing(stream.chunks) as chunks:
            reading: asyncio.Task[bytes] | None = None
            while self._clock.now() < end:
                reading = reading or asyncio.ensure_future(anext(chunks, b""))
                for _ in range(3):
                    await asyncio.sleep(0)
                if not reading.done():
                    self._clock.advance(0.5)
                    continue
                chunk, reading = reading.result(), None
                for line in chunk.splitlines():
                    last = {**last, "answer": alike.value(msgspec.json.decode(line))}
                    if last == _expected(exchange):
                        return last
                if not chunk:
                    break
            if reading is not None:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
        return last

    def _request(self, exchange: Exchange) -> Request:
        path, _, query = self._resolved(exchange.target).partition("?")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        if pairs.get("resourceVersion") == "VERSION":
            pairs["resourceVersion"] = self._version
        if pairs.get("continue") == "CONTINUE":
            pairs["continue"] = self._continue
        headers = {
            "accept": _TABLE if exchange.table else "application/json",
            "authorization": f"Bearer {exchange.user}",
            "content-type": exchange.sent_as or "application/json",
            "user-agent": _AGENT,
        }
        if exchange.acting_as:
            headers["impersonate-user"], _, headers["impersonate-group"] = exchange.acting_as.partition(",")
        body = b"" if exchange.body is None else msgspec.json.encode(self._filled(exchange.body, path))
        return Request(exchange.method, path, pairs, headers, body)

    def _filled(self, found: Any, path: str) -> Any:
        """A body with this cluster's own versions, uids and names."""
        if isinstance(found, dict):
            filled = {key: self._filled(one, path) for key, one in found.items()}
            for key in ("resourceVersion", "value"):
                if filled.get(key) == "VERSION":
                    filled[key] = self._current(path)
            return filled
        if isinstance(found, list):
            return [self._filled(one, path) for one in found]
        if found == "TIME":
            return self._clock.stamp()
        return self._resolved(found) if isinstance(found, str) else found

    def _resolved(self, text: str) -> str:
        text = _UID.sub(lambda match: self._uid(*match.groups()), text)
        return _ENDED.sub(lambda match: self._name(match.group()), text)

    def _uid(self, kind: str, name: str) -> str:
        return next((uid_of(obj) for obj in self._objects() if obj["kind"] == kind and _named(obj) == name), "UID")

    def _name(self, name: str) -> str:
        return next((name_of(obj) for obj in self._objects() if _named(obj) == name), name)

    def _current(self, path: str) -> str:
        try:
            route = route_of(path, self._cluster.catalog)
        except NoSuchPath:
            return self._version
        found = self._cluster.registry.find(route.resource, route.namespace, route.name)
        return self._version if found is None else str(found["metadata"]["resourceVersion"])

    def _objects(self) -> Iterator[Json]:
        """Everything in the session's namespace and outside all, the oldest first."""
        for resource in self._cluster.catalog:
            if resource not in (EVENTS,) and "watch" in resource.verbs and resource.group != "events.k8s.io":
                found = self._cluster.registry.list(resource, self._namespace if resource.namespaced else None)
                yield from sorted(found, key=lambda obj: int(obj["metadata"]["resourceVersion"]))

    def _settle(self) -> None:
        self._clock.advance(PAUSE)
        end = self._clock.now() + PATIENCE
        registry = self._cluster.registry
        while self._clock.now() < end and (
            any(map(target.moving, registry.list(PODS, self._namespace)))
            or any(map(target.running, registry.list(JOBS, self._namespace)))
        ):
            self._clock.advance(1)

    def _left(self) -> Json:
        objects = {}
        for resource in self._cluster.catalog:
            if resource.plural in target.LEFT and resource.namespaced and "watch" in resource.verbs:
                items = self._cluster.registry.list(resource, self._namespace)
                if items:
                    bare = [target.listed(resource.plural, one) for one in items]
                    objects[resource.plural] = sorted((alike.value(one) for one in bare), key=alike.order)
        events = target.happened(self._cluster.registry.list(EVENTS, self._namespace))
        return {"objects": dict(sorted(objects.items())), "events": events}


def compared_left(expected: Json, found: Json) -> list[Difference]:
    """What is left by one cluster and not so by the other, kind by kind."""
    differences = []
    for part in ("objects", "events"):
        for about in sorted({*expected[part], *found[part]}):
            one, other = expected[part].get(about), found[part].get(about)
            if one != other:
                differences.append(Difference(f"left: {part} {about}", changes(one, other)))
    return differences


def changes(expected: Any, found: Any) -> str:
    """Two values line by line, without what they have in common."""
    before, after = _dumped(expected).splitlines(), _dumped(found).splitlines()
    return "\n".join(difflib.unified_diff(before, after, "real", "built in", n=2, lineterm=""))


def _dumped(value: Any) -> str:
    # What is kept may share parts, which are to be seen wherever they stand.
    unshared = msgspec.json.decode(msgspec.json.encode(value))
    text: str = yaml.dump(unshared, Dumper=yaml.CSafeDumper, sort_keys=True, default_flow_style=False, width=110)
    return text


def _expected(exchange: Exchange) -> Json:
    return {"status": exchange.status, "answer": exchange.answer, "warnings": list(exchange.warnings)}


def _named(obj: Json) -> str:
    return alike.names(name_of(obj))
