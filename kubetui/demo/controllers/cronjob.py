"""The CronJob controller: a Job at each time that its schedule names, and only so many of the past."""

from kubetui.demo.clock import seconds_of, stamp
from kubetui.demo.controllers import schedule
from kubetui.demo.controllers.controller import Controller
from kubetui.demo.controllers.job import finished_condition
from kubetui.demo.controllers.workqueue import Key, key_of
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, owner_reference, reference, uid_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import CRONJOBS, JOBS

SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_MOST_MISSED = 100


class CronJobController(Controller):
    """Reconciles CronJobs."""

    component = "cronjob-controller"
    resource = CRONJOBS

    def watch(self) -> None:
        self._jobs = self.informers.by_owner(JOBS)
        self.watch_owned(JOBS)

    def reconcile(self, key: Key) -> None:
        cron = self.find(key)
        if cron is None or deleting(cron):
            return
        cron = self._settle(cron)
        self._forget(cron)
        if cron["spec"].get("suspend"):
            return
        try:
            times = schedule.parse(cron["spec"]["schedule"], cron["spec"].get("timeZone") or "")
        except ValueError as why:
            text = f'unparseable schedule: "{cron["spec"]["schedule"]}" : {why}'
            self.event(cron, "UnparseableSchedule", text, warning=True)
            return
        due = self._latest_due(cron, times)
        if due is not None:
            self._start(cron, due)
        following = times.next_after(self.clock.now())
        if following is not None:
            self.queue.add_after(key, following - self.clock.now())

    def _settle(self, cron: Json) -> Json:
        """Takes jobs that have ended, or are gone, off the list of active ones."""
        jobs = {uid_of(job): job for job in self._jobs.of(uid_of(cron))}
        status = cron.get("status") or {}
        active = []
        last = status.get("lastSuccessfulTime")
        for one in status.get("active") or ():
            job = jobs.get(one["uid"])
            end = finished_condition(job) if job is not None else None
            if job is None:
                self.event(cron, "MissingJob", f"Active job went missing: {one['name']}")
            elif end is None:
                active.append(one)
            else:
                self.event(cron, "SawCompletedJob", f"Saw completed job: {name_of(job)}, condition: {end['type']}")
        known = {one["uid"] for one in status.get("active") or ()}
        for uid, job in jobs.items():
            end = finished_condition(job)
            if end is None and uid not in known:
                told = f"Saw a job that the controller did not create or forgot: {name_of(job)}"
                self.event(cron, "UnexpectedJob", told, warning=True)
            at = (job.get("status") or {}).get("completionTime")
            if end is not None and end["type"] == "Complete" and at and (last is None or at > last):
                last = at
        new = {name: value for name, value in status.items() if name != "active"}
        if active:
            new["active"] = active
        if last:
            new["lastSuccessfulTime"] = last
        return self._write(cron, new)

    def _latest_due(self, cron: Json, times: schedule.Schedule) -> float | None:
        """The last time that has come since the last start, and is not too long ago."""
        now = self.clock.now()
        since = (cron.get("status") or {}).get("lastScheduleTime") or cron["metadata"]["creationTimestamp"]
        deadline = cron["spec"].get("startingDeadlineSeconds")
        at = seconds_of(since)
        if deadline is not None:
            at = max(at, now - deadline)
        due = None
        missed = 0
        while (following := times.next_after(at)) is not None and following <= now:
            due, at = following, following
            missed += 1
            if missed > _MOST_MISSED:
                text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
                self.event(cron, "TooManyMissedTimes", text, warning=True)
                at = now - 3_600
                missed = 0
        return due

    def _start(self, cron: Json, due: float) -> None:
        policy = cron["spec"].get("concurrencyPolicy", "Allow")
        active = (cron.get("status") or {}).get("active") or []
        if active and policy == "Forbid":
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self.event(cron, "JobAlreadyActive", text)
            return
        if policy == "Replace":
            for one in active:
                if self.registry.find(JOBS, namespace_of(cron), one["name"]) is not None:
                    self._delete(cron, one["name"])
            active = []
        job = self._job(cron, due)
        try:
            made = self.registry.create(JOBS, job, namespace_of(cron))
        except Refusal as refusal:
            if refusal.reason != "AlreadyExists":
                self.event(cron, "FailedCreate", f"Error creating job: {refusal}", warning=True)
                raise
            return
        self.event(cron, "SuccessfulCreate", f"Created job {name_of(made)}")
        status = {**(cron.get("status") or {}), "active": [*active, reference(made)], "lastScheduleTime": stamp(due)}
        self._write(cron, status)

    def _job(self, cron: Json, due: float) -> Json:
        template = cron["spec"]["jobTemplate"]
        given = template.get("metadata") or {}
        metadata: Json = {
            "name": f"{name_of(cron)[:52]}-{int(due) // 60}",
            "annotations": {**(given.get("annotations") or {}), SCHEDULED_AT: stamp(due)},
            "ownerReferences": [owner_reference(cron)],
        }
        if given.get("labels"):
            metadata["labels"] = given["labels"]
        return {"metadata": metadata, "spec": template["spec"]}

    def _forget(self, cron: Json) -> None:
        """Deletes the oldest finished jobs beyond what the history is to hold."""
        jobs = sorted(self._jobs.of(uid_of(cron)), key=lambda job: str(job["metadata"]["creationTimestamp"]))
        for kind, field, usual in (
            ("Complete", "successfulJobsHistoryLimit", 3),
            ("Failed", "failedJobsHistoryLimit", 1),
        ):
            ended = [
                job
                for job in jobs
                if not deleting(job) and (end := finished_condition(job)) is not None and end["type"] == kind
            ]
            for job in ended[: max(0, len(ended) - cron["spec"].get(field, usual))]:
                self._delete(cron, name_of(job))

    def _delete(self, cron: Json, job: str) -> None:
        self.registry.delete(JOBS, namespace_of(cron), job)
        self.event(cron, "SuccessfulDelete", f"Deleted job {job}")

    def _write(self, cron: Json, status: Json) -> Json:
        current = self.find(key_of(cron))
        if current is None:
            return cron
        return self.registry.update(CRONJOBS, with_(current, status=status), subresource="status")
