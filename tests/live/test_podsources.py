"""Whose logs and which neighbours belong to an object, as pods come and go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.endpointslice import ENDPOINTSLICE
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.kinds.replicaset import REPLICASET
from kubetui.kinds.service import SERVICE
from kubetui.live.cluster import Cluster
from kubetui.live.nearby import Nearby
from kubetui.live.podsources import PodSources
from kubetui.live.state import Phase
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import Seen, api_on
from tests.tui.shop import pod, shop

pytestmark = pytest.mark.looptime

KINDS = (NODE, POD, DEPLOYMENT, REPLICASET, SERVICE, ENDPOINTSLICE)


@asynccontextmanager
async def reading(server: FakeApiServer) -> AsyncIterator[Cluster]:
    """A cluster that has read all of the shop."""
    cluster = Cluster(api_on(server))
    try:
        for seen in [Seen(cluster.open(kind)) for kind in KINDS]:
            await seen.until(Phase.LIVE)
        yield cluster
    finally:
        await cluster.close()


def pods_of(sources: PodSources) -> set[str]:
    return {source.pod.removeprefix("web-7d4b9c-") for source in sources.current()}


@pytest.mark.parametrize("uid", ["dep-web", "rs-web", "svc-web"])
async def test_the_logs_of_a_workload_or_service_are_those_of_its_pods(uid: str) -> None:
    async with reading(shop()) as cluster:
        sources = PodSources(cluster, (), uid)
        assert pods_of(sources) == {"x2k1p", "q8zzl", "lm4vd"}
        sources.close()


async def test_the_logs_of_a_pod_are_its_own_containers_those_that_initialise_it_first() -> None:
    server = shop()
    several = pod("web", "x2k1p", "node-1")
    several["spec"]["initContainers"] = [{"name": "setup"}]
    several["spec"]["containers"].append({"name": "sidecar"})
    server.changes(several)
    async with reading(server) as cluster:
        sources = PodSources(cluster, (), "pod-web-7d4b9c-x2k1p")
        assert {(each.container, each.main) for each in sources.current()} == {
            ("setup", False), ("main", True), ("sidecar", False),
        }  # fmt: skip
        sources.close()


async def test_a_pod_that_joins_wakes_the_reader_and_a_stranger_does_not() -> None:
    server = shop()
    async with reading(server) as cluster:
        sources = PodSources(cluster, (), "dep-web")
        server.adds(pod("api", "stranger", "node-1"))
        await asyncio.sleep(1)
        assert not sources.changed.is_set()
        server.adds(pod("web", "joined", "node-1"))
        async with asyncio.timeout(10):
            await sources.changed.wait()
        assert "joined" in pods_of(sources)
        sources.close()


async def test_a_pod_that_leaves_wakes_the_reader() -> None:
    server = shop()
    async with reading(server) as cluster:
        sources = PodSources(cluster, (), "dep-web")
        server.removes(pod("web", "x2k1p", "node-1"))
        async with asyncio.timeout(10):
            await sources.changed.wait()
        assert pods_of(sources) == {"q8zzl", "lm4vd"}
        sources.close()


async def test_closed_it_hears_no_more() -> None:
    server = shop()
    async with reading(server) as cluster:
        sources = PodSources(cluster, (), "dep-web")
        sources.close()
        server.adds(pod("web", "joined", "node-1"))
        await asyncio.sleep(1)
        assert not sources.changed.is_set()


async def test_a_pages_neighbours_are_what_belongs_to_its_object_by_name() -> None:
    async with reading(shop()) as cluster:
        nearby = Nearby(cluster, (), "node-node-1", {}, lambda: None)
        assert [each.metadata.name for each in nearby.below(POD)] == ["api-7d4b9c-2hx9t", "web-7d4b9c-x2k1p"]
        assert [each.metadata.name for each in nearby.below(SERVICE)] == []
        nearby.close()


async def test_a_page_is_woken_by_its_neighbours_and_by_no_others() -> None:
    server, woken = shop(), asyncio.Event()
    async with reading(server) as cluster:
        nearby = Nearby(cluster, (), "rs-web", {}, woken.set)
        nearby.below(POD)
        server.changes(pod("api", "2hx9t", "node-1", phase="Pending"))
        await asyncio.sleep(1)
        assert not woken.is_set()
        server.changes(pod("web", "x2k1p", "node-1", phase="Pending"))
        async with asyncio.timeout(10):
            await woken.wait()
        nearby.close()


async def test_what_has_not_been_read_is_not_asked_for() -> None:
    server = shop()
    cluster = Cluster(api_on(server))
    try:
        assert Nearby(cluster, (), "dep-web", {}, lambda: None).below(POD) == []
        assert not server.requests
    finally:
        await cluster.close()
