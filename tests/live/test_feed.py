"""A feed: one kind over one scope, and what it does where not all of that may be read."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubetui.kinds.kind import Kind
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.live.change import Change
from kubetui.live.feed import Feed, Scope
from kubetui.live.permissions import MOST
from kubetui.live.reflector import Reflector
from kubetui.live.state import Phase
from tests.fake.apiserver import FakeApiServer, an_object
from tests.fake.wire import Reply, Request, reply
from tests.live.engine import PODS, Seen, api_on, pod

pytestmark = pytest.mark.looptime

FORBIDDEN = 'pods is forbidden: User "me" cannot list resource "pods" in API group "" at the cluster scope'
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Guarded(FakeApiServer):
    """A server that lets one read pods in some namespaces only; with verb "watch" to watch them alone."""

    def __init__(self, *allowed: str, verb: str = "list") -> None:
        super().__init__()
        self.allowed: Collection[str] = allowed
        self._verb = verb
        self.refuses(PODS, 403, FORBIDDEN, times=None)

    async def answer(self, request: Request) -> Reply:
        said = await super().answer(request)
        if request.path == REVIEWS:
            asked = json.loads(request.body)["spec"]["resourceAttributes"]
            assert asked["resource"] == "pods"
            allowed = asked["verb"] == self._verb and asked["namespace"] in self.allowed
            return reply(201, {"status": {"allowed": allowed}})
        return said


class Initials:
    """Whether each change was no news."""

    def __init__(self) -> None:
        self.heard: list[bool] = []

    def changed(self, changes: list[Change]) -> None:
        self.heard += [change.initial for change in changes]


def namespace(name: str) -> dict[str, Any]:
    return an_object("v1", "Namespace", name, "")


@asynccontextmanager
async def feeding(
    server: FakeApiServer, kind: Kind[Any] = POD, scope: Scope = ()
) -> AsyncIterator[tuple[Seen, Feed[Any]]]:
    api = api_on(server)
    feed: Feed[Any] = Feed(api, kind, scope)
    seen = Seen(feed.store)
    feed.start()
    try:
        yield seen, feed
    finally:
        await feed.stop()
        await api.close()


async def test_all_namespaces_are_read_with_one_list_and_one_watch() -> None:
    server = FakeApiServer()
    server.holds(pod("web"), pod("dns", namespace="kube-system"))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.LIVE)
        assert seen.names == {"web", "dns"}
        assert [each.path for each in server.requests] == [PODS, PODS]


async def test_several_namespaces_are_read_each_on_its_own_into_one_store() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"in-{each}", namespace=each) for each in ("a", "b", "c")))
    async with feeding(server, scope=("a", "b")) as (seen, _):
        await seen.until(Phase.LIVE)
        await seen.holds({"in-a", "in-b"})
        server.adds(pod("new", namespace="b"))
        await seen.holds({"in-a", "in-b", "new"})
        assert {each.path for each in server.requests} == {f"/api/v1/namespaces/{each}/pods" for each in ("a", "b")}


async def test_it_is_live_once_every_namespace_is() -> None:
    server = FakeApiServer()
    server.refuses("*/b/pods", 500, "etcd is unwell")
    async with feeding(server, scope=("a", "b")) as (seen, _):
        state = await seen.until(Phase.STALE)
        assert "etcd is unwell" in state.why
        await seen.until(Phase.LIVE)
        assert seen.phases[-2:] == [Phase.STALE, Phase.LIVE] or Phase.SYNCING in seen.phases[-2:]


async def test_a_list_anew_in_one_namespace_takes_nothing_from_another() -> None:
    server = FakeApiServer()
    server.holds(pod("one", namespace="a", uid="1"), pod("two", namespace="b", uid="2"))
    async with feeding(server, scope=("a", "b")) as (seen, _):
        await seen.until(Phase.LIVE)
        server.expires_in_stream()
        await server.until(lambda: len(server.asked("/api/v1/namespaces/a/pods", watch=False)) == 2)
        await seen.until(Phase.LIVE)
        assert [what for what, _ in seen.changes] == ["added", "added"]


async def test_a_kind_without_namespaces_is_read_whole_whatever_the_scope() -> None:
    server = FakeApiServer()
    server.holds(an_object("v1", "Node", "n1", ""))
    async with feeding(server, NODE, ("a", "b")) as (seen, _):
        await seen.until(Phase.LIVE)
        assert {each.path for each in server.requests} == {"/api/v1/nodes"}


async def test_where_all_namespaces_are_forbidden_those_that_are_allowed_are_read() -> None:
    server = Guarded("default", "b")
    server.holds(namespace("a"), namespace("b"), pod("here"), pod("hidden", namespace="a"), pod("there", namespace="b"))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await seen.holds({"here", "there"})
        assert seen.store.narrowed == ("default", "b")
        server.adds(pod("new", namespace="b"))
        await seen.holds({"here", "there", "new"})


async def test_where_namespaces_may_not_be_listed_that_of_the_context_is_tried() -> None:
    server = Guarded("default")
    server.refuses("/api/v1/namespaces", 403, "namespaces is forbidden", times=None)
    server.holds(pod("here"))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.LIVE)
        assert (seen.names, seen.store.narrowed) == ({"here"}, ("default",))


async def test_where_pods_may_be_watched_in_some_namespaces_and_listed_in_none_those_are_read() -> None:
    server = Guarded("default", "b", verb="watch")
    for each in ("default", "a", "b"):
        server.refuses(f"/api/v1/namespaces/{each}/pods", 403, "no listing", times=None, watch=False)
    server.holds(namespace("a"), namespace("b"), pod("here"), pod("hidden", namespace="a"), pod("there", namespace="b"))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await seen.holds({"here", "there"})
        assert seen.store.narrowed == ("default", "b")


async def test_all_namespaces_that_may_be_watched_and_not_listed_are_not_narrowed() -> None:
    server = FakeApiServer()
    server.refuses(PODS, 403, FORBIDDEN, times=None, watch=False)
    server.holds(pod("here"), pod("there", namespace="b"))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.LIVE)
        assert (seen.names, seen.store.narrowed) == ({"here", "there"}, ())
        assert not server.asked(REVIEWS, method="POST")


async def test_a_namespace_read_from_now_on_is_doubted_while_the_server_is_silent() -> None:
    server = FakeApiServer()
    async with feeding(server) as (seen, feed):
        await seen.until(Phase.LIVE)
        server.goes_down()
        feed.suspect("no answer", 0.0)
        feed.relist()
        await asyncio.sleep(300)
        server.comes_back()
        feed.reopen()
        await seen.until(Phase.LIVE, 1)


async def test_where_nothing_may_be_read_it_says_so_in_the_servers_words_and_asks_seldom() -> None:
    server = Guarded()
    async with feeding(server) as (seen, _):
        state = await seen.until(Phase.FORBIDDEN)
        assert state.why == FORBIDDEN
        await asyncio.sleep(600)
        assert seen.store.state.phase is Phase.FORBIDDEN
    assert len(server.asked(PODS, watch=False)) <= 11
    assert len(server.asked(PODS, watch=True)) <= 11
    assert len(server.asked(REVIEWS, method="POST")) == 2


async def test_rights_granted_later_are_found_when_one_asks_for_the_list_anew() -> None:
    server = Guarded()
    server.holds(pod("here"))
    async with feeding(server) as (seen, feed):
        await seen.until(Phase.FORBIDDEN)
        await server.until(lambda: len(server.asked(REVIEWS, method="POST")) == 2)
        server.allowed = ("default",)
        feed.relist()
        await seen.holds({"here"}, 10)


async def test_rights_to_everything_granted_later_are_found_by_itself() -> None:
    server = Guarded()
    server.holds(pod("here"))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.FORBIDDEN)
        server.recovers()
        await seen.until(Phase.LIVE, 61)
        assert seen.names == {"here"}


async def test_a_namespace_lost_among_several_is_left_out_and_the_rest_is_live() -> None:
    server = Guarded("default", "b")
    server.holds(namespace("b"), pod("here"), pod("there", namespace="b"))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.refuses("*/b/pods", 403, "forbidden now", times=None)
        server.closes_watches()
        await seen.holds({"here"}, 30)
        assert seen.store.state.phase is Phase.LIVE
        assert seen.store.narrowed == ("default",)


async def test_what_may_not_be_read_any_more_is_not_shown_as_live_and_is_no_news() -> None:
    server = Guarded("default")
    server.recovers()
    server.holds(pod("here", uid="1"), pod("hidden", namespace="a", uid="2"))
    async with feeding(server) as (seen, _):
        ear = Initials()
        await seen.until(Phase.LIVE)
        seen.store.listeners.append(ear)
        server.refuses(PODS, 403, FORBIDDEN, times=None)
        server.closes_watches()
        await seen.holds({"here"}, 30)
        await seen.until(Phase.LIVE)
        assert seen.store.narrowed == ("default",)
        assert seen.changes[-1] == ("removed", "2")
        assert ear.heard == [True]


async def test_a_namespace_named_twice_is_read_once() -> None:
    server = FakeApiServer()
    async with feeding(server, scope=("a", "a")) as (seen, _):
        await seen.until(Phase.LIVE)
        await server.watched()
        assert len(server.asked(watch=True)) == 1
    assert server.watches == []


async def test_no_more_than_a_hundred_namespaces_are_asked_about() -> None:
    server = Guarded("default")
    server.holds(*(namespace(f"n-{at}") for at in range(3 * MOST)))
    async with feeding(server) as (seen, _):
        await seen.until(Phase.LIVE)
    assert len(server.asked(REVIEWS, method="POST")) == MOST + 1


async def test_a_page_of_html_where_rights_are_asked_about_is_a_no() -> None:
    server = FakeApiServer()
    server.refuses(PODS, 403, FORBIDDEN, times=None)
    for path in (REVIEWS, "/api/v1/namespaces"):
        server.answers(path, 200, {"content-type": "text/html"}, "<html>Log in</html>", times=None)
    async with feeding(server) as (seen, _):
        state = await seen.until(Phase.FORBIDDEN)
        await server.until(lambda: len(server.asked(REVIEWS, method="POST")) == 2)
        await asyncio.sleep(10)
        assert (state.why, seen.store.narrowed) == (FORBIDDEN, ())


async def test_a_fault_of_our_own_is_told_and_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    async def faulty(self: Reflector[Any]) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Reflector, "run", faulty)
    async with feeding(FakeApiServer()) as (seen, _):
        state = await seen.until(Phase.STALE)
        assert "a fault in kubetui itself" in state.why


async def test_stopping_ends_every_watch() -> None:
    server = FakeApiServer()
    async with feeding(server, scope=("a", "b")) as (seen, _):
        await seen.until(Phase.LIVE)
        await server.watched(times=2)
    assert server.watches == []


async def test_of_several_named_namespaces_those_one_may_read_are_shown_and_the_rest_is_told() -> None:
    server = FakeApiServer()
    server.refuses("/api/v1/namespaces/back/*", 403, "not there", times=None)
    server.holds(pod("web", namespace="shop"), pod("job", namespace="back"))
    feed = Feed(api_on(server), POD, ("shop", "back"))
    seen = Seen(feed.store)
    feed.start()
    try:
        await seen.until(Phase.LIVE)
        await seen.holds({"web"})
        assert feed.store.narrowed == ("shop",) and feed.store.state.phase is Phase.LIVE
    finally:
        await feed.stop()


async def test_named_namespaces_none_of_which_one_may_read_are_forbidden() -> None:
    server = FakeApiServer()
    server.refuses("/api/v1/namespaces/*", 403, "not there", times=None)
    feed = Feed(api_on(server), POD, ("shop", "back"))
    seen = Seen(feed.store)
    feed.start()
    try:
        state = await seen.until(Phase.FORBIDDEN)
        assert state.why == "not there" and feed.store.narrowed == ()
    finally:
        await feed.stop()
