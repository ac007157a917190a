"""Server-side apply on the built-in cluster: owners, conflicts, what is taken away."""

from typing import Any

from tests.demo.api import DEPLOYMENTS, Api, deployment

Json = dict[str, Any]
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


async def apply(api: Api, body: Json, manager: str = "me", query: str = "") -> tuple[int, Json]:
    return await api.call("PATCH", f"{DEPLOYMENTS}/web?fieldManager={manager}{query}", body, content_type=APPLY)


async def test_apply_creates_what_is_not_there_and_owns_what_it_says(api: Api) -> None:
    status, made = await apply(api, deployment(replicas=2))
    assert status == 201
    entry = made["metadata"]["managedFields"][0]
    assert (entry["manager"], entry["operation"]) == ("me", "Apply")
    fields = entry["fieldsV1"]["f:spec"]
    assert sorted(fields) == ["f:replicas", "f:selector", "f:template"]
    containers = fields["f:template"]["f:spec"]["f:containers"]
    assert containers == {'k:{"name":"c"}': {".": {}, "f:image": {}, "f:name": {}}}


async def test_the_same_again_changes_nothing(api: Api) -> None:
    _, made = await apply(api, deployment(replicas=2))
    api.clock.advance(60)
    _, again = await apply(api, deployment(replicas=2))
    assert again == made


async def test_what_is_no_longer_said_is_taken_away(api: Api) -> None:
    labelled = deployment()
    labelled["metadata"]["labels"] = {"a": "1", "b": "2"}
    await apply(api, labelled)
    labelled["metadata"]["labels"] = {"a": "1"}
    _, after = await apply(api, labelled)
    assert after["metadata"]["labels"] == {"a": "1"}


async def test_what_another_has_set_stays(api: Api) -> None:
    await apply(api, deployment(replicas=2))
    patch = {"metadata": {"labels": {"theirs": "1"}}}
    await api.call("PATCH", f"{DEPLOYMENTS}/web?fieldManager=them", patch, content_type=MERGE)
    _, after = await apply(api, deployment(replicas=3))
    assert (after["metadata"]["labels"], after["spec"]["replicas"]) == ({"theirs": "1"}, 3)


async def test_a_field_of_another_is_a_conflict_until_forced(api: Api) -> None:
    await apply(api, deployment(replicas=2))
    patch = {"spec": {"replicas": 5}}
    await api.call("PATCH", f"{DEPLOYMENTS}/web?fieldManager=them", patch, content_type=MERGE)
    status, told = await apply(api, deployment(replicas=2))
    assert (status, told["reason"]) == (409, "Conflict")
    assert told["message"] == 'Apply failed with 1 conflict: conflict with "them" using apps/v1: .spec.replicas'
    status, after = await apply(api, deployment(replicas=2), query="&force=true")
    assert (status, after["spec"]["replicas"]) == (200, 2)
    assert (await apply(api, deployment(replicas=4)))[0] == 200


async def test_two_that_say_the_same_own_it_together(api: Api) -> None:
    await apply(api, deployment(replicas=2), "one")
    assert (await apply(api, deployment(replicas=2), "two"))[0] == 200
    _, after = await apply(api, deployment(), "one")
    assert after["spec"]["replicas"] == 2
    status, _ = await apply(api, deployment(replicas=9), "one")
    assert status == 409


async def test_apply_needs_a_manager(api: Api) -> None:
    status, _ = await api.call("PATCH", f"{DEPLOYMENTS}/web", deployment(), content_type=APPLY)
    assert status == 400
