"""The fake API server keeps the promises that engine tests build on."""

import asyncio
import json
import time
from typing import Any

import pytest

from kubetui.client.errors import Unavailable
from tests.fake.apiserver import FakeApiServer, an_object
from tests.fake.front import listening
from tests.fake.transport import FakeAnswer, FakeTransport

PODS = "/api/v1/pods"


def pod(name: str, **parts: Any) -> dict[str, Any]:
    return an_object("v1", "Pod", name, **parts)


async def listed(transport: FakeTransport, **query: str) -> Any:
    async with await transport.request("GET", PODS, query=list(query.items())) as answer:
        return json.loads(await answer.read())


async def watching(transport: FakeTransport, version: str, path: str = PODS, **query: str) -> FakeAnswer:
    asked = {"watch": "1", "resourceVersion": version, "allowWatchBookmarks": "1", **query}
    return await transport.request("GET", path, query=list(asked.items()))


async def told(answer: FakeAnswer, *, idle: float = 1.0) -> tuple[str, Any]:
    """The next event of a watch, all of it in one chunk."""
    event = json.loads(await anext(aiter(answer.chunks(idle=idle))))
    return event["type"], event["object"]


async def test_a_list_comes_in_pages_of_one_version() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{n}") for n in range(5)))
    transport = FakeTransport(server)
    first = await listed(transport, limit="2")
    server.adds(pod("web-9"))
    token = first["metadata"]["continue"]
    rest = await listed(transport, limit="9", **{"continue": token})
    assert [item["metadata"]["name"] for item in first["items"] + rest["items"]] == [f"web-{n}" for n in range(5)]
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_watch_tells_what_happened_since_its_version_and_then_what_happens() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    since = server.version
    server.changes(pod("web", status={"phase": "Running"}))
    async with await watching(FakeTransport(server), since) as watch:
        assert (await told(watch))[0] == "MODIFIED"
        server.replaces(pod("web", uid="2"))
        assert [(await told(watch))[0] for _ in range(2)] == ["DELETED", "ADDED"]


async def test_an_object_that_leaves_the_selector_of_a_watch_is_deleted_for_it() -> None:
    server = FakeApiServer()
    server.holds(pod("web", labels={"app": "web"}))
    async with await watching(FakeTransport(server), server.version, labelSelector="app=web") as watch:
        server.changes(pod("web", labels={"app": "other"}))
        assert (await told(watch))[0] == "DELETED"


async def test_many_watches_are_told_at_the_same_time() -> None:
    server = FakeApiServer()
    transport = FakeTransport(server)
    watches = [await watching(transport, server.version) for _ in range(50)]
    server.adds(pod("web"))
    assert {event for event, _ in await asyncio.gather(*(told(watch) for watch in watches))} == {"ADDED"}
    for watch in watches:
        await watch.close()
    assert server.watches == []


@pytest.mark.looptime
async def test_silence_hangs_watches_and_requests_in_virtual_time_until_it_is_over() -> None:
    began = time.monotonic()
    server = FakeApiServer()
    transport = FakeTransport(server)
    async with await watching(transport, server.version) as watch:
        server.silence()
        server.adds(pod("web"))
        with pytest.raises(Unavailable, match="no answer within 600 s"):
            await transport.request("GET", "/version", timeout=600)
        server.resume()
        assert (await told(watch))[0] == "ADDED"
    assert time.monotonic() - began < 5


@pytest.mark.looptime
async def test_a_quiet_watch_bookmarks_each_minute_and_ends_when_it_was_asked_to() -> None:
    server = FakeApiServer()
    async with await watching(FakeTransport(server), server.version, timeoutSeconds="150") as watch:
        events = [json.loads(line) async for line in watch.chunks()]
    assert [event["type"] for event in events] == ["BOOKMARK", "BOOKMARK"]
    assert events[0]["object"]["kind"] == "Pod"
    assert asyncio.get_running_loop().time() == 150


async def test_an_expired_version_is_410_at_connect_and_within_a_stream() -> None:
    server = FakeApiServer()
    transport = FakeTransport(server)
    old = server.version
    async with await watching(transport, old) as watch:
        server.expires_in_stream()
        kind, status = await told(watch)
        assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
    async with await watching(transport, old) as refused:
        assert refused.status == 410
    async with await watching(transport, (await listed(transport))["metadata"]["resourceVersion"]) as accepted:
        assert accepted.status == 200


async def test_a_scripted_answer_is_given_as_often_as_asked_and_then_the_right_one() -> None:
    server = FakeApiServer()
    transport = FakeTransport(server)
    server.throttles(7, PODS)
    async with await transport.request("GET", PODS) as throttled:
        assert (throttled.status, throttled.headers["retry-after"]) == (429, "7")
    async with await transport.request("GET", PODS) as answered:
        assert answered.status == 200
    assert len(server.asked(PODS)) == 2


async def test_a_cut_in_mid_line_leaves_half_an_event_and_an_error() -> None:
    server = FakeApiServer()
    async with await watching(FakeTransport(server), server.version) as watch:
        server.cuts_in_mid_line()
        with pytest.raises(Unavailable, match="broke off"):
            [chunk async for chunk in watch.chunks()]


async def test_a_delete_with_the_uid_of_a_namesake_is_refused() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="2"))
    body = json.dumps({"preconditions": {"uid": "1"}}).encode()
    path = "/api/v1/namespaces/default/pods/web"
    async with await FakeTransport(server).request("DELETE", path, body=body) as answer:
        assert answer.status == 409
    assert server.held(pod("web"))


async def test_over_a_socket_it_answers_several_requests_on_one_connection_and_notices_a_client_that_left() -> None:
    server = FakeApiServer()
    server.holds(pod("web"))
    async with listening(server) as url, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(*url.removeprefix("http://").split(":"))
        for _ in range(2):
            writer.write(b"GET /version HTTP/1.1\r\nhost: fake\r\n\r\n")
            assert b"v1.36.3" in await reader.readuntil(b"\r\n0\r\n\r\n")
        writer.write(b"GET /api/v1/pods?watch=1 HTTP/1.1\r\nhost: fake\r\n\r\n")
        assert b'"ADDED"' in await reader.readuntil(b"}}\n\r\n")
        assert len(server.watches) == 1
        writer.close()
        await server.until(lambda: not server.watches)
