"""A reflector follows the rules of list and watch, whatever the server does."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from kubetui.client.listwatch import FIRST_PAGE, PAGE, Batch, ListWatch
from kubetui.client.wire import ListMeta
from kubetui.kinds.pod import POD, Pod
from kubetui.live import reflector, snapshot
from kubetui.live.state import Phase
from kubetui.live.store import Store
from kubetui.read import ObjectMeta
from tests.fake.apiserver import FakeApiServer
from tests.fake.wire import Reply, Request, refusal
from tests.live.engine import PODS, Seen, Tokens, api_on, forgetting, pod, reads, reflecting

pytestmark = pytest.mark.looptime


async def test_what_is_listed_is_initial_and_what_follows_is_news() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.adds(pod("api", uid="2"))
        await seen.told(("added", "1"), ("added", "2"))
        assert seen.phases == [Phase.SYNCING, Phase.LIVE]


async def test_it_lists_once_and_watches_from_what_the_list_said() -> None:
    server = FakeApiServer()
    server.holds(pod("web"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        [listed] = server.asked(PODS, watch=False)
        [watched] = server.asked(PODS, watch=True)
    assert listed.query == {"limit": str(FIRST_PAGE)}
    assert watched.query["resourceVersion"] == server.version
    assert watched.query["allowWatchBookmarks"] == "true"
    assert 300 <= int(watched.query["timeoutSeconds"]) <= 600


async def test_the_first_screenful_comes_before_a_large_list_which_is_not_older_than_it() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{at:04}", uid=f"{at}") for at in range(FIRST_PAGE + 20)))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        page, whole = server.asked(PODS, watch=False)
        assert page.query == {"limit": str(FIRST_PAGE)}
        assert whole.query == {"resourceVersion": server.version}
        assert [state.count for state in seen.states if state.phase is Phase.SYNCING][1] == FIRST_PAGE
        assert seen.changes == [("added", f"{at}") for at in range(FIRST_PAGE + 20)]


async def test_what_went_between_the_first_screenful_and_the_list_is_told() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{at:04}", uid=f"{at}") for at in range(FIRST_PAGE + 1)))
    answer = server.answer

    async def removing(request: Request) -> Reply:
        if request.query.get("resourceVersion") and not request.watches:
            server.removes(pod("web-0007"))
        return await answer(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "answer", removing)
        async with reflecting(server) as (seen, _):
            await seen.until(Phase.LIVE)
            assert seen.changes[-1] == ("removed", "7")
            assert len(seen.store) == FIRST_PAGE


async def test_where_the_cache_is_behind_the_first_screenful_the_list_comes_in_pages() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{at:04}", uid=f"{at}") for at in range(FIRST_PAGE + 20)))
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    answer = server.answer
    refused: list[Request] = []

    async def behind(request: Request) -> Reply:
        if request.query.get("resourceVersion") and not refused:
            refused.append(request)
            return refusal(504, "Too large resource version", causes=causes)
        return await answer(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "answer", behind)
        async with reflecting(server) as (seen, _):
            await seen.until(Phase.LIVE)
            assert len(seen.store) == FIRST_PAGE + 20
            assert server.asked(PODS, watch=False)[-1].query == {"limit": str(PAGE)}


async def test_a_key_gets_all_the_way_through_between_two_slices_of_a_large_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot, "SLICE", -1.0)
    loop, batches = asyncio.get_running_loop(), 0
    done_at: list[int] = []

    class Slow(ListWatch[Pod]):
        async def page(self, version: str, token: str = "", *, limit: int = PAGE) -> AsyncIterator[Batch[Pod]]:
            nonlocal batches
            for at in range(5):
                batches += 1
                if at == 1:
                    loop.call_soon(hand_on, 8)
                yield Batch([Pod(metadata=ObjectMeta(name=f"web-{at}", uid=f"{at}"))], ListMeta("7"))

    def hand_on(hands: int) -> None:
        if hands:
            loop.call_soon(hand_on, hands - 1)
        else:
            done_at.append(batches)

    store: Store[Pod] = Store(POD)
    source = Slow(api_on(FakeApiServer()), POD.resource, Pod)
    reading = asyncio.create_task(reflector.Reflector(source, store, store.become).run())
    await Seen(store).until(Phase.LIVE, 10)
    reading.cancel()
    assert done_at == [2]


async def test_a_reborn_namesake_is_a_deletion_and_an_addition() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.replaces(pod("web", uid="2"))
        await seen.told(("removed", "1"), ("added", "2"))
        assert len(seen.store) == 1


async def test_a_namesake_reborn_during_an_outage_is_told_the_same_way() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        async with forgetting(server, seen):
            server.replaces(pod("web", uid="2"))
        await seen.told(("removed", "1"), ("added", "2"))


async def test_a_version_too_old_at_connect_is_answered_with_a_list_that_tells_the_difference() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"), pod("api", uid="2"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        async with forgetting(server, seen):
            server.removes(pod("web"))
            server.adds(pod("new", uid="3"))
        await seen.told(("removed", "1"), ("added", "3"))
        await seen.until(Phase.LIVE)
        assert server.asked(PODS, watch=False)[-1].query.get("resourceVersion") is None


async def test_a_version_too_old_in_the_stream_is_answered_with_a_list() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await server.watched()
        server.expires_in_stream()
        await server.until(lambda: len(server.asked(PODS, watch=False)) == 2)
        await seen.until(Phase.LIVE)
        assert seen.changes == [("added", "1")]


async def test_a_server_that_ends_every_watch_at_once_is_not_stormed() -> None:
    server = FakeApiServer()
    server.closes_watches_at_once()
    async with reflecting(server):
        await asyncio.sleep(600)
    assert len(server.requests) < 60


async def test_while_nothing_is_watched_nothing_counts_as_live() -> None:
    server = FakeApiServer()
    server.closes_watches_at_once()
    async with reflecting(server) as (seen, _):
        state = await seen.until(Phase.STALE, 60)
        assert "ended the watch" in state.why
        assert state.retry_at is not None
        await server.until(lambda: len(server.asked(PODS, watch=True)) == 5, 600)
        server.recovers()
        await seen.until(Phase.LIVE, 120)


async def test_a_server_that_ends_every_watch_after_a_bookmark_is_not_stormed() -> None:
    server = FakeApiServer()
    mark = {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "1"}}}
    server.answers(PODS, 200, {"content-type": "application/json"}, json.dumps(mark) + "\n", None, watch=True)
    async with reflecting(server):
        await asyncio.sleep(600)
    assert len(server.requests) < 60


async def test_a_watch_that_ends_in_good_order_goes_on_from_the_last_version_without_a_list() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await asyncio.sleep(5)
        server.adds(pod("web", uid="1"))
        await seen.told(("added", "1"))
        server.closes_watches()
        await server.until(lambda: len(server.asked(PODS, watch=True)) == 2)
        assert server.asked(PODS, watch=True)[1].query["resourceVersion"] == server.version
        assert len(server.asked(PODS, watch=False)) == 1


async def test_throttling_is_obeyed_and_told() -> None:
    server = FakeApiServer()
    server.throttles(45, PODS)
    async with reflecting(server) as (seen, _):
        state = await seen.until(Phase.STALE)
        began = asyncio.get_running_loop().time()
        assert state.retry_at is not None and state.retry_at - began >= 45
        await seen.until(Phase.LIVE)
        assert asyncio.get_running_loop().time() - began >= 45


async def test_an_expired_credential_is_renewed_once_and_the_request_repeated() -> None:
    server, tokens = FakeApiServer(), Tokens()
    server.refuses(PODS, 401, "Unauthorized")
    async with reflecting(server, tokens=tokens) as (seen, _):
        await seen.until(Phase.LIVE)
    assert tokens.renewed == 1


async def test_a_credential_that_stays_refused_is_told_and_not_hammered() -> None:
    server, tokens = FakeApiServer(), Tokens()
    server.refuses("*", 401, "Unauthorized", times=None)
    async with reflecting(server, tokens=tokens) as (seen, _):
        state = await seen.until(Phase.STALE)
        assert "Unauthorized" in state.why
        await asyncio.sleep(120)
    assert len(server.requests) < 20


async def test_a_refused_list_is_forbidden_with_the_servers_words_and_asked_again_later() -> None:
    server = FakeApiServer()
    server.refuses(PODS, 403, 'pods is forbidden: User "me" cannot list resource "pods"', watch=False)
    server.refuses(PODS, 403, 'pods is forbidden: User "me" cannot watch resource "pods"', watch=True)
    async with reflecting(server) as (seen, _):
        state = await seen.until(Phase.FORBIDDEN)
        assert state.why == 'pods is forbidden: User "me" cannot list resource "pods"'
        await seen.until(Phase.LIVE)


async def test_rows_stay_while_the_server_is_away_and_the_state_says_since_when() -> None:
    server = FakeApiServer()
    server.holds(pod("web"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await asyncio.sleep(100)
        heard = asyncio.get_running_loop().time()
        server.goes_down()
        state = await seen.until(Phase.STALE)
        await asyncio.sleep(200)
        assert seen.names == {"web"}
        assert heard - 100 <= state.since <= heard
        server.comes_back()
        await seen.until(Phase.LIVE)


async def test_an_event_cut_in_the_middle_is_not_taken_and_comes_again() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await server.watched()
        server.cuts_in_mid_line()
        await seen.until(Phase.STALE)
        server.adds(pod("web", uid="1"))
        await seen.told(("added", "1"))
        assert len(reads(server)) == 1


async def test_a_login_page_instead_of_a_list_is_told_as_one() -> None:
    server = FakeApiServer()
    server.answers(PODS, 200, {"content-type": "text/html"}, b"<html><title>Please log in</title></html>")
    async with reflecting(server) as (seen, _):
        state = await seen.until(Phase.STALE)
        assert "HTML page" in state.why
        await seen.until(Phase.LIVE)


async def test_a_login_page_within_a_watch_makes_no_rows() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await server.watched()
        server.sends_raw(b"<html>session expired</html>\n")
        await seen.until(Phase.STALE)
        await seen.until(Phase.LIVE)
        assert not seen.changes


async def test_an_event_of_twenty_megabytes_is_one_change() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.adds(pod("big", uid="1", annotations={"blob": "x" * (20 << 20)}))
        await seen.told(("added", "1"))


async def test_a_line_without_end_is_left_for_a_list() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await server.watched()
        for _part in range(34):
            server.sends_raw(b"x" * (1 << 20))
        await seen.until(Phase.STALE)
        await seen.until(Phase.LIVE)


async def test_a_kind_of_which_a_server_has_nothing_to_tell_stays_live() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        seen.phases.clear()
        await asyncio.sleep(300)
        assert set(seen.phases) <= {Phase.LIVE}
        assert len(server.asked(PODS, watch=True)) <= 6


async def test_a_half_open_watch_is_left_after_seventy_seconds() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        began = asyncio.get_running_loop().time()
        server.silence()
        await seen.until(Phase.STALE)
        assert 70 <= asyncio.get_running_loop().time() - began <= 131


async def test_a_kind_that_is_not_served_any_more_is_gone() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.refuses(PODS, 404, "the server could not find the requested resource", times=None)
        server.closes_watches()
        await seen.until(Phase.GONE)


async def test_a_suspected_watch_is_stale_until_it_was_opened_anew_from_its_version() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, reflector):
        await seen.until(Phase.LIVE)
        reflector.suspect("no answer", 0.0)
        assert seen.store.state.phase is Phase.STALE
        reflector.reopen()
        await seen.until(Phase.LIVE)
        assert len(server.asked(PODS, watch=True)) == 2
        assert len(reads(server)) == 1


async def test_faults_that_are_a_minute_apart_do_not_lengthen_the_wait() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, _):
        for _minute in range(20):
            await seen.until(Phase.LIVE)
            await asyncio.sleep(60)
            server.goes_down()
            state = await seen.until(Phase.STALE)
            server.comes_back()
            assert state.retry_at is not None and state.retry_at - asyncio.get_running_loop().time() < 1.6


async def test_a_list_of_which_nothing_comes_is_begun_anew_once_the_server_answers() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, reflector):
        server.silence()
        await server.until(lambda: bool(server.requests))
        await asyncio.sleep(10)
        reflector.suspect("no answer", 0.0)
        server.resume()
        reflector.reopen()
        await seen.until(Phase.LIVE, 1)
        assert len(server.asked(PODS, watch=False)) == 2


async def test_where_the_past_is_lost_nothing_counts_as_live_while_all_is_read_anew() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await asyncio.sleep(30)
        server.expires_in_stream()
        await server.until(lambda: not server.watches)
        server.silence()
        server.removes(pod("web"))
        state = await seen.until(Phase.STALE, 2.1)
        assert "list pods" in state.why and seen.names == {"web"}
        server.resume()
        await seen.until(Phase.LIVE, 1)
        assert seen.names == set()


async def test_a_large_list_after_the_past_was_lost_takes_two_requests() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{at:04}") for at in range(2 * PAGE + 1)))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        await server.watched()
        asked = len(server.asked(PODS, watch=False))
        server.expires_in_stream()
        server.removes(pod("web-0007", uid="7"))
        await server.until(lambda: len(seen.store) == 2 * PAGE)
        assert len(server.asked(PODS, watch=False)) - asked == 2


async def test_an_outage_that_ends_with_a_version_too_old_is_answered_with_a_list_at_once() -> None:
    server = FakeApiServer()
    async with reflecting(server) as (seen, reflector):
        await seen.until(Phase.LIVE)
        await asyncio.sleep(30)
        server.goes_down()
        await seen.until(Phase.STALE)
        reflector.suspect("no answer", 0.0)
        await asyncio.sleep(2)
        server.expires()
        server.comes_back()
        reflector.reopen()
        await seen.until(Phase.LIVE, 0.1)
        assert len(reads(server)) == 2


async def test_a_list_that_comes_slowly_is_not_begun_anew() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{at:04}") for at in range(FIRST_PAGE + 20)))
    async with reflecting(server) as (seen, reflector):
        await seen.until(Phase.SYNCING)
        await server.until(lambda: len(server.requests) == 2)
        reflector.suspect("no answer", 0.0)
        reflector.reopen()
        await seen.until(Phase.LIVE, 1)
        assert len(reads(server)) == 2


async def test_a_server_restored_from_older_data_is_read_anew() -> None:
    server = FakeApiServer()
    kept = server.adds(pod("kept", uid="1"))["metadata"]["resourceVersion"]
    server.adds(pod("lost", uid="2"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        server.removes(pod("kept"))
        await seen.holds({"lost"})
        server.goes_down()
        await seen.until(Phase.STALE)
        server.is_restored(kept)
        server.comes_back()
        await seen.holds({"kept"}, 10)
        await seen.until(Phase.LIVE, 1)
        server.adds(pod("new", uid="3"))
        await seen.holds({"kept", "new"}, 1)


async def test_after_an_outage_one_question_for_the_version_comes_before_the_watch() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        before = len(server.requests)
        server.goes_down()
        await seen.until(Phase.STALE)
        server.comes_back()
        await seen.until(Phase.LIVE)
        after = [(asked.query.get("limit"), asked.watches) for asked in server.requests[before:]]
        assert after[-2:] == [("1", False), (None, True)]


async def test_a_failing_list_shows_what_came_and_ends_with_exactly_what_is_there() -> None:
    server = FakeApiServer()
    server.holds(*(pod(f"web-{at}") for at in range(1200)))
    server.refuses("*", 500, "etcd is unwell")
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE)
        assert len(seen.store) == 1200
