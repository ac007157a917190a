"""Objects that are well-formed and odd: each is refused for a reason, or taken and harms nobody."""

import pytest

from kubetui.demo.clock import Clock
from kubetui.demo.controllers.workqueue import Key, WorkQueue
from tests.demo.api import CONFIGS, Api, config

NODES = "/api/v1/nodes"
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"


async def test_an_owner_is_named_wholly(api: Api) -> None:
    status, told = await api.call("POST", CONFIGS, {"metadata": {"name": "a", "ownerReferences": [{}]}})
    assert (status, [cause["field"] for cause in told["details"]["causes"]]) == (
        422,
        [f"metadata.ownerReferences.{field}" for field in ("apiVersion", "kind", "name", "uid")],
    )


async def test_an_object_has_one_controller(api: Api) -> None:
    owner = {"apiVersion": "v1", "kind": "Pod", "controller": True}
    owners = [{**owner, "name": name, "uid": name} for name in ("a", "b")]
    status, told = await api.call("POST", CONFIGS, {"metadata": {"name": "a", "ownerReferences": owners}})
    assert status == 422
    assert "Only one reference can have Controller set to true" in told["message"]


async def test_a_time_is_a_time(api: Api) -> None:
    lease = {"metadata": {"name": "a"}, "spec": {"renewTime": "nonsense"}}
    status, told = await api.call("POST", "/apis/coordination.k8s.io/v1/namespaces/default/leases", lease)
    assert status == 400
    assert 'parsing time "nonsense"' in told["message"]


async def test_what_is_a_number_or_a_text_is_nothing_else(api: Api) -> None:
    spec = {"maxUnavailable": [], "selector": {"matchLabels": {"a": "b"}}}
    status, told = await api.call("POST", BUDGETS, {"metadata": {"name": "a"}, "spec": spec})
    assert status == 400
    assert "cannot unmarshal array into Go struct field PodDisruptionBudgetSpec.spec.maxUnavailable" in told["message"]


async def test_null_is_the_same_as_nothing(api: Api) -> None:
    made = await api.create(CONFIGS, {**config("a"), "data": {"k": None}, "immutable": None})
    assert made["data"] == {"k": ""}
    assert "immutable" not in made


@pytest.mark.parametrize("path", [NODES, BUDGETS])
async def test_an_object_without_a_spec_has_an_empty_one(api: Api, path: str) -> None:
    assert (await api.create(path, {"metadata": {"name": "a"}}))["spec"] == {}


async def test_an_address_of_a_service_is_an_address(api: Api) -> None:
    spec = {"clusterIP": "/x", "ports": [{"port": 80}]}
    status, told = await api.call(
        "POST", "/api/v1/namespaces/default/services", {"metadata": {"name": "a"}, "spec": spec}
    )
    assert (status, told["details"]["causes"][0]["field"]) == (422, "spec.clusterIPs[0]")


def test_a_controller_goes_on_where_it_can_make_nothing_of_an_object(caplog: pytest.LogCaptureFixture) -> None:
    clock, seen = Clock(0.0), list[Key]()

    def work(key: Key) -> None:
        seen.append(key)
        if key == ("n", "odd"):
            raise KeyError("spec")

    queue = WorkQueue(clock, work)
    for name in ("odd", "well"):
        queue.add(("n", name))
    clock.advance(0.02)
    assert seen.count(("n", "well")) == 1
    assert seen.count(("n", "odd")) > 1
    assert "work on n/odd failed" in caplog.text
