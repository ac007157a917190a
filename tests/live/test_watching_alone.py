"""What may be watched and not listed is read from the first events of a watch, and is as live as anything."""

import asyncio

import pytest

from kubetui.live.contact import RETRY_FORBIDDEN
from kubetui.live.state import Phase
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import PODS, forgetting, pod, reflecting

pytestmark = pytest.mark.looptime

FORBIDDEN = 'pods is forbidden: User "me" cannot list resource "pods"'


def unlistable() -> FakeApiServer:
    server = FakeApiServer()
    server.refuses(PODS, 403, FORBIDDEN, times=None, watch=False)
    server.holds(pod("web", uid="1"), pod("api", uid="2"))
    return server


async def test_rows_come_as_what_was_there_already_and_then_as_news() -> None:
    server = unlistable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        assert seen.names == {"web", "api"}
        assert seen.phases == [Phase.SYNCING, Phase.LIVE]
        server.adds(pod("new", uid="3"))
        server.removes(pod("web"))
        await seen.told(("added", "3"), ("removed", "1"))


async def test_one_refused_list_and_one_watch_are_all_that_is_asked() -> None:
    server = unlistable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await asyncio.sleep(200)
        [_, watched] = server.asked(PODS)
    wanted = {"watch": "true", "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
    assert wanted.items() <= watched.query.items() and watched.query["allowWatchBookmarks"] == "true"
    assert "resourceVersion" not in watched.query


async def test_a_watch_that_ends_goes_on_from_the_last_version() -> None:
    server = unlistable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await asyncio.sleep(5)
        server.closes_watches()
        await server.until(lambda: len(server.asked(PODS, watch=True)) == 2)
        assert server.asked(PODS, watch=True)[1].query["resourceVersion"] == server.version
        assert len(server.asked(PODS, watch=False)) == 1


async def test_after_an_outage_in_which_the_past_was_forgotten_no_ghost_is_left_and_nothing_is_told_twice() -> None:
    server = unlistable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        async with forgetting(server, seen):
            server.removes(pod("web"))
            server.adds(pod("new", uid="3"))
        await seen.told(("removed", "1"), ("added", "3"))
        await seen.until(Phase.LIVE)
        assert len(seen.changes) == 4 and len(server.asked(PODS, watch=False)) == 1


async def test_a_large_beginning_is_shown_as_it_comes() -> None:
    server = unlistable()
    server.holds(*(pod(f"web-{at:04}", annotations={"note": "x" * 1000}) for at in range(300)))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        counts = [state.count for state in seen.states if state.phase is Phase.SYNCING]
        assert len(counts) > 100 and counts == sorted(counts) and counts[-1] == 302


async def test_what_goes_while_the_beginning_is_told_is_gone() -> None:
    server = unlistable()
    server.ends_initial_events = False
    async with reflecting(server) as (seen, _):
        await seen.holds({"web", "api"})
        server.removes(pod("web"))
        server.adds(pod("new", uid="3"))
        for watch in server.watches:
            watch.bookmark(ends_initial=True)
        await seen.until(Phase.LIVE)
        assert seen.names == {"api", "new"}


async def test_where_watching_is_forbidden_too_the_list_is_what_it_says_was_refused() -> None:
    server = unlistable()
    server.refuses(PODS, 403, 'pods is forbidden: User "me" cannot watch resource "pods"', times=None, watch=True)
    async with reflecting(server) as (seen, _):
        assert (await seen.until(Phase.FORBIDDEN)).why == FORBIDDEN
        server.recovers()
        await seen.until(Phase.LIVE, RETRY_FORBIDDEN + 1)


@pytest.mark.parametrize("status", [400, 422])
async def test_a_server_that_refuses_to_begin_a_watch_so_makes_it_forbidden(status: int) -> None:
    server = unlistable()
    server.refuses(PODS, status, "sendInitialEvents is forbidden for watch", times=None, watch=True)
    async with reflecting(server) as (seen, _):
        state = await seen.until(Phase.FORBIDDEN)
        assert state.why.startswith(f"{FORBIDDEN}; to watch it is not enough")
        await asyncio.sleep(600)
    assert len(server.requests) <= 24


async def test_a_server_that_never_says_where_the_beginning_ends_makes_it_forbidden() -> None:
    server = unlistable()
    server.ends_initial_events = False
    async with reflecting(server) as (seen, _):
        state = await seen.until(Phase.FORBIDDEN, 71)
        assert state.why.startswith(FORBIDDEN) and Phase.LIVE not in seen.phases


async def test_a_server_that_ends_every_watch_at_once_is_stale_and_not_stormed() -> None:
    server = unlistable()
    server.closes_watches_at_once()
    async with reflecting(server) as (seen, _):
        state = await seen.until(Phase.STALE, 60)
        assert "before it had told what there is" in state.why
        await asyncio.sleep(600)
        assert len(server.requests) < 60
        server.recovers()
        server.refuses(PODS, 403, FORBIDDEN, times=None, watch=False)
        await seen.until(Phase.LIVE, 61)


async def test_a_right_to_watch_that_is_taken_away_is_told_and_one_to_list_is_found() -> None:
    server = unlistable()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.refuses(PODS, 403, "cannot watch", times=None)
        server.closes_watches()
        assert (await seen.until(Phase.FORBIDDEN)).why == FORBIDDEN
        server.recovers()
        await seen.until(Phase.LIVE, RETRY_FORBIDDEN + 1)
        assert [each.query.get("resourceVersion") for each in server.asked(PODS, watch=True)[-1:]] == [server.version]


async def test_a_right_to_list_that_was_taken_away_during_an_outage_is_not_missed() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.goes_down()
        await seen.until(Phase.STALE)
        server.refuses(PODS, 403, FORBIDDEN, times=None, watch=False)
        server.adds(pod("api", uid="2"))
        server.comes_back()
        await seen.until(Phase.LIVE, 2)
        assert seen.names == {"web", "api"} and seen.phases[-2:] == [Phase.STALE, Phase.LIVE]


async def test_after_silence_all_is_told_anew_for_no_list_says_whether_the_server_has_come_as_far_as_before() -> None:
    server = unlistable()
    async with reflecting(server) as (seen, reflector):
        await seen.until(Phase.LIVE)
        reflector.suspect("no answer", asyncio.get_running_loop().time())
        assert seen.store.state.phase is Phase.STALE
        reflector.reopen()
        await seen.until(Phase.LIVE, 1)
        assert server.asked(PODS, watch=True)[1].query["sendInitialEvents"] == "true"
        assert len(seen.changes) == 2
