"""Creating, changing and deleting through the built-in cluster's API."""

import base64

import pytest

from kubetui.demo.http.message import Answer
from tests.demo.api import CONFIGS, DEPLOYMENTS, PODS, Api, config, deployment, pod

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


async def test_a_created_object_has_its_defaults_and_an_identity(api: Api) -> None:
    made = await api.create(DEPLOYMENTS, deployment())
    assert made["metadata"]["generation"] == 1
    assert made["metadata"]["creationTimestamp"] == "2026-01-01T00:00:00Z"
    assert made["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
    }
    assert made["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent"


async def test_a_generated_name_begins_as_asked(api: Api) -> None:
    made = await api.create(PODS, {**pod(), "metadata": {"generateName": "web-"}})
    assert made["metadata"]["name"].startswith("web-")
    assert len(made["metadata"]["name"]) == len("web-") + 5


async def test_a_dry_run_stores_nothing(api: Api) -> None:
    status, made = await api.call("POST", f"{CONFIGS}?dryRun=All", config("a"))
    assert (status, made["metadata"]["name"]) == (201, "a")
    assert (await api.call("GET", f"{CONFIGS}/a"))[0] == 404


async def test_a_name_that_is_taken_is_a_conflict(api: Api) -> None:
    await api.create(CONFIGS, config("a"))
    status, told = await api.call("POST", CONFIGS, config("a"))
    assert (status, told["reason"], told["message"]) == (409, "AlreadyExists", 'configmaps "a" already exists')


async def test_what_is_new_has_no_version(api: Api) -> None:
    status, told = await api.call("POST", CONFIGS, {"metadata": {"name": "a", "resourceVersion": "4"}})
    assert (status, told["message"]) == (500, "resourceVersion should not be set on objects to be created")
    await api.create(CONFIGS, {"metadata": {"name": "a", "resourceVersion": "0"}})


async def test_an_update_of_an_old_version_is_a_conflict(api: Api) -> None:
    old = await api.create(CONFIGS, config("a"))
    await api.call("PUT", f"{CONFIGS}/a", config("a", k="1"))
    status, told = await api.call("PUT", f"{CONFIGS}/a", {**old, "data": {"k": "2"}})
    assert (status, told["reason"]) == (409, "Conflict")
    assert "please apply your changes to the latest version and try again" in told["message"]


async def test_a_write_that_changes_nothing_makes_no_version(api: Api) -> None:
    made = await api.create(CONFIGS, config("a", k="1"))
    _, same = await api.call("PUT", f"{CONFIGS}/a", made)
    assert same["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


async def test_status_and_spec_are_written_apart(api: Api) -> None:
    made = await api.create(DEPLOYMENTS, deployment())
    _, after = await api.call("PUT", f"{DEPLOYMENTS}/web/status", {**made, "spec": {}, "status": {"replicas": 7}})
    assert (after["spec"], after["status"]) == (made["spec"], {"replicas": 7})
    assert after["metadata"]["generation"] == 1
    patch = {"spec": {"replicas": 3}, "status": {"replicas": 1}}
    _, later = await api.call("PATCH", f"{DEPLOYMENTS}/web", patch, content_type=MERGE)
    assert (later["spec"]["replicas"], later["status"], later["metadata"]["generation"]) == (3, {"replicas": 7}, 2)


async def test_a_strategic_patch_merges_containers_by_name(api: Api) -> None:
    await api.create(DEPLOYMENTS, deployment())
    pods = {"containers": [{"name": "c", "image": "nginx:2"}, {"name": "side", "image": "busybox:1"}]}
    patch = {"spec": {"template": {"spec": pods}}}
    _, after = await api.call("PATCH", f"{DEPLOYMENTS}/web", patch, content_type=STRATEGIC)
    found = {one["name"]: one["image"] for one in after["spec"]["template"]["spec"]["containers"]}
    assert found == {"c": "nginx:2", "side": "busybox:1"}
    gone = {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}
    _, last = await api.call("PATCH", f"{DEPLOYMENTS}/web", gone, content_type=STRATEGIC)
    assert [one["name"] for one in last["spec"]["template"]["spec"]["containers"]] == ["c"]


async def test_a_json_patch_that_does_not_fit_changes_nothing(api: Api) -> None:
    await api.create(CONFIGS, config("a", k="1"))
    patch = [{"op": "replace", "path": "/data/k", "value": "2"}, {"op": "test", "path": "/data/k", "value": "1"}]
    status, told = await api.call("PATCH", f"{CONFIGS}/a", patch, content_type="application/json-patch+json")
    assert (status, told["reason"]) == (422, "Invalid")
    assert (await api.get(f"{CONFIGS}/a"))["data"] == {"k": "1"}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add"},
        {"op": "copy", "path": "/data/k", "from": 7},
        {"op": "remove", "path": "/metadata/managedFields/²"},
    ],
)
async def test_an_operation_with_a_broken_path_fits_nothing(api: Api, operation: dict[str, object]) -> None:
    await api.create(CONFIGS, config("a"))
    status, told = await api.call("PATCH", f"{CONFIGS}/a", [operation], content_type="application/json-patch+json")
    assert (status, told["reason"]) == (422, "Invalid")


async def test_an_unknown_field_is_refused_dropped_or_warned_of_as_asked(api: Api) -> None:
    wrong = {**deployment(), "spec": {**deployment()["spec"], "replicaz": 1}}
    status, told = await api.call("POST", f"{DEPLOYMENTS}?fieldValidation=Strict", wrong)
    assert status == 400
    assert told["message"] == (
        'Deployment in version "v1" cannot be handled as a Deployment: '
        'strict decoding error: unknown field "spec.replicaz"'
    )
    answer = await api.ask("POST", DEPLOYMENTS, wrong)
    assert isinstance(answer, Answer)
    assert answer.headers == (("Warning", '299 - "unknown field \\"spec.replicaz\\""'),)
    assert "replicaz" not in (await api.get(f"{DEPLOYMENTS}/web"))["spec"]


async def test_everything_that_is_wrong_is_told_at_once(api: Api) -> None:
    wrong = deployment(replicas=-1)
    wrong["spec"]["template"]["spec"]["containers"] = [{"name": "C"}]
    status, told = await api.call("POST", DEPLOYMENTS, wrong)
    assert status == 422
    assert [cause["field"] for cause in told["details"]["causes"]] == [
        "spec.replicas",
        "spec.template.spec.containers[0].name",
        "spec.template.spec.containers[0].image",
    ]


async def test_a_selector_can_not_be_changed(api: Api) -> None:
    made = await api.create(DEPLOYMENTS, deployment())
    made["spec"]["selector"]["matchLabels"] = {"app": "other"}
    made["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    status, told = await api.call("PUT", f"{DEPLOYMENTS}/web", made)
    assert (status, told["details"]["causes"][0]["message"].endswith("field is immutable")) == (422, True)


async def test_nothing_is_created_in_a_namespace_that_is_not_there(api: Api) -> None:
    status, told = await api.call("POST", "/api/v1/namespaces/nowhere/configmaps", config("a"))
    assert (status, told["message"]) == (404, 'namespaces "nowhere" not found')


async def test_a_running_pod_is_deleted_after_its_grace_and_a_waiting_one_at_once(api: Api) -> None:
    await api.create(PODS, pod("a"))
    await api.create(PODS, pod("b"))
    api.registry.bind("default", "a", "node-1")
    await api.call("DELETE", f"{PODS}/a")
    await api.call("DELETE", f"{PODS}/b")
    going = await api.get(f"{PODS}/a")
    assert going["metadata"]["deletionGracePeriodSeconds"] == 30
    assert going["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:30Z"
    assert (await api.call("GET", f"{PODS}/b"))[0] == 404


async def test_a_later_deletion_can_only_shorten_the_grace(api: Api) -> None:
    await api.create(PODS, pod("a"))
    api.registry.bind("default", "a", "node-1")
    await api.call("DELETE", f"{PODS}/a", {"gracePeriodSeconds": 20})
    _, longer = await api.call("DELETE", f"{PODS}/a", {"gracePeriodSeconds": 60})
    assert longer["metadata"]["deletionGracePeriodSeconds"] == 20
    await api.call("DELETE", f"{PODS}/a", {"gracePeriodSeconds": 0})
    assert (await api.call("GET", f"{PODS}/a"))[0] == 404


async def test_finalizers_keep_an_object_until_they_are_gone(api: Api) -> None:
    held = config("a")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    await api.create(CONFIGS, held)
    await api.call("DELETE", f"{CONFIGS}/a")
    assert "deletionTimestamp" in (await api.get(f"{CONFIGS}/a"))["metadata"]
    await api.call("PATCH", f"{CONFIGS}/a", {"metadata": {"finalizers": None}}, content_type=MERGE)
    assert (await api.call("GET", f"{CONFIGS}/a"))[0] == 404


async def test_a_deletion_of_another_incarnation_is_a_conflict(api: Api) -> None:
    await api.create(CONFIGS, config("a"))
    status, told = await api.call("DELETE", f"{CONFIGS}/a", {"preconditions": {"uid": "other"}})
    assert (status, told["reason"]) == (409, "Conflict")


async def test_many_are_deleted_by_their_labels(api: Api) -> None:
    for name, tier in (("a", "web"), ("b", "db"), ("c", "web")):
        await api.create(PODS, pod(name, labels={"tier": tier}))
    await api.call("DELETE", f"{PODS}?labelSelector=tier%3Dweb")
    assert [item["metadata"]["name"] for item in (await api.get(PODS))["items"]] == ["b"]


async def test_a_scale_is_read_and_written(api: Api) -> None:
    await api.create(DEPLOYMENTS, deployment(replicas=2))
    scale = await api.get(f"{DEPLOYMENTS}/web/scale")
    assert (scale["spec"], scale["status"]["selector"]) == ({"replicas": 2}, "app=web")
    await api.call("PATCH", f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": 5}}, content_type=MERGE)
    assert (await api.get(f"{DEPLOYMENTS}/web"))["spec"]["replicas"] == 5


async def test_an_eviction_keeps_to_the_budget(api: Api) -> None:
    await api.create(PODS, pod("a", labels={"app": "web"}))
    running = await api.get(f"{PODS}/a")
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    await api.call("PUT", f"{PODS}/a/status", {**running, "status": ready})
    budget = {"metadata": {"name": "pdb"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}
    budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
    made = await api.create(budgets, budget)
    tight = {"disruptionsAllowed": 0, "desiredHealthy": 1, "currentHealthy": 1}
    await api.call("PUT", f"{budgets}/pdb/status", {**made, "status": tight})
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "a"}}
    status, told = await api.call("POST", f"{PODS}/a/eviction", eviction)
    assert status == 429
    assert (
        told["details"]["causes"][0]["message"] == "The disruption budget pdb needs 1 healthy pods and has 1 currently"
    )
    sick = {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}
    running = await api.get(f"{PODS}/a")
    await api.call("PUT", f"{PODS}/a/status", {**running, "status": sick})
    status, _ = await api.call("POST", f"{PODS}/a/eviction", eviction)
    assert status == 201


async def test_a_service_gets_an_address_and_keeps_it(api: Api) -> None:
    services = "/api/v1/namespaces/default/services"
    body = {"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    made = await api.create(services, body)
    assert made["spec"]["clusterIP"].startswith("10.96.")
    assert 30_000 <= made["spec"]["ports"][0]["nodePort"] <= 32_767
    _, after = await api.call("PATCH", f"{services}/s", {"spec": {"selector": {"a": "b"}}}, content_type=MERGE)
    assert after["spec"]["clusterIP"] == made["spec"]["clusterIP"]
    assert after["spec"]["ports"] == made["spec"]["ports"]


async def test_a_secrets_plain_texts_are_stored_encoded(api: Api) -> None:
    made = await api.create("/api/v1/namespaces/default/secrets", {"metadata": {"name": "s"}, "stringData": {"k": "v"}})
    assert made["data"] == {"k": base64.b64encode(b"v").decode()}
    assert "stringData" not in made


async def test_a_body_in_protobuf_is_read(api: Api) -> None:
    name = b"\x0a\x03\x0a\x01a"
    data = b"\x12\x06\x0a\x01k\x12\x01v"
    raw = name + data
    types = b"\x0a\x02v1\x12\x09ConfigMap"
    body = b"k8s\x00" + b"\x0a" + bytes([len(types)]) + types + b"\x12" + bytes([len(raw)]) + raw
    status, made = await api.call("POST", CONFIGS, body, content_type="application/vnd.kubernetes.protobuf")
    assert (status, made["metadata"]["name"], made["data"]) == (201, "a", {"k": "v"})


async def test_the_namespaces_of_every_cluster_stay(api: Api) -> None:
    status, told = await api.call("DELETE", "/api/v1/namespaces/default")
    assert (status, told["message"]) == (
        403,
        'namespaces "default" is forbidden: this namespace may not be deleted',
    )


async def test_an_event_may_be_written_in_either_form(api: Api) -> None:
    event = {
        "metadata": {"name": "e"},
        "regarding": {"kind": "Pod", "name": "p", "namespace": "default"},
        "reason": "Tested",
        "note": "all is well",
        "type": "Normal",
        "action": "Testing",
        "reportingController": "example.com/tester",
        "reportingInstance": "tester-0",
        "eventTime": "2026-01-01T00:00:00.000000Z",
    }
    path = "/apis/events.k8s.io/v1/namespaces/default/events"
    made = await api.create(path, event)
    assert (made["apiVersion"], made["note"]) == ("events.k8s.io/v1", "all is well")
    old = await api.get("/api/v1/namespaces/default/events/e")
    assert (old["apiVersion"], old["message"]) == ("v1", "all is well")
    assert old["involvedObject"]["name"] == "p"
    status, _ = await api.call("DELETE", f"{path}/e")
    assert status == 200
