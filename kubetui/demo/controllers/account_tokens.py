"""Lasting tokens of service accounts: a Secret that asks for one is filled in, and goes with its account."""

import base64
from collections.abc import Callable

from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.informer import Informers
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, uid_of, with_, with_metadata
from kubetui.demo.resources import SECRETS, SERVICEACCOUNTS

TYPE = "kubernetes.io/service-account-token"
ACCOUNT, ACCOUNT_UID = "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid"

Issue = Callable[[str, str], str]
"""Makes a new token for the account of that namespace and name."""


class AccountTokenController(Controller):
    """Reconciles Secrets of that type."""

    component = "serviceaccount-token-controller"
    resource = SECRETS

    def __init__(self, informers: Informers, authority: str, issue: Issue, revoke: Callable[[str], None]) -> None:
        super().__init__(informers)
        self._authority = authority
        self._issue = issue
        self._revoke = revoke

    def watch(self) -> None:
        self._issued: dict[Key, str] = {}
        self.registry.subscribe(SERVICEACCOUNTS, self._account_changed)

    def reconcile(self, key: Key) -> None:
        secret = self.find(key)
        if secret is None:
            token = self._issued.pop(key, "")
            if token:
                self._revoke(token)
            return
        if secret.get("type") != TYPE or deleting(secret):
            return
        annotations = secret["metadata"].get("annotations") or {}
        account = self.registry.find(SERVICEACCOUNTS, key[0], annotations.get(ACCOUNT, ""))
        if account is None or annotations.get(ACCOUNT_UID, uid_of(account)) != uid_of(account):
            self.registry.delete(SECRETS, *key)
        elif "token" not in (secret.get("data") or {}):
            self._fill_in(key, secret, account)

    def _fill_in(self, key: Key, secret: Json, account: Json) -> None:
        token = self._issued[key] = self._issue(namespace_of(account), name_of(account))
        annotations = {**secret["metadata"]["annotations"], ACCOUNT_UID: uid_of(account)}
        values = {"ca.crt": self._authority, "namespace": namespace_of(account), "token": token}
        data = {name: base64.b64encode(value.encode()).decode() for name, value in values.items()}
        filled = with_(with_metadata(secret, annotations=annotations), data={**(secret.get("data") or {}), **data})
        self.registry.update(SECRETS, filled)

    def _account_changed(self, event: str, account: Json, old: Json | None) -> None:
        if event == "MODIFIED":
            return
        for secret in self.registry.list(SECRETS, namespace_of(account)):
            if (secret["metadata"].get("annotations") or {}).get(ACCOUNT) == name_of(account):
                self.queue.add(key_of(secret))
