"""Listing and watching: which parameters go out, and which reader takes the answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubetui.client.errors import Expired, Forbidden, Unavailable
from kubetui.client.listwatch import PAGE, SILENCE, Batch, ListWatch
from kubetui.client.wire import PROTOBUF, WatchEvent
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD, Pod
from kubetui.read import TableRow
from tests.client.cutting import golden
from tests.fake.apiserver import FakeApiServer, an_object
from tests.live.engine import PODS, api_on, pod

pytestmark = pytest.mark.looptime

PROTO = {"content-type": PROTOBUF}
PROTO_WATCH = {"content-type": f"{PROTOBUF};stream=watch"}


@asynccontextmanager
async def reading(server: FakeApiServer, struct: type[Any] = Pod, **how: Any) -> AsyncIterator[ListWatch[Any]]:
    api = api_on(server)
    try:
        yield ListWatch(api, POD.resource, struct, **how)
    finally:
        await api.close()


async def paged(source: ListWatch[Any], version: str, token: str = "") -> list[Batch[Any]]:
    return [batch async for batch in source.page(version, token)]


def names(batches: list[Batch[Any]]) -> list[str]:
    return [item.metadata.name for batch in batches for item in batch.items]


async def first(source: ListWatch[Any], version: str) -> list[WatchEvent[Any]]:
    async with source.watch(version, 300) as stream:
        return await anext(stream)


async def test_a_first_list_may_come_from_the_servers_memory_and_asks_for_pages() -> None:
    server = FakeApiServer()
    async with reading(server) as source:
        await paged(source, "0")
    assert server.requests[0].query == {"resourceVersion": "0", "limit": str(PAGE)}


async def test_lists_come_compressed_and_watches_do_not() -> None:
    server = FakeApiServer()
    async with reading(server) as source:
        await paged(source, "")
        async with source.watch(server.version, 300):
            pass
    assert [request.headers["accept-encoding"] for request in server.requests] == ["gzip", "identity"]


async def test_a_list_that_must_be_of_now_names_no_version() -> None:
    server = FakeApiServer()
    async with reading(server) as source:
        await paged(source, "")
    assert server.requests[0].query == {"limit": str(PAGE)}


async def test_a_list_not_older_than_a_version_is_asked_for_whole() -> None:
    server = FakeApiServer()
    async with reading(server) as source:
        await paged(source, server.version)
    assert server.requests[0].query == {"resourceVersion": server.version}


async def test_pages_follow_their_token_without_a_version() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{at:04}") for at in range(PAGE + 3)))
    async with reading(server) as source:
        batches = await paged(source, "")
        meta = batches[-1].meta
        assert meta is not None and meta.continue_ and meta.remaining == 3
        rest = await paged(source, "", meta.continue_)
    assert names(batches + rest) == [f"web-{at:04}" for at in range(PAGE + 3)]
    assert server.requests[1].query == {"continue": meta.continue_, "limit": str(PAGE)}
    assert rest[-1].meta is not None and not rest[-1].meta.continue_


async def test_only_the_last_batch_says_what_the_list_is() -> None:
    server = FakeApiServer()
    items = [{"metadata": {"name": f"web-{at}", "annotations": {"note": "x" * 30_000}}} for at in range(9)]
    server.answers(PODS, 200, None, {"metadata": {"resourceVersion": "7"}, "items": items})
    async with reading(server) as source:
        batches = await paged(source, "0")
    assert len(batches) > 2
    assert [batch.meta is None for batch in batches] == [True] * (len(batches) - 1) + [False]
    assert names(batches) == [f"web-{at}" for at in range(9)]


async def test_a_namespace_is_part_of_the_path_and_selectors_of_each_request() -> None:
    server = FakeApiServer()
    where = {"labelSelector": "app=web"}
    async with reading(server, namespace="shop", where=where) as source:
        batches = await paged(source, "0")
        assert batches[-1].meta is not None
        server.adds(pod("other", namespace="shop", labels={"app": "api"}))
        server.adds(pod("wanted", namespace="shop", labels={"app": "web"}))
        [event] = await first(source, batches[-1].meta.resource_version)
    assert event.object is not None and event.object.metadata.name == "wanted"
    assert {each.path for each in server.requests} == {"/api/v1/namespaces/shop/pods"}
    assert all(each.query["labelSelector"] == "app=web" for each in server.requests)


async def test_a_kind_without_namespaces_has_one_path() -> None:
    server = FakeApiServer()
    server.holds(an_object("v1", "Node", "n1", ""))
    api = api_on(server)
    source = ListWatch(api, NODE.resource, NODE.struct, "shop")
    assert names(await paged(source, "0")) == ["n1"]
    assert server.requests[0].path == "/api/v1/nodes"
    await api.close()


async def test_a_watch_asks_for_bookmarks_and_says_how_long_it_stays() -> None:
    server = FakeApiServer()
    version = server.version
    server.holds(pod("web"))
    async with reading(server) as source:
        [event] = await first(source, version)
    assert (event.type, event.resource_version) == ("ADDED", server.version)
    wanted = {"watch": "true", "resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": "300"}
    assert server.requests[0].query == wanted


async def test_a_watch_from_no_version_begins_with_what_there_is_and_says_where_that_ends() -> None:
    server = FakeApiServer()
    server.holds(pod("web"))
    events: list[WatchEvent[Any]] = []
    async with reading(server) as source, source.watch("", 300) as stream:
        while len(events) < 2:
            events += await anext(stream)
    assert [(event.type, event.ends_initial) for event in events] == [("ADDED", False), ("BOOKMARK", True)]
    wanted = {"watch": "true", "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
    assert server.requests[0].query == wanted | {"allowWatchBookmarks": "true", "timeoutSeconds": "300"}


async def test_protobuf_is_asked_for_first_and_json_is_as_welcome() -> None:
    server = FakeApiServer()
    server.holds(pod("web"))
    async with reading(server) as source:
        assert names(await paged(source, "0")) == ["web"]
        await first(source, "1000")
    listed, watched = (request.headers["accept"] for request in server.requests)
    assert listed == "application/vnd.kubernetes.protobuf,application/json"
    assert watched == "application/vnd.kubernetes.protobuf;stream=watch,application/json"


async def test_an_answer_in_protobuf_is_read_as_such() -> None:
    server = FakeApiServer()
    server.answers(PODS, 200, PROTO, golden("pods.pb"), watch=False)
    server.answers(PODS, 200, PROTO_WATCH, golden("watch.pb"), watch=True)
    server.answers(PODS, 200, None, golden("pods.json"), watch=False)
    async with reading(server) as source:
        proto, events, json = await paged(source, "0"), await first(source, "7"), await paged(source, "0")
    assert [item for batch in proto for item in batch.items] == [item for batch in json for item in batch.items]
    assert [event.type for event in events] == ["ADDED", "ADDED", "BOOKMARK"]


async def test_a_table_is_asked_for_where_rows_are_wanted() -> None:
    server = FakeApiServer()
    server.holds(pod("web"))
    async with reading(server, TableRow) as source:
        [batch] = await paged(source, "0")
        server.adds(pod("api"))
        assert batch.meta is not None
        [event] = await first(source, batch.meta.resource_version)
    assert [row.cells[0] for row in batch.items] == ["web"]
    assert event.object is not None and event.object.cells[0] == "api"
    assert all(each.headers["accept"].startswith("application/json;as=Table;v=v1") for each in server.requests)


async def test_what_is_refused_is_raised_before_a_watch_is_entered() -> None:
    server = FakeApiServer()
    server.refuses(PODS, 403, "pods is forbidden")
    async with reading(server) as source:
        with pytest.raises(Forbidden, match="pods is forbidden"):
            await first(source, "7")
        server.expires()
        with pytest.raises(Expired):
            await first(source, "7")


async def test_a_page_that_breaks_off_is_unavailable_and_has_no_end() -> None:
    server = FakeApiServer()
    server.answers(PODS, 200, None, golden("pods.json")[:-100])
    came: list[Batch[Any]] = []
    async with reading(server) as source:
        with pytest.raises(Unavailable):
            async for batch in source.page("0"):
                came.append(batch)
    assert all(batch.meta is None for batch in came)


@pytest.mark.parametrize("kind", ["text/html", PROTOBUF, ""])
async def test_a_login_page_is_unavailable_whatever_it_says_it_is(kind: str) -> None:
    server = FakeApiServer()
    server.answers(PODS, 200, {"content-type": kind}, "<html>Log in</html>\n", times=None)
    async with reading(server) as source:
        with pytest.raises(Unavailable, match="HTML page"):
            await paged(source, "0")
        with pytest.raises(Unavailable):
            async with source.watch("7", 300) as stream:
                assert not [batch async for batch in stream]
                raise Unavailable("it ended")


async def test_a_watch_that_says_nothing_for_too_long_is_unavailable() -> None:
    server = FakeApiServer()
    async with reading(server) as source, source.watch(server.version, 300) as stream:
        server.silence()
        with pytest.raises(Unavailable, match=f"nothing came for {SILENCE:g} s"):
            await anext(stream)
