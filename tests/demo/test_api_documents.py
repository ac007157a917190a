"""What the built-in cluster tells of itself beside its objects: health, metrics, paths."""

import msgspec
import pytest

from kubetui.demo.http.message import Answer, Request
from tests.demo.api import CONFIGS, Api, config


async def told(api: Api, path: str, *, accept: str = "*/*", **query: str) -> Answer:
    headers = {"authorization": "Bearer admin", "accept": accept}
    answer = await api.front.handle(Request("GET", path, query, headers))
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz/ping", "/livez/etcd"])
async def test_anyone_may_ask_whether_it_is_well(api: Api, path: str) -> None:
    answer = await api.ask("GET", path, user="")
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, b"ok")


async def test_health_is_told_check_by_check(api: Api) -> None:
    lines = (await told(api, "/readyz", verbose="")).body.decode().splitlines()
    assert lines[0] == "[+]ping ok"
    assert lines[-1] == "readyz check passed"


async def test_its_metrics_count_what_is_stored(api: Api) -> None:
    await api.create(CONFIGS, config("a"))
    before, _, _ = (await told(api, "/metrics")).body.decode().partition("# HELP kubernetes_build_info")
    counts = dict(line.rsplit(" ", 1) for line in before.splitlines() if not line.startswith("#"))
    stored = len((await api.get("/api/v1/configmaps"))["items"])
    assert counts['apiserver_resource_objects{group="",resource="configmaps"}'] == str(stored)


async def test_its_root_names_every_group(api: Api) -> None:
    paths = (await api.get("/"))["paths"]
    assert {"/api/v1", "/apis/apps/v1", "/healthz", "/openapi/v3", "/version"} <= set(paths)


async def test_a_person_gets_json_with_indents(api: Api) -> None:
    assert (await told(api, "/version", pretty="true")).body.startswith(b'{\n  "major": "1",\n')


async def test_a_refusal_comes_in_yaml_where_that_is_asked_for(api: Api) -> None:
    answer = await told(api, f"{CONFIGS}/none", accept="application/yaml")
    assert (answer.status, answer.content_type) == (404, "application/yaml")
    assert 'message: configmaps "none" not found' in answer.body.decode()
    assert msgspec.yaml.decode(answer.body)["code"] == 404
