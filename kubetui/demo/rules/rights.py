"""Roles and their bindings: what a rule and a subject must have, and what of a binding never changes."""

from typing import Any

from kubetui.demo.refusals import Cause, not_supported, required, wrong_value
from kubetui.demo.rules import checks
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]

GROUP = "rbac.authorization.k8s.io"
KINDS = ("Role", "ClusterRole")
SUBJECTS = ("ServiceAccount", "User", "Group")


class RoleRules(Strategy):
    """Roles and bindings may have colons in their names."""

    def validate_name(self, field: str, name: str) -> list[Cause]:
        return checks.path_name(field, name)

    def default(self, obj: Json) -> None:
        obj.setdefault("rules", None)

    def validate(self, obj: Json) -> list[Cause]:
        return [*super().validate(obj), *self._rules(obj)]

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        return [*super().validate_update(new, old, subresource), *self._rules(new)]

    def _rules(self, obj: Json) -> list[Cause]:
        causes: list[Cause] = []
        for at, rule in enumerate(obj.get("rules") or ()):
            causes += _rule(f"rules[{at}]", rule, namespaced=self.resource.namespaced)
        return causes


def _rule(field: str, rule: Json, *, namespaced: bool) -> list[Cause]:
    causes: list[Cause] = []
    if not rule.get("verbs"):
        causes.append(required(f"{field}.verbs", "verbs must contain at least one value"))
    paths = rule.get("nonResourceURLs")
    if paths:
        here = f"{field}.nonResourceURLs"
        if namespaced:
            causes.append(wrong_value(here, paths, "namespaced rules cannot apply to non-resource URLs"))
        if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            causes.append(wrong_value(here, paths, detail))
        return causes
    if not rule.get("apiGroups"):
        causes.append(required(f"{field}.apiGroups", "resource rules must supply at least one api group"))
    if not rule.get("resources"):
        causes.append(required(f"{field}.resources", "resource rules must supply at least one resource"))
    return causes


class BindingRules(Strategy):
    """Bindings of roles to subjects."""

    def validate_name(self, field: str, name: str) -> list[Cause]:
        return checks.path_name(field, name)

    def default(self, obj: Json) -> None:
        role = obj.setdefault("roleRef", {})
        role.setdefault("apiGroup", GROUP)
        for subject in obj.get("subjects") or ():
            if subject.get("kind") in ("User", "Group"):
                subject.setdefault("apiGroup", GROUP)

    def validate(self, obj: Json) -> list[Cause]:
        return [*super().validate(obj), *self._binding(obj)]

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = [*self._binding(new), *super().validate_update(new, old, subresource)]
        role = new["roleRef"]
        if role != old["roleRef"]:
            printed = {"APIGroup": role.get("apiGroup", ""), "Kind": role.get("kind", ""), "Name": role.get("name", "")}
            causes.append(wrong_value("roleRef", printed, "cannot change roleRef"))
        return causes

    def _binding(self, obj: Json) -> list[Cause]:
        role = obj["roleRef"]
        kinds = KINDS if self.resource.namespaced else KINDS[1:]
        causes: list[Cause] = []
        if role["apiGroup"] != GROUP:
            causes.append(not_supported("roleRef.apiGroup", role["apiGroup"], [GROUP]))
        if role.get("kind", "") not in kinds:
            causes.append(not_supported("roleRef.kind", role.get("kind", ""), kinds))
        if not role.get("name"):
            causes.append(required("roleRef.name"))
        for at, subject in enumerate(obj.get("subjects") or ()):
            causes += self._subject(f"subjects[{at}]", subject)
        return causes

    def _subject(self, field: str, subject: Json) -> list[Cause]:
        causes = [] if subject.get("name") else [required(f"{field}.name")]
        group = "" if subject.get("kind") == "ServiceAccount" else GROUP
        if subject.get("kind") not in SUBJECTS:
            causes.append(not_supported(f"{field}.kind", subject.get("kind", ""), SUBJECTS))
        elif subject.get("apiGroup", "") != group:
            causes.append(not_supported(f"{field}.apiGroup", subject.get("apiGroup", ""), [group]))
        elif not group and not self.resource.namespaced and not subject.get("namespace"):
            causes.append(required(f"{field}.namespace"))
        return causes
