"""`kubetui check`: what it finds, in which words, and what it ends with."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubetui.plain.check import run
from tests.fake.apiserver import FakeApiServer
from tests.fake.front import kubeconfig, listening
from tests.plain.paper import Paper

REVIEWS = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
USER = {"status": {"userInfo": {"username": "ada", "groups": ["ops"]}}}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeApiServer]:
    server = FakeApiServer()
    server.answers("*/selfsubjectreviews", 201, body=USER, times=None)
    async with listening(server) as url:
        (tmp_path / "config").write_text(kubeconfig(url))
        yield server


async def found(folder: Path) -> tuple[dict[str, tuple[str, str]], int]:
    """Mark and sentence of each topic, and the exit code."""
    paper = Paper()
    code = await run(folder / "config", None, None, paper)
    lines = [line.split(maxsplit=2) for line in paper.text.splitlines()]
    return {topic: (mark, said) for mark, topic, said in lines}, code


async def test_all_well_ends_with_0(server: FakeApiServer, tmp_path: Path) -> None:
    findings, code = await found(tmp_path)
    assert {topic: mark for topic, (mark, _) in findings.items()} == {
        "kubeconfig": "--",  # the fake cluster has no TLS
        "reach": "ok",
        "latency": "ok",
        "user": "ok",
        "read": "ok",
        "act": "ok",
    }
    assert "without TLS" in findings["kubeconfig"][1]
    assert findings["reach"][1].startswith("Kubernetes v1.36.3, answered after")
    assert findings["user"][1] == "ada, groups: ops"
    assert code == 0


async def test_no_kubeconfig_ends_with_1_and_a_sentence(tmp_path: Path) -> None:
    findings, code = await found(tmp_path)
    assert list(findings) == ["kubeconfig"]
    assert findings["kubeconfig"][0] == "no"
    assert code == 1


async def test_nobody_there_ends_with_1_and_says_what_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(kubeconfig("http://127.0.0.1:1"))
    findings, code = await found(tmp_path)
    mark, said = findings["reach"]
    assert mark == "no"
    assert "127.0.0.1:1 refused the connection" in said
    assert "The context fake says cluster fake, user fake." in said
    assert code == 1


async def test_a_login_page_is_no_api_server(server: FakeApiServer, tmp_path: Path) -> None:
    server.answers("/version", 200, {"content-type": "text/html"}, "<html>Log in</html>", times=None)
    findings, code = await found(tmp_path)
    assert findings["reach"] == ("no", "what answers is no API server: is there a proxy or login page in between?")
    assert code == 1


async def test_credentials_that_are_refused_end_with_1(server: FakeApiServer, tmp_path: Path) -> None:
    server.recovers()
    server.refuses("*/selfsubjectreviews", 401, "Unauthorized", times=None)
    findings, code = await found(tmp_path)
    assert findings["user"][0] == "no"
    assert "Log in again" in findings["user"][1]
    assert code == 1


async def test_a_server_that_does_not_tell_the_user_is_no_failure(server: FakeApiServer, tmp_path: Path) -> None:
    server.recovers()
    server.refuses("*/selfsubjectreviews", 404, "not found", times=None)
    findings, code = await found(tmp_path)
    assert findings["user"][0] == "--"
    assert code == 0


async def test_who_may_see_nothing_is_told_which_rights_to_ask_for(server: FakeApiServer, tmp_path: Path) -> None:
    server.answers(REVIEWS, 201, body={"status": {"allowed": False}}, times=None)
    findings, code = await found(tmp_path)
    mark, said = findings["read"]
    assert mark == "no"
    assert said.startswith("may not list and watch nodes, pods, deployments")
    assert said.endswith("ask for a role with list and watch on them in default, or name another namespace with -n")
    assert findings["act"][0] == "--"
    assert code == 1


async def test_rights_are_asked_for_everywhere_and_then_in_the_namespace(
    server: FakeApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything in the namespace and nothing beyond it: enough to work with, and said."""

    async def may(api: Any, verb: str, resource: Any, namespace: str = "", subresource: str = "") -> bool:
        return namespace == "default"

    monkeypatch.setattr("kubetui.plain.rights.may", may)
    findings, code = await found(tmp_path)
    mark, said = findings["read"]
    assert mark == "--"
    assert "in the namespace default, not everywhere; may not list and watch nodes, namespaces" in said
    assert findings["act"] == ("ok", "may delete pods, scale deployments, read logs in the namespace default")
    assert code == 0


async def test_reviews_ask_for_what_is_needed(server: FakeApiServer, tmp_path: Path) -> None:
    await found(tmp_path)
    asked = {
        (each["verb"], each["resource"], each["subresource"], each["namespace"])
        for request in server.requests
        if request.path.endswith("/selfsubjectaccessreviews")
        for each in [json.loads(request.body)["spec"]["resourceAttributes"]]
    }
    assert ("list", "pods", "", "") in asked
    assert ("watch", "nodes", "", "") in asked
    assert ("patch", "deployments", "scale", "default") in asked
