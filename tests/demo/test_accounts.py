"""Service accounts: the one that every namespace has, and lasting tokens."""

import base64

import pytest

from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import CONFIGMAPS, NAMESPACES, SECRETS, SERVICEACCOUNTS
from tests.demo.living import Json, Living


class _Tokens:
    """Issues tokens that say whose they are."""

    def __init__(self, cluster: Living) -> None:
        self.revoked: list[str] = []
        cluster.plane.keep_accounts("authority", lambda space, name: f"{space}/{name}", self.revoked.append)
        for controller in cluster.plane.controllers[-1:]:
            controller.start()


def _wish(name: str = "t", account: str = "robot") -> Json:
    annotations = {"kubernetes.io/service-account.name": account}
    return {"metadata": {"name": name, "annotations": annotations}, "type": "kubernetes.io/service-account-token"}


def test_every_namespace_has_an_account_and_gets_it_back() -> None:
    cluster = Living(1)
    cluster.create(NAMESPACES, {"metadata": {"name": "new"}})
    cluster.run(1)
    cluster.registry.delete(SERVICEACCOUNTS, "new", "default")
    cluster.run(1)
    assert cluster.registry.find(SERVICEACCOUNTS, "new", "default") is not None
    assert cluster.registry.find(CONFIGMAPS, "new", "kube-root-ca.crt") is not None


def test_a_secret_that_asks_for_a_token_gets_one_and_goes_with_its_account() -> None:
    cluster = Living(1)
    tokens = _Tokens(cluster)
    account = cluster.create(SERVICEACCOUNTS, {"metadata": {"name": "robot"}})
    cluster.create(SECRETS, _wish())
    cluster.run(1)
    secret = cluster.get(SECRETS, "t")
    data = {name: base64.b64decode(value).decode() for name, value in secret["data"].items()}
    assert data == {"ca.crt": "authority", "namespace": "default", "token": "default/robot"}
    assert secret["metadata"]["annotations"]["kubernetes.io/service-account.uid"] == account["metadata"]["uid"]
    cluster.delete(SERVICEACCOUNTS, "robot")
    cluster.run(1)
    assert cluster.registry.find(SECRETS, "default", "t") is None
    assert tokens.revoked == ["default/robot"]


def test_a_token_secret_without_an_account_goes_and_one_that_names_none_is_refused() -> None:
    cluster = Living(1)
    _Tokens(cluster)
    cluster.create(SECRETS, _wish(account="ghost"))
    cluster.run(1)
    assert cluster.registry.find(SECRETS, "default", "t") is None
    with pytest.raises(Refusal, match="Required value"):
        cluster.create(SECRETS, {"metadata": {"name": "u"}, "type": "kubernetes.io/service-account-token"})
