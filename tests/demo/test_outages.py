"""What clients see of an API server that falls silent, is restarted, or knows their tokens no longer."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
import yaml

from kubetui.client import kubeconfig as clients
from kubetui.client.api import connect
from kubetui.client.errors import Unauthorized, Unavailable
from kubetui.demo.clock import Clock
from kubetui.demo.http.certificate import Identity, issued
from kubetui.demo.http.gate import Gate
from kubetui.demo.http.message import Answer, Request, Stream
from kubetui.demo.http.server import Server
from kubetui.demo.http.streaming.pipe import Upgrade
from kubetui.demo.outages import NOTICE, Outages
from kubetui.demo.people import PEOPLE, Tokens, kubeconfig
from kubetui.demo.rundir import RunDirectory
from tests.demo.api import CONFIGS, Api, config


class Scene:
    """A served API, its kubeconfig, and the outages that it can suffer on a clock that is moved by hand."""

    def __init__(self, home: Path) -> None:
        self.api = Api()
        self.tokens = Tokens(self.api.doorkeeper)
        self.gate = Gate(self.api.front.handle)
        self.identity: Identity = issued()
        self.server = Server(self.gate.handle, self.identity)
        self.files = RunDirectory(home)
        self.clock = Clock(0.0)
        self.outages = Outages(
            self.server,
            self.gate,
            self.api.registry.storage,
            self.clock,
            revoke=self.tokens.revoke,
            renew=self._renew,
        )

    def _renew(self) -> None:
        self.tokens.renew()
        self.publish()

    def publish(self) -> None:
        files = {person.context: self.files.token_file(person.context) for person in PEOPLE}
        told = kubeconfig(self.server.url, self.identity.authority, self.tokens.by_context, files)
        self.files.publish(told, self.tokens.by_context)

    async def ask(self, target: str) -> Answer | Stream:
        """A GET straight to the gate."""
        path, _, query = target.partition("?")
        parameters = dict(pair.split("=") for pair in query.split("&")) if query else {}
        token = self.tokens.by_context[PEOPLE[0].context]
        answer = await self.gate.handle(Request("GET", path, parameters, {"authorization": f"Bearer {token}"}))
        assert not isinstance(answer, Upgrade)
        return answer


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(tmp_path / "clusters")
    await scene.server.start()
    scene.publish()
    yield scene
    await scene.outages.stop()
    await scene.server.stop()
    scene.files.remove()


async def test_silence_holds_answers_and_watches_and_then_nothing_is_lost(scene: Scene) -> None:
    watch = await scene.ask(f"{CONFIGS}?watch=true&resourceVersion={scene.api.registry.storage.version}")
    assert isinstance(watch, Stream)
    heard = asyncio.ensure_future(anext(watch.chunks))
    scene.outages.fall_silent(30)
    scene.clock.advance(NOTICE)
    await scene.api.create(CONFIGS, config("a"))
    answer = asyncio.ensure_future(scene.ask(f"{CONFIGS}/a"))
    scene.clock.advance(29)
    await _idle()
    assert not heard.done()
    assert not answer.done()
    await scene.api.create(CONFIGS, config("b"))
    scene.clock.advance(1)
    async with asyncio.timeout(10):
        chunk = await heard + await anext(watch.chunks)
        assert isinstance(await answer, Answer)
    names = [msgspec.json.decode(line)["object"]["metadata"]["name"] for line in chunk.splitlines()]
    assert names == ["a", "b"]
    await watch.chunks.aclose()


async def test_before_the_silence_the_one_who_asked_for_it_is_answered(scene: Scene) -> None:
    scene.outages.fall_silent(30)
    scene.clock.advance(NOTICE / 2)
    async with asyncio.timeout(10):
        assert isinstance(await scene.ask(CONFIGS), Answer)


async def test_a_restart_cuts_connections_and_serves_the_same_data_on_the_same_port(scene: Scene) -> None:
    api = await connect(clients.load(scene.files.kubeconfig).access())
    made = await scene.api.create(CONFIGS, config("a"))
    await scene.api.create(CONFIGS, config("b"))
    url = scene.server.url
    context = ssl.create_default_context(cadata=scene.identity.authority)
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port, ssl=context)
    await _idle()
    scene.outages.restart(10)
    await _idle()
    scene.clock.advance(NOTICE)
    async with asyncio.timeout(10):
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        with pytest.raises(Unavailable):
            await api.get(CONFIGS)
        while not await _listens(scene):
            scene.clock.advance(1)
        assert scene.server.url == url
        assert b'"name":"b"' in await api.get(CONFIGS)
        version = made["metadata"]["resourceVersion"]
        assert b'"code":410' in await api.get(CONFIGS, query={"watch": "true", "resourceVersion": version})
    await api.close()


async def test_an_expired_token_is_refused_and_a_client_goes_on_with_the_new_one(scene: Scene) -> None:
    api = await connect(clients.load(scene.files.kubeconfig).access())
    try:
        assert await api.get(CONFIGS)
        scene.outages.expire_tokens(30)
        scene.clock.advance(NOTICE)
        with pytest.raises(Unauthorized, match="does not accept the token in"):
            await api.get(CONFIGS)
        scene.clock.advance(30)
        assert await api.get(CONFIGS)
    finally:
        await api.close()
    written = yaml.safe_load(scene.files.kubeconfig.read_text())["users"][0]["user"]["token"]
    assert written == scene.tokens.by_context[PEOPLE[0].context]


async def _listens(scene: Scene) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", scene.server.port)
    except OSError:
        return False
    writer.close()
    return True


async def _idle() -> None:
    """Lets everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)
