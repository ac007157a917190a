"""What may be listed and not watched is read anew now and then, and never called live. In virtual time."""

import asyncio

import pytest

from kubetui.live.contact import RETRY_FORBIDDEN
from kubetui.live.reflector import POLL
from kubetui.live.state import Phase
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import PODS, pod, reflecting

pytestmark = pytest.mark.looptime

FORBIDDEN = 'pods is forbidden: User "me" cannot watch resource "pods"'


def unwatchable(status: int = 403) -> FakeApiServer:
    server = FakeApiServer()
    server.refuses(PODS, status, FORBIDDEN, times=None, watch=True)
    server.holds(pod("web", uid="1"))
    return server


@pytest.mark.parametrize("status", [403, 405])
async def test_rows_are_told_as_polled_with_the_pause_and_the_reason(status: int) -> None:
    async with reflecting(unwatchable(status)) as (seen, _):
        state = await seen.until(Phase.POLLED)
        assert seen.names == {"web"} and state.why == FORBIDDEN
        assert state.retry_at is not None and POLL * 0.9 <= state.retry_at - state.since <= POLL * 1.1
        assert not {Phase.LIVE, Phase.FORBIDDEN} & set(seen.phases)


async def test_what_came_and_went_is_seen_with_the_next_list() -> None:
    server = unwatchable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.POLLED)
        server.adds(pod("api", uid="2"))
        server.removes(pod("web", uid="1"))
        await seen.holds({"api"}, POLL * 1.2)


async def test_it_asks_little_and_the_watch_least() -> None:
    server = unwatchable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.POLLED)
        await asyncio.sleep(600)
        assert 50 <= len(server.asked(PODS, watch=False)) <= 70
        assert len(server.asked(PODS, watch=True)) <= 1 + 600 / RETRY_FORBIDDEN


async def test_it_is_live_once_watching_is_allowed() -> None:
    server = unwatchable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.POLLED)
        server.recovers()
        await seen.until(Phase.LIVE, RETRY_FORBIDDEN + 2 * POLL)


async def test_silence_makes_it_stale_and_the_first_answer_polled_again() -> None:
    server = unwatchable()
    async with reflecting(server) as (seen, reflector):
        await seen.until(Phase.POLLED)
        reflector.suspect("no answer", asyncio.get_running_loop().time())
        assert seen.store.state.phase is Phase.STALE
        reflector.reopen()
        await seen.until(Phase.POLLED, 1)


async def test_a_right_to_list_that_is_taken_away_is_told_as_forbidden() -> None:
    server = unwatchable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.POLLED)
        server.refuses(PODS, 403, "cannot list", times=None)
        await seen.until(Phase.FORBIDDEN, 2 * POLL)
