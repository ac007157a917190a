"""Deployments, replica sets, stateful sets, daemon sets, jobs and cron jobs: defaults and what must be there."""

from typing import Any

from kubetui.demo.objects import uid_of, with_metadata
from kubetui.demo.refusals import Cause, not_supported, required, wrong_value
from kubetui.demo.rules import checks
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
        causes = super().validate(obj)
        spec = obj["spec"]
        labels = (spec["template"].get("metadata") or {}).get("labels") or {}
        causes += checks.not_negative("spec.replicas", spec.get("replicas"))
        selector = object_selector(spec.get("selector"))
        if not selector:
            causes.append(required("spec.selector"))
        if not selector or not selector.matches(labels):
            detail = "`selector` does not match template `labels`"
            causes.append(wrong_value("spec.template.metadata.labels", labels, detail))
        causes += checks.labels("spec.template.labels", labels)
        causes += pod_spec("spec.template.spec", spec["template"]["spec"])
        policy = spec["template"]["spec"].get("restartPolicy")
        if policy not in self.policies:
            causes.append(self._policy("spec.template.spec.restartPolicy", policy))
        return causes

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
        metadata.setdefault("creationTimestamp", None)


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
