"""Pods: defaults, the tolerations and the account that admission adds, what of a pod may change, its grace."""

from typing import Any

from kubetui.demo.objects import copied, labels_of
from kubetui.demo.refusals import Cause, duplicate, forbidden_field, not_supported, quoted, required, wrong_value
from kubetui.demo.rules import limits, podadmission
from kubetui.demo.rules.podchecks import pod_spec
from kubetui.demo.rules.podspec import default_pod_spec, default_requests, quality_of_service
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]

_POLICIES = ("Always", "OnFailure", "Never")
TOLERATED_SECONDS = 300
"""How long a pod stays on a node that is not ready or out of reach."""

_GATED = {
    "type": "PodScheduled",
    "status": "False",
    "lastProbeTime": None,
    "reason": "SchedulingGated",
    "message": "Scheduling is blocked due to non-empty scheduling gates",
}


class PodRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        default_pod_spec(spec)
        default_requests(spec)
        spec.setdefault("enableServiceLinks", True)

    def admit(self, obj: Json) -> None:
        spec = obj["spec"]
        limits.fill_in(self.registry, obj)
        podadmission.account(self.registry, obj)
        podadmission.prioritise(self.registry, obj)
        if spec.get("nodeName"):
            obj["metadata"]["labels"] = {**labels_of(obj), **self.registry.topology(spec["nodeName"])}
        tolerations = spec.setdefault("tolerations", [])
        for taint in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
            if not any(_tolerates(toleration, taint) for toleration in tolerations):
                tolerations.append(
                    {"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": TOLERATED_SECONDS}
                )
        limits.check_pod(self.registry, self.resource, obj)
        obj["status"] = {"phase": "Pending", "qosClass": quality_of_service(spec)}
        if spec.get("schedulingGates"):
            obj["status"]["conditions"] = [{**_GATED, "lastTransitionTime": self.registry.clock.stamp()}]

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        spec = obj["spec"]
        causes += pod_spec("spec", spec)
        if spec.get("ephemeralContainers"):
            causes.append(forbidden_field("spec.ephemeralContainers", "cannot be set on create"))
        if spec["restartPolicy"] not in _POLICIES:
            causes.append(not_supported("spec.restartPolicy", spec["restartPolicy"], _POLICIES))
        return causes

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = super().validate_update(new, old, subresource)
        if subresource == "resize" and quality_of_service(new["spec"]) != quality_of_service(old["spec"]):
            told = "Pod QOS Class may not change as a result of resizing"
            return [*causes, wrong_value("spec", quality_of_service(new["spec"]), told)]
        if subresource == "ephemeralcontainers":
            return [*causes, *_guests(new["spec"], old["spec"])]
        if subresource or new["spec"] == old["spec"] or _mutable_aside(new["spec"]) == _mutable_aside(old["spec"]):
            return causes
        if _is_ungated(new["spec"], old["spec"]):
            return causes
        before, after = (list(map(_timeless, obj["spec"].get("tolerations") or ())) for obj in (old, new))
        if any(one not in after for one in before):
            told = "existing toleration can not be modified except its tolerationSeconds"
            causes.append(forbidden_field("spec.tolerations", told))
        allowed = (
            "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
            "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
            "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
        )
        return [*causes, forbidden_field("spec", allowed)]

    def with_part(self, old: Json, given: Json, part: str) -> Json:
        """With the containers that someone has come to debug it with, or with other resources for those it has."""
        new: Json = copied(old)
        wanted = copied(given.get("spec") or {})
        if part == "ephemeralcontainers":
            new["spec"]["ephemeralContainers"] = wanted.get("ephemeralContainers") or []
        else:
            for kind in ("containers", "initContainers"):
                resources = {one["name"]: one.get("resources") or {} for one in wanted.get(kind) or ()}
                for one in new["spec"].get(kind) or ():
                    one["resources"] = resources.get(one["name"], one["resources"])
        self.default(new)
        return new

    def grace(self, obj: Json, asked: int | None) -> int:
        """What is asked for, or what the pod says; nothing for one that no kubelet has or that has ended."""
        if not obj["spec"].get("nodeName") or obj.get("status", {}).get("phase") in ("Succeeded", "Failed"):
            return 0
        return asked if asked is not None else int(obj["spec"].get("terminationGracePeriodSeconds", 30))


def _guests(new: Json, old: Json) -> list[Cause]:
    """What is wrong with ephemeral containers: those that are there stay as they are, names are taken once."""
    causes: list[Cause] = []
    field = "spec.ephemeralContainers"
    before = {one["name"]: one for one in old.get("ephemeralContainers") or ()}
    after = {one.get("name", ""): one for one in new["ephemeralContainers"]}
    for name, known in before.items():
        if name not in after:
            causes.append(forbidden_field(field, f'existing ephemeral containers "{name}" may not be removed\n'))
        elif after[name] != known:
            causes.append(forbidden_field(field, f'existing ephemeral containers "{name}" may not be changed'))
    others = {one["name"] for kind in ("containers", "initContainers") for one in new.get(kind) or ()}
    taken = set(others)
    for place, one in enumerate(new["ephemeralContainers"]):
        where = f"{field}[{place}]"
        for key in ("name", "image"):
            if not one.get(key):
                causes.append(required(f"{where}.{key}"))
        if one.get("name") in taken:
            causes.append(duplicate(f"{where}.name", one["name"]))
        taken.add(one.get("name"))
        target = one.get("targetContainerName")
        if target and target not in others:
            causes.append(Cause("FieldValueNotFound", f"Not found: {quoted(target)}", f"{where}.targetContainerName"))
    return causes


def _tolerates(toleration: Json, key: str) -> bool:
    return toleration.get("key") in (key, None, "") and toleration.get("effect") in ("NoExecute", None, "")


def _is_ungated(new: Json, old: Json) -> bool:
    """Whether gates were taken off, or places were narrowed down for a pod that still had some."""
    before, after = old.get("schedulingGates") or [], new.get("schedulingGates") or []
    if not before or any(gate not in before for gate in after):
        return False
    wanted = new.get("nodeSelector") or {}
    if any(wanted.get(name) != value for name, value in (old.get("nodeSelector") or {}).items()):
        return False
    gated = ("schedulingGates", "nodeSelector")
    rest = [{key: value for key, value in spec.items() if key not in gated} for spec in (new, old)]
    return _mutable_aside(rest[0]) == _mutable_aside(rest[1])


def _timeless(toleration: Json) -> Json:
    return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}


def _mutable_aside(spec: Json) -> Json:
    aside = {key: value for key, value in spec.items() if key not in ("activeDeadlineSeconds", "tolerations")}
    for kind in ("containers", "initContainers"):
        aside[kind] = [{**container, "image": ""} for container in spec.get(kind) or ()]
    return aside
