"""Lists of the built-in cluster's API: pages, selectors, versions, shapes."""

from tests.demo.api import CONFIGS, PODS, Api, config, pod

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


async def test_pages_are_of_one_moment(api: Api) -> None:
    for name in "abcd":
        await api.create(CONFIGS, config(name))
    first = await api.get(f"{CONFIGS}?limit=2")
    await api.create(CONFIGS, config("bb"))
    await api.call("DELETE", f"{CONFIGS}/d")
    second = await api.get(f"{CONFIGS}?limit=2&continue={first['metadata']['continue']}")
    assert [item["metadata"]["name"] for item in second["items"]] == ["c", "d"]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert first["metadata"]["remainingItemCount"] == 2
    assert "continue" not in second["metadata"]


async def test_a_page_of_a_forgotten_moment_is_gone_and_the_rest_can_be_had(api: Api) -> None:
    for name in "abc":
        await api.create(CONFIGS, config(name))
    first = await api.get(f"{CONFIGS}?limit=1")
    await api.create(CONFIGS, config("d"))
    api.registry.storage.compact()
    status, gone = await api.call("GET", f"{CONFIGS}?limit=1&continue={first['metadata']['continue']}")
    assert (status, gone["reason"]) == (410, "Expired")
    rest = await api.get(f"{CONFIGS}?continue={gone['metadata']['continue']}")
    assert [item["metadata"]["name"] for item in rest["items"]] == ["b", "c", "d"]


async def test_an_exact_version_shows_the_past(api: Api) -> None:
    made = await api.create(CONFIGS, config("a", k="1"))
    await api.call("PUT", f"{CONFIGS}/a", config("a", k="2"))
    version = made["metadata"]["resourceVersion"]
    found = await api.get(f"{CONFIGS}?resourceVersion={version}&resourceVersionMatch=Exact")
    assert found["items"][0]["data"] == {"k": "1"}


async def test_a_limit_is_ignored_where_any_version_will_do(api: Api) -> None:
    for name in "abc":
        await api.create(CONFIGS, config(name))
    assert len((await api.get(f"{CONFIGS}?limit=1&resourceVersion=0"))["items"]) == 3


async def test_a_version_beside_a_continue_token_is_refused(api: Api) -> None:
    for name in "ab":
        await api.create(CONFIGS, config(name))
    token = (await api.get(f"{CONFIGS}?limit=1"))["metadata"]["continue"]
    status, _ = await api.call("GET", f"{CONFIGS}?continue={token}&resourceVersion=1")
    assert status == 400


async def test_a_version_of_too_many_digits_is_refused(api: Api) -> None:
    status, told = await api.call("GET", f"{PODS}?resourceVersion={'9' * 5_000}")
    assert (status, told["reason"]) == (400, "BadRequest")


async def test_a_list_has_no_events_to_begin_with(api: Api) -> None:
    status, told = await api.call("GET", f"{PODS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan")
    assert status == 422
    assert "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list" in told["message"]


async def test_label_selectors_choose(api: Api) -> None:
    for name, tier in (("a", "web"), ("b", "db"), ("c", "cache")):
        await api.create(PODS, pod(name, labels={"tier": tier}))

    async def names(selector: str) -> str:
        return "".join(
            [item["metadata"]["name"] for item in (await api.get(f"{PODS}?labelSelector={selector}"))["items"]]
        )

    assert await names("tier%3Dweb") == "a"
    assert await names("tier!%3Dweb") == "bc"
    assert await names("tier in (web,db)") == "ab"
    assert await names("tier notin (web),tier") == "bc"
    assert await names("!tier") == ""


async def test_field_selectors_choose_and_unknown_fields_are_refused(api: Api) -> None:
    await api.create(PODS, pod("a"))
    await api.create(PODS, pod("b"))
    api.registry.bind("default", "b", "node-1")
    found = await api.get(f"{PODS}?fieldSelector=spec.nodeName%3Dnode-1")
    assert [item["metadata"]["name"] for item in found["items"]] == ["b"]
    status, told = await api.call("GET", f"{PODS}?fieldSelector=spec.colour%3Dred")
    assert (status, told["message"]) == (400, "field label not supported: spec.colour")


async def test_a_table_has_kubectls_columns_and_the_metadata_of_each_object(api: Api) -> None:
    await api.create(PODS, pod("a"))
    api.clock.advance(95)
    table = await api.get(PODS, accept=TABLE)
    assert [column["name"] for column in table["columnDefinitions"]][:5] == [
        "Name",
        "Ready",
        "Status",
        "Restarts",
        "Age",
    ]
    assert table["rows"][0]["cells"] == ["a", "0/1", "Pending", "0", "95s", "<none>", "<none>", "<none>", "<none>"]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


async def test_a_client_that_takes_neither_json_nor_yaml_is_told_so(api: Api) -> None:
    status, told = await api.call("GET", PODS, accept="text/html")
    assert (status, told["reason"]) == (406, "NotAcceptable")


async def test_protobuf_first_gets_json(api: Api) -> None:
    found = await api.get(PODS, accept="application/vnd.kubernetes.protobuf,application/json")
    assert found["kind"] == "PodList"
