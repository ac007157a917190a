"""A change is sent once. Where its answer is lost, it is looked up; in virtual time, on the fake API server."""

import asyncio
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from kubetui.actions.action import Target
from kubetui.actions.deed import Deed, Outcome, Result
from kubetui.actions.delete import Delete
from kubetui.actions.scale import Scale
from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.kind import Kind
from kubetui.kinds.pod import POD
from tests.fake.apiserver import FakeApiServer, an_object
from tests.live.engine import api_on

DELETE = {"grace": None, "force": False, "cascade": "background"}
PATH = "/api/v1/namespaces/default/pods/web-0"

pytestmark = pytest.mark.looptime


def pods(server: FakeApiServer, count: int = 1) -> list[Target]:
    """That many pods, held and as targets."""
    held = [server.adds(an_object("v1", "Pod", f"web-{at}", uid=f"uid-{at}")) for at in range(count)]
    return [target(POD, each) for each in held]


def target(kind: Kind[Any], obj: dict[str, Any]) -> Target:
    return Target(kind, msgspec.convert(obj, kind.struct))


class Watched:
    """A deed, and what it told meanwhile."""

    def __init__(self, server: FakeApiServer) -> None:
        self.server = server
        self.lost: list[str] = []

    async def delete(self, targets: list[Target]) -> list[Outcome]:
        deed = Deed(Delete(), api_on(self.server), DELETE, about=lambda _: None, lost=self.lost.append)
        return await deed.done(targets)

    async def scale(self, to: Target, replicas: int) -> Outcome:
        deed = Deed(Scale(), api_on(self.server), {"replicas": replicas}, about=lambda _: None, lost=self.lost.append)
        return (await deed.done([to]))[0]


async def test_a_delete_whose_answer_was_lost_is_found_to_be_done_and_not_sent_again() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("DELETE *", obeyed=True)
    deed = Watched(server)
    [outcome] = await deed.delete(targets)
    assert outcome.result is Result.DONE and "the answer to delete was lost, but it was done" in outcome.said
    assert len(server.asked(PATH, method="DELETE")) == 1 and len(deed.lost) == 1


async def test_a_delete_that_never_arrived_is_told_as_not_done_and_not_sent_again() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("DELETE *", obeyed=False)
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result is Result.NOT_DONE and "was not done" in outcome.said
    assert len(server.asked(PATH, method="DELETE")) == 1 and len(server.asked(PATH)) == 2


async def test_a_pod_that_is_ending_by_itself_counts_as_deleted() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("DELETE *", obeyed=False)
    ending = an_object("v1", "Pod", "web-0", uid="uid-0")
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    server.changes(ending)
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result is Result.DONE


async def test_a_namesake_that_is_found_means_that_the_one_meant_is_gone() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("DELETE *", obeyed=False)
    server.replaces(an_object("v1", "Pod", "web-0", uid="reborn"))
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result is Result.DONE


async def test_what_can_not_be_looked_up_is_told_as_unknown() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("*", obeyed=False, times=None)
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result is Result.UNKNOWN and "not tried again" in outcome.said
    assert len(server.asked(PATH, method="DELETE")) == 1


async def test_looking_goes_on_over_an_outage_until_the_server_tells() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("DELETE *", obeyed=True)
    server.loses("GET *", obeyed=False, times=3)
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result is Result.DONE and len(server.asked(PATH)) == 4


async def test_who_may_not_look_is_told_that_it_is_not_known() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("DELETE *", obeyed=True)
    server.refuses("GET *", 403, "may not get pods")
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result is Result.UNKNOWN and "may not get pods" in outcome.said


async def test_of_many_those_whose_turn_has_not_come_are_left_alone_once_answers_are_lost() -> None:
    server = FakeApiServer()
    targets = pods(server, 30)
    server.loses("DELETE *", obeyed=True, times=None)
    deed = Watched(server)
    outcomes = await deed.delete(targets)
    sent = server.asked(method="DELETE")
    results = [outcome.result for outcome in outcomes]
    assert results.count(Result.DONE) == len(sent) == 30 - results.count(Result.NOT_DONE) <= 20
    assert len(deed.lost) == 1


async def test_a_silent_server_is_waited_for_and_then_asked_what_came_of_it() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.loses("DELETE *", obeyed=True)
    server.silence()
    asyncio.get_running_loop().call_later(45, server.resume)
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result in (Result.DONE, Result.NOT_DONE)
    assert len(server.asked(PATH, method="DELETE")) == 1


async def test_what_is_refused_for_now_was_surely_not_done() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.throttles(3, "DELETE *")
    [outcome] = await Watched(server).delete(targets)
    assert outcome.result is Result.REFUSED and not server.asked(PATH)


@pytest.mark.parametrize(("obeyed", "result"), [(True, Result.DONE), (False, Result.NOT_DONE)])
async def test_a_scale_whose_answer_was_lost_is_looked_up(obeyed: bool, result: Result) -> None:
    server = FakeApiServer()
    spec = {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}}
    held = server.adds(an_object("apps/v1", "Deployment", "web", uid="uid-web", spec=spec))
    server.loses("PATCH *", obeyed=obeyed)
    outcome = await Watched(server).scale(target(DEPLOYMENT, held), 4)
    assert outcome.result is result
    assert len(server.asked("/apis/apps/v1/namespaces/default/deployments/web/scale", method="PATCH")) == 1


async def test_what_happens_long_after_it_was_asked_for_is_still_known_to_be_ours() -> None:
    server = FakeApiServer()
    targets = pods(server)
    server.silence()
    loop = asyncio.get_running_loop()
    loop.call_later(28, server.resume)
    told: list[float] = []
    deed = Deed(Delete(), api_on(server), DELETE, about=lambda _: told.append(loop.time()), lost=lambda _: None)
    await deed.done(targets)
    assert all(later - sooner <= 5.1 for sooner, later in pairwise(told)) and told[-1] - told[0] >= 24
    assert len(asyncio.all_tasks()) <= 2
