"""What the built-in cluster adds to new pods, and when it refuses them."""

from tests.demo.api import CONFIGS, PODS, Api, config, pod

QUOTAS = "/api/v1/namespaces/default/resourcequotas"


async def test_a_pod_gets_its_accounts_token(api: Api) -> None:
    made = await api.create(PODS, pod())
    volume = made["spec"]["volumes"][0]
    assert volume["name"].startswith("kube-api-access-")
    assert made["spec"]["containers"][0]["volumeMounts"][0]["name"] == volume["name"]


async def test_a_pod_with_an_account_that_is_not_there_is_refused(api: Api) -> None:
    body = pod()
    body["spec"]["serviceAccountName"] = "ghost"
    status, told = await api.call("POST", PODS, body)
    assert status == 403
    assert told["message"].endswith('error looking up service account default/ghost: serviceaccount "ghost" not found')


async def test_a_priority_class_becomes_a_number(api: Api) -> None:
    body = pod()
    body["spec"]["priorityClassName"] = "system-node-critical"
    assert (await api.create(PODS, body))["spec"]["priority"] == 2_000_001_000
    body["spec"]["priorityClassName"] = "ghost"
    status, told = await api.call("POST", PODS, body)
    assert (status, told["message"].endswith("no PriorityClass with name ghost was found")) == (403, True)


async def test_a_quota_counts_and_refuses(api: Api) -> None:
    await api.create(QUOTAS, {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "1", "count/configmaps": "5"}}})
    await api.create(PODS, pod("a"))
    await api.create(CONFIGS, config("a"))
    assert (await api.get(f"{QUOTAS}/q"))["status"]["used"] == {"pods": "1", "count/configmaps": "1"}
    status, told = await api.call("POST", PODS, pod("b"))
    assert status == 403
    assert told["message"] == (
        'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'
    )
    await api.call("DELETE", f"{PODS}/a")
    assert (await api.get(f"{QUOTAS}/q"))["status"]["used"]["pods"] == "0"


async def test_a_quota_of_cores_wants_requests(api: Api) -> None:
    await api.create(QUOTAS, {"metadata": {"name": "q"}, "spec": {"hard": {"requests.cpu": "1"}}})
    status, told = await api.call("POST", PODS, pod("a"))
    assert (status, "must specify requests.cpu" in told["message"]) == (403, True)
    body = pod("a")
    body["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "250m"}}
    await api.create(PODS, body)
    assert (await api.get(f"{QUOTAS}/q"))["status"]["used"] == {"requests.cpu": "250m"}


async def test_a_limit_range_gives_what_is_left_out(api: Api) -> None:
    limit = {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "500m"}}
    body = {"metadata": {"name": "l"}, "spec": {"limits": [limit]}}
    await api.create("/api/v1/namespaces/default/limitranges", body)
    made = await api.create(PODS, pod())
    assert made["spec"]["containers"][0]["resources"] == {"limits": {"cpu": "1"}, "requests": {"cpu": "500m"}}
    assert made["status"]["qosClass"] == "Burstable"
