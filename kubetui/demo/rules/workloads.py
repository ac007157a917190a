"""Deployments, replica sets, stateful sets, daemon sets, jobs and cron jobs: defaults and what must be there."""

from typing import Any
from zoneinfo import available_timezones

from kubetui.demo.objects import uid_of, with_metadata
from kubetui.demo.refusals import Cause, forbidden_field, not_supported, required, wrong_value
from kubetui.demo.rules import checks
from kubetui.demo.rules.availability import count_or_share
from kubetui.demo.rules.podchecks import pod_spec
from kubetui.demo.rules.podspec import default_pod_spec
from kubetui.demo.selectors import object_selector
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]


def _default_template(template: Json) -> None:
    template.setdefault("metadata", {})
    default_pod_spec(template.setdefault("spec", {}))


class TemplateRules(Strategy):
    """What all kinds share that make pods by a template and find them by a selector."""

    status: Json = {}
    """The status of a new object."""
    policies: tuple[str, ...] = ("Always",)
    """The restart policies that its pods may have."""

    def default(self, obj: Json) -> None:
        _default_template(obj.setdefault("spec", {}).setdefault("template", {}))

    def admit(self, obj: Json) -> None:
        obj["status"] = dict(self.status)

    def validate(self, obj: Json) -> list[Cause]:
        causes = [*super().validate(obj), *self.validate_own(obj["spec"])]
        spec = obj["spec"]
        labels = (spec["template"].get("metadata") or {}).get("labels") or {}
        causes += checks.not_negative("spec.replicas", spec.get("replicas"))
        selector = object_selector(spec.get("selector"))
        if selector is None:
            causes.append(required("spec.selector"))
        elif not selector:
            empty = f"empty selector is invalid for {self.resource.singular}"
            causes.append(wrong_value("spec.selector", spec["selector"], empty))
        if selector is None or (selector and not selector.matches(labels)):
            detail = "`selector` does not match template `labels`"
            causes.append(wrong_value("spec.template.metadata.labels", labels or None, detail))
        causes += checks.labels("spec.template.labels", labels)
        causes += pod_spec("spec.template.spec", self.pods_of(spec))
        policy = spec["template"]["spec"].get("restartPolicy")
        if policy not in self.policies:
            causes.append(self._policy("spec.template.spec.restartPolicy", policy))
        return causes

    def validate_own(self, spec: Json) -> list[Cause]:
        """What is wrong with fields that this kind alone has."""
        return []

    def pods_of(self, spec: Json) -> Json:
        """The spec of its pods, as far as the template alone does not tell."""
        found: Json = spec["template"]["spec"]
        return found

    def _policy(self, field: str, policy: object) -> Cause:
        return not_supported(field, policy, self.policies)

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        if subresource:
            return []
        causes = self.validate(new)
        if new["spec"].get("selector") != old["spec"].get("selector"):
            causes.append(wrong_value("spec.selector", new["spec"].get("selector"), "field is immutable"))
        return causes


def _annotations(obj: Json) -> Json:
    found: Json = obj["metadata"].get("annotations") or {}
    return found


class DeploymentRules(TemplateRules):
    """A deployment's annotations count as its spec does, and its controller writes its own with the status."""

    def counts(self, new: Json, old: Json) -> bool:
        return super().counts(new, old) or _annotations(new) != _annotations(old)

    def with_status(self, old: Json, given: Json) -> Json:
        return with_metadata(super().with_status(old, given), annotations=_annotations(given) or None)

    def default(self, obj: Json) -> None:
        super().default(obj)
        spec = obj["spec"]
        spec.setdefault("replicas", 1)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("progressDeadlineSeconds", 600)
        strategy = spec.setdefault("strategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", "25%")
            rolling.setdefault("maxSurge", "25%")

    def validate_own(self, spec: Json) -> list[Cause]:
        rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {}
        field, causes = "spec.strategy.rollingUpdate", []
        for name in ("maxUnavailable", "maxSurge"):
            causes += count_or_share(f"{field}.{name}", rolling.get(name))
        if rolling and all(rolling.get(name) in (0, "0%") for name in ("maxUnavailable", "maxSurge")):
            detail = "may not be 0 when `maxSurge` is 0"
            causes.append(wrong_value(f"{field}.maxUnavailable", rolling["maxUnavailable"], detail))
        return causes


class ReplicaSetRules(TemplateRules):
    status: Json = {"replicas": 0}

    def default(self, obj: Json) -> None:
        super().default(obj)
        obj["spec"].setdefault("replicas", 1)


class StatefulSetRules(TemplateRules):
    status: Json = {"replicas": 0, "availableReplicas": 0}

    def default(self, obj: Json) -> None:
        super().default(obj)
        spec = obj["spec"]
        spec.setdefault("replicas", 1)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("podManagementPolicy", "OrderedReady")
        strategy = spec.setdefault("updateStrategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)
        policy = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
        policy.setdefault("whenDeleted", "Retain")
        policy.setdefault("whenScaled", "Retain")
        for claim in spec.get("volumeClaimTemplates") or ():
            claim.setdefault("apiVersion", "v1")
            claim.setdefault("kind", "PersistentVolumeClaim")
            claim.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
            claim.setdefault("status", {"phase": "Pending"})

    def validate_own(self, spec: Json) -> list[Cause]:
        policy = spec["podManagementPolicy"]
        known = policy in ("OrderedReady", "Parallel")
        detail = "must be 'OrderedReady' or 'Parallel'"
        return [] if known else [wrong_value("spec.podManagementPolicy", policy, detail)]

    def pods_of(self, spec: Json) -> Json:
        """With a volume for each claim that a pod is given, which takes the place of one of that name."""
        pods = super().pods_of(spec)
        claimed = [claim.get("metadata", {}).get("name", "") for claim in spec.get("volumeClaimTemplates") or ()]
        own = [volume for volume in pods.get("volumes") or () if volume.get("name") not in claimed]
        return {**pods, "volumes": [*({"name": name} for name in claimed), *own]} if claimed else pods

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        if subresource:
            return []
        causes = self.validate(new)
        before, after = ({key: one for key, one in obj["spec"].items() if key not in _CHANGEABLE} for obj in (old, new))
        if before != after:
            named = ", ".join(f"'{key}'" for key in _CHANGEABLE[:-1])
            detail = f"updates to statefulset spec for fields other than {named} and '{_CHANGEABLE[-1]}' are forbidden"
            causes.append(forbidden_field("spec", detail))
        return causes


_CHANGEABLE = (
    "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
)  # fmt: skip
"""Fields of a stateful set's spec that may change."""
_GENERATION = "deprecated.daemonset.template.generation"


class DaemonSetRules(TemplateRules):
    status: Json = {"currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0, "numberReady": 0}

    def default(self, obj: Json) -> None:
        super().default(obj)
        spec = obj["spec"]
        spec.setdefault("revisionHistoryLimit", 10)
        strategy = spec.setdefault("updateStrategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", 1)
            rolling.setdefault("maxSurge", 0)

    def admit(self, obj: Json) -> None:
        super().admit(obj)
        obj["metadata"].setdefault("annotations", {})[_GENERATION] = "1"

    def admit_update(self, new: Json, old: Json) -> None:
        """Counts the templates that it has had."""
        known = int(_annotations(old).get(_GENERATION, "0"))
        changed = new["spec"]["template"] != old["spec"]["template"]
        new["metadata"]["annotations"] = {**_annotations(new), _GENERATION: str(known + changed)}


def _default_job(spec: Json) -> None:
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    spec.setdefault("podReplacementPolicy", "TerminatingOrFailed")
    _default_template(spec.setdefault("template", {}))


def _ends(field: str, policy: object) -> Cause:
    """Why a pod that is to end may not have a restart policy."""
    if policy == "Always":
        return required(field, 'valid values: "OnFailure", "Never"')
    return not_supported(field, policy, JobRules.policies)


class JobRules(TemplateRules):
    policies = ("OnFailure", "Never")

    def _policy(self, field: str, policy: object) -> Cause:
        return _ends(field, policy)

    def default(self, obj: Json) -> None:
        _default_job(obj.setdefault("spec", {}))

    def admit(self, obj: Json) -> None:
        super().admit(obj)
        spec = obj["spec"]
        if spec.get("selector"):
            return
        uid = uid_of(obj)
        spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
        metadata = spec["template"].setdefault("metadata", {})
        name = obj["metadata"].get("name", "")
        metadata["labels"] = {
            **(metadata.get("labels") or {}),
            "batch.kubernetes.io/controller-uid": uid,
            "batch.kubernetes.io/job-name": name,
            "controller-uid": uid,
            "job-name": name,
        }
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(metadata["labels"])

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        causes = super().validate_update(new, old, subresource)
        after, before = new["spec"], old["spec"]
        if not subresource and after["template"] != before["template"] and not before.get("suspend"):
            causes.append(wrong_value("spec.template", after["template"], "field is immutable"))
        if subresource or after.get("completions") == before.get("completions"):
            return causes
        field, wanted = "spec.completions", after.get("completions")
        if after.get("completionMode") != "Indexed":
            causes.append(wrong_value(field, wanted, "field is immutable"))
        elif wanted is not None and wanted != after.get("parallelism"):
            causes.append(wrong_value(field, wanted, "can only be modified in tandem with spec.parallelism"))
        return causes


_CONCURRENCY = ("Allow", "Forbid", "Replace")


class CronJobRules(Strategy):
    def default(self, obj: Json) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("concurrencyPolicy", "Allow")
        spec.setdefault("suspend", False)
        spec.setdefault("successfulJobsHistoryLimit", 3)
        spec.setdefault("failedJobsHistoryLimit", 1)
        template = spec.setdefault("jobTemplate", {})
        template.setdefault("metadata", {})
        _default_job_template(template.setdefault("spec", {}))

    def admit(self, obj: Json) -> None:
        obj["status"] = {}

    def validate(self, obj: Json) -> list[Cause]:
        causes = super().validate(obj)
        spec = obj["spec"]
        schedule = spec.get("schedule", "")
        if not schedule:
            causes.append(required("spec.schedule"))
        elif len(schedule.split()) != 5 and not schedule.startswith("@"):
            parts = schedule.split()
            detail = f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]"
            causes.append(wrong_value("spec.schedule", schedule, detail))
        causes += checks.not_negative("spec.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
        zone = spec.get("timeZone")
        if zone is not None and zone not in available_timezones():
            causes.append(wrong_value("spec.timeZone", zone, f"unknown time zone {zone}"))
        if spec["concurrencyPolicy"] not in _CONCURRENCY:
            causes.append(not_supported("spec.concurrencyPolicy", spec["concurrencyPolicy"], _CONCURRENCY))
        pods = spec["jobTemplate"]["spec"]["template"]["spec"]
        field = "spec.jobTemplate.spec.template.spec"
        causes += pod_spec(field, pods)
        if pods.get("restartPolicy") not in JobRules.policies:
            causes.append(_ends(f"{field}.restartPolicy", pods.get("restartPolicy")))
        return causes

    def validate_update(self, new: Json, old: Json, subresource: str) -> list[Cause]:
        return [] if subresource else self.validate(new)


def _default_job_template(spec: Json) -> None:
    """A job in a template is defaulted only as far as its pods go; the rest happens once it is created."""
    _default_template(spec.setdefault("template", {}))
