"""Containers that end and are started again."""

from typing import Any

from kubetui.kinds.kind import Health
from kubetui.kinds.pod import Pod
from tests.story.world import HASH, World, event, pod

A, B = f"web-{HASH}-a", f"web-{HASH}-b"


def ended(name: str, code: int, reason: str = "Error", restarts: int = 0) -> Pod:
    """A pod whose container ended and is not back yet."""
    state = {"terminated": {"exitCode": code, "reason": reason}}
    status: dict[str, Any] = {"name": "app", "restartCount": restarts, "state": state}
    return pod(name, state="running", containerStatuses=[status])


def back(name: str, restarts: int = 1, ready: bool = False) -> Pod:
    """The same pod with its container running again."""
    return pod(name, state="ready" if ready else "running", restarts=restarts)


def test_a_crash_is_told_until_the_pod_is_ready_again() -> None:
    world = World(pod(A))
    world.sees(ended(A, 3), at=0)
    assert world.line == f"container app of {A} crashed with exit code 3  … 0 ms"
    world.sees(back(A), at=1)
    assert world.line == f"container app of {A} crashed with exit code 3 → restarted  … 1.0 s"
    world.sees(back(A, ready=True), at=3.1)
    assert world.line == f"container app of {A} crashed with exit code 3 → restarted → ready again after 3.1 s"
    assert world.episode.mood is Health.WELL


def test_out_of_memory_is_said_in_words() -> None:
    world = World(pod(A))
    world.sees(ended(A, 137, "OOMKilled"))
    assert world.line.startswith(f"container app of {A} was killed: out of memory (OOMKilled)")


def test_a_crash_loop_is_named_with_its_count() -> None:
    world = World(pod(A, restarts=3))
    world.sees(ended(A, 1, restarts=3))
    assert world.line.startswith(f"container app of {A} crashed again with exit code 1")
    world.sees(back(A, restarts=4))
    world.sees(pod(A, state="CrashLoopBackOff", restarts=4))
    assert world.line.startswith(
        f"container app of {A} crashed with exit code 1 → restarted, 4 times by now → it keeps crashing"
    )
    assert world.episode.mood is Health.BROKEN


def test_the_same_container_of_several_pods_is_one_line() -> None:
    world = World(pod(A), pod(B))
    world.sees(ended(A, 1), ended(B, 1), at=0)
    world.sees(back(A, ready=True), at=2)
    assert world.line == "container app of 2 pods crashed with exit code 1 → 1 of 2 ready again  … 2.0 s"


def test_a_failed_probe_explains_a_restart() -> None:
    world = World(pod(A))
    world.sees(event(pod(A), "Unhealthy", "Liveness probe failed: timeout"), ended(A, 137))
    assert "crashed with exit code 137: Liveness probe failed: timeout" in world.line


def test_a_container_that_ends_well_is_no_crash() -> None:
    world = World(pod(A))
    world.sees(ended(A, 0, "Completed"))
    assert world.lines == []


def test_a_crashed_pod_that_is_deleted_ends_its_line() -> None:
    world = World(pod(A))
    world.sees(ended(A, 1))
    world.loses(ended(A, 1))
    crash, deletion = world.lines
    assert crash.endswith("→ gone")
    assert deletion.startswith(f"someone deleted pod {A}")
