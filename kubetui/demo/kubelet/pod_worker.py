"""The life of one pod on its node: sandbox, images, init containers, restarts, probes, and its graceful end.

Everything happens by timers on the cluster's clock. Only this worker writes the pod's status; it does so once for all
that happens at one moment.
"""

from collections.abc import Callable
from functools import partial

from kubetui.demo.clock import Timer, stamp
from kubetui.demo.kubelet import images
from kubetui.demo.kubelet.backoff import spelled
from kubetui.demo.kubelet.behaviour import behaviour_of
from kubetui.demo.kubelet.container import Container, Phase, Role
from kubetui.demo.kubelet.host import Host
from kubetui.demo.kubelet.mounts import missing_value, missing_volume
from kubetui.demo.kubelet.probes import Prober
from kubetui.demo.kubelet.status import pod_phase, pod_status
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, uid_of, with_
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import PODS

NOTICED_AFTER = 1.0
"""Seconds until a kubelet has seen that a container ended: it looks once a second."""

SYNC_PERIOD = 13.0
"""About how often a kubelet looks at a pod that is backing off, and says so again."""

LONGEST_MOUNT_RETRY = 122.0
"""Seconds between attempts to mount a volume, doubled from half a second up to this."""


class PodWorker:
    """Runs one pod."""

    def __init__(self, host: Host, pod: Json) -> None:
        self.pod = pod
        self.ip = ""
        self._host = host
        self._policy: str = pod["spec"].get("restartPolicy", "Always")
        self._stopping = False
        self._gone = False
        self._report_due = False
        self._timers: list[Timer] = []
        self._mount_retry = 0.5
        self._prober = Prober(host.clock, self._judged, self._unhealthy)
        self.containers = [
            Container(spec, _role(spec), behaviour_of(pod, spec)) for spec in pod["spec"].get("initContainers") or ()
        ] + [Container(spec, Role.MAIN, behaviour_of(pod, spec)) for spec in pod["spec"]["containers"]]

    # What the kubelet tells it.

    def begin(self) -> None:
        """The pod is new on this node: make its sandbox."""
        for one in self.containers:
            one.reason = "PodInitializing" if self._has_init and one.role is Role.MAIN else "ContainerCreating"
        self._report()
        self._later(0.3 + 0.9 * self._host.rng.random(), self._mount)

    def changed(self, pod: Json) -> None:
        """The pod looks different now."""
        old, self.pod = self.pod, pod
        if deleting(pod) and not self._stopping:
            self._stop()
            return
        before, after = old["metadata"], pod["metadata"]
        if before.get("deletionGracePeriodSeconds") != after.get("deletionGracePeriodSeconds") and self._stopping:
            self._later(float(after.get("deletionGracePeriodSeconds") or 0), self._kill_all)
        if before.get("annotations") != after.get("annotations"):
            self._relearn()
        if old["spec"] != pod["spec"]:
            self._respecify()

    def vanish(self) -> None:
        """The pod is gone from the API: what still runs is killed without a word."""
        self._gone = True
        self._cancel()

    def freeze(self) -> None:
        """The machine is off: nothing happens any more, and nobody is told."""
        self._cancel()

    def thaw(self) -> None:
        """The machine is back: every container has died with it and starts anew, in a new sandbox."""
        if deleting(self.pod):
            self._stopping = False
            for one in self.containers:
                one.phase = Phase.DONE
            self._stop()
            return
        for one in self.containers:
            if one.phase is Phase.DONE:
                continue
            if one.runs:
                one.last = self._terminated(one, 255, "Unknown")
                one.restarts += 1
            one.phase, one.ready, one.startup_passed = Phase.WAITING, False, False
            one.reason, one.message = "ContainerCreating", ""
        self.ip = ""
        self._event("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
        self._report()
        self._later(1.0, self._mount)

    def resume_reports(self) -> None:
        """The API server can be reached again: say how things stand."""
        if deleting(self.pod) and not self._stopping:
            self._stop()
        elif self._stopping and all(not one.runs for one in self.containers):
            self._finish_stopping()
        else:
            self._report()

    # Starting.

    @property
    def _has_init(self) -> bool:
        return any(one.role is not Role.MAIN for one in self.containers)

    def _mount(self) -> None:
        problem = missing_volume(self._host.registry, self.pod)
        if problem:
            self._event("FailedMount", problem, warning=True)
            self._later(self._mount_retry, self._mount)
            self._mount_retry = min(LONGEST_MOUNT_RETRY, self._mount_retry * 2)
            return
        self.ip = self._host.ip if self.pod["spec"].get("hostNetwork") else self._host.take_ip()
        self._advance()

    def _advance(self) -> None:
        """Starts what may start now: init containers and sidecars one after the other, then all main ones."""
        if self._stopping or self._gone:
            return
        for one in self.containers:
            if one.role is Role.INIT:
                if one.phase is Phase.DONE and one.succeeded:
                    continue
                if one.phase is Phase.WAITING:
                    self._launch(one)
                return
            if one.role is Role.SIDECAR:
                if one.phase is Phase.WAITING:
                    self._launch(one)
                if not one.startup_passed and not any(other.runs or other.finished for other in self._main):
                    return
                continue
            if one.phase is Phase.WAITING:
                self._launch(one)

    @property
    def _main(self) -> list[Container]:
        return [one for one in self.containers if one.role is Role.MAIN]

    def _launch(self, one: Container) -> None:
        one.phase = Phase.STARTING
        image: str = one.spec.get("image", "")
        policy = one.spec.get("imagePullPolicy", "IfNotPresent")
        if self._host.has_image(image) and policy != "Always":
            self._container_event(
                one, "Pulled", f'Container image "{image}" already present on machine and can be accessed by the pod'
            )
            self._later_for(one, 0.1, self._create)
        elif policy == "Never":
            what = f'Container image "{image}" is not present with pull policy of Never'
            self._container_event(one, "ErrImageNeverPull", what, warning=True)
            self._container_event(one, "Failed", "Error: ErrImageNeverPull", warning=True)
            self._wait_for(one, "ErrImageNeverPull", what)
        else:
            self._container_event(one, "Pulling", f'Pulling image "{image}"')
            seconds = 0.4 if self._host.has_image(image) else images.pull_seconds(image)
            failed = bool(images.failure(image))
            self._later_for(one, 1.2 if failed else seconds, partial(self._pulled, seconds=seconds))

    def _pulled(self, one: Container, *, seconds: float) -> None:
        image: str = one.spec["image"]
        problem = images.failure(image)
        if problem:
            message = f'failed to pull image "{image}": {problem}'
            self._container_event(one, "Failed", f'Failed to pull image "{image}": {problem}', warning=True)
            self._container_event(one, "Failed", "Error: ErrImagePull", warning=True)
            one.image_backoff.tried(self._host.clock.now())
            self._wait_for(one, "ErrImagePull", problem)
            self._later_for(one, 2.0, partial(self._back_off_image, problem=message, left=one.image_backoff.seconds))
            return
        self._host.keep_image(image)
        took = f"{seconds:.3f}".rstrip("0").rstrip(".") + "s" if seconds >= 1 else f"{int(seconds * 1000)}ms"
        self._container_event(
            one,
            "Pulled",
            f'Successfully pulled image "{image}" in {took} ({took} including waiting). '
            f"Image size: {images.size(image)} bytes.",
        )
        self._later_for(one, 0.1, self._create)

    def _back_off_image(self, one: Container, *, problem: str, left: float) -> None:
        image: str = one.spec["image"]
        self._container_event(one, "BackOff", f'Back-off pulling image "{image}"')
        self._container_event(one, "Failed", "Error: ImagePullBackOff", warning=True)
        message = f'Back-off pulling image "{image}": ErrImagePull: {images.failure(image)}'
        self._wait_for(one, "ImagePullBackOff", message)
        if left > SYNC_PERIOD:
            again = partial(self._back_off_image, problem=problem, left=left - SYNC_PERIOD)
            self._later_for(one, SYNC_PERIOD, again)
        else:
            self._later_for(one, left, self._launch)

    def _create(self, one: Container) -> None:
        problem = missing_value(self._host.registry, self.pod, one.spec)
        if problem:
            self._container_event(one, "Failed", f"Error: {problem}", warning=True)
            self._wait_for(one, "CreateContainerConfigError", problem)
            self._later_for(one, SYNC_PERIOD, self._launch)
            return
        one.identity = f"containerd://{self._host.rng.getrandbits(256):064x}"
        one.phase = Phase.RUNNING
        one.started_at = self._host.clock.now()
        one.reason = one.message = ""
        if one.finished is not None:
            one.last, one.finished = one.finished, None
        self._container_event(one, "Created", "Container created")
        self._container_event(one, "Started", "Container started")
        one.startup_passed = not one.probe("startup")
        one.ready = one.startup_passed and not one.probe("readiness")
        if one.behaviour.ends_at is not None:
            reason = "OOMKilled" if one.behaviour.out_of_memory else ""
            self._later_for(one, one.behaviour.ends_at, partial(self._ended, code=one.behaviour.code, reason=reason))
        self._prober.begin(one)
        self._report()
        if one.role is Role.SIDECAR:
            self._advance()

    # Probes.

    def _judged(self, one: Container, kind: str, passed: bool) -> None:
        if kind == "readiness":
            if one.ready != passed:
                one.ready = passed
                self._report()
        elif not passed:
            self._container_event(one, "Killing", f"Container {one.name} failed {kind} probe, will be restarted")
            one.phase = Phase.STOPPING
            one.ready = False
            one.cancel()
            grace = float(self.pod["spec"].get("terminationGracePeriodSeconds", 30))
            takes = one.behaviour.stops_in
            ignores = takes is None or takes > grace
            after = grace if takes is None or ignores else takes
            self._later_for(one, after, partial(self._ended, code=137 if ignores else 143, reason=""))
            self._report()
        elif kind == "startup":
            one.startup_passed = True
            one.ready = not one.probe("readiness")
            self._prober.go_on(one)
            self._report()
            if one.role is Role.SIDECAR:
                self._advance()

    def _unhealthy(self, one: Container, message: str) -> None:
        shown = message.replace("://:", f"://{self.ip}:").replace("dial tcp :", f"dial tcp {self.ip}:")
        self._container_event(one, "Unhealthy", shown, warning=True)

    def _relearn(self) -> None:
        """The annotation says what its containers do: whoever changes it changes them while they run."""
        age_now = self._host.clock.now()
        for one in self.containers:
            behaviour = behaviour_of(self.pod, one.spec)
            if behaviour == one.behaviour:
                continue
            one.behaviour = behaviour
            if one.phase is not Phase.RUNNING:
                continue
            one.cancel()
            if behaviour.ends_at is not None:
                left = max(0.0, behaviour.ends_at - (age_now - one.started_at))
                reason = "OOMKilled" if behaviour.out_of_memory else ""
                self._later_for(one, left, partial(self._ended, code=behaviour.code, reason=reason))
            self._prober.begin(one) if not one.startup_passed else self._prober.go_on(one)

    def _respecify(self) -> None:
        """An image was changed in place: that container is killed and started with the new one."""
        specs = {
            spec["name"]: spec
            for spec in (*(self.pod["spec"].get("initContainers") or ()), *self.pod["spec"]["containers"])
        }
        for one in self.containers:
            spec = specs.get(one.name, one.spec)
            changed, one.spec = spec.get("image") != one.spec.get("image"), spec
            if not changed:
                continue
            one.behaviour = behaviour_of(self.pod, spec)
            if one.phase is Phase.RUNNING:
                self._container_event(one, "Killing", f"Container {one.name} definition changed, will be restarted")
                self._ended(one, code=143 if one.behaviour.stops_in is None else 0, reason="")

    # Ending.

    def _ended(self, one: Container, *, code: int, reason: str) -> None:
        one.cancel()
        one.finished = self._terminated(one, code, reason)
        one.ready = one.startup_passed = False
        if self._stopping:
            one.phase = Phase.DONE
            self._report()
            if all(not other.runs for other in self.containers):
                self._finish_stopping()
            return
        if not self._restarts(one):
            one.phase = Phase.DONE
            self._report()
            self._advance()
            self._stop_sidecars_if_over()
            return
        one.phase = Phase.ENDED
        self._report()
        wait = one.backoff.wait(self._host.clock.now())
        if wait <= NOTICED_AFTER:
            self._later_for(one, NOTICED_AFTER, self._restart)
        else:
            self._later_for(one, NOTICED_AFTER, partial(self._back_off, left=wait - NOTICED_AFTER, whole=wait))

    def _restarts(self, one: Container) -> bool:
        if one.role is Role.SIDECAR:
            return pod_phase(self.containers, self._policy) not in ("Succeeded", "Failed")
        if one.role is Role.INIT:
            return not one.succeeded and self._policy != "Never"
        return self._policy == "Always" or (self._policy == "OnFailure" and not one.succeeded)

    def _back_off(self, one: Container, *, left: float, whole: float) -> None:
        where = f"{name_of(self.pod)}_{namespace_of(self.pod)}({uid_of(self.pod)})"
        self._container_event(
            one, "BackOff", f"Back-off restarting failed container {one.name} in pod {where}", warning=True
        )
        one.phase = Phase.BACKING_OFF
        one.reason = "CrashLoopBackOff"
        one.message = f"back-off {spelled(whole)} restarting failed container={one.name} pod={where}"
        self._report()
        if left > SYNC_PERIOD:
            self._later_for(one, SYNC_PERIOD, partial(self._back_off, left=left - SYNC_PERIOD, whole=whole))
        else:
            self._later_for(one, left, self._restart)

    def _restart(self, one: Container) -> None:
        one.backoff.tried(self._host.clock.now())
        one.restarts += 1
        self._launch(one)

    def _stop_sidecars_if_over(self) -> None:
        if all(one.phase is Phase.DONE for one in self._main):
            for one in self.containers:
                if one.role is Role.SIDECAR and one.phase is not Phase.DONE:
                    self._stop_container(one, 30.0)

    def _stop(self) -> None:
        """Ends the pod gracefully, within the time that its deletion grants."""
        self._stopping = True
        self._cancel()
        if not self._host.connected:
            return
        grace = float(self.pod["metadata"].get("deletionGracePeriodSeconds") or 0)
        for one in self.containers:
            if one.runs:
                self._container_event(one, "Killing", f"Stopping container {one.name}")
                self._stop_container(one, grace)
            elif one.phase is not Phase.DONE:
                one.phase = Phase.DONE
                one.finished = one.finished or self._terminated(one, 137, "ContainerStatusUnknown")
        if all(not one.runs for one in self.containers):
            self._later(0.3, self._finish_stopping)

    def _stop_container(self, one: Container, grace: float) -> None:
        one.phase = Phase.STOPPING
        one.ready = False
        hook = ((one.spec.get("lifecycle") or {}).get("preStop") or {}).get("sleep") or {}
        takes = one.behaviour.stops_in
        whole = float(hook.get("seconds", 0)) + takes if takes is not None else None
        if whole is None or whole > grace:
            self._later_for(one, grace, partial(self._ended, code=137, reason=""))
        else:
            self._later_for(one, whole, partial(self._ended, code=0, reason=""))

    def _kill_all(self) -> None:
        """The time for a graceful end was cut short."""
        for one in self.containers:
            if one.runs:
                self._ended(one, code=137, reason="")

    def _finish_stopping(self) -> None:
        if self._gone or not self._host.connected:
            return
        self._write()
        namespace, name = namespace_of(self.pod), name_of(self.pod)
        current = self._host.registry.find(PODS, namespace, name)
        if current is not None and uid_of(current) == uid_of(self.pod):
            self._host.registry.delete(PODS, namespace, name, grace=0)
        self._host.release(self.pod)

    def _terminated(self, one: Container, code: int, reason: str) -> Json:
        now = self._host.clock.now()
        return {
            "exitCode": code,
            "reason": reason or ("Completed" if code == 0 else "Error"),
            "startedAt": stamp(one.started_at) if one.started_at else None,
            "finishedAt": stamp(now),
            "containerID": one.identity,
        }

    # Telling.

    def _wait_for(self, one: Container, reason: str, message: str) -> None:
        if one.phase is Phase.ENDED or (one.finished is not None and one.last is None):
            one.last, one.finished = one.finished, None
        one.phase = Phase.STARTING
        one.reason, one.message = reason, message
        self._report()

    def _report(self) -> None:
        if not self._report_due:
            self._report_due = True
            self._host.clock.call_later(0.0, self._write)

    def _write(self) -> None:
        self._report_due = False
        if self._gone or not self._host.connected:
            return
        registry = self._host.registry
        current = registry.find(PODS, namespace_of(self.pod), name_of(self.pod))
        if current is None or uid_of(current) != uid_of(self.pod):
            return
        status = pod_status(current, self.containers, self._host.ip, self.ip, self._host.clock.now())
        if status != current.get("status"):
            try:
                self.pod = registry.update(PODS, with_(current, status=status), subresource="status")
            except Refusal:
                self._later(1.0, self._write)

    def _event(self, reason: str, message: str, *, warning: bool = False, path: str = "") -> None:
        if self._host.connected:
            self._host.registry.event(
                self.pod,
                reason,
                message,
                type="Warning" if warning else "Normal",
                component="kubelet",
                host=self._host.name,
                field_path=path,
            )

    def _container_event(self, one: Container, reason: str, message: str, *, warning: bool = False) -> None:
        kind = "containers" if one.role is Role.MAIN else "initContainers"
        self._event(reason, message, warning=warning, path=f"spec.{kind}{{{one.name}}}")

    # Timers.

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        self._timers.append(self._host.clock.call_later(seconds, what))

    def _later_for(self, one: Container, seconds: float, what: Callable[[Container], None]) -> None:
        one.timers = [timer for timer in one.timers if timer.callback is not None]
        one.timers.append(self._host.clock.call_later(seconds, partial(what, one)))

    def _cancel(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for one in self.containers:
            one.cancel()


def _role(spec: Json) -> Role:
    return Role.SIDECAR if spec.get("restartPolicy") == "Always" else Role.INIT
