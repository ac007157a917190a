"""Custom resources on the built-in cluster: served, printed, held to their schema, gone with their definition."""

from typing import Any

import pytest

from tests.demo.api import Api, Watching

Json = dict[str, Any]
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GAMES = "/apis/play.example.com/v1/namespaces/default/games"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
SPEC = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "mode": {"type": "string", "enum": ["calm", "wild"], "default": "calm"},
    },
}


@pytest.fixture
async def games(api: Api) -> Api:
    column = {"name": "Size", "type": "integer", "jsonPath": ".spec.size"}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "additionalPrinterColumns": [column],
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": SPEC}}},
    }
    names = {"plural": "games", "kind": "Game", "shortNames": ["gm"]}
    spec = {"group": "play.example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    await api.create(DEFINITIONS, {"metadata": {"name": "games.play.example.com"}, "spec": spec})
    return api


def game(name: str = "g", **spec: object) -> Json:
    return {"apiVersion": "play.example.com/v1", "kind": "Game", "metadata": {"name": name}, "spec": spec}


async def test_what_is_defined_is_discovered(games: Api) -> None:
    found = await games.get("/apis/play.example.com/v1")
    assert [(one["name"], one["shortNames"]) for one in found["resources"]] == [("games", ["gm"])]
    definition = await games.get(f"{DEFINITIONS}/games.play.example.com")
    assert {one["type"]: one["status"] for one in definition["status"]["conditions"]} == {
        "NamesAccepted": "True",
        "Established": "True",
    }


async def test_an_object_has_the_defaults_and_the_columns_of_its_definition(games: Api) -> None:
    made = await games.create(GAMES, game(size=3))
    assert made["spec"] == {"size": 3, "mode": "calm"}
    table = await games.get(GAMES, accept=TABLE)
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Size"]
    assert table["rows"][0]["cells"] == ["g", 3]


async def test_an_object_is_held_to_its_schema(games: Api) -> None:
    status, told = await games.call("POST", GAMES, game(size=30, mode="loud"))
    assert status == 422
    assert [(cause["field"], cause["message"]) for cause in told["details"]["causes"]] == [
        ("spec.size", "Invalid value: 30: spec.size in body should be less than or equal to 9"),
        ("spec.mode", 'Unsupported value: "loud": supported values: "calm", "wild"'),
    ]
    status, told = await games.call("POST", f"{GAMES}?fieldValidation=Strict", game(size=3, sighs=1))
    assert (status, 'unknown field "spec.sighs"' in told["message"]) == (400, True)


async def test_a_definition_takes_its_objects_with_it(games: Api) -> None:
    await games.create(GAMES, game(size=3))
    await games.call("DELETE", f"{DEFINITIONS}/games.play.example.com")
    answer = await games.ask("GET", GAMES)
    assert getattr(answer, "status", None) == 404
    assert (await games.get(DEFINITIONS))["items"] == []


async def test_a_watch_ends_with_the_definition_of_what_it_watches(games: Api) -> None:
    await games.create(GAMES, game(size=3))
    async with Watching(games, GAMES) as watch:
        assert (await watch.next())["type"] == "ADDED"
        await games.call("DELETE", f"{DEFINITIONS}/games.play.example.com")
        with pytest.raises(StopAsyncIteration):
            while True:
                await watch.next()


async def test_a_definition_under_a_wrong_name_is_refused(api: Api) -> None:
    names = {"plural": "games", "kind": "Game"}
    spec = {"group": "play.example.com", "scope": "Namespaced", "names": names, "versions": []}
    status, told = await api.call("POST", DEFINITIONS, {"metadata": {"name": "wrong.example.com"}, "spec": spec})
    assert (status, told["details"]["causes"][0]["field"]) == (422, "metadata.name")


@pytest.fixture
async def versioned(api: Api) -> Api:
    """Games in three versions: v1 is stored, v1beta1 is served too, v1alpha1 no longer."""
    schema: Json = {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {}}}}}
    schema["openAPIV3Schema"]["properties"]["spec"]["x-kubernetes-preserve-unknown-fields"] = True
    versions = [
        {"name": "v1alpha1", "served": False, "storage": False, "schema": schema},
        {"name": "v1beta1", "served": True, "storage": False, "schema": schema},
        {"name": "v1", "served": True, "storage": True, "schema": schema},
    ]
    names = {"plural": "games", "kind": "Game"}
    spec = {"group": "play.example.com", "scope": "Namespaced", "names": names, "versions": versions}
    await api.create(DEFINITIONS, {"metadata": {"name": "games.play.example.com"}, "spec": spec})
    return api


BETA_GAMES = GAMES.replace("/v1/", "/v1beta1/")


async def test_an_object_is_served_in_every_served_version(versioned: Api) -> None:
    group = await versioned.get("/apis/play.example.com")
    assert [one["version"] for one in group["versions"]] == ["v1", "v1beta1"]
    assert group["preferredVersion"]["version"] == "v1"
    made = await versioned.create(BETA_GAMES, {**game(size=3), "apiVersion": "play.example.com/v1beta1"})
    assert made["apiVersion"] == "play.example.com/v1beta1"
    assert (await versioned.get(f"{GAMES}/g"))["apiVersion"] == "play.example.com/v1"
    (listed,) = (await versioned.get(BETA_GAMES))["items"]
    assert (listed["apiVersion"], listed["spec"]) == ("play.example.com/v1beta1", {"size": 3})
    status, _ = await versioned.call("GET", GAMES.replace("/v1/", "/v1alpha1/"))
    assert status == 404


async def test_a_version_that_was_stored_once_is_remembered(versioned: Api) -> None:
    path = f"{DEFINITIONS}/games.play.example.com"
    definition = await versioned.get(path)
    assert definition["status"]["storedVersions"] == ["v1"]
    for version in definition["spec"]["versions"]:
        version["storage"] = version["name"] == "v1beta1"
    status, changed = await versioned.call("PUT", path, definition)
    assert status == 200, changed
    assert (await versioned.get(path))["status"]["storedVersions"] == ["v1", "v1beta1"]


async def test_a_definition_goes_when_its_last_object_has_gone(versioned: Api) -> None:
    held = game(size=3)
    held["metadata"]["finalizers"] = ["example.com/hold"]
    await versioned.create(GAMES, held)
    await versioned.call("DELETE", f"{DEFINITIONS}/games.play.example.com")
    assert (await versioned.get(f"{GAMES}/g"))["metadata"]["deletionTimestamp"]
    patch = {"metadata": {"finalizers": None}}
    await versioned.call("PATCH", f"{GAMES}/g", patch, content_type="application/merge-patch+json")
    status, _ = await versioned.call("GET", f"{DEFINITIONS}/games.play.example.com")
    assert status == 404
