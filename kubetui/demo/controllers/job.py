"""The Job controller: pods until enough have succeeded, or too many have failed.

A pod carries a finalizer until it is counted, so that none is forgotten that is deleted early.
"""

from kubetui.demo.clock import seconds_of
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.pods import from_template, is_active, is_finished, is_ready, phase, restarts
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, uid_of, with_, with_metadata
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import JOBS, PODS

TRACKING = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"

FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 600.0
"""Seconds after a failure until the next pod is made, doubled with each failure."""


class JobController(Controller):
    """Reconciles Jobs."""

    component = "job-controller"
    resource = JOBS

    def watch(self) -> None:
        self._pods = self.informers.by_owner(PODS)
        self._failed_at: dict[str, float] = {}
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
        if job["spec"].get("suspend"):
            self._suspend(job)
            return
        job = self._begin(job)
        verdict = self._verdict(job)
        if verdict is not None:
            self._finish(job, *verdict)
            return
        self._make_pods(job)
        self._report(job)

    def _count(self, job: Json) -> Json:
        """Counts the pods that have ended since the last look, and lets them go."""
        status = dict(job.get("status") or {})
        ended = []
        for pod in self._pods.of(uid_of(job)):
            lost = deleting(pod) and not pod["spec"].get("nodeName")
            if TRACKING not in (pod["metadata"].get("finalizers") or ()) or not (is_finished(pod) or lost):
                continue
            ended.append(pod)
            field = "succeeded" if phase(pod) == "Succeeded" else "failed"
            status[field] = status.get(field, 0) + 1
            if field == "failed":
                self._failed_at[uid_of(job)] = self.clock.now()
            elif INDEX in (pod["metadata"].get("annotations") or {}):
                done = {*_indexes(status.get("completedIndexes", "")), int(pod["metadata"]["annotations"][INDEX])}
                status["completedIndexes"] = _spans(done)
        if ended:
            job = self._write(job, status)
        for pod in ended:
            kept = [one for one in pod["metadata"]["finalizers"] if one != TRACKING]
            self.registry.update(PODS, with_metadata(pod, finalizers=kept or None))
        return job

    def _begin(self, job: Json) -> Json:
        status = job.get("status") or {}
        if status.get("startTime"):
            return job
        conditions = status.get("conditions") or []
        if any(one["type"] == "Suspended" for one in conditions):
            conditions = [one for one in conditions if one["type"] != "Suspended"]
            conditions.append(self._condition("Suspended", "False", "JobResumed", "Job resumed"))
            self.event(job, "Resumed", "Job resumed")
        begun = {**status, "startTime": self.clock.stamp()}
        return self._write(job, {**begun, "conditions": conditions} if conditions else begun)

    def _verdict(self, job: Json) -> tuple[str, str, str] | None:
        """How the job has ended: the condition's type, reason and message; None while it goes on."""
        spec, status = job["spec"], job.get("status") or {}
        failed = status.get("failed", 0)
        active = [pod for pod in self._pods.of(uid_of(job)) if is_active(pod)]
        if spec["template"]["spec"].get("restartPolicy") == "OnFailure":
            failed += sum(restarts(pod) for pod in active)
        if failed > spec.get("backoffLimit", 6):
            return "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
        deadline = spec.get("activeDeadlineSeconds")
        if deadline is not None:
            left = seconds_of(status["startTime"]) + deadline - self.clock.now()
            if left <= 0:
                return "Failed", "DeadlineExceeded", "Job was active longer than specified deadline"
            self.queue.add_after(key_of(job), left)
        succeeded = status.get("succeeded", 0)
        completions = spec.get("completions")
        enough = succeeded >= completions if completions is not None else succeeded > 0 and not active
        if enough:
            return "Complete", "CompletionsReached", "Reached expected number of succeeded pods"
        return None

    def _make_pods(self, job: Json) -> None:
        spec, status = job["spec"], job.get("status") or {}
        active = [pod for pod in self._pods.of(uid_of(job)) if is_active(pod)]
        succeeded = status.get("succeeded", 0)
        wanted = spec.get("parallelism", 1)
        if spec.get("completions") is not None:
            wanted = min(wanted, spec["completions"] - succeeded)
        elif succeeded:
            wanted = len(active)
        for pod in active[wanted:]:
            self.registry.delete(PODS, namespace_of(pod), name_of(pod))
            self.event(job, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        if len(active) >= wanted or self._backs_off(job):
            return
        for _ in range(wanted - len(active)):
            self._create(job)

    def _backs_off(self, job: Json) -> bool:
        """Whether a pod failed too short a time ago to make another."""
        failed_at = self._failed_at.get(uid_of(job))
        failures = (job.get("status") or {}).get("failed", 0)
        if failed_at is None or not failures:
            return False
        left: float = failed_at + min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (failures - 1)) - self.clock.now()
        if left > 0:
            self.queue.add_after(key_of(job), left)
        return left > 0

    def _create(self, job: Json) -> None:
        pod = from_template(job["spec"]["template"], job, generateName=f"{name_of(job)}-", finalizers=[TRACKING])
        if job["spec"].get("completionMode") == "Indexed":
            pod = self._indexed(job, pod)
        try:
            made = self.registry.create(PODS, pod, namespace_of(job))
        except Refusal as refusal:
            self.event(job, "FailedCreate", f"Error creating: {refusal}", warning=True)
            raise
        self.event(job, "SuccessfulCreate", f"Created pod: {name_of(made)}")

    def _indexed(self, job: Json, pod: Json) -> Json:
        taken = set(_indexes((job.get("status") or {}).get("completedIndexes", "")))
        for other in self._pods.of(uid_of(job)):
            if is_active(other):
                taken.add(int((other["metadata"].get("annotations") or {}).get(INDEX, -1)))
        index = next(number for number in range(len(taken) + 1) if number not in taken)
        annotations = {**(pod["metadata"].get("annotations") or {}), INDEX: str(index)}
        labels = {**(pod["metadata"].get("labels") or {}), INDEX: str(index)}
        spec = {**pod["spec"], "hostname": f"{name_of(job)}-{index}"}
        name = f"{name_of(job)}-{index}-"
        return with_(with_metadata(pod, annotations=annotations, labels=labels, generateName=name), spec=spec)

    def _finish(self, job: Json, kind: str, reason: str, message: str) -> None:
        for pod in self._pods.of(uid_of(job)):
            if is_active(pod):
                self.registry.delete(PODS, namespace_of(pod), name_of(pod))
                self.event(job, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        before = "SuccessCriteriaMet" if kind == "Complete" else "FailureTarget"
        status = job.get("status") or {}
        conditions = [
            *(status.get("conditions") or ()),
            self._condition(before, "True", reason, message),
            self._condition(kind, "True", reason, message),
        ]
        left = {name: value for name, value in status.items() if name not in ("active", "ready")}
        left = {**left, "terminating": 0, "ready": 0, "uncountedTerminatedPods": {}, "conditions": conditions}
        if kind == "Complete":
            left["completionTime"] = self.clock.stamp()
            self.event(job, "Completed", "Job completed")
        else:
            self.event(job, reason, message, warning=True)
        self._failed_at.pop(uid_of(job), None)
        self._expire(self._write(job, left))

    def _suspend(self, job: Json) -> None:
        for pod in self._pods.of(uid_of(job)):
            if is_active(pod):
                self.registry.delete(PODS, namespace_of(pod), name_of(pod))
                self.event(job, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        status = job.get("status") or {}
        conditions = status.get("conditions") or []
        if not any(one["type"] == "Suspended" and one["status"] == "True" for one in conditions):
            self.event(job, "Suspended", "Job suspended")
            conditions = [one for one in conditions if one["type"] != "Suspended"]
            conditions.append(self._condition("Suspended", "True", "JobSuspended", "Job suspended"))
        left = {name: value for name, value in status.items() if name not in ("active", "startTime")}
        self._write(job, {**left, "conditions": conditions})

    def _report(self, job: Json) -> None:
        pods = self._pods.of(uid_of(job))
        active = [pod for pod in pods if is_active(pod)]
        status = {name: value for name, value in (job.get("status") or {}).items() if name != "active"}
        if active:
            status["active"] = len(active)
        status["terminating"] = sum(deleting(pod) and not is_finished(pod) for pod in pods)
        status["ready"] = sum(map(is_ready, active))
        status["uncountedTerminatedPods"] = {}
        self._write(job, status)

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


def _indexes(text: str) -> list[int]:
    """The numbers of a text like `0,2-4`."""
    numbers: list[int] = []
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


def _spans(numbers: set[int]) -> str:
    """Numbers as a text like `0,2-4`."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
