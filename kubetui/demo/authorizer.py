"""Who may do what: roles and their bindings, as RBAC evaluates them. Decides; refuses nothing itself."""

from collections.abc import Iterator
from typing import Any

import msgspec

from kubetui.demo.registry import Registry
from kubetui.demo.resources import CLUSTERROLEBINDINGS, CLUSTERROLES, ROLEBINDINGS, ROLES

Json = dict[str, Any]

MASTERS = "system:masters"
"""The group that may do everything, whatever roles say."""


class Wish(msgspec.Struct, frozen=True):
    """What somebody wants to do, to a resource or to a path that is none."""

    verb: str
    group: str = ""
    resource: str = ""
    """The plural; with a subresource `pods/log`."""
    namespace: str = ""
    name: str = ""
    path: str = ""


class Authorizer:
    """Reads the roles that stand in a registry at the time of asking."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def allows(self, user: str, groups: tuple[str, ...], wish: Wish) -> bool:
        """Whether a user may."""
        return self.verdict(user, groups, wish) is not None

    def verdict(self, user: str, groups: tuple[str, ...], wish: Wish) -> str | None:
        """Why a user may, in the server's words; None where not. Those who may do everything need no reason."""
        if MASTERS in groups:
            return ""
        for reason, rule in self._reasons(user, groups, wish.namespace):
            if _covers(rule, wish):
                return f"RBAC: allowed by {reason}"
        return None

    def rules(self, user: str, groups: tuple[str, ...], namespace: str) -> Iterator[Json]:
        """The rules that hold for a user: those of the whole cluster, and those of one namespace."""
        for _, rule in self._reasons(user, groups, namespace):
            yield rule

    def _reasons(self, user: str, groups: tuple[str, ...], namespace: str) -> Iterator[tuple[str, Json]]:
        """Each rule with what grants it."""
        for binding in self._registry.list(CLUSTERROLEBINDINGS):
            subject = _subject(binding, user, groups)
            if subject is not None:
                yield from ((_reason(binding, subject), rule) for rule in self._granted(binding, ""))
        for binding in self._registry.list(ROLEBINDINGS, namespace) if namespace else ():
            subject = _subject(binding, user, groups)
            if subject is not None:
                yield from ((_reason(binding, subject), rule) for rule in self._granted(binding, namespace))

    def _granted(self, binding: Json, namespace: str) -> Iterator[Json]:
        reference = binding["roleRef"]
        if reference["kind"] == "ClusterRole":
            role = self._registry.find(CLUSTERROLES, "", reference["name"])
        else:
            role = self._registry.find(ROLES, namespace, reference["name"])
        yield from (role or {}).get("rules") or ()


def _reason(binding: Json, subject: Json) -> str:
    space = binding["metadata"].get("namespace", "")
    named = f"{binding['metadata']['name']}/{space}" if space else binding["metadata"]["name"]
    role, who = binding["roleRef"], subject["name"]
    if subject["kind"] == "ServiceAccount":
        who = f"{who}/{subject.get('namespace', '')}"
    kind = "RoleBinding" if space else "ClusterRoleBinding"
    return f'{kind} "{named}" of {role["kind"]} "{role["name"]}" to {subject["kind"]} "{who}"'


def _subject(binding: Json, user: str, groups: tuple[str, ...]) -> Json | None:
    """The subject of a binding that a user is."""
    for subject in binding.get("subjects") or ():
        match subject["kind"]:
            case "User":
                found = subject["name"] == user
            case "Group":
                found = subject["name"] in groups
            case "ServiceAccount":
                found = f"system:serviceaccount:{subject.get('namespace', '')}:{subject['name']}" == user
            case _:
                found = False
        if found:
            return dict(subject)
    return None


def _covers(rule: Json, wish: Wish) -> bool:
    if not _has(rule.get("verbs"), wish.verb):
        return False
    if wish.path:
        return any(
            url in ("*", wish.path) or (url.endswith("*") and wish.path.startswith(url[:-1]))
            for url in rule.get("nonResourceURLs") or ()
        )
    resources = rule.get("resources") or ()
    # `*/scale` covers that subresource of everything.
    _, slash, sub = wish.resource.partition("/")
    named = _has(resources, wish.resource) or bool(slash and f"*/{sub}" in resources)
    names = rule.get("resourceNames")
    return _has(rule.get("apiGroups"), wish.group) and named and (not names or wish.name in names)


def _has(known: Any, wanted: str) -> bool:
    return bool(known) and ("*" in known or wanted in known)
