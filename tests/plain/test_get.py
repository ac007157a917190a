"""`kubetui get` on a fake API server: what is printed, what is complained about, what it ends with."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubetui.client.errors import Forbidden
from kubetui.plain.get import get, run
from kubetui.plain.lookup import UnknownKind
from kubetui.plain.request import Format, Request
from tests.fake.apiserver import FakeApiServer, an_object
from tests.live.engine import api_on
from tests.plain.paper import Paper

CRON_TABLE = {
    "kind": "Table",
    "apiVersion": "meta.k8s.io/v1",
    "metadata": {"resourceVersion": "7"},
    "columnDefinitions": [
        {"name": "Name", "type": "string", "priority": 0},
        {"name": "Size", "type": "integer", "priority": 0},
        {"name": "Note", "type": "string", "priority": 1},
    ],
    "rows": [
        {"cells": ["one", 3, "x"], "object": {"metadata": {"name": "one", "namespace": "default"}}},
        {"cells": ["two", None, "y"], "object": {"metadata": {"name": "two", "namespace": "team"}}},
    ],
}


@pytest.fixture
def server() -> FakeApiServer:
    return FakeApiServer()


def a_pod(name: str, namespace: str = "default", **parts: Any) -> dict[str, Any]:
    status = {"phase": "Running", "podIP": "10.0.0.1"}
    return an_object("v1", "Pod", name, namespace, status=status, **parts)


async def printed(server: FakeApiServer, *names: str, kind: str = "pods", **how: Any) -> tuple[str, list[str], int]:
    paper = Paper()
    code = await get(api_on(server), Request(kind, names, **how), paper)
    return paper.text, paper.complaints, code


async def test_a_list_is_a_table_of_the_context_s_namespace(server: FakeApiServer) -> None:
    server.holds(a_pod("web"), a_pod("elsewhere", "team"))
    text, complaints, code = await printed(server)
    assert [line.split()[0] for line in text.splitlines()] == ["NAME", "web"]
    assert (complaints, code) == ([], 0)


async def test_all_namespaces_have_a_column_that_says_which(server: FakeApiServer) -> None:
    server.holds(a_pod("web"), a_pod("web", "team"))
    text, _, _ = await printed(server, all_namespaces=True)
    assert [line.split()[:2] for line in text.splitlines()] == [
        ["NAMESPACE", "NAME"],
        ["default", "web"],
        ["team", "web"],
    ]


async def test_several_namespaces_are_one_table(server: FakeApiServer) -> None:
    server.holds(a_pod("a", "one"), a_pod("b", "two"), a_pod("c", "three"))
    text, _, _ = await printed(server, namespaces=("two", "one"))
    assert [line.split()[:2] for line in text.splitlines()[1:]] == [["two", "b"], ["one", "a"]]


async def test_nothing_found_is_said_on_stderr_and_no_failure(server: FakeApiServer) -> None:
    assert await printed(server) == ("", ["No resources found in default namespace."], 0)
    assert await printed(server, all_namespaces=True) == ("", ["No resources found"], 0)
    assert await printed(server, kind="nodes") == ("", ["No resources found"], 0)


async def test_a_name_that_is_not_there_fails_in_the_server_s_words(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    text, complaints, code = await printed(server, "web", "nope")
    assert [line.split()[0] for line in text.splitlines()] == ["NAME", "web"]
    assert complaints == ['Error from server (NotFound): pods "nope" not found']
    assert code == 1


async def test_names_are_kind_and_group_and_name(server: FakeApiServer) -> None:
    server.holds(a_pod("web"), an_object("apps/v1", "Deployment", "web"))
    assert (await printed(server, output="name"))[0] == "pod/web\n"
    assert (await printed(server, kind="deploy", output="name"))[0] == "deployment.apps/web\n"


async def test_one_object_is_its_own_document_and_several_are_a_list(server: FakeApiServer) -> None:
    server.holds(a_pod("web"), a_pod("db"))
    assert json.loads((await printed(server, "web", output="json"))[0])["metadata"]["name"] == "web"
    both = json.loads((await printed(server, output="json"))[0])
    assert (both["kind"], both["metadata"]) == ("List", {"resourceVersion": ""})
    assert [(item["kind"], item["metadata"]["name"]) for item in both["items"]] == [("Pod", "db"), ("Pod", "web")]


async def test_managed_fields_are_left_out_of_documents(server: FakeApiServer) -> None:
    pod = a_pod("web")
    pod["metadata"]["managedFields"] = [{"manager": "kubelet"}]
    server.holds(pod)
    assert "managedFields" not in (await printed(server, "web", output="yaml"))[0]


@pytest.mark.parametrize("output", ["table", "wide", "yaml", "json"])
async def test_a_terminal_gets_nothing_that_it_would_obey(server: FakeApiServer, output: Format) -> None:
    hostile = "\x1b[31m \x9b2J \u202e \x07 \r"
    status = {"phase": hostile, "reason": hostile}
    server.holds(an_object("v1", "Pod", "web", labels={"a": hostile}, status=status))
    paper = Paper(terminal=True)
    await get(api_on(server), Request("pods", output=output), paper)
    assert "web" in paper.text
    assert not set(paper.text) & set("\x1b\x9b\u202e\x07\r")


async def test_an_empty_list_is_a_document_too(server: FakeApiServer) -> None:
    empty = 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n'
    assert await printed(server, output="yaml") == (empty, [], 0)


async def test_a_list_of_many_pages_is_whole(server: FakeApiServer) -> None:
    server.holds(*(a_pod(f"pod-{number}") for number in range(1203)))
    assert len((await printed(server, output="name"))[0].splitlines()) == 1203
    assert len(json.loads((await printed(server, output="json"))[0])["items"]) == 1203


async def test_a_selector_goes_to_the_server(server: FakeApiServer) -> None:
    await printed(server, selector="app=web")
    assert server.requests[-1].query["labelSelector"] == "app=web"


async def test_a_kind_without_a_file_is_the_server_s_own_table(server: FakeApiServer) -> None:
    server.answers("/api/v1/namespaces/default/configmaps", 200, body=CRON_TABLE, times=None)
    assert (await printed(server, kind="cm"))[0] == "NAME   SIZE\none    3\ntwo    \n"
    assert (await printed(server, kind="configmap", output="wide"))[0] == (
        "NAME   SIZE   NOTE\none    3      x\ntwo           y\n"
    )


async def test_rows_of_a_table_know_their_namespace(server: FakeApiServer) -> None:
    server.answers("/api/v1/configmaps", 200, body=CRON_TABLE)
    assert (await printed(server, kind="cm", all_namespaces=True))[0] == (
        "NAMESPACE   NAME   SIZE\ndefault     one    3\nteam        two    \n"
    )


async def test_a_word_that_no_kind_has_is_told(server: FakeApiServer) -> None:
    with pytest.raises(UnknownKind, match='doesn\'t have a resource type "foo"'):
        await printed(server, kind="foo.example.com")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"all_namespaces": True}, "error: a resource cannot be retrieved by name across all namespaces"),
        ({"selector": "a=b"}, "error: name cannot be provided when a selector is specified"),
    ],
)
async def test_what_can_t_be_meant_is_refused(server: FakeApiServer, how: dict[str, Any], said: str) -> None:
    assert await printed(server, "web", **how) == ("", [said], 1)


async def test_who_may_not_list_is_told_in_the_server_s_words(server: FakeApiServer) -> None:
    server.refuses("*/pods", 403, "pods is forbidden")
    assert await printed(server) == ("", ["Error from server (Forbidden): pods is forbidden"], 1)


async def test_without_a_cluster_a_sentence_says_so(tmp_path: Path) -> None:
    paper = Paper()
    assert await run(Request("pods", kubeconfig=tmp_path / "absent"), paper) == 1
    assert paper.text == ""
    assert paper.complaints[0].startswith(f"error: The kubeconfig {tmp_path}/absent can't be read")


@asynccontextmanager
async def watching(server: FakeApiServer, *names: str, **how: Any) -> AsyncIterator[Paper]:
    paper = Paper()
    task = asyncio.create_task(get(api_on(server), Request("pods", names, watch=True, **how), paper))
    await server.watched()
    try:
        yield paper
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.looptime
async def test_a_watch_prints_what_is_there_and_then_each_change(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, output="name") as paper:
        server.adds(a_pod("db"))
        await paper.shows("db")
        server.removes(a_pod("web"))
        await paper.shows("db\npod/web")
    assert paper.text == "pod/web\npod/db\npod/web\n"


@pytest.mark.looptime
async def test_the_header_of_a_watch_comes_with_its_first_row(server: FakeApiServer) -> None:
    async with watching(server) as paper:
        assert paper.text == ""
        server.adds(a_pod("web"))
        await paper.shows("web")
    assert [line.split()[0] for line in paper.text.splitlines()] == ["NAME", "web"]
    assert paper.complaints == []


@pytest.mark.looptime
async def test_documents_of_a_watch_stand_between_dashes(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, output="yaml") as paper:
        server.changes(a_pod("web", labels={"changed": "yes"}))
        await paper.shows("changed")
    first, second = paper.text.split("---\n")
    assert first.startswith("apiVersion: v1\n")
    assert '    changed: "yes"\n' in second


@pytest.mark.looptime
async def test_a_watch_of_one_object_prints_it_once_at_first(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, "web", output="name") as paper:
        assert server.watches
        assert server.requests[-1].query["fieldSelector"] == "metadata.name=web"
        server.changes(a_pod("web", labels={"a": "b"}))
        await paper.shows("pod/web\npod/web\n")
    assert paper.text == "pod/web\npod/web\n"


@pytest.mark.looptime
async def test_a_watch_that_ends_goes_on_from_where_it_was(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, output="name") as paper:
        server.closes_watches()
        await server.watched()
        server.adds(a_pod("db"))
        await paper.shows("db")
    assert paper.text == "pod/web\npod/db\n"


@pytest.mark.looptime
async def test_after_a_gap_that_the_server_forgot_only_what_is_new_is_printed(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, output="name") as paper:
        server.expires_in_stream()
        server.adds(a_pod("db"))
        await paper.shows("db")
    assert paper.text == "pod/web\npod/db\n"
    assert [said.split(":")[0] for said in paper.complaints] == ["The server has forgotten what happened meanwhile"]


@pytest.mark.looptime
async def test_a_list_that_fails_after_such_a_gap_is_tried_again(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, output="name") as paper:
        server.refuses("*/pods", 503, "starting", times=2, watch=False)
        server.expires_in_stream()
        server.adds(a_pod("db"))
        await paper.shows("db")
    assert len(paper.complaints) == 3


@pytest.mark.looptime
async def test_watches_that_end_at_once_are_not_opened_in_a_hurry(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, output="name"):
        server.closes_watches_at_once()
        server.closes_watches()
        await asyncio.sleep(60)
        assert len(server.asked("/api/v1/namespaces/default/pods", watch=True)) < 12


@pytest.mark.looptime
async def test_an_outage_is_told_and_outlived(server: FakeApiServer) -> None:
    server.holds(a_pod("web"))
    async with watching(server, output="name") as paper:
        server.goes_down()
        await asyncio.sleep(5)
        server.comes_back()
        server.adds(a_pod("db"))
        await paper.shows("db")
    assert paper.complaints
    assert all(said.endswith("Trying again; what is above may be out of date.") for said in paper.complaints)


async def test_a_watch_of_several_names_is_refused_after_they_are_printed(server: FakeApiServer) -> None:
    server.holds(a_pod("web"), a_pod("db"))
    text, complaints, code = await printed(server, "web", "db", watch=True, output="name")
    assert (text, code) == ("pod/web\npod/db\n", 1)
    assert complaints[0].startswith("error: watch is only supported on individual resources")


async def test_a_watch_that_is_forbidden_ends_with_the_reason(server: FakeApiServer) -> None:
    server.refuses("*/pods", 403, "pods is forbidden", watch=True)
    with pytest.raises(Forbidden):
        await printed(server, watch=True)
