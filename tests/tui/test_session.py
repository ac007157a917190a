"""A session: one context after another, and nothing of the one before goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kubetui.kinds.pod import POD
from kubetui.live.state import Phase
from kubetui.settings.options import Options
from kubetui.tui.session import Session
from tests.fake.apiserver import FakeApiServer, an_object
from tests.fake.front import kubeconfig, listening
from tests.live.engine import Seen, pod


@asynccontextmanager
async def connected(server: FakeApiServer, folder: Path) -> AsyncIterator[Session]:
    async with listening(server) as url:
        path = folder / "config"
        path.write_text(kubeconfig(url))
        session = Session(Options(kubeconfig=path))
        try:
            await session.switch()
            yield session
        finally:
            await session.close()


async def live_pods(session: Session) -> Seen:
    assert session.cluster is not None
    seen = Seen(session.cluster.open(POD))
    await seen.until(Phase.LIVE, 5)
    return seen


async def test_a_switch_ends_what_was_watched_before(tmp_path: Path) -> None:
    server = FakeApiServer()
    async with connected(server, tmp_path) as session:
        await live_pods(session)
        await server.watched("/api/v1/pods")
        await session.switch()
        await server.until(lambda: not server.watches)


async def test_a_switch_cut_short_by_another_ends_it_too(tmp_path: Path) -> None:
    server = FakeApiServer()
    async with connected(server, tmp_path) as session:
        await live_pods(session)
        await server.watched("/api/v1/pods")
        first = asyncio.create_task(session.switch())
        await asyncio.sleep(0)
        first.cancel()
        await session.switch()
        await server.until(lambda: not server.watches)
        await live_pods(session)


async def test_a_kind_defined_meanwhile_is_found_by_its_word(tmp_path: Path) -> None:
    server = FakeApiServer()
    async with connected(server, tmp_path) as session:
        assert await session.kind("widgets") is None
        entry = {"resource": "widgets", "responseKind": {"kind": "Widget"}, "scope": "Namespaced", "verbs": ["list"]}
        versions = [{"version": "v1", "resources": [entry]}]
        groups = [{"metadata": {"name": "example.com"}, "versions": versions}]
        server.answers("/apis", 200, None, {"kind": "APIGroupDiscoveryList", "items": groups}, times=None)
        server.adds(an_object("example.com/v1", "Widget", "first"))
        widgets = await session.kind("widgets")
        assert widgets is not None and [column.title for column in widgets.columns] == ["NAME", "CREATED AT"]


async def test_what_two_panes_read_is_told_to_the_story_once(tmp_path: Path) -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with connected(server, tmp_path) as session:
        assert session.cluster is not None
        everywhere = await live_pods(session)
        here = Seen(session.cluster.open(POD, ("default",)))
        await here.until(Phase.LIVE, 5)
        server.removes(pod("web"))
        await everywhere.holds(set(), 5)
        await here.holds(set(), 5)
        assert len(session.teller.episodes) == 1


def test_all_namespaces_are_looked_at_whatever_else_was_named() -> None:
    assert Session(Options(namespace="a,b")).scope == ("a", "b")
    assert Session(Options(namespace="a,b", all_namespaces=True)).scope == ()
