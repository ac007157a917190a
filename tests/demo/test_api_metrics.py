"""metrics.k8s.io and the newer face of events on the built-in cluster."""

from typing import Any

import msgspec
import pytest

from tests.demo.api import PODS, Api, NoKubelets, Watching, pod

METRICS = "/apis/metrics.k8s.io/v1beta1"
EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events"


class Used(msgspec.Struct, frozen=True):
    cores: float
    memory: int


class OneRuns(NoKubelets):
    """The container of the pod `a` uses a quarter of a core and 64 MiB; nothing else runs."""

    def usage(self, pod: dict[str, Any]) -> dict[str, Any]:
        return {"c": Used(0.25, 64 << 20)} if pod["metadata"]["name"] == "a" else {}


@pytest.fixture
async def running() -> Api:
    api = Api(OneRuns())
    for name, ready in ("node-1", "True"), ("node-2", "Unknown"):
        await api.create("/api/v1/nodes", {"metadata": {"name": name}})
        told = {"status": {"conditions": [{"type": "Ready", "status": ready}]}}
        await api.call("PATCH", f"/api/v1/nodes/{name}/status", told, content_type="application/merge-patch+json")
    for name in "ab":
        await api.create(PODS, pod(name))
        api.registry.bind("default", name, "node-1")
    return api


async def test_pods_that_run_are_measured(running: Api) -> None:
    found = await running.get(f"{METRICS}/namespaces/default/pods")
    assert [(one["metadata"]["name"], one["containers"]) for one in found["items"]] == [
        ("a", [{"name": "c", "usage": {"cpu": "250000000n", "memory": "65536Ki"}}])
    ]
    status, _ = await running.call("GET", f"{METRICS}/namespaces/default/pods/b")
    assert status == 404


async def test_a_node_uses_what_its_pods_use_and_some_itself(running: Api) -> None:
    found = await running.get(f"{METRICS}/nodes/node-1")
    assert found["usage"] == {"cpu": "370000000n", "memory": f"{(600 + 64) * 1024}Ki"}


async def test_a_node_that_is_not_ready_is_not_measured(running: Api) -> None:
    found = await running.get(f"{METRICS}/nodes")
    assert [one["metadata"]["name"] for one in found["items"]] == ["node-1"]
    status, _ = await running.call("GET", f"{METRICS}/nodes/node-2")
    assert status == 404


async def test_events_have_a_newer_face(api: Api) -> None:
    made = await api.create(PODS, pod("a"))
    async with Watching(api, f"{EVENTS}?resourceVersion={api.registry.storage.version}") as watch:
        api.registry.event(made, "Pulled", "Container image already present", component="kubelet", host="node-1")
        seen = (await watch.next())["object"]
    listed = (await api.get(EVENTS))["items"][0]
    for event in (seen, listed):
        assert (event["note"], event["regarding"]["name"]) == ("Container image already present", "a")
        assert (event["deprecatedCount"], event["reportingController"]) == (1, "kubelet")
    old = (await api.get("/api/v1/namespaces/default/events"))["items"][0]
    assert (old["message"], old["involvedObject"]["name"]) == ("Container image already present", "a")
