"""Pods in every state that kubectl has a word for, as an API server accepts them, and what kubectl prints of them.

What is written here is held against kubectl itself by tests/real/test_kinds_against_kubectl.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kubetui.kinds.kind import Health

State = dict[str, Any]
"""A container status without its name."""

GONE = "gone-node"
"""A node that does not exist: no kubelet meddles with what is on it."""

_CONDITIONS = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
_NOTHING: tuple[str, ...] = ()
_SCHEDULED = _CONDITIONS[:1]
_INITIALIZED = _CONDITIONS[:2]
_IMAGE = "registry.example/app:1"


@dataclass(frozen=True, slots=True)
class Example:
    """A pod to POST, its status to PATCH, whether to DELETE it then, and its row."""

    name: str
    row: tuple[str, str, str]
    """READY, STATUS and RESTARTS."""
    health: Health
    manifest: dict[str, Any]
    status: dict[str, Any]
    deleted: bool = False
    """It has a finalizer then, so that it stays, terminating."""

    def served(self, now: datetime) -> dict[str, Any]:
        """The whole object, as a GET would give it."""
        times = {"creationTimestamp": _time(now - timedelta(hours=1))}
        if self.deleted:
            times["deletionTimestamp"] = _time(now)
        return {
            "metadata": {**self.manifest["metadata"], **times},
            "spec": self.manifest["spec"],
            "status": self.status,
        }


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def examples(now: datetime) -> Iterator[Example]:
    """All of them; times in their states are counted back from `now`."""
    yield from _phases()
    yield from _waiting_and_ended(now)
    yield from _initializing(now)
    yield from _sidecars(now)
    yield from _several_containers(now)
    yield from _deleted(now)
    yield from _wide()


def running(ready: bool = True, restarts: int = 0, last: State | None = None, started: bool | None = True) -> State:
    """Running; `last` is how it ended before."""
    state: State = {"state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}, "ready": ready}
    return (
        state | {"restartCount": restarts, "lastState": last or {}} | ({} if started is None else {"started": started})
    )


def waiting(reason: str = "", restarts: int = 0, last: State | None = None) -> State:
    """Waiting, for a reason or none."""
    return {
        "state": {"waiting": {"reason": reason} if reason else {}},
        "ready": False,
        "restartCount": restarts,
        "lastState": last or {},
        "started": False,
    }


def exited(code: int, reason: str = "", signal: int = 0, restarts: int = 0, last: State | None = None) -> State:
    """Ended; code 0 is well."""
    return {
        "state": ended(code, reason, signal),
        "ready": False,
        "restartCount": restarts,
        "lastState": last or {},
        "started": False,
    }


def ended(code: int, reason: str = "", signal: int = 0, at: datetime | None = None) -> State:
    """A terminated state; no time is null, as a kubelet that does not know sends it."""
    told = {"reason": reason} if reason else {}
    return {
        "terminated": {"exitCode": code, "signal": signal, "finishedAt": None if at is None else _time(at), **told},
    }


def _ago(now: datetime, minutes: int) -> State:
    """A last state that ended so many minutes ago (over ten, so that the seconds are not told)."""
    return ended(1, "Error", at=now - timedelta(minutes=minutes, seconds=30))


def _pod(
    name: str,
    row: tuple[str, str, str],
    health: Health,
    containers: Mapping[str, State | None],
    *,
    init: Mapping[str, State | None] | None = None,
    sidecars: tuple[str, ...] = (),
    phase: str = "Running",
    true: tuple[str, ...] = _CONDITIONS,
    deleted: bool = False,
    spec: dict[str, Any] | None = None,
    **status: Any,
) -> Example:
    """A pod of these containers; those of `init` named in `sidecars` always restart; `true` are its conditions."""
    meta: dict[str, Any] = {"name": name}
    if deleted:
        meta["finalizers"] = ["kubetui.example/held"]
    body: dict[str, Any] = {
        "schedulerName": "nobody",
        "restartPolicy": "Never" if phase in ("Succeeded", "Failed") else "Always",
        "containers": [{"name": each, "image": _IMAGE} for each in containers],
        "initContainers": [
            {"name": each, "image": _IMAGE} | ({"restartPolicy": "Always"} if each in sidecars else {})
            for each in init or {}
        ],
        **(spec or {}),
    }
    told: dict[str, Any] = {
        "phase": phase,
        "conditions": [
            {"type": each, "status": "True" if each in true else "False"}
            | ({} if each in true else {"reason": "ContainersNotReady"})
            for each in _CONDITIONS
        ],
        "containerStatuses": _statuses(containers),
        "initContainerStatuses": _statuses(init or {}),
        **status,
    }
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": body}
    return Example(name, row, health, manifest, told, deleted)


def _statuses(states: Mapping[str, State | None]) -> list[dict[str, Any]]:
    return [
        {"name": name, "image": _IMAGE, "imageID": "", **state} for name, state in states.items() if state is not None
    ]


def _phases() -> Iterator[Example]:
    main: dict[str, State | None] = {"main": None}
    yield _pod("running", ("1/1", "Running", "0"), Health.WELL, {"main": running()})
    yield _pod("pending", ("0/1", "Pending", "0"), Health.PROGRESS, main, phase="Pending", true=_NOTHING)
    yield _pod("scheduled", ("0/1", "Pending", "0"), Health.PROGRESS, main, phase="Pending", true=_SCHEDULED)
    yield _pod("phase-unknown", ("0/1", "Unknown", "0"), Health.UNKNOWN, main, phase="Unknown", true=_NOTHING)
    yield _pod("succeeded", ("0/1", "Succeeded", "0"), Health.OFF, main, phase="Succeeded", true=_INITIALIZED)
    yield _pod("failed", ("0/1", "Failed", "0"), Health.BROKEN, main, phase="Failed", true=_INITIALIZED)
    unschedulable = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]
    yield _pod("unschedulable", ("0/1", "Pending", "0"), Health.BROKEN, main, phase="Pending", conditions=unschedulable)
    gated = [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]
    yield _pod(
        "scheduling-gated",
        ("0/1", "SchedulingGated", "0"),
        Health.OFF,
        main,
        phase="Pending",
        spec={"schedulingGates": [{"name": "kubetui.example/gate"}]},
        conditions=gated,
    )
    for reason in ("Evicted", "NodeAffinity", "Preempting", "DeadlineExceeded", "UnexpectedAdmissionError", "Shutdown"):
        yield _pod(
            f"reason-{reason.lower()}",
            ("0/1", reason, "0"),
            Health.BROKEN,
            main,
            phase="Failed",
            true=_NOTHING,
            reason=reason,
        )
    yield _pod("node-lost", ("1/1", "NodeLost", "0"), Health.UNKNOWN, {"main": running()}, reason="NodeLost")
    silent = [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "False"}]
    yield _pod("node-silent", ("1/1", "Running", "0"), Health.UNKNOWN, {"main": running()}, conditions=silent)
    yield _pod("not-ready", ("0/1", "Running", "0"), Health.PROGRESS, {"main": running(ready=False)}, true=_INITIALIZED)
    yield _pod("no-conditions", ("1/1", "Running", "0"), Health.PROGRESS, {"main": running()}, conditions=[])


def _waiting_and_ended(now: datetime) -> Iterator[Example]:
    for reason in ("ContainerCreating", "PodInitializing"):
        yield _pod(
            f"waiting-{reason.lower()}",
            ("0/1", reason, "0"),
            Health.PROGRESS,
            {"main": waiting(reason)},
            phase="Pending",
            true=_INITIALIZED,
        )
    for reason in (
        "ImagePullBackOff",
        "ErrImagePull",
        "ErrImageNeverPull",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    ):
        yield _pod(
            f"waiting-{reason.lower()}",
            ("0/1", reason, "0"),
            Health.BROKEN,
            {"main": waiting(reason)},
            phase="Pending",
            true=_INITIALIZED,
        )
    yield _pod(
        "waiting-untold",
        ("0/1", "Pending", "0"),
        Health.PROGRESS,
        {"main": waiting()},
        phase="Pending",
        true=_INITIALIZED,
    )
    yield _pod(
        "crash-loop",
        ("0/1", "CrashLoopBackOff", "7 (20m ago)"),
        Health.BROKEN,
        {"main": waiting("CrashLoopBackOff", 7, _ago(now, 20))},
        true=_INITIALIZED,
    )
    for name, state, word in (
        ("oom-killed", exited(137, "OOMKilled", restarts=2), "OOMKilled"),
        ("error", exited(1, "Error", restarts=2), "Error"),
        ("exit-code", exited(3, restarts=2), "ExitCode:3"),
        ("signal", exited(137, signal=9, restarts=2), "Signal:9"),
        ("cannot-run", exited(128, "ContainerCannotRun", restarts=2), "ContainerCannotRun"),
    ):
        yield _pod(f"ended-{name}", ("0/1", word, "2"), Health.BROKEN, {"main": state}, true=_INITIALIZED)
    yield _pod(
        "ended-well-once",
        ("0/1", "Completed", "0"),
        Health.PROGRESS,
        {"main": exited(0, "Completed")},
        true=_INITIALIZED,
    )
    yield _pod("ended-exit-code-0", ("0/1", "ExitCode:0", "0"), Health.PROGRESS, {"main": exited(0)}, true=_INITIALIZED)
    yield _pod(
        "job-done",
        ("0/1", "Completed", "0"),
        Health.OFF,
        {"main": exited(0, "Completed")},
        phase="Succeeded",
        true=_INITIALIZED,
    )
    yield _pod(
        "job-failed",
        ("0/1", "Error", "0"),
        Health.BROKEN,
        {"main": exited(1, "Error")},
        phase="Failed",
        true=_INITIALIZED,
    )
    yield _pod(
        "restarted", ("1/1", "Running", "3 (15m ago)"), Health.WELL, {"main": running(restarts=3, last=_ago(now, 15))}
    )
    yield _pod(
        "restarted-hours-ago",
        ("1/1", "Running", "3 (4h ago)"),
        Health.WELL,
        {"main": running(restarts=3, last=_ago(now, 240))},
    )
    yield _pod("restarted-untold", ("1/1", "Running", "3"), Health.WELL, {"main": running(restarts=3, last=ended(1))})
    yield _pod("ended-but-never-restarted", ("1/1", "Running", "0"), Health.WELL, {"main": running(last=_ago(now, 15))})


def _initializing(now: datetime) -> Iterator[Example]:
    main: dict[str, State | None] = {"main": waiting("PodInitializing")}

    def held(
        name: str, row: tuple[str, str, str], health: Health, init: Mapping[str, State | None], **more: Any
    ) -> Example:
        return _pod(f"init-{name}", row, health, main, init=init, **{"phase": "Pending", "true": _SCHEDULED} | more)

    yield held("first", ("0/1", "Init:0/2", "0"), Health.PROGRESS, {"a": running(ready=False), "b": waiting()})
    yield held("second", ("0/1", "Init:1/2", "0"), Health.PROGRESS, {"a": exited(0), "b": running(ready=False)})
    yield held("untold", ("0/1", "Init:0/1", "0"), Health.PROGRESS, {"a": waiting()})
    yield held("waits", ("0/1", "Init:0/1", "0"), Health.PROGRESS, {"a": waiting("PodInitializing")})
    yield held("done", ("0/1", "PodInitializing", "0"), Health.PROGRESS, {"a": exited(0), "b": exited(0)})
    yield held("pull", ("0/1", "Init:ImagePullBackOff", "0"), Health.BROKEN, {"a": waiting("ImagePullBackOff")})
    yield held(
        "crash-loop",
        ("0/1", "Init:CrashLoopBackOff", "4 (12m ago)"),
        Health.BROKEN,
        {"a": waiting("CrashLoopBackOff", 4, _ago(now, 12)), "b": waiting("PodInitializing")},
    )
    yield held("error", ("0/1", "Init:Error", "1"), Health.BROKEN, {"a": exited(1, "Error", restarts=1)})
    yield held("oom", ("0/1", "Init:OOMKilled", "1"), Health.BROKEN, {"a": exited(137, "OOMKilled", restarts=1)})
    yield held("exit-code", ("0/1", "Init:ExitCode:5", "0"), Health.BROKEN, {"a": exited(5)})
    yield held("signal", ("0/1", "Init:Signal:15", "0"), Health.BROKEN, {"a": exited(143, signal=15)})
    yield held(
        "failed-for-good",
        ("0/1", "Init:Error", "0"),
        Health.BROKEN,
        {"a": exited(1, "Error")},
        phase="Failed",
    )
    yield held(
        "restarts-add-up",
        ("0/1", "Init:1/3", "5 (11m ago)"),
        Health.PROGRESS,
        {
            "a": exited(0, restarts=2, last=_ago(now, 30)),
            "b": running(ready=False, restarts=3, last=_ago(now, 11)),
            "c": waiting("PodInitializing", restarts=9),
        },
    )
    yield _pod(
        "init-restarts-forgotten",
        ("1/1", "Running", "1 (13m ago)"),
        Health.WELL,
        {"main": running(restarts=1, last=_ago(now, 13))},
        init={"a": exited(0, "Completed", restarts=6, last=_ago(now, 11))},
    )
    yield _pod(
        "init-again-after-initialized",
        ("1/1", "Init:0/1", "0"),
        Health.WELL,
        {"main": running()},
        init={"a": running(ready=False)},
    )


def _sidecars(now: datetime) -> Iterator[Example]:
    proxy = ("proxy",)
    yield _pod(
        "sidecar-running",
        ("2/2", "Running", "0"),
        Health.WELL,
        {"main": running()},
        init={"proxy": running()},
        sidecars=proxy,
    )
    yield _pod(
        "sidecar-not-ready",
        ("1/2", "Running", "0"),
        Health.PROGRESS,
        {"main": running()},
        init={"proxy": running(ready=False)},
        sidecars=proxy,
        true=_INITIALIZED,
    )
    yield _pod(
        "sidecar-not-started",
        ("0/2", "Init:0/1", "0"),
        Health.PROGRESS,
        {"main": waiting("PodInitializing")},
        init={"proxy": running(ready=False, started=False)},
        sidecars=proxy,
        phase="Pending",
        true=_SCHEDULED,
    )
    yield _pod(
        "sidecar-started-untold",
        ("0/2", "Init:0/1", "0"),
        Health.PROGRESS,
        {"main": waiting("PodInitializing")},
        init={"proxy": running(ready=False, started=None)},
        sidecars=proxy,
        phase="Pending",
        true=_SCHEDULED,
    )
    yield _pod(
        "sidecar-then-init",
        ("1/2", "Init:1/2", "0"),
        Health.PROGRESS,
        {"main": waiting("PodInitializing")},
        init={"proxy": running(), "migrate": running(ready=False)},
        sidecars=proxy,
        phase="Pending",
        true=_SCHEDULED,
    )
    yield _pod(
        "sidecar-crash-loop",
        ("1/2", "Init:CrashLoopBackOff", "4 (14m ago)"),
        Health.BROKEN,
        {"main": running()},
        init={"proxy": waiting("CrashLoopBackOff", 4, _ago(now, 14))},
        sidecars=proxy,
        true=_INITIALIZED,
    )
    yield _pod(
        "sidecar-ended-badly",
        ("1/2", "Init:Error", "0"),
        Health.BROKEN,
        {"main": running()},
        init={"proxy": exited(2, "Error")},
        sidecars=proxy,
        true=_INITIALIZED,
    )
    yield _pod(
        "sidecar-ended-well",
        ("0/2", "Completed", "0"),
        Health.OFF,
        {"main": exited(0, "Completed")},
        init={"proxy": exited(0, "Completed")},
        sidecars=proxy,
        phase="Succeeded",
        true=_INITIALIZED,
    )
    yield _pod(
        "sidecar-restarts-count",
        ("2/2", "Running", "5 (10m ago)"),
        Health.WELL,
        {"main": running(restarts=2, last=_ago(now, 50))},
        init={
            "migrate": exited(0, restarts=8, last=_ago(now, 11)),
            "proxy": running(restarts=3, last=_ago(now, 10)),
        },
        sidecars=proxy,
    )
    yield _pod(
        "sidecar-job-done",
        ("1/2", "Completed", "0"),
        Health.PROGRESS,
        {"main": exited(0, "Completed")},
        init={"proxy": running()},
        sidecars=proxy,
        true=_INITIALIZED,
    )


def _several_containers(now: datetime) -> Iterator[Example]:
    yield _pod("two-running", ("2/2", "Running", "0"), Health.WELL, {"a": running(), "b": running()})
    yield _pod(
        "one-of-two-ready",
        ("1/2", "Running", "0"),
        Health.PROGRESS,
        {"a": running(), "b": running(ready=False)},
        true=_INITIALIZED,
    )
    yield _pod(
        "first-word-wins",
        ("0/3", "ErrImagePull", "0"),
        Health.BROKEN,
        {"a": waiting("ErrImagePull"), "b": waiting("CreateContainerError"), "c": exited(1, "Error")},
        true=_INITIALIZED,
    )
    yield _pod(
        "second-waits",
        ("1/2", "CrashLoopBackOff", "5 (18m ago)"),
        Health.BROKEN,
        {"a": running(), "b": waiting("CrashLoopBackOff", 5, _ago(now, 18))},
        true=_INITIALIZED,
    )
    yield _pod(
        "one-done-serving",
        ("1/2", "Running", "0"),
        Health.WELL,
        {"a": exited(0, "Completed"), "b": running()},
    )
    yield _pod(
        "one-done-not-ready",
        ("1/2", "NotReady", "0"),
        Health.PROGRESS,
        {"a": exited(0, "Completed"), "b": running()},
        true=_INITIALIZED,
    )
    yield _pod(
        "one-done-other-not-ready",
        ("0/2", "Completed", "0"),
        Health.PROGRESS,
        {"a": exited(0, "Completed"), "b": running(ready=False)},
        true=_INITIALIZED,
    )
    yield _pod(
        "one-done-one-failed",
        ("0/2", "Error", "0"),
        Health.BROKEN,
        {"a": exited(0, "Completed"), "b": exited(1, "Error")},
        phase="Failed",
        true=_INITIALIZED,
    )
    yield _pod(
        "one-done-one-failed-one-runs",
        ("1/3", "OOMKilled", "0"),
        Health.BROKEN,
        {"a": exited(0, "Completed"), "b": exited(137, "OOMKilled"), "c": running()},
        true=_INITIALIZED,
    )
    yield _pod(
        "failed-hidden-by-ready",
        ("1/3", "Running", "0"),
        Health.BROKEN,
        {"a": exited(0, "Completed"), "b": exited(1, "Error"), "c": running()},
    )
    yield _pod(
        "latest-restart-counts",
        ("2/2", "Running", "9 (16m ago)"),
        Health.WELL,
        {"a": running(restarts=4, last=_ago(now, 16)), "b": running(restarts=5, last=_ago(now, 90))},
    )
    yield _pod(
        "ready-yet-not-running",
        ("0/1", "Running", "0"),
        Health.WELL,
        {"main": {"state": {}, "ready": True, "restartCount": 0}},
    )
    yield _pod("status-of-one-of-two", ("1/2", "Running", "0"), Health.WELL, {"a": running(), "b": None})
    yield _pod(
        "debugged",
        ("1/1", "Running", "0"),
        Health.WELL,
        {"main": running()},
        ephemeralContainerStatuses=[
            {"name": "debug", "image": _IMAGE, "imageID": "", **exited(1, "Error", restarts=3)}
        ],
    )


def _deleted(now: datetime) -> Iterator[Example]:
    yield _pod("deleted-running", ("1/1", "Terminating", "0"), Health.PROGRESS, {"main": running()}, deleted=True)
    yield _pod(
        "deleted-pending",
        ("0/1", "Terminating", "0"),
        Health.PROGRESS,
        {"main": None},
        phase="Pending",
        true=_NOTHING,
        deleted=True,
    )
    yield _pod(
        "deleted-initializing",
        ("0/1", "Terminating", "2 (25m ago)"),
        Health.PROGRESS,
        {"main": waiting("PodInitializing")},
        init={"a": waiting("CrashLoopBackOff", 2, _ago(now, 25))},
        phase="Pending",
        true=_SCHEDULED,
        deleted=True,
    )
    yield _pod(
        "deleted-crash-loop",
        ("0/1", "Terminating", "7 (20m ago)"),
        Health.PROGRESS,
        {"main": waiting("CrashLoopBackOff", 7, _ago(now, 20))},
        true=_INITIALIZED,
        deleted=True,
    )
    yield _pod(
        "deleted-node-lost",
        ("1/1", "Unknown", "0"),
        Health.UNKNOWN,
        {"main": running()},
        reason="NodeLost",
        deleted=True,
    )
    yield _pod(
        "deleted-done",
        ("0/1", "Completed", "0"),
        Health.OFF,
        {"main": exited(0, "Completed")},
        phase="Succeeded",
        true=_INITIALIZED,
        deleted=True,
    )
    yield _pod(
        "deleted-evicted",
        ("0/1", "Evicted", "0"),
        Health.BROKEN,
        {"main": None},
        phase="Failed",
        true=_NOTHING,
        reason="Evicted",
        deleted=True,
    )


def _wide() -> Iterator[Example]:
    yield _pod(
        "on-a-node",
        ("1/1", "Running", "0"),
        Health.WELL,
        {"main": running()},
        spec={"nodeName": GONE},
        podIP="10.1.2.3",
        podIPs=[{"ip": "10.1.2.3"}],
    )
    yield _pod(
        "dual-stack",
        ("1/1", "Running", "0"),
        Health.WELL,
        {"main": running()},
        podIP="fd00::17",
        podIPs=[{"ip": "fd00::17"}, {"ip": "10.1.2.4"}],
    )
    yield _pod(
        "nominated",
        ("0/1", "Pending", "0"),
        Health.PROGRESS,
        {"main": None},
        phase="Pending",
        true=_NOTHING,
        nominatedNodeName="node-7",
    )
    gates = [{"conditionType": "example.com/a"}, {"conditionType": "example.com/b"}, {"conditionType": "example.com/c"}]
    conditions = [
        {"type": "Initialized", "status": "True"},
        {"type": "ContainersReady", "status": "True"},
        {"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady"},
        {"type": "example.com/a", "status": "True"},
        {"type": "example.com/b", "status": "False"},
    ]
    yield _pod(
        "readiness-gates",
        ("1/1", "Running", "0"),
        Health.PROGRESS,
        {"main": running()},
        spec={"readinessGates": gates},
        conditions=conditions,
    )
