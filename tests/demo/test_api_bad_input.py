"""What nonsense gets from the built-in cluster: an error in the API's own form, and nothing lost."""

import pytest

from kubetui.demo.http.message import Answer
from tests.demo.api import CONFIGS, PODS, Api, Json, config


async def test_nobody_gets_in_without_a_token(api: Api) -> None:
    for user in ("", "wrong"):
        status, told = await api.call("GET", PODS, user=user)
        assert (status, told["reason"]) == (401, "Unauthorized")


async def test_who_may_not_is_told_what(api: Api) -> None:
    status, told = await api.call("GET", PODS, user="viewer")
    assert status == 403
    assert told["message"] == (
        'pods is forbidden: User "viewer" cannot list resource "pods" in API group "" in the namespace "default"'
    )


async def test_roles_that_are_bound_open_doors(api: Api) -> None:
    role = {"metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]}
    await api.create("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", role)
    bound = {
        "metadata": {"name": "b"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        "subjects": [{"kind": "User", "name": "viewer"}],
    }
    await api.create("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", bound)
    assert (await api.call("GET", PODS, user="viewer"))[0] == 200
    assert (await api.call("GET", "/api/v1/pods", user="viewer"))[0] == 403


async def test_a_token_ends_with_its_time(api: Api) -> None:
    account = {"metadata": {"name": "robot"}}
    await api.create("/api/v1/namespaces/default/serviceaccounts", account)
    path = "/api/v1/namespaces/default/serviceaccounts/robot/token"
    made = await api.create(path, {"spec": {"expirationSeconds": 600}})
    token = made["status"]["token"]
    assert (await api.call("GET", "/version", user=token))[0] == 200
    api.clock.advance(600)
    assert (await api.call("GET", "/version", user=token))[0] == 401


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v2/pods",
        "/api/v1/namespaces/default/nodes",
        "/api/v1/namespaces/default/../../nodes",
        "/api/v1/namespaces/../../pods",
        "/api/v1/namespaces//pods",
        "/api/v1//pods",
        "/api/v1/pods/x",
        "/api/v1/namespaces/default/pods/p/colour",
        "/apis/apps/v9/deployments",
        "/apis/apps/v9",
    ],
)
async def test_paths_that_lead_nowhere_in_a_group_that_is_served(api: Api, path: str) -> None:
    status, told = await api.call("GET", path)
    assert (status, told["message"]) == (404, "the server could not find the requested resource")


@pytest.mark.parametrize("path", ["/apis/nowhere/v1/pods", "//api/v1/pods", "/healthz/", "/logs", "*", "/apis/nowhere"])
async def test_paths_that_lead_nowhere_at_all(api: Api, path: str) -> None:
    answer = await api.ask("GET", path)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (404, b"404 page not found\n")


@pytest.mark.parametrize("name", [".", ".."])
async def test_names_that_no_path_can_have(api: Api, name: str) -> None:
    status, told = await api.call("GET", f"{PODS}/{name}")
    assert (status, told["message"]) == (400, f"Name parameter invalid: \"{name}\": may not be '{name}'")


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", CONFIGS),
        ("POST", "/api/v1/pods"),
        ("DELETE", "/api/v1/pods"),
        ("DELETE", "/version"),
        ("HEAD", PODS),
        ("OPTIONS", "/api/v1"),
        ("TRACE", "/api/v1/namespaces/default"),
    ],
)
async def test_a_method_that_does_not_go_with_the_path(api: Api, method: str, target: str) -> None:
    status, told = await api.call(method, target, config("a"))
    assert (status, told["reason"]) == (405, "MethodNotAllowed")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"metadata": 7}',
        b'{"metadata":{"name":7}}',
    ],
)
async def test_broken_bodies(api: Api, body: bytes) -> None:
    status, told = await api.call("POST", CONFIGS, body)
    assert (status, told["kind"], told["reason"]) == (400, "Status", "BadRequest")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)"),
        (b'{"a" 1}', "couldn't get version/kind; json parse error: invalid character '1' after object key ({\"a\" 1})"),
        (
            b"\xff",
            "couldn't get version/kind; json parse error: invalid character 'ÿ' looking for beginning of value (ff)",
        ),
        (
            b'{"kind":7}',
            "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of "
            'type string ({"kind":7})',
        ),
    ],
)
async def test_why_a_body_is_not_read(api: Api, body: bytes, told: str) -> None:
    status, answer = await api.call("POST", CONFIGS, body)
    assert (status, answer["message"]) == (
        400,
        f"the object provided is unrecognized (must be of type ConfigMap): {told}",
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "line 1: did not find expected node content ({)"),
        (b"a: b: c", "mapping values are not allowed in this context (613a20623a2063)"),
    ],
)
async def test_why_a_body_in_yaml_is_not_read(api: Api, body: bytes, told: str) -> None:
    status, answer = await api.call("POST", CONFIGS, body, content_type="application/yaml")
    assert status == 400
    assert answer["message"] == f"the object provided is unrecognized (must be of type ConfigMap): yaml: {told}"


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("merge-patch+json", b"{", "error decoding patch: unexpected end of JSON input"),
        (
            "merge-patch+json",
            b"[]",
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            "json-patch+json",
            b"{}",
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        ),
        ("strategic-merge-patch+json", b"", "unexpected end of JSON input"),
        (
            "apply-patch+yaml",
            b"{",
            "error decoding YAML: error converting YAML to JSON: yaml: line 1: did not find expected node content",
        ),
        (
            "merge-patch+json",
            b'{"metadata":null}',
            "the name of the object (a based on URL) was undeterminable: name must be provided",
        ),
    ],
)
async def test_why_a_patch_is_not_read(api: Api, kind: str, body: bytes, told: str) -> None:
    await api.create(CONFIGS, config("a"))
    status, answer = await api.call("PATCH", f"{CONFIGS}/a?fieldManager=m", body, content_type=f"application/{kind}")
    assert (status, answer["message"]) == (400, told)


async def test_what_an_object_says_twice_is_told(api: Api) -> None:
    body = b'{"metadata":{"name":"a"},"data":{"k":"1","k":"2"}}'
    answer = await api.ask("POST", CONFIGS, body)
    assert isinstance(answer, Answer)
    assert answer.headers == (("Warning", r'299 - "duplicate field \"data.k\""'),)
    status, told = await api.call("POST", f"{CONFIGS}?fieldValidation=Strict", body)
    handled = 'ConfigMap in version "v1" cannot be handled as a ConfigMap'
    assert (status, told["message"]) == (400, f'{handled}: strict decoding error: duplicate field "data.k"')


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("Pod", "converting (v1.Pod) to (core.ConfigMap): unknown conversion"),
        ("Thing", 'no kind "Thing" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"'),
    ],
)
async def test_an_object_of_another_kind_is_refused(api: Api, kind: str, why: str) -> None:
    status, told = await api.call("POST", CONFIGS, {**config("a"), "kind": kind})
    assert (status, told["message"]) == (400, f'{kind} in version "v1" cannot be handled as a ConfigMap: {why}')


async def test_texts_that_are_no_unicode_are_read_as_go_reads_them(api: Api) -> None:
    status, made = await api.call("POST", CONFIGS, b'{"metadata":{"name":"a"},"data":{"k":"\xff","l":"\\ud800"}}')
    assert (status, made["data"]) == (201, {"k": "\ufffd", "l": "\ufffd"})


async def test_values_of_a_wrong_type_are_named(api: Api) -> None:
    status, told = await api.call("POST", CONFIGS, {**config("a"), "data": {"k": 7}})
    assert status == 400
    assert "cannot unmarshal number into Go struct field" in told["message"]


async def test_a_media_type_that_is_not_known(api: Api) -> None:
    status, told = await api.call("POST", CONFIGS, config("a"), content_type="text/plain")
    assert (status, told["reason"]) == (415, "UnsupportedMediaType")
    await api.create(CONFIGS, config("a"))
    status, told = await api.call("PATCH", f"{CONFIGS}/a", {}, content_type="application/json")
    assert (status, told["reason"]) == (415, "UnsupportedMediaType")


async def test_yaml_that_would_grow_without_end_is_refused(api: Api) -> None:
    bomb = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    status, _ = await api.call("POST", CONFIGS, bomb, content_type="application/yaml")
    assert status == 400


@pytest.mark.parametrize(
    "query", ["limit=x", "resourceVersion=x", "continue=x", "labelSelector=a in (", "resourceVersionMatch=Some"]
)
async def test_parameters_that_make_no_sense(api: Api, query: str) -> None:
    status, told = await api.call("GET", f"{PODS}?{query}")
    assert status in (400, 422)
    assert told["kind"] == "Status"


async def test_names_that_are_none(api: Api) -> None:
    for name in ("A", "a_b", "-a", "a/b", "x" * 254):
        status, told = await api.call("POST", CONFIGS, config(name))
        assert (status, told["details"]["causes"][0]["field"]) == (422, "metadata.name")


@pytest.mark.parametrize(
    ("plural", "body", "field"),
    [
        ("configmaps", {"data": {"k": "x" * 600_000, "l": "x" * 600_000}}, "[]"),
        ("secrets", {"stringData": {"k": "x" * 1_100_000}}, "data"),
    ],
)
async def test_values_that_are_too_long_together(api: Api, plural: str, body: Json, field: str) -> None:
    path = f"/api/v1/namespaces/default/{plural}"
    status, told = await api.call("POST", path, {"metadata": {"name": "a"}, **body})
    assert (status, told["details"]["causes"]) == (
        422,
        [
            {
                "reason": "FieldValueTooLong",
                "message": "Too long: may not be more than 1048576 bytes",
                "field": field,
            }
        ],
    )


async def test_a_patch_that_doubles_an_object_again_and_again_is_refused(api: Api) -> None:
    await api.create(CONFIGS, config("a", k="v" * 1000))
    bomb = [{"op": "copy", "from": "/data", "path": f"/data/k{number}"} for number in range(40)]
    status, told = await api.call("PATCH", f"{CONFIGS}/a", bomb, content_type="application/json-patch+json")
    assert (status, told["reason"]) == (422, "Invalid")


async def test_a_patch_of_too_many_operations_is_refused(api: Api) -> None:
    await api.create(CONFIGS, config("a"))
    many = [{"op": "test", "path": "/kind", "value": "ConfigMap"}] * 10_001
    status, told = await api.call("PATCH", f"{CONFIGS}/a", many, content_type="application/json-patch+json")
    assert (status, told["reason"]) == (413, "RequestEntityTooLarge")
