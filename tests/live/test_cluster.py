"""A cluster: feeds are shared and linger, silence is told of all of them, and it ends as a whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubetui.kinds.kind import Kind
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.live.change import Change
from kubetui.live.cluster import LINGER, Cluster
from kubetui.live.state import Phase
from kubetui.read import Object
from tests.fake.apiserver import FakeApiServer, an_object
from tests.live.engine import PODS, Seen, api_on, pod, reads

pytestmark = pytest.mark.looptime

NODES = "/api/v1/nodes"


@asynccontextmanager
async def connected(server: FakeApiServer) -> AsyncIterator[Cluster]:
    """A cluster on that server, with its probe running."""
    cluster = Cluster(api_on(server))
    cluster.start()
    try:
        yield cluster
    finally:
        await cluster.close()


def now() -> float:
    return asyncio.get_running_loop().time()


class Ear:
    """Hears changes."""

    def __init__(self) -> None:
        self.heard: list[tuple[str | None, str | None]] = []

    def changed(self, changes: list[Change]) -> None:
        self.heard += [(_name(each.old), _name(each.new)) for each in changes]


def _name(obj: Object | None) -> str | None:
    return obj.metadata.name if obj else None


async def test_two_views_of_a_kind_share_one_list_and_one_watch() -> None:
    server = FakeApiServer()
    server.holds(pod("web"))
    async with connected(server) as cluster:
        first = cluster.open(POD)
        second = cluster.open(POD)
        await Seen(first).until(Phase.LIVE)
        assert first is second
        assert len(server.asked(PODS)) == 2


async def test_another_scope_is_another_feed_and_a_kind_without_namespaces_has_one() -> None:
    server = FakeApiServer()
    async with connected(server) as cluster:
        assert cluster.open(POD, ("a",)) is not cluster.open(POD)
        assert cluster.open(NODE, ("a",)) is cluster.open(NODE)


async def test_a_feed_lingers_when_its_last_view_has_left() -> None:
    server = FakeApiServer()
    async with connected(server) as cluster:
        store = cluster.open(POD)
        await Seen(store).until(Phase.LIVE)
        cluster.leave(POD)
        await asyncio.sleep(LINGER - 1)
        assert cluster.open(POD) is store
        await asyncio.sleep(LINGER * 2)
        assert len(server.asked(PODS, watch=False)) == 1


async def test_a_feed_that_nobody_came_back_to_ends_with_its_watch() -> None:
    server = FakeApiServer()
    async with connected(server) as cluster:
        await Seen(cluster.open(POD)).until(Phase.LIVE)
        await server.watched(PODS)
        cluster.leave(POD)
        await asyncio.sleep(LINGER + 1)
        assert cluster.peek(POD) is None
        assert server.watches == []


async def test_a_feed_ends_when_the_last_of_several_views_has_left_and_not_before() -> None:
    server = FakeApiServer()
    async with connected(server) as cluster:
        cluster.open(POD)
        cluster.open(POD)
        cluster.leave(POD)
        await asyncio.sleep(LINGER * 2)
        assert cluster.peek(POD) is not None
        cluster.leave(POD)
        await asyncio.sleep(LINGER * 2)
        assert cluster.peek(POD) is None


async def test_listeners_hear_the_feeds_there_are_and_those_to_come() -> None:
    server, ear = FakeApiServer(), Ear()
    server.holds(pod("web"), an_object("v1", "Node", "n1", ""))
    async with connected(server) as cluster:
        pods = Seen(cluster.open(POD))
        cluster.hear(ear)
        nodes = Seen(cluster.open(NODE))
        await pods.until(Phase.LIVE)
        await nodes.until(Phase.LIVE)
        assert sorted(ear.heard, key=str) == [(None, "n1"), (None, "web")]


async def test_what_two_feeds_both_read_is_told_once() -> None:
    server, ear = FakeApiServer(), Ear()
    server.holds(pod("web", uid="1"))
    async with connected(server) as cluster:
        cluster.hear(ear)
        everywhere, here = Seen(cluster.open(POD)), Seen(cluster.open(POD, ("default",)))
        await everywhere.until(Phase.LIVE)
        await here.until(Phase.LIVE)
        server.removes(pod("web"))
        await everywhere.holds(set())
        await here.holds(set())
        assert ear.heard == [(None, "web"), ("web", None)]


async def test_the_end_of_a_feed_unties_only_what_no_other_feed_reads() -> None:
    server = FakeApiServer()
    owned = pod("web", uid="pod-1", ownerReferences=[{"kind": "ReplicaSet", "name": "web", "uid": "rs-1"}])
    elsewhere = an_object(
        "v1", "Pod", "far", "other", uid="pod-2", ownerReferences=[{"kind": "ReplicaSet", "name": "far", "uid": "rs-2"}]
    )
    server.holds(owned, elsewhere)
    async with connected(server) as cluster:
        for scope in ((), ("default",)):
            await Seen(cluster.open(POD, scope)).until(Phase.LIVE)
        cluster.leave(POD)
        await asyncio.sleep(LINGER + 1)
        assert cluster.relations.below("rs-1") == {"pod-1"}
        assert cluster.relations.below("rs-2") == set()


async def test_silence_is_told_of_every_feed_within_twelve_seconds() -> None:
    for after in (0.0, 1.7, 3.4):
        server = FakeApiServer()
        async with connected(server) as cluster:
            seen = [Seen(cluster.open(POD)), Seen(cluster.open(NODE))]
            for each in seen:
                await each.until(Phase.LIVE)
            await asyncio.sleep(20 + after)
            began = now()
            server.silence()
            for each in seen:
                state = await each.until(Phase.STALE, 12)
                assert state.since <= began
                assert state.why


async def test_an_answer_to_the_probe_alone_never_makes_anything_live_again() -> None:
    server = FakeApiServer()
    async with connected(server) as cluster:
        seen = Seen(cluster.open(POD))
        await seen.until(Phase.LIVE)
        server.silence()
        await seen.until(Phase.STALE)
        server.refuses(PODS, 500, "etcd is unwell", times=None)
        server.resume()
        asked = len(server.asked("/version"))
        await asyncio.sleep(60)
        assert len(server.asked("/version")) > asked + 10
        assert not cluster.silent
        assert seen.store.state.phase is Phase.STALE
        server.recovers()
        await seen.until(Phase.LIVE)


async def test_after_silence_each_watch_is_opened_anew_once_and_nothing_is_listed() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with connected(server) as cluster:
        seen = [Seen(cluster.open(POD)), Seen(cluster.open(NODE))]
        for each in seen:
            await each.until(Phase.LIVE)
        server.silence()
        await seen[0].until(Phase.STALE)
        server.adds(pod("api", uid="2"))
        server.resume()
        for each in seen:
            await each.until(Phase.LIVE, 10)
        await seen[0].holds({"web", "api"})
        assert [len(server.asked(path, watch=True)) for path in (PODS, NODES)] == [2, 2]
        assert [len(reads(server, path)) for path in (PODS, NODES)] == [1, 1]
        assert seen[0].changes == [("added", "1"), ("added", "2")]


async def test_after_a_long_outage_what_waits_is_asked_as_soon_as_the_server_answers() -> None:
    server = FakeApiServer()
    async with connected(server) as cluster:
        seen = Seen(cluster.open(POD))
        await seen.until(Phase.LIVE)
        server.goes_down()
        await asyncio.sleep(900)
        server.comes_back()
        await seen.until(Phase.LIVE, 10)


async def test_a_pulse_comes_with_every_question_of_the_probe() -> None:
    server, pulses = FakeApiServer(), list[float]()
    async with connected(server) as cluster:
        cluster.on_pulse.append(lambda: pulses.append(now()))
        await asyncio.sleep(60)
    assert len(pulses) == len(server.asked("/version"))


async def test_a_probe_that_a_fault_of_our_own_has_ended_is_told() -> None:
    def faulty() -> None:
        raise ZeroDivisionError

    async with connected(FakeApiServer()) as cluster:
        seen = Seen(cluster.open(POD))
        await seen.until(Phase.LIVE)
        cluster.on_pulse.append(faulty)
        state = await seen.until(Phase.STALE, 20)
        assert "a fault in kubetui itself" in state.why


async def test_a_view_that_leaves_after_the_end_starts_nothing() -> None:
    server = FakeApiServer()
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    async with connected(server) as cluster:
        await Seen(cluster.open(POD)).until(Phase.LIVE)
    cluster.leave(POD)
    await asyncio.sleep(LINGER * 2)
    assert faults == []
    assert server.watches == []


async def test_the_end_leaves_no_task_behind() -> None:
    server = FakeApiServer()
    before = asyncio.all_tasks()
    async with connected(server) as cluster:
        kinds: list[Kind[Any]] = [POD, NODE]
        for kind in kinds:
            await Seen(cluster.open(kind)).until(Phase.LIVE)
        cluster.leave(NODE)
    assert asyncio.all_tasks() == before
