"""Those whom the kubeconfig of a cluster has contexts for, and what each of them may do."""

from pathlib import Path

import pytest
import yaml

from kubetui.demo.people import PEOPLE, Tokens, grant_rights, kubeconfig
from tests.demo.api import Api, config

SECRETS = "/api/v1/secrets"
PODS = "/api/v1/pods"
OURS = "/api/v1/namespaces/default/configmaps"
THEIRS = "/api/v1/namespaces/kube-system/configmaps"


@pytest.fixture
def served() -> tuple[Api, Tokens]:
    api = Api()
    grant_rights(api.registry)
    return api, Tokens(api.doorkeeper)


@pytest.mark.parametrize(
    ("context", "sees_pods", "sees_secrets", "changes_default", "changes_others"),
    [
        ("kubetui-demo", True, True, True, True),
        ("viewer", True, False, False, False),
        ("team", False, False, True, False),
        ("nobody", False, False, False, False),
    ],
)
async def test_what_each_may_do(
    served: tuple[Api, Tokens],
    context: str,
    sees_pods: bool,
    sees_secrets: bool,
    changes_default: bool,
    changes_others: bool,
) -> None:
    api, tokens = served
    token = tokens.by_context[context]

    async def may(method: str, target: str, body: object = None) -> bool:
        status, _ = await api.call(method, target, body, user=token)
        assert status in (200, 201, 403)
        return status != 403

    assert await may("GET", PODS) is sees_pods
    assert await may("GET", SECRETS) is sees_secrets
    assert await may("POST", OURS, config("one")) is changes_default
    assert await may("POST", THEIRS, config("one")) is changes_others


def test_the_kubeconfig_has_a_context_for_each_and_the_administrators_is_the_current_one(
    served: tuple[Api, Tokens],
) -> None:
    _, tokens = served
    files = {person.context: Path(f"/run/{person.context}") for person in PEOPLE}
    told = yaml.safe_load(kubeconfig("https://127.0.0.1:1", "PEM", tokens.by_context, files))
    users = {one["name"]: one["user"] for one in told["users"]}
    contexts = {one["name"]: one["context"] for one in told["contexts"]}
    assert list(contexts) == ["kubetui-demo", "viewer", "team", "nobody"]
    assert told["current-context"] == "kubetui-demo"
    assert contexts["team"]["namespace"] == "default"
    for name, context in contexts.items():
        assert users[context["user"]] == {"token": tokens.by_context[name], "tokenFile": f"/run/{name}"}


async def test_tokens_that_were_revoked_are_refused_until_there_are_new_ones(served: tuple[Api, Tokens]) -> None:
    api, tokens = served
    old = tokens.by_context["viewer"]
    tokens.revoke()
    assert (await api.call("GET", PODS, user=old))[0] == 401
    tokens.renew()
    assert (await api.call("GET", PODS, user=old))[0] == 401
    assert (await api.call("GET", PODS, user=tokens.by_context["viewer"]))[0] == 200
