"""The worker of one pod on its node: hears what the kubelet hears, and has its rooms act: starting, ending, telling.

Everything happens by timers on the cluster's clock.
"""

from kubetui.demo.clock import seconds_of
from kubetui.demo.kubelet.backoff import Backoff
from kubetui.demo.kubelet.behaviour import behaviour_of
from kubetui.demo.kubelet.container import Container, Phase, Role
from kubetui.demo.kubelet.ending import NOTICED_AFTER, Ender
from kubetui.demo.kubelet.host import Host
from kubetui.demo.kubelet.life import Failure, Life
from kubetui.demo.kubelet.probes import Prober
from kubetui.demo.kubelet.resizing import Resizer
from kubetui.demo.kubelet.starting import Starter
from kubetui.demo.kubelet.telling import Teller
from kubetui.demo.objects import Json, deleting

OVERDUE = Failure("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")

LOST = 255
"""Exit code of a container that died with its machine."""

EVICTION_GRACE = 1.0
"""Seconds that a pod has which is evicted at once."""


class PodWorker:
    """Runs one pod."""

    def __init__(self, host: Host, pod: Json) -> None:
        self._host = host
        self._life = Life(host, pod)
        self._teller = Teller(self._life)
        self._prober = Prober(host.clock, self._judged, self._unhealthy)
        self._starter = Starter(self._life, self._teller, self._runs)
        self._ender = Ender(self._life, self._teller, self._starter.launch, self._starter.advance)
        self._resizer = Resizer(self._life, self._teller, self._ender)

    @property
    def pod(self) -> Json:
        """The pod as the kubelet knows it."""
        return self._life.pod

    @pod.setter
    def pod(self, pod: Json) -> None:
        self._life.pod = pod

    @property
    def containers(self) -> list[Container]:
        """Init containers first."""
        return self._life.containers

    @property
    def everyone(self) -> list[Container]:
        """All containers, ephemeral ones last."""
        return [*self._life.containers, *self._life.guests]

    @property
    def ip(self) -> str:
        """The pod's address; empty until it has a sandbox."""
        return self._life.ip

    @property
    def ending(self) -> bool:
        """Whether the pod as a whole is being ended, or has ended."""
        return self._life.stopping or not any(one.phase is not Phase.DONE for one in self._life.main)

    def begin(self) -> None:
        """The pod is new on this node: make its sandbox."""
        for one in self.containers:
            one.reason = "PodInitializing" if self._life.has_init and one.role is Role.MAIN else "ContainerCreating"
        self._teller.report()
        self._life.later(0.3 + 0.9 * self._host.rng.random(), self._starter.begin)
        self._set_deadline()

    def changed(self, pod: Json) -> None:
        """The pod looks different now."""
        old, self.pod = self.pod, pod
        if deleting(pod) and not self._life.stopping:
            self._stop()
            return
        before, after = old["metadata"], pod["metadata"]
        if before.get("deletionGracePeriodSeconds") != after.get("deletionGracePeriodSeconds") and self._life.stopping:
            self._ender.hurry(float(after.get("deletionGracePeriodSeconds") or 0))
        if before.get("annotations") != after.get("annotations"):
            self._relearn()
        if old["spec"] != pod["spec"]:
            self._respecify()
            self._welcome()
            if old["spec"].get("activeDeadlineSeconds") != pod["spec"].get("activeDeadlineSeconds"):
                self._set_deadline()

    def evict(self, message: str) -> None:
        """The node has too little of something: the pod has to go, at once, and stays behind as failed."""
        self._teller.event("Evicted", message, warning=True)
        self._ender.fail(Failure("Evicted", message, "TerminationByKubelet"), EVICTION_GRACE)

    def vanish(self) -> None:
        """The pod is gone from the API: what still runs is killed without a word."""
        self._life.gone = True
        self._life.cancel()

    def freeze(self) -> None:
        """The machine is off: nothing happens any more, and nobody is told."""
        self._life.cancel()

    def thaw(self) -> None:
        """The machine is back: every container has died with it and starts anew, in a new sandbox."""
        if deleting(self.pod):
            for one in self.containers:
                one.phase = Phase.DONE
            self._stop()
            return
        for one in self.containers:
            if one.phase is Phase.DONE:
                continue
            if one.runs:
                one.last = self._ender.terminated(one, LOST, "Unknown")
                one.restarts += 1
            one.phase, one.ready, one.startup_passed = Phase.WAITING, False, False
            one.reason, one.message = "ContainerCreating", ""
        for one in self._life.guests:
            if one.runs:
                one.finished, one.phase = self._ender.terminated(one, LOST, "Unknown"), Phase.DONE
        self._life.ip = ""
        self._teller.event("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
        self._teller.report()
        self._life.later(1.0, self._starter.begin)
        self._set_deadline()

    def resume_reports(self) -> None:
        """The API server can be reached again: say how things stand."""
        if deleting(self.pod) and not self._life.stopping:
            self._stop()
        elif self._life.stopping and not self._life.runs:
            self._ender.finish()
        else:
            self._teller.report()

    def _stop(self) -> None:
        self._ender.stop(float(self.pod["metadata"].get("deletionGracePeriodSeconds") or 0))

    def _set_deadline(self) -> None:
        """Ends the pod when it has been active for too long."""
        deadline = self.pod["spec"].get("activeDeadlineSeconds")
        if deadline is not None:
            now = self._host.clock.now()
            started = (self.pod.get("status") or {}).get("startTime")
            self._life.later((seconds_of(started) if started else now) + float(deadline) - now, self._check_deadline)

    def _check_deadline(self) -> None:
        status = self.pod.get("status") or {}
        deadline = self.pod["spec"].get("activeDeadlineSeconds")
        if deadline is None or self._life.stopping or status.get("phase") in ("Succeeded", "Failed"):
            return
        if seconds_of(status["startTime"]) + float(deadline) > self._host.clock.now():
            self._set_deadline()
            return
        self._teller.event(OVERDUE.reason, OVERDUE.message)
        self._ender.fail(OVERDUE, float(self.pod["spec"].get("terminationGracePeriodSeconds", 30)))

    def exits(self, one: Container, code: int) -> None:
        """The first process of a container has ended, because of something that was done inside."""
        self._ender.end(one, code)

    # Containers that run.

    def _runs(self, one: Container) -> None:
        """A container is up: ask its probes, and let it come to the end that it has in itself."""
        if one.behaviour.ends_at is not None:
            self._ender.expect(one, one.behaviour.ends_at)
        self._prober.begin(one)

    def _judged(self, one: Container, kind: str, passed: bool) -> None:
        if kind == "readiness":
            if one.ready != passed:
                one.ready = passed
                self._teller.report()
        elif not passed:
            self._ender.kill(one, f"Container {one.name} failed {kind} probe, will be restarted")
        elif kind == "startup":
            one.startup_passed = True
            one.ready = not one.probe("readiness")
            self._prober.go_on(one)
            self._teller.report()
            if one.role is Role.SIDECAR:
                self._starter.advance()

    def _unhealthy(self, one: Container, message: str) -> None:
        shown = message.replace("://:", f"://{self.ip}:").replace("dial tcp :", f"dial tcp {self.ip}:")
        self._teller.container_event(one, "Unhealthy", shown, warning=True)

    def _relearn(self) -> None:
        """The annotation says what its containers do: whoever changes it changes them while they run."""
        now = self._host.clock.now()
        for one in self.containers:
            behaviour = behaviour_of(self.pod, one.spec)
            if behaviour == one.behaviour:
                continue
            one.behaviour = behaviour
            if one.phase is not Phase.RUNNING:
                continue
            one.cancel()
            if behaviour.ends_at is not None:
                self._ender.expect(one, max(0.0, behaviour.ends_at - (now - one.started_at)))
            self._prober.begin(one) if not one.startup_passed else self._prober.go_on(one)

    def _welcome(self) -> None:
        """Someone has added ephemeral containers."""
        known = {one.name for one in self._life.guests}
        for spec in self.pod["spec"].get("ephemeralContainers") or ():
            if spec["name"] not in known and not self._life.stopping:
                self._starter.launch(self._life.invite(spec))

    def _respecify(self) -> None:
        """A container has another image: it is killed and started with that. Or other resources: it gets them."""
        spec = self.pod["spec"]
        specs = {one["name"]: one for one in (*(spec.get("initContainers") or ()), *spec["containers"])}
        resized = False
        for one in self.containers:
            new = specs.get(one.name, one.spec)
            changed, had, one.spec = new.get("image") != one.spec.get("image"), one.spec.get("resources"), new
            if new.get("resources") != had:
                one.spec = {**new, "resources": had or {}}
                resized = True
            if changed:
                one.behaviour = behaviour_of(self.pod, new)
                if one.phase is Phase.RUNNING:
                    self._ender.kill(one, f"Container {one.name} definition changed, will be restarted")
                elif one.phase is Phase.HELD:
                    one.cancel()
                    one.image_backoff = Backoff()
                    self._life.later_for(one, NOTICED_AFTER, self._starter.launch)
        if resized:
            self._resizer.wish()
