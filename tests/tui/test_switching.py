"""Switching between contexts: one cluster at a time, however fast they are chosen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kubetui.kinds.pod import POD
from kubetui.live.state import Phase
from kubetui.settings.options import Options
from kubetui.tui.session import Session
from tests.fake.front import listening
from tests.live.engine import Seen
from tests.tui.shop import shop


def kubeconfig(*urls: str) -> str:
    """A kubeconfig of contexts `c0`, `c1` and so on, the first of them the current one."""
    clusters = "".join(f'- {{name: c{at}, cluster: {{server: "{url}"}}}}\n' for at, url in enumerate(urls))
    contexts = "".join(f"- {{name: c{at}, context: {{cluster: c{at}, user: me}}}}\n" for at in range(len(urls)))
    users = "- {name: me, user: {token: a}}\n"
    return (
        f"apiVersion: v1\nkind: Config\nclusters:\n{clusters}contexts:\n{contexts}users:\n{users}current-context: c0\n"
    )


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@asynccontextmanager
async def a_session(config: Path, *urls: str) -> AsyncIterator[Session]:
    session = Session(Options(kubeconfig=written(config, kubeconfig(*urls))))
    try:
        yield session
    finally:
        await session.close()


async def test_of_two_switches_at_once_the_later_one_counts_and_nothing_of_the_others_goes_on(tmp_path: Path) -> None:
    first, second, third = shop(), shop(), shop()
    async with (
        listening(first) as one,
        listening(second) as two,
        listening(third) as three,
        a_session(tmp_path / "config", one, two, three) as session,
    ):
        await session.switch()
        assert session.cluster is not None
        session.cluster.open(POD)
        await first.watched("/api/v1/pods")
        await asyncio.gather(session.switch("c1"), session.switch("c2"))
        assert session.context == "c2"
        assert session.cluster.api.access.server == three
        await first.until(lambda: not first.watches)
        names = [task.get_name() for task in asyncio.all_tasks()]
        assert not any(name.startswith("reflect") for name in names)
        assert names.count("probe") == 1


async def test_the_story_hears_nothing_of_a_cluster_that_was_left(tmp_path: Path) -> None:
    server = shop()
    async with listening(server) as url, a_session(tmp_path / "config", url, url) as session:
        await session.switch()
        left = session.cluster
        assert left is not None
        store = left.open(POD)
        await server.watched("/api/v1/pods")
        await Seen(store).until(Phase.LIVE, 5)
        await session.switch("c1")
        heard: list[str] = []
        session.on_story.append(lambda: heard.append("story"))
        store.drop(list(store), session.clock())
        assert heard == []
