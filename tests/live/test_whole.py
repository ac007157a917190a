"""One object followed as a whole: it keeps to its uid, and tells what it is worth at any time."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from kubetui.kinds.pod import POD
from kubetui.live.state import Phase
from kubetui.live.whole import Identity, Whole
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import api_on, pod

pytestmark = pytest.mark.looptime

WATCHES = "/api/v1/namespaces/default/pods"
ONE = "/api/v1/namespaces/default/pods/web"


class Looked:
    """An object someone looks at."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self._stirred = asyncio.Event()
        whole.listeners.append(self._stirred.set)

    async def until(self, condition: Callable[[Whole], bool]) -> Whole:
        async with asyncio.timeout(900):
            while not condition(self.whole):
                self._stirred.clear()
                await self._stirred.wait()
        return self.whole

    async def live(self) -> Whole:
        return await self.until(lambda whole: whole.state.phase is Phase.LIVE)


@asynccontextmanager
async def looking(server: FakeApiServer, uid: str = "1") -> AsyncIterator[Looked]:
    api = api_on(server)
    whole = Whole(api, Identity(POD.resource, "default", "web", uid), chance=random.Random(1), wall=lambda: 100.0)
    task = asyncio.create_task(whole.run())
    try:
        yield Looked(whole)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await api.close()


async def test_an_object_is_read_and_then_watched_alone() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"), pod("api", uid="2"))
    async with looking(server) as looked:
        await looked.live()
        server.changes(pod("web", status={"phase": "Running"}))
        server.changes(pod("api", status={"phase": "Failed"}))
        whole = await looked.until(lambda whole: "status" in whole.body)
        assert whole.body["status"] == {"phase": "Running"}
        assert whole.version == 2
        [watched] = server.asked(WATCHES, watch=True)
        assert watched.query["fieldSelector"] == "metadata.name=web"


async def test_what_a_kind_reads_of_it_is_there_too() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1", status={"phase": "Running"}))
    async with looking(server) as looked:
        await looked.live()
        assert looked.whole.narrow(POD.struct).status.phase == "Running"


async def test_a_deleted_object_stays_as_it_last_was() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1", status={"phase": "Running"}))
    async with looking(server) as looked:
        await looked.live()
        server.removes(pod("web"))
        whole = await looked.until(lambda whole: whole.gone_at is not None)
        assert (whole.gone_at, whole.heir, whole.body["status"]["phase"]) == (100.0, "", "Running")


async def test_a_namesake_is_told_and_not_shown() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        await looked.live()
        server.replaces(pod("web", uid="2", status={"phase": "Pending"}))
        whole = await looked.until(lambda whole: bool(whole.heir))
        assert (whole.heir, whole.body["metadata"]["uid"]) == ("2", "1")
        server.removes(pod("web"))
        await looked.until(lambda whole: not whole.heir)


async def test_a_namesake_born_during_an_outage_is_told_too() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        await looked.live()
        server.goes_down()
        await looked.until(lambda whole: whole.state.phase is Phase.STALE)
        server.replaces(pod("web", uid="2"))
        server.expires()
        server.comes_back()
        whole = await looked.until(lambda whole: bool(whole.heir))
        assert whole.gone_at is not None
        assert whole.body["metadata"]["uid"] == "1"


async def test_an_object_that_was_gone_before_is_told_by_the_servers_words() -> None:
    server = FakeApiServer()
    async with looking(server) as looked:
        whole = await looked.until(lambda whole: whole.state.phase is Phase.GONE)
        assert "not found" in whole.state.why
        assert whole.gone_at is None


async def test_another_object_of_that_name_is_not_the_one_that_was_meant() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="2"))
    async with looking(server, uid="1") as looked:
        whole = await looked.until(lambda whole: bool(whole.heir))
        assert (whole.body, whole.gone_at) == ({}, 100.0)


async def test_without_a_uid_whoever_has_the_name_is_meant_and_kept_to() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with looking(server, uid="") as looked:
        assert (await looked.live()).identity.uid == "1"
        server.replaces(pod("web", uid="2"))
        await looked.until(lambda whole: whole.heir == "2")


async def test_an_outage_makes_it_stale_and_it_comes_back() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        await looked.live()
        server.goes_down()
        whole = await looked.until(lambda whole: whole.state.phase is Phase.STALE)
        assert whole.body and whole.state.retry_at is not None
        server.comes_back()
        await looked.live()


async def test_what_may_not_be_read_says_so() -> None:
    server = FakeApiServer()
    server.refuses(ONE, 403, "pods is forbidden: no")
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        whole = await looked.until(lambda whole: whole.state.phase is Phase.FORBIDDEN)
        assert whole.state.why == "pods is forbidden: no"
        await looked.live()


async def test_what_may_be_read_but_not_watched_is_read_again_and_again() -> None:
    server = FakeApiServer()
    server.refuses(WATCHES, 403, "no watching", times=None, watch=True)
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        await looked.live()
        server.changes(pod("web", status={"phase": "Running"}))
        await looked.until(lambda whole: "status" in whole.body)


async def test_a_silent_server_makes_it_stale_and_its_answer_opens_the_watch_anew() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        await looked.live()
        await server.watched(WATCHES)
        looked.whole.suspect("no answer", asyncio.get_running_loop().time())
        assert looked.whole.state.phase is Phase.STALE
        looked.whole.reopen()
        await looked.live()
        await server.until(lambda: len(server.asked(WATCHES, watch=True)) == 2)


async def test_what_a_server_has_that_was_restored_from_older_data_is_what_is_shown() -> None:
    server = FakeApiServer()
    older = server.adds(pod("web", uid="1"))["metadata"]["resourceVersion"]
    server.changes(pod("web", status={"phase": "Running"}))
    async with looking(server) as looked:
        await looked.until(lambda whole: "status" in whole.body)
        server.goes_down()
        await looked.until(lambda whole: whole.state.phase is Phase.STALE)
        server.is_restored(older)
        server.comes_back()
        await looked.until(lambda whole: "status" not in whole.body)
        assert (await looked.live()).gone_at is None


async def test_after_a_long_outage_it_is_asked_for_as_soon_as_the_server_answers() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        await looked.live()
        server.goes_down()
        looked.whole.suspect("no answer", asyncio.get_running_loop().time())
        await asyncio.sleep(900)
        server.comes_back()
        looked.whole.reopen()
        async with asyncio.timeout(1):
            await looked.live()


async def test_while_it_is_not_watched_it_does_not_count_as_live() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    server.closes_watches_at_once()
    async with looking(server) as looked:
        whole = await looked.until(lambda whole: whole.state.phase is Phase.STALE)
        assert "at once" in whole.state.why
        server.recovers()
        await looked.live()


async def test_a_version_that_grew_too_old_is_read_anew_without_counting_as_stale() -> None:
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with looking(server) as looked:
        await looked.live()
        await asyncio.sleep(30)
        phases: list[Phase] = []
        looked.whole.listeners.append(lambda: phases.append(looked.whole.state.phase))
        server.expires_in_stream()
        server.changes(pod("web", status={"phase": "Running"}))
        await looked.until(lambda whole: "status" in whole.body)
        assert set(phases) == {Phase.LIVE}


def forgetful() -> FakeApiServer:
    """A server that remembers no change since the pod `web` was written: its version is too old for a watch."""
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    server.adds(pod("api", uid="2"))
    server.expires()
    return server


async def test_an_object_that_is_older_than_all_the_server_remembers_is_watched_from_now_on() -> None:
    server = forgetful()
    async with looking(server) as looked:
        phases: list[Phase] = []
        looked.whole.listeners.append(lambda: phases.append(looked.whole.state.phase))
        await looked.live()
        await asyncio.sleep(60)
        assert len(server.asked(WATCHES, watch=True)) == 2 and Phase.STALE not in phases
        server.changes(pod("web", status={"phase": "Running"}))
        await looked.until(lambda whole: "status" in whole.body)
        assert looked.whole.state.phase is Phase.LIVE


async def test_a_deletion_between_reading_it_and_a_watch_from_now_on_is_seen() -> None:
    server = forgetful()
    async with looking(server) as looked:
        await looked.until(lambda whole: bool(whole.body))
        server.removes(pod("web"))
        whole = await looked.until(lambda whole: whole.gone_at is not None)
        assert whole.body["metadata"]["uid"] == "1" and not whole.heir
