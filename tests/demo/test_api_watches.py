"""Watches of the built-in cluster's API."""

import pytest

from tests.demo.api import CONFIGS, PODS, Api, Watching, config, pod


async def test_a_watch_tells_what_came_after_its_version(api: Api) -> None:
    first = await api.create(CONFIGS, config("a"))
    await api.call("PUT", f"{CONFIGS}/a", config("a", k="v"))
    async with Watching(api, f"{CONFIGS}?resourceVersion={first['metadata']['resourceVersion']}") as watch:
        assert (await watch.next())["type"] == "MODIFIED"
        await api.call("DELETE", f"{CONFIGS}/a")
        event = await watch.next()
        assert event["type"] == "DELETED"
        assert int(event["object"]["metadata"]["resourceVersion"]) == api.registry.storage.version


async def test_a_watch_without_a_version_begins_with_what_is_there(api: Api) -> None:
    await api.create(CONFIGS, config("a"))
    async with Watching(api, CONFIGS) as watch:
        event = await watch.next()
        assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "a")


async def test_initial_events_end_with_a_bookmark_that_says_so(api: Api) -> None:
    await api.create(CONFIGS, config("a"))
    wanted = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with Watching(api, f"{CONFIGS}?{wanted}") as watch:
        assert (await watch.next())["type"] == "ADDED"
        mark = await watch.next()
        assert mark["type"] == "BOOKMARK"
        assert mark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_initial_events_need_a_match(api: Api) -> None:
    status, told = await api.call("GET", f"{CONFIGS}?watch=true&sendInitialEvents=true")
    assert (status, told["reason"]) == (422, "Invalid")


async def test_a_version_that_is_forgotten_ends_the_watch_with_410(api: Api) -> None:
    first = await api.create(CONFIGS, config("a"))
    await api.create(CONFIGS, config("b"))
    api.registry.storage.compact()
    async with Watching(api, f"{CONFIGS}?resourceVersion={first['metadata']['resourceVersion']}") as watch:
        event = await watch.next()
        assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
        with pytest.raises(StopAsyncIteration):
            await watch.next()


async def test_an_object_that_ceases_to_match_is_a_deletion(api: Api) -> None:
    made = await api.create(PODS, pod("a", labels={"tier": "web"}))
    target = f"{PODS}?labelSelector=tier%3Dweb&resourceVersion={made['metadata']['resourceVersion']}"
    async with Watching(api, target) as watch:
        patch = {"metadata": {"labels": {"tier": "db"}}}
        await api.call("PATCH", f"{PODS}/a", patch, content_type="application/merge-patch+json")
        event = await watch.next()
        assert (event["type"], event["object"]["metadata"]["labels"]) == ("DELETED", {"tier": "web"})


async def test_a_watch_of_one_object_hears_of_no_other(api: Api) -> None:
    made = await api.create(CONFIGS, config("a"))
    version = made["metadata"]["resourceVersion"]
    async with Watching(api, f"{CONFIGS}?fieldSelector=metadata.name%3Da&resourceVersion={version}") as watch:
        await api.create(CONFIGS, config("b"))
        await api.call("DELETE", f"{CONFIGS}/a")
        assert (await watch.next())["object"]["metadata"]["name"] == "a"
