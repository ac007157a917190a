"""How containers end, by themselves or because they are asked to; whether they start again; and how a pod ends.

A pod that ends gives each container its preStop hook and then SIGTERM; sidecars get theirs only after the main
containers are gone, the last sidecar first. Whoever still runs when the grace period is over is killed
(killContainer of kuberuntime_container.go and its termination order).
"""

from collections.abc import Callable
from functools import partial

from kubetui.demo.clock import stamp
from kubetui.demo.kubelet.backoff import spelled
from kubetui.demo.kubelet.container import Container, Phase, Role
from kubetui.demo.kubelet.hooks import hook_of
from kubetui.demo.kubelet.lastwords import last_words
from kubetui.demo.kubelet.life import Failure, Life
from kubetui.demo.kubelet.starting import SYNC_PERIOD
from kubetui.demo.kubelet.status import pod_phase
from kubetui.demo.kubelet.telling import Teller
from kubetui.demo.objects import Json, deleting, name_of, namespace_of, uid_of
from kubetui.demo.resources import PODS

NOTICED_AFTER = 1.0
"""Seconds until a kubelet has seen that a container ended: it looks once a second."""

LEAST_GRACE = 2.0
"""Seconds that a container has after SIGTERM, even where its hook has used up the grace period."""

NEVER_FOUND = "The container could not be located when the pod was terminated"
KILLED, TERMINATED = 137, 143
"""Exit codes of a process that was ended by SIGKILL, and by SIGTERM."""


class Ender:
    """Ends the containers of one pod."""

    def __init__(
        self, life: Life, teller: Teller, launch: Callable[[Container], None], advance: Callable[[], None]
    ) -> None:
        """`launch` starts one container again; `advance` starts what may start after one has ended for good."""
        self._life = life
        self._host = life.host
        self._teller = teller
        self._launch = launch
        self._advance = advance

    # One container.

    def expect(self, one: Container, seconds: float) -> None:
        """The container ends by itself in so many seconds."""
        reason = "OOMKilled" if one.behaviour.out_of_memory else ""
        self._life.later_for(one, seconds, partial(self._ended, code=one.behaviour.code, reason=reason))

    def end(self, one: Container, code: int) -> None:
        """The container has ended just now."""
        if one.runs:
            self._ended(one, code=code, reason="")

    def kill(self, one: Container, message: str) -> None:
        """End one container of a pod that goes on."""
        self._teller.container_event(one, "Killing", message)
        self._ask(one, float(self._life.pod["spec"].get("terminationGracePeriodSeconds", 30)))
        self._teller.report()

    def terminated(self, one: Container, code: int, reason: str = "", message: str = "") -> Json:
        """The state of a container that has ended just now."""
        now = self._host.clock.now()
        state: Json = {
            "exitCode": code,
            "reason": reason or ("Completed" if code == 0 else "Error"),
            "startedAt": stamp(one.started_at) if one.started_at else None,
            "finishedAt": stamp(now),
            "containerID": one.identity,
        }
        said = message or (last_words(self._life.pod, one, code, now) if one.identity else "")
        return {**state, "message": said} if said else state

    def _ask(self, one: Container, grace: float) -> None:
        """Run its preStop hook, then ask it to end."""
        now = self._host.clock.now()
        one.phase = Phase.STOPPING
        one.cancel()
        one.deadline = now + grace
        hook = hook_of(one, "preStop", now - one.started_at) if grace > 0 else None
        if hook is None:
            self._signal(one)
        else:
            failed = not hook.succeeds and hook.seconds <= grace
            self._life.later_for(one, min(hook.seconds, grace), partial(self._hooked, failed=failed))

    def _hooked(self, one: Container, *, failed: bool) -> None:
        if failed:
            self._teller.container_event(one, "FailedPreStopHook", "PreStopHook failed", warning=True)
        self._signal(one)

    def _signal(self, one: Container) -> None:
        left = one.deadline - self._host.clock.now()
        one.waits_for_its_turn = left > 0 and self._must_wait(one)
        if one.waits_for_its_turn:
            self._life.later_for(one, left, self._signal)
            return
        left = max(LEAST_GRACE, left)
        takes = one.behaviour.stops_in
        if takes is None or takes > left:
            self._life.later_for(one, left, partial(self._ended, code=KILLED, reason=""))
        else:
            code = 0 if self._life.stopping or one.role is Role.SIDECAR else TERMINATED
            self._life.later_for(one, takes, partial(self._ended, code=code, reason=""))

    def _must_wait(self, one: Container) -> bool:
        if one.role is not Role.SIDECAR or not (self._life.stopping or self._is_over):
            return False
        after = self._life.containers[self._life.containers.index(one) + 1 :]
        return any(other.runs and other.role is not Role.INIT for other in after)

    def _ended(self, one: Container, *, code: int, reason: str) -> None:
        one.cancel()
        one.finished = self.terminated(one, code, reason)
        one.ready = one.startup_passed = one.waits_for_its_turn = False
        if self._life.stopping:
            one.phase = Phase.DONE
            self._teller.report()
            self._next_turn()
            if not self._life.runs:
                self.finish()
        elif not self._restarts(one):
            one.phase = Phase.DONE
            self._teller.report()
            self._advance()
            self._stop_sidecars_if_over()
            self._next_turn()
        else:
            one.phase = Phase.ENDED
            self._teller.report()
            wait = one.backoff.wait(self._host.clock.now())
            again = self._restart if wait <= NOTICED_AFTER else partial(self._back_off, left=wait - 1.0, whole=wait)
            self._life.later_for(one, NOTICED_AFTER, again)

    def _next_turn(self) -> None:
        """Asks those to end who have waited for one that has ended now."""
        for one in self._life.containers:
            if one.waits_for_its_turn and not self._must_wait(one):
                one.cancel()
                self._signal(one)

    def _restarts(self, one: Container) -> bool:
        if one.role is Role.GUEST:
            return False
        if one.role is Role.SIDECAR:
            return not self._is_over
        for rule in one.spec.get("restartPolicyRules") or ():
            codes = rule.get("exitCodes") or {}
            listed = one.finished is not None and one.finished["exitCode"] in (codes.get("values") or ())
            if listed == (codes.get("operator", "In") == "In"):
                return bool(rule.get("action") == "Restart")
        policy = one.spec.get("restartPolicy") or self._life.policy
        if one.role is Role.INIT:
            return not one.succeeded and policy != "Never"
        return bool(policy == "Always" or (policy == "OnFailure" and not one.succeeded))

    def _back_off(self, one: Container, *, left: float, whole: float) -> None:
        pod = self._life.pod
        where = f"{name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})"
        text = f"Back-off restarting failed container {one.name} in pod {where}"
        self._teller.container_event(one, "BackOff", text, warning=True)
        one.phase = Phase.BACKING_OFF
        one.reason = "CrashLoopBackOff"
        one.message = f"back-off {spelled(whole)} restarting failed container={one.name} pod={where}"
        self._teller.report()
        if left > SYNC_PERIOD:
            self._life.later_for(one, SYNC_PERIOD, partial(self._back_off, left=left - SYNC_PERIOD, whole=whole))
        else:
            self._life.later_for(one, left, self._restart)

    def _restart(self, one: Container) -> None:
        one.backoff.tried(self._host.clock.now())
        one.restarts += 1
        self._launch(one)

    # The pod.

    def stop(self, grace: float) -> None:
        """End the whole pod within so many seconds."""
        life = self._life
        life.stopping = True
        life.cancel()
        if not self._host.connected:
            return
        for one in life.containers:
            if one.runs:
                self._teller.container_event(one, "Killing", f"Stopping container {one.name}")
            elif one.phase is not Phase.DONE:
                one.phase = Phase.DONE
                one.finished = one.finished or self.terminated(one, KILLED, "ContainerStatusUnknown", NEVER_FOUND)
        for one in life.containers:
            if one.runs:
                self._ask(one, grace)
        for one in life.guests:
            if one.runs:
                self._ask(one, grace)
        if not life.runs:
            life.later(0.3, self.finish)

    def fail(self, failure: Failure, grace: float) -> None:
        """End the pod although nobody has deleted it: it stays, as failed."""
        self._life.failure = failure
        self.stop(grace)

    def hurry(self, grace: float) -> None:
        """The time for a graceful end was cut short."""
        self._life.later(grace, self._kill_all)

    def _kill_all(self) -> None:
        for one in self._life.containers:
            if one.runs:
                self._ended(one, code=KILLED, reason="")

    @property
    def _is_over(self) -> bool:
        return pod_phase(self._life.containers, self._life.policy) in ("Succeeded", "Failed")

    def _stop_sidecars_if_over(self) -> None:
        """A pod whose main containers have all ended needs its sidecars no longer."""
        if not self._is_over:
            return
        grace = float(self._life.pod["spec"].get("terminationGracePeriodSeconds", 30))
        for one in self._life.containers:
            if one.role is Role.SIDECAR and one.phase is Phase.RUNNING:
                self._teller.container_event(one, "Killing", f"Stopping container {one.name}")
                self._ask(one, grace)

    def finish(self) -> None:
        """Nothing runs any more: tell so, and let a deleted pod go."""
        life = self._life
        if life.gone or not self._host.connected:
            return
        self._teller.write()
        if deleting(life.pod):
            namespace, name = namespace_of(life.pod), name_of(life.pod)
            current = self._host.registry.find(PODS, namespace, name)
            if current is not None and uid_of(current) == uid_of(life.pod):
                self._host.registry.delete(PODS, namespace, name, grace=0)
            self._host.release(life.pod)
        elif life.failure is not None:
            self._host.release(life.pod)
