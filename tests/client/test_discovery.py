"""Discovery: which resources a server serves, asked in two calls, or group by group where it is older."""

from typing import Any

import pytest

from kubetui.client.discovery import resources
from kubetui.client.errors import ApiError, Forbidden, Unavailable
from kubetui.resource import Resource
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import api_on

pytestmark = pytest.mark.looptime


async def served(server: FakeApiServer) -> dict[str, Resource]:
    api = api_on(server)
    try:
        return {each.qualified: each for each in await resources(api)}
    finally:
        await api.close()


def group(name: str, *versions: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "versions": list(versions)}


def entry(plural: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": ["list"], **more}


def aggregated(server: FakeApiServer, *groups: dict[str, Any]) -> None:
    server.answers("/apis", 200, None, {"kind": "APIGroupDiscoveryList", "items": list(groups)}, times=None)


async def test_two_requests_tell_everything() -> None:
    server = FakeApiServer()
    found = await served(server)
    assert [each.path for each in server.requests] == ["/api", "/apis"]
    assert all("as=APIGroupDiscoveryList" in each.headers["accept"] for each in server.requests)
    pods, nodes, deployments = found["pods"], found["nodes"], found["deployments.apps"]
    assert (pods.api_version, pods.kind, pods.singular, pods.short, pods.namespaced) == (
        "v1",
        "Pod",
        "pod",
        ("po",),
        True,
    )
    assert {"log", "exec"} <= set(pods.subresources) and "watch" in pods.verbs and pods.categories == ("all",)
    assert not nodes.namespaced
    assert deployments.path("shop", "web", "scale") == "/apis/apps/v1/namespaces/shop/deployments/web/scale"


async def test_the_core_group_comes_first() -> None:
    assert next(iter(await served(FakeApiServer()))) == "configmaps"


async def test_a_resource_is_taken_in_the_first_version_that_serves_it() -> None:
    server = FakeApiServer()
    stable = {"version": "v1", "resources": [entry("widgets", "Widget")]}
    beta = {"version": "v1beta1", "resources": [entry("widgets", "Widget"), entry("gadgets", "Gadget")]}
    aggregated(server, group("example.com", stable, beta))
    found = await served(server)
    assert found["widgets.example.com"].version == "v1"
    assert found["gadgets.example.com"].version == "v1beta1"


async def test_nulls_and_what_is_left_out_count_as_nothing() -> None:
    server = FakeApiServer()
    bare = {"resource": "widgets", "responseKind": None, "shortNames": None, "verbs": None, "subresources": None}
    aggregated(
        server, group("example.com", {"version": "v1", "resources": [bare]}, {"version": "v2"}), group("empty.com")
    )
    widgets = (await served(server))["widgets.example.com"]
    assert (widgets.kind, widgets.namespaced, widgets.short, widgets.verbs, widgets.subresources) == (
        "",
        False,
        (),
        (),
        (),
    )


def older(server: FakeApiServer) -> None:
    """A server without aggregated discovery."""
    groups = [
        {
            "name": "apps",
            "versions": [{"version": "v1beta1"}, {"version": "v1"}],
            "preferredVersion": {"version": "v1"},
        },
        {"name": "metrics.k8s.io", "versions": [{"version": "v1"}]},
        {"name": "hollow.k8s.io", "versions": []},
    ]
    core = [
        {
            "name": "pods",
            "kind": "Pod",
            "namespaced": True,
            "singularName": "pod",
            "shortNames": ["po"],
            "verbs": ["list"],
        },
        {"name": "pods/log", "kind": "Pod", "namespaced": True, "verbs": ["get"]},
        {"name": "nodes", "kind": "Node", "namespaced": False, "singularName": "", "verbs": ["list"]},
    ]
    apps = [
        {"name": "deployments/scale", "kind": "Scale", "namespaced": True},
        {"name": "deployments", "kind": "Deployment", "namespaced": True, "verbs": ["list"], "categories": ["all"]},
    ]
    server.answers("/api", 200, None, {"kind": "APIVersions", "versions": ["v1"]}, times=None)
    server.answers("/apis", 200, None, {"kind": "APIGroupList", "groups": groups}, times=None)
    server.answers("/api/v1", 200, None, {"kind": "APIResourceList", "resources": core}, times=None)
    server.answers("/apis/apps/v1", 200, None, {"kind": "APIResourceList", "resources": apps}, times=None)


async def test_an_older_server_is_asked_group_by_group_in_their_preferred_versions() -> None:
    server = FakeApiServer()
    older(server)
    server.refuses("/apis/metrics.k8s.io/v1", 503, "the server is currently unable to handle the request", times=None)
    found = await served(server)
    assert found.keys() == {"pods", "nodes", "deployments.apps"}
    assert found["pods"].subresources == ("log",) and found["pods"].short == ("po",)
    assert found["deployments.apps"].subresources == ("scale",) and found["deployments.apps"].categories == ("all",)
    assert not found["nodes"].namespaced


@pytest.mark.parametrize("said", ["<html>oops</html>", "[]", '{"resources":5}', '{"resources":[{"name":5}]}'])
async def test_a_group_whose_answer_is_garbled_is_left_out(said: str) -> None:
    server = FakeApiServer()
    older(server)
    server.answers("/apis/metrics.k8s.io/v1", 200, None, said, times=None)
    assert (await served(server)).keys() == {"pods", "nodes", "deployments.apps"}


@pytest.mark.parametrize("said", ["<html>Log in</html>", "", "[]", "null", b"\xff", '{"items":5}', '{"groups":[{}]}'])
async def test_what_is_no_discovery_is_unavailable(said: str | bytes) -> None:
    server = FakeApiServer()
    server.answers("/apis", 200, None, said, times=None)
    with pytest.raises(Unavailable, match="not what the server serves"):
        await served(server)


async def test_who_may_not_ask_is_told_so() -> None:
    server = FakeApiServer()
    server.refuses("/api*", 403, 'forbidden: User "nobody" cannot get path "/api"', times=None)
    with pytest.raises(Forbidden, match="cannot get path"):
        await served(server)


async def test_an_unreachable_server_is_an_error_of_the_api() -> None:
    server = FakeApiServer()
    server.goes_down()
    with pytest.raises(ApiError):
        await served(server)
