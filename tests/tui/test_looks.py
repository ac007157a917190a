"""What the main screens look like, at three sizes; `pytest --snapshot-update` takes the pictures anew."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from kubetui.live.state import Phase, State
from kubetui.settings.options import Options
from kubetui.tui import headline
from kubetui.tui.widths import WIDE
from kubetui.tui.workplace import Workplace
from tests.fake.apiserver import FakeApiServer
from tests.tui.exploring import Person, exploring
from tests.tui.picture import characters, styles
from tests.tui.shop import shop

SIZES = ((80, 24), (120, 40), (200, 50))


@pytest.fixture(autouse=True)
def same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same time zone, folder and round trip on every machine."""
    with monkeypatch.context() as patched:
        patched.chdir(tmp_path)
        patched.setenv("TZ", "UTC")
        time.tzset()
        patched.setattr(headline, "milliseconds", lambda _: "12 ms")
        yield
    time.tzset()


async def board(person: Person, server: FakeApiServer) -> None:
    await person.live()


async def a_list(person: Person, server: FakeApiServer) -> None:
    await person.live()
    await person.press("colon")
    await person.type("pods shop /web")
    await person.press("enter")
    await person.sees("3 of 5")
    await person.press("space")
    await person.sees("1 marked")
    if person.app.size.width >= WIDE:
        await person.sees("Pod shop/web-7d4b9c-q8zzl")


async def dialog(person: Person, server: FakeApiServer) -> None:
    await person.live()
    await person.press("f1", "s")
    await person.sees("$ kubectl scale")


async def dialog_that_destroys(person: Person, server: FakeApiServer) -> None:
    await person.live()
    await person.press("f4", "ctrl+d")
    await person.sees("$ kubectl delete")


async def menu(person: Person, server: FakeApiServer) -> None:
    await person.live()
    await person.press("f4", "m")
    await person.sees("previous logs")


async def help_page(person: Person, server: FakeApiServer) -> None:
    await person.live()
    await person.press("f4", "question_mark")
    await person.sees("What can be done with pods")


async def no_cluster(person: Person, server: FakeApiServer) -> None:
    await person.sees("There is no context 'nowhere'")


async def stale(person: Person, server: FakeApiServer) -> None:
    await person.live()
    cluster, now = person.app.session.cluster, asyncio.get_running_loop().time
    screen = person.app.screen
    assert cluster is not None and isinstance(screen, Workplace)
    server.goes_down()
    for pane in screen.panes:
        store = cluster.peek(pane.kind)
        assert store is not None
        await cluster._feeds[pane.kind.resource.qualified, ()].stop()
        store.become(State(Phase.STALE, len(store), now() - 12.3, "no answer from 10.0.0.1:6443", now() + 4.3))
    await person.until(lambda: person.screen.count("⚠ stale 12s") >= 2, "all panes stale on")


async def forbidden(person: Person, server: FakeApiServer) -> None:
    await person.sees("⊘ forbidden: list nodes", "Pods 5", "Services 2", "Deployments 2")


SCENES = (board, a_list, dialog, dialog_that_destroys, menu, help_page, no_cluster, stale, forbidden)
Scene = Callable[[Person, FakeApiServer], Awaitable[None]]


async def taken(scene: Scene, size: tuple[int, int], how: Callable[..., str]) -> str:
    """A picture of a scene."""
    server = shop()
    if scene is forbidden:
        server.refuses("*/nodes", 403, 'nodes is forbidden: User "me" cannot list resource "nodes"', times=None)
    options = Options(context="nowhere") if scene is no_cluster else None
    async with exploring(server, Path(), size=size, options=options) as person:
        await scene(person, server)
        before = ""
        while (picture := how(person.app)) != before:
            before = picture
            await person.pilot.pause(0.1)
        return picture


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
async def test_it_looks_as_it_did(scene: Scene, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    assert await taken(scene, size, characters) == snapshot


@pytest.mark.parametrize("scene", (board, a_list, dialog_that_destroys, help_page))
async def test_it_is_coloured_as_it_was(scene: Scene, snapshot: SnapshotAssertion) -> None:
    assert await taken(scene, (80, 24), styles) == snapshot
