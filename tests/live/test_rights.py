"""What a user may do: asked once, kept fresh, and a no only where the answer is whole. In virtual time."""

import asyncio
from typing import Any

import pytest

from kubetui.live.permissions import ACCESS_REVIEWS
from kubetui.live.rights import FRESH, RETRY, REVIEWS, Right, Rights, Rule, Rules
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import api_on

GET = Right("get", "", "pods")
DELETE = Right("delete", "", "pods")
LOGS = Right("get", "", "pods/log")
SCALE = Right("patch", "apps", "deployments/scale")

virtual = pytest.mark.looptime


def rule(verbs: str, groups: str, resources: str, *names: str) -> dict[str, Any]:
    said = {"verbs": verbs.split(), "apiGroups": groups.split(","), "resources": resources.split()}
    return said | ({"resourceNames": list(names)} if names else {})


def grants(server: FakeApiServer, *rules: dict[str, Any], times: int | None = None, **status: Any) -> None:
    """The server says that these are the user's rules."""
    body = {"kind": "SelfSubjectRulesReview", "status": {"resourceRules": list(rules), "incomplete": False, **status}}
    server.answers(f"POST {REVIEWS}", 201, {}, body, times)


@pytest.mark.parametrize(
    ("granted", "right", "name", "forbidden"),
    [
        (Rule(("get", "delete"), ("",), ("pods",)), DELETE, "web", False),
        (Rule(("get",), ("",), ("pods",)), DELETE, "web", True),
        (Rule(("delete",), ("apps",), ("pods",)), DELETE, "web", True),
        (Rule(("*",), ("*",), ("*",)), SCALE, "web", False),
        (Rule(("*",), ("",), ("pods",)), LOGS, "web", True),
        (Rule(("get",), ("",), ("pods/log",)), LOGS, "web", False),
        (Rule(("patch",), ("apps",), ("*/scale",)), SCALE, "web", False),
        (Rule(("patch",), ("apps",), ("deployments",)), SCALE, "web", True),
        (Rule(("delete",), ("",), ("pods",), ("web",)), DELETE, "web", False),
        (Rule(("delete",), ("",), ("pods",), ("web",)), DELETE, "api", True),
    ],
)
def test_rules_grant_what_rbac_grants(granted: Rule, right: Right, name: str, forbidden: bool) -> None:
    assert Rules((granted,), whole=True).forbid(right, name) is forbidden
    assert not Rules((granted,), whole=False).forbid(right, name)


@virtual
async def test_a_right_that_is_not_granted_is_forbidden_once_the_answer_is_there() -> None:
    server = FakeApiServer()
    grants(server, rule("get list watch", "", "pods"))
    rights = Rights(api_on(server))
    assert not rights.forbid(DELETE, "shop", "web")
    await rights.learn("shop")
    assert rights.forbid(DELETE, "shop", "web") and not rights.forbid(Right("get", "", "pods"), "shop", "web")


@virtual
async def test_a_namespace_is_asked_about_once_and_again_when_the_answer_is_old() -> None:
    server = FakeApiServer()
    rights = Rights(api_on(server))
    for _ in range(5):
        rights.forbid(DELETE, "shop", "web")
        await rights.learn("shop", "shop")
    assert len(server.asked(REVIEWS, method="POST")) == 1
    await asyncio.sleep(FRESH + 1)
    assert len(server.asked(REVIEWS, method="POST")) == 1
    await rights.learn("shop", "web")
    assert len(server.asked(REVIEWS, method="POST")) == 3


@virtual
async def test_what_is_granted_later_is_learnt_and_told() -> None:
    server = FakeApiServer()
    grants(server, rule("get", "", "pods"), times=1)
    rights = Rights(api_on(server))
    told: list[bool] = []
    rights.on_learnt.append(lambda: told.append(True))
    await rights.learn("shop")
    assert rights.forbid(DELETE, "shop", "web")
    rights.doubt()
    await rights.learn("shop")
    assert not rights.forbid(DELETE, "shop", "web") and len(told) == 2


@virtual
@pytest.mark.parametrize("status", [{"incomplete": True}, {"evaluationError": "no rule resolution"}])
async def test_an_answer_that_is_not_whole_forbids_nothing(status: dict[str, Any]) -> None:
    server = FakeApiServer()
    grants(server, rule("get", "", "pods"), **status)
    rights = Rights(api_on(server))
    await rights.learn("shop")
    assert not rights.forbid(DELETE, "shop", "web")


@virtual
@pytest.mark.parametrize("status", [{"incomplete": True}, {"evaluationError": "no rule resolution"}])
async def test_what_an_answer_leaves_open_is_asked_about_once_where_it_matters(status: dict[str, Any]) -> None:
    server = FakeApiServer()
    grants(server, rule("get", "", "pods"), **status)
    server.answers(f"POST {ACCESS_REVIEWS}", 201, {}, {"status": {"allowed": False}}, None)
    rights = Rights(api_on(server))
    told: list[bool] = []
    rights.on_learnt.append(lambda: told.append(True))
    for _ in range(3):
        await rights.learn("shop", rights=[DELETE, GET])
    assert rights.forbid(DELETE, "shop", "web") and not rights.forbid(GET, "shop", "web")
    assert not rights.forbid(LOGS, "shop", "web"), "nobody asked about that"
    assert len(server.asked(ACCESS_REVIEWS, method="POST")) == 1 and len(told) == 2
    await asyncio.sleep(FRESH + 1)
    await rights.learn("shop", rights=[DELETE])
    assert len(server.asked(ACCESS_REVIEWS, method="POST")) == 2


@virtual
async def test_a_question_about_one_right_that_gets_no_answer_forbids_nothing() -> None:
    server = FakeApiServer()
    grants(server, incomplete=True)
    server.refuses(f"POST {ACCESS_REVIEWS}", 503, "not now", times=None)
    rights = Rights(api_on(server))
    await rights.learn("shop", rights=[DELETE])
    assert not rights.forbid(DELETE, "shop", "web")


@virtual
@pytest.mark.parametrize("body", [b"<html>", b'{"status": {"resourceRules": 3}}', {"status": {"resourceRules": None}}])
async def test_an_answer_that_is_none_forbids_nothing_it_should_not(body: Any) -> None:
    server = FakeApiServer()
    server.answers(f"POST {REVIEWS}", 201, {}, body, None)
    rights = Rights(api_on(server))
    await rights.learn("shop")
    assert rights.forbid(DELETE, "shop", "web") is isinstance(body, dict)


@virtual
async def test_a_server_that_does_not_answer_such_questions_is_asked_again_later_and_forbids_nothing() -> None:
    server = FakeApiServer()
    server.refuses(f"POST {REVIEWS}", 403, "may not ask", times=None)
    rights = Rights(api_on(server))
    await rights.learn("shop")
    await rights.learn("shop")
    assert not rights.forbid(DELETE, "shop", "web") and len(server.asked(REVIEWS, method="POST")) == 1
    await asyncio.sleep(RETRY)
    await rights.learn("shop")
    assert len(server.asked(REVIEWS, method="POST")) == 2


@virtual
async def test_closing_ends_the_questions_that_are_under_way() -> None:
    server = FakeApiServer()
    server.silence()
    rights = Rights(api_on(server))
    rights.forbid(DELETE, "shop", "web")
    await rights.close()
    assert len(asyncio.all_tasks()) == 1
