"""The probe: whether the server answers at all, told soon and only when it changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from kubetui.live.probe import INTERVAL, LIMIT, Probe
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import api_on

pytestmark = pytest.mark.looptime

NEVER = 10.0
"""Seconds within which silence is told at the latest, as DESIGN.md's twelve leave two for the screen."""


class Told:
    """What a probe told, and when."""

    def __init__(self) -> None:
        self.silent: list[tuple[float, str, float]] = []
        self.answers: list[float] = []
        self.wakes = 0

    def fell_silent(self, why: str, since: float) -> None:
        self.silent.append((now(), why, since))

    def answered(self) -> None:
        self.answers.append(now())

    def woke(self) -> None:
        self.wakes += 1


@asynccontextmanager
async def probing(server: FakeApiServer, wall: Callable[[], float] = lambda: 0.0) -> AsyncIterator[tuple[Told, Probe]]:
    api, told = api_on(server), Told()
    probe = Probe(api, silent=told.fell_silent, answers=told.answered, wakes=told.woke, wall=wall)
    task = asyncio.create_task(probe.run())
    try:
        yield told, probe
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await api.close()


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_while_the_server_answers_nothing_is_told_but_the_round_trip() -> None:
    server = FakeApiServer()
    async with probing(server) as (told, probe):
        await asyncio.sleep(100)
        assert (told.silent, told.answers) == ([], [])
        assert probe.round_trip is not None
        assert told.wakes == len(server.asked("/version"))


@pytest.mark.parametrize("after", [0.0, 0.1, 1.0, 2.0, 3.4, 3.6, 6.9])
async def test_silence_is_told_once_within_ten_seconds_whenever_it_begins(after: float) -> None:
    server = FakeApiServer()
    async with probing(server) as (told, probe):
        await asyncio.sleep(20 + after)
        began = now()
        server.silence()
        await asyncio.sleep(120)
        [(at, why, since)] = told.silent
        assert at - began <= NEVER
        assert began - INTERVAL <= since <= began
        assert "/version" in why
        assert probe.round_trip is None


async def test_a_refused_connection_is_told_sooner_than_silence() -> None:
    server = FakeApiServer()
    async with probing(server) as (told, _):
        await asyncio.sleep(20)
        began = now()
        server.goes_down()
        await asyncio.sleep(10)
        assert told.silent[0][0] - began < INTERVAL + 1


async def test_after_one_lost_answer_what_is_open_is_doubted_once_and_at_once_forgiven() -> None:
    server = FakeApiServer()
    async with probing(server) as (told, _):
        await asyncio.sleep(INTERVAL * 2 - 0.1)
        server.silence()
        await asyncio.sleep(LIMIT + 0.2)
        server.resume()
        await asyncio.sleep(60)
        assert [at for at, _, _ in told.silent] == told.answers
        assert len(told.answers) == 1


async def test_one_refused_connection_is_no_silence() -> None:
    server = FakeApiServer()
    async with probing(server) as (told, _):
        await asyncio.sleep(INTERVAL * 2 - 0.1)
        server.goes_down()
        await asyncio.sleep(0.2)
        server.comes_back()
        await asyncio.sleep(60)
        assert (told.silent, told.answers) == ([], [])


async def test_a_computer_that_slept_trusts_nothing_until_the_server_answers() -> None:
    server = FakeApiServer()
    asleep = 0.0
    async with probing(server, lambda: now() + asleep) as (told, _):
        await asyncio.sleep(100)
        asleep = 3600.0
        began = now()
        await asyncio.sleep(60)
        [(at, why, _)] = told.silent
        assert why == "this computer slept for 60m"
        assert at - began <= INTERVAL
        assert len(told.answers) == 1


async def test_the_end_of_silence_is_told_once() -> None:
    server = FakeApiServer()
    async with probing(server) as (told, probe):
        server.goes_down()
        await asyncio.sleep(300)
        server.comes_back()
        began = now()
        await asyncio.sleep(60)
        assert len(told.answers) == 1
        assert told.answers[0] - began <= INTERVAL
        assert probe.round_trip is not None


@pytest.mark.parametrize("code", [401, 403, 404, 429])
async def test_a_refusal_is_an_answer(code: int) -> None:
    server = FakeApiServer()
    server.refuses("/version", code, "no", times=None)
    async with probing(server) as (told, _):
        await asyncio.sleep(60)
        assert told.silent == []


async def test_a_silent_server_is_not_stormed() -> None:
    server = FakeApiServer()
    async with probing(server):
        server.goes_down()
        await asyncio.sleep(350)
    assert len(server.asked("/version")) <= 105
