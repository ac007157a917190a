"""The people whom the kubeconfig of a cluster has contexts for: what each may do, and the tokens they are known by."""

import base64
from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from kubetui.demo.bootstrap import binding
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.message import User
from kubetui.demo.registry import Registry
from kubetui.demo.resources import CLUSTERROLEBINDINGS, ROLEBINDINGS

NAME = "kubetui-demo"
"""The cluster's name in its kubeconfig, and the context of its administrator."""
TEAM_NAMESPACE = "default"
_AUTHENTICATED = ("system:authenticated",)


class Person(msgspec.Struct, frozen=True):
    """One user of the kubeconfig."""

    context: str
    user: User
    namespace: str = ""
    """The namespace of the context, where it has one."""


PEOPLE = (
    Person(NAME, User("kubernetes-admin", ("system:masters", *_AUTHENTICATED))),
    Person("viewer", User("viewer", _AUTHENTICATED)),
    Person("team", User("team", _AUTHENTICATED), TEAM_NAMESPACE),
    Person("nobody", User("nobody", _AUTHENTICATED)),
)
"""One may do everything, one see what namespaces hold but secrets, one work in a single namespace, one nothing."""


class Tokens:
    """The current token of each person, by the name of the context."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper
        self.by_context: Mapping[str, str] = {}
        self.renew()

    def revoke(self) -> None:
        """Makes all of them worthless."""
        for token in self.by_context.values():
            self._doorkeeper.revoke(token)

    def renew(self) -> None:
        """Hands out new ones."""
        self.by_context = {person.context: self._doorkeeper.admit(person.user) for person in PEOPLE}


def grant_rights(registry: Registry) -> None:
    """Binds the roles of those who are no administrators."""
    registry.create(CLUSTERROLEBINDINGS, binding("viewer", "view", "User", "viewer"))
    registry.create(ROLEBINDINGS, binding("team", "edit", "User", "team"), TEAM_NAMESPACE)


def kubeconfig(url: str, certificate: str, tokens: Mapping[str, str], files: Mapping[str, Path]) -> str:
    """A kubeconfig with a context for each person, the administrator's first.

    `tokens` and `files` are by context. A client that knows token files reads a new token from there by itself; for
    others the token stands beside it.
    """
    users = [
        {
            "name": f"{NAME}-{person.user.name}",
            "user": {
                "token": tokens[person.context],
                **({"tokenFile": str(files[person.context])} if person.context in files else {}),
            },
        }
        for person in PEOPLE
    ]
    contexts = [
        {
            "name": person.context,
            "context": {
                "cluster": NAME,
                "user": f"{NAME}-{person.user.name}",
                **({"namespace": person.namespace} if person.namespace else {}),
            },
        }
        for person in PEOPLE
    ]
    authority = base64.b64encode(certificate.encode()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": {"server": url, "certificate-authority-data": authority}}],
        "contexts": contexts,
        "users": users,
        "current-context": NAME,
    }
    return yaml.safe_dump(config, sort_keys=False)
