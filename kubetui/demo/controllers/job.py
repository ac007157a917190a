"""The Job controller: pods until enough have succeeded, or too many have failed.

A pod carries a finalizer until it is counted, so that none is forgotten that is deleted early. A job ends in two steps:
first it is decided (SuccessCriteriaMet, FailureTarget), then, when its last pod has ended, it is over.
"""

from kubetui.demo.clock import seconds_of
from kubetui.demo.conditions import condition
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.job_indexes import FAILURES, INDEX, failures_of, index_of, numbers, spans
from kubetui.demo.controllers.job_policies import Action, judged, success
from kubetui.demo.controllers.pods import from_template, is_active, is_finished, is_ready, phase, restarts
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, uid_of, with_, with_metadata
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import JOBS, PODS

TRACKING = "batch.kubernetes.io/job-tracking"

FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 600.0
"""Seconds after a failure until the next pod is made, doubled with each failure."""

_ENOUGH = ("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
_TOO_MANY_FAILURES = ("FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
_TOO_LONG = ("FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline")
_FAILED_INDEXES = ("FailureTarget", "FailedIndexes", "Job has failed indexes")
_TOO_MANY_INDEXES = (
    "FailureTarget",
    "MaxFailedIndexesExceeded",
    "Job has exceeded the specified maximal number of failed indexes",
)
Verdict = tuple[str, str, str]
"""The type, the reason and the message of the condition by which a job is decided."""


class JobController(Controller):
    """Reconciles Jobs."""

    component = "job-controller"
    resource = JOBS

    def watch(self) -> None:
        self._pods = self.informers.by_owner(PODS)
        self._failures: dict[tuple[str, int | None], tuple[int, float]] = {}
        """Failures since the last success and when the last was, by the job's uid and the index (None for all)."""
        self.watch_owned(PODS)

    def reconcile(self, key: Key) -> None:
        job = self.find(key)
        if job is None:
            return
        job = self._count(job)
        if finished_condition(job) is not None:
            self._expire(job)
            return
        if deleting(job):
            return
        verdict = self._decided(job) or self._verdict(job)
        if verdict is not None:
            self._finish(job, verdict)
        elif job["spec"].get("suspend"):
            self._suspend(job)
        else:
            job = self._begin(job)
            self._make_pods(job)
            self._report(job)

    # What has happened.

    def _count(self, job: Json) -> Json:
        """Counts the pods that have ended since the last look, and lets them go."""
        status = dict(job.get("status") or {})
        ended = []
        for pod in self._pods.of(uid_of(job)):
            lost = deleting(pod) and not pod["spec"].get("nodeName")
            if TRACKING not in (pod["metadata"].get("finalizers") or ()) or not (is_finished(pod) or lost):
                continue
            ended.append(pod)
            if phase(pod) == "Succeeded":
                self._count_success(job, status, pod)
            else:
                self._count_failure(job, status, pod)
        if ended:
            job = self._write(job, status)
        for pod in ended:
            kept = [one for one in pod["metadata"]["finalizers"] if one != TRACKING]
            self.registry.update(PODS, with_metadata(pod, finalizers=kept or None))
        return job

    def _count_success(self, job: Json, status: Json, pod: Json) -> None:
        index = index_of(pod)
        self._failures.pop((uid_of(job), None), None)
        if index is None:
            status["succeeded"] = status.get("succeeded", 0) + 1
        else:
            done = numbers(status.get("completedIndexes", "")) | {index}
            status["completedIndexes"] = spans(done)
            status["succeeded"] = len(done)

    def _count_failure(self, job: Json, status: Json, pod: Json) -> None:
        judgement = judged(job, pod)
        if judgement.action is Action.FAIL_JOB:
            reason = "PodFailurePolicy"
            target = self._condition("FailureTarget", "True", reason, judgement.message)
            if condition(with_(job, status=status), "FailureTarget") is None:
                status["conditions"] = [*(status.get("conditions") or ()), target]
        if judgement.action is Action.IGNORE:
            return
        status["failed"] = status.get("failed", 0) + 1
        index = index_of(pod) if "backoffLimitPerIndex" in job["spec"] else None
        before = failures_of(pod) if index is not None else self._failures.get((uid_of(job), None), (0, 0.0))[0]
        self._failures[uid_of(job), index] = (before + 1, self.clock.now())
        given_up = index is not None and before + 1 > job["spec"]["backoffLimitPerIndex"]
        if index is not None and (given_up or judgement.action is Action.FAIL_INDEX):
            status["failedIndexes"] = spans(numbers(status.get("failedIndexes", "")) | {index})

    # How it ends.

    def _decided(self, job: Json) -> Verdict | None:
        for kind in ("SuccessCriteriaMet", "FailureTarget"):
            found = condition(job, kind)
            if found is not None and found["status"] == "True":
                return kind, found["reason"], found["message"]
        return None

    def _verdict(self, job: Json) -> Verdict | None:
        """How the job ends; None while it goes on."""
        spec, status = job["spec"], job.get("status") or {}
        failed = status.get("failed", 0)
        active = [pod for pod in self._pods.of(uid_of(job)) if is_active(pod)]
        again = sum(map(restarts, active)) if spec["template"]["spec"].get("restartPolicy") == "OnFailure" else 0
        limit = spec.get("backoffLimit", 6)
        if failed > limit or (again and again >= limit):
            return _TOO_MANY_FAILURES
        deadline = spec.get("activeDeadlineSeconds")
        if deadline is not None and status.get("startTime"):
            left = seconds_of(status["startTime"]) + deadline - self.clock.now()
            if left <= 0:
                return _TOO_LONG
            self.queue.add_after(key_of(job), left)
        completed = numbers(status.get("completedIndexes", ""))
        lost = numbers(status.get("failedIndexes", ""))
        if lost and len(lost) > spec.get("maxFailedIndexes", len(lost)):
            return _TOO_MANY_INDEXES
        completions = spec.get("completions")
        if lost and len(lost) + len(completed) >= completions:
            return _FAILED_INDEXES
        met = success(job, completed)
        if met:
            return "SuccessCriteriaMet", "SuccessPolicy", met
        succeeded = status.get("succeeded", 0)
        enough = succeeded >= completions if completions is not None else succeeded > 0
        return _ENOUGH if enough and not (completions is None and active) else None

    def _finish(self, job: Json, verdict: Verdict) -> None:
        """Ends what still runs; when nothing does, the job is over."""
        kind, reason, message = verdict
        for pod in self._pods.of(uid_of(job)):
            if is_active(pod):
                self._delete(job, pod)
        status = job.get("status") or {}
        conditions = list(status.get("conditions") or ())
        if condition(job, kind) is None:
            conditions.append(self._condition(kind, "True", reason, message))
        terminating = self._terminating(job)
        left = {name: value for name, value in status.items() if name not in ("active", "ready")}
        left = {**left, "terminating": terminating, "ready": 0, "uncountedTerminatedPods": {}, "conditions": conditions}
        if terminating:
            self._write(job, left)
            return
        if kind == "FailureTarget":
            conditions.append(self._condition("Failed", "True", reason, message))
            self.event(job, reason, message, warning=True)
        else:
            conditions.append(self._condition("Complete", "True", reason, message))
            left["completionTime"] = self.clock.stamp()
            self.event(job, "Completed", "Job completed")
        for known in [known for known in self._failures if known[0] == uid_of(job)]:
            del self._failures[known]
        self._expire(self._write(job, left))

    def _expire(self, job: Json) -> None:
        """Deletes a finished job whose time to live is over."""
        lifetime = job["spec"].get("ttlSecondsAfterFinished")
        end = finished_condition(job)
        if lifetime is None or end is None or deleting(job):
            return
        left = seconds_of(end["lastTransitionTime"]) + lifetime - self.clock.now()
        if left > 0:
            self.queue.add_after(key_of(job), left)
        else:
            self.registry.delete(JOBS, namespace_of(job), name_of(job), propagation="Foreground")

    # Its pods.

    def _make_pods(self, job: Json) -> None:
        spec, status = job["spec"], job.get("status") or {}
        active = [pod for pod in self._pods.of(uid_of(job)) if is_active(pod)]
        succeeded = status.get("succeeded", 0)
        wanted = spec.get("parallelism", 1)
        if spec.get("completions") is not None:
            wanted = min(wanted, spec["completions"] - succeeded)
        elif succeeded:
            wanted = len(active)
        if len(active) > wanted:
            for pod in sorted(active, key=_usefulness)[: len(active) - wanted]:
                self._delete(job, pod)
            return
        usual = "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed"
        if spec.get("podReplacementPolicy", usual) == "Failed":
            wanted -= self._terminating(job)
        missing = wanted - len(active)
        per_index = "backoffLimitPerIndex" in spec
        if missing <= 0 or (not per_index and self._backs_off(job, None)):
            return
        if spec.get("completionMode") != "Indexed":
            for _ in range(missing):
                self._create(job, None)
            return
        taken = {index_of(pod) for pod in active} | numbers(status.get("completedIndexes", ""))
        taken |= numbers(status.get("failedIndexes", ""))
        for index in [number for number in range(spec["completions"]) if number not in taken][:missing]:
            if not per_index or not self._backs_off(job, index):
                self._create(job, index)

    def _backs_off(self, job: Json, index: int | None) -> bool:
        """Whether a pod failed too short a time ago to make another."""
        failures, at = self._failures.get((uid_of(job), index), (0, 0.0))
        if not failures:
            return False
        left = at + min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (failures - 1)) - self.clock.now()
        if left > 0:
            self.queue.add_after(key_of(job), left)
        return left > 0

    def _create(self, job: Json, index: int | None) -> None:
        template = job["spec"]["template"]
        pod = from_template(template, job, generateName=f"{name_of(job)}-", finalizers=[TRACKING])
        if index is not None:
            pod = self._indexed(job, pod, index)
        try:
            made = self.registry.create(PODS, pod, namespace_of(job))
        except Refusal as refusal:
            self.event(job, "FailedCreate", f"Error creating: {refusal}", warning=True)
            raise
        self.event(job, "SuccessfulCreate", f"Created pod: {name_of(made)}")

    def _indexed(self, job: Json, pod: Json, index: int) -> Json:
        annotations = {**(pod["metadata"].get("annotations") or {}), INDEX: str(index)}
        if "backoffLimitPerIndex" in job["spec"]:
            annotations[FAILURES] = str(self._failures.get((uid_of(job), index), (0, 0.0))[0])
        labels = {**(pod["metadata"].get("labels") or {}), INDEX: str(index)}
        spec = {**pod["spec"], "hostname": f"{name_of(job)}-{index}"}
        for kind in ("containers", "initContainers"):
            if spec.get(kind):
                spec[kind] = [_knowing_its_index(container) for container in spec[kind]]
        name = f"{name_of(job)}-{index}-"
        return with_(with_metadata(pod, annotations=annotations, labels=labels, generateName=name), spec=spec)

    def _delete(self, job: Json, pod: Json) -> None:
        self.registry.delete(PODS, namespace_of(pod), name_of(pod))
        self.event(job, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")

    def _terminating(self, job: Json) -> int:
        return sum(deleting(pod) and not is_finished(pod) for pod in self._pods.of(uid_of(job)))

    # Its status.

    def _begin(self, job: Json) -> Json:
        status = job.get("status") or {}
        suspended = condition(job, "Suspended")
        if suspended is not None and suspended["status"] == "True":
            conditions = [one for one in status["conditions"] if one["type"] != "Suspended"]
            conditions.append(self._condition("Suspended", "False", "JobResumed", "Job resumed"))
            self.event(job, "Resumed", "Job resumed")
            return self._write(job, {**status, "startTime": self.clock.stamp(), "conditions": conditions})
        return job if status.get("startTime") else self._write(job, {**status, "startTime": self.clock.stamp()})

    def _suspend(self, job: Json) -> None:
        for pod in self._pods.of(uid_of(job)):
            if is_active(pod):
                self._delete(job, pod)
        status = job.get("status") or {}
        conditions = status.get("conditions") or []
        known = condition(job, "Suspended")
        if known is None or known["status"] != "True":
            self.event(job, "Suspended", "Job suspended")
            conditions = [one for one in conditions if one["type"] != "Suspended"]
            conditions.append(self._condition("Suspended", "True", "JobSuspended", "Job suspended"))
        left = {name: value for name, value in status.items() if name not in ("active", "startTime")}
        self._write(
            job,
            {
                **left,
                "conditions": conditions,
                "terminating": self._terminating(job),
                "ready": 0,
                "uncountedTerminatedPods": {},
            },
        )

    def _report(self, job: Json) -> None:
        active = [pod for pod in self._pods.of(uid_of(job)) if is_active(pod)]
        status = {name: value for name, value in (job.get("status") or {}).items() if name != "active"}
        if active:
            status["active"] = len(active)
        status["terminating"] = self._terminating(job)
        status["ready"] = sum(map(is_ready, active))
        status["uncountedTerminatedPods"] = {}
        self._write(job, status)

    def _condition(self, kind: str, status: str, reason: str, message: str) -> Json:
        at = self.clock.stamp()
        return {
            "type": kind,
            "status": status,
            "lastProbeTime": at,
            "lastTransitionTime": at,
            "reason": reason,
            "message": message,
        }

    def _write(self, job: Json, status: Json) -> Json:
        current = self.find(key_of(job))
        if current is None or uid_of(current) != uid_of(job):
            return with_(job, status=status)
        return self.registry.update(JOBS, with_(current, status=status), subresource="status")


def finished_condition(job: Json) -> Json | None:
    """The condition that tells how the job has ended: Complete or Failed; None while it has not."""
    for one in (job.get("status") or {}).get("conditions") or ():
        if one["type"] in ("Complete", "Failed") and one["status"] == "True":
            found: Json = one
            return found
    return None


def _usefulness(pod: Json) -> tuple[bool, bool, bool, str]:
    """The order in which surplus pods go: those first that have come least far."""
    created: str = pod["metadata"]["creationTimestamp"]
    return bool(pod["spec"].get("nodeName")), phase(pod) == "Running", is_ready(pod), created


def _knowing_its_index(container: Json) -> Json:
    known = container.get("env") or []
    if any(variable["name"] == "JOB_COMPLETION_INDEX" for variable in known):
        return container
    path = f"metadata.labels['{INDEX}']"
    variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}}
    return {**container, "env": [*known, variable]}
