"""What containers write: made up when it is asked for, the same each time, by what the container is. Pure."""

import random
import zlib
from math import floor
from typing import TYPE_CHECKING

import msgspec

from kubetui.demo.clock import seconds_of
from kubetui.demo.kubelet.behaviour import Behaviour, behaviour_of, is_told, short_name, waits_for_input
from kubetui.demo.kubelet.inside.environment import expanded
from kubetui.demo.kubelet.inside.fields import field_of
from kubetui.demo.kubelet.recital import recited
from kubetui.demo.objects import Json, name_of, uid_of
from kubetui.demo.refusals import bad_request

if TYPE_CHECKING:
    from kubetui.demo.kubelet.pod_worker import PodWorker

MOST = 10_000
"""Lines that are kept of one run: the oldest are rotated away."""

_PATHS = ("/", "/healthz", "/api/games", "/api/cart", "/api/orders/4711", "/static/app.js", "/favicon.ico")
_CODES = (200, 200, 200, 200, 200, 201, 204, 304, 404, 500)


class Line(msgspec.Struct, frozen=True):
    """One line of a log: seconds since 1970, and its text."""

    at: float
    text: str


def lines_of(
    pod: Json,
    container: str,
    worker: "PodWorker | None",
    now: float,
    *,
    previous: bool = False,
    since: float = 0.0,
    tail: int = MOST,
) -> list[Line]:
    """The lines of one run of a container from `since` up to now, and of these the last ones: `tail` of them.

    Refusal 400 where there is no such run.
    """
    status = _status_of(pod, container)
    name = pod["metadata"]["name"]
    state = (status or {}).get("state") or {}
    last = ((status or {}).get("lastState") or {}).get("terminated")
    ended = state.get("terminated") or (last if previous or state.get("waiting") else None)
    if previous and last is None:
        raise bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
    if previous:
        ended = last
    elif state.get("running"):
        ended = None
    elif ended is None:
        why = (state.get("waiting") or {}).get("reason", "")
        if not pod["spec"].get("nodeName"):
            return []
        raise bad_request(f'container "{container}" in pod "{name}" is waiting to start: {_why(why)}')
    spec = next(one for one in _specs(pod) if one["name"] == container)
    run = (status or {}).get("restartCount", 0) - (1 if previous else 0)
    begun = seconds_of((ended or state["running"])["startedAt"])
    if worker is not None and ended is None:
        begun = next((one.started_at for one in worker.everyone if one.name == container), begun)
    until = seconds_of(ended["finishedAt"]) if ended else now
    code = ended["exitCode"] if ended is not None else None
    lines = written(pod, spec, behaviour_of(pod, spec), run, begun, until, code, since, tail)
    return [line for line in lines if line.at >= since][-tail:] if tail else []


def written(
    pod: Json,
    spec: Json,
    behaviour: Behaviour,
    run: int,
    begun: float,
    until: float,
    code: int | None,
    since: float = 0.0,
    tail: int = MOST,
) -> list[Line]:
    """The lines of the run of that number (from 0) from its begin to that moment; `code` is what it ended with.

    Of those that it writes while it serves, only what `since` and `tail` can leave over is made.
    """
    seed = zlib.crc32(f"{uid_of(pod)}/{spec['name']}/{run}".encode())
    if waits_for_input(spec):
        return []
    known = _variables(pod, spec)
    command = [expanded(str(word), known) for word in (*(spec.get("command") or ()), *(spec.get("args") or ()))]
    told = recited(command, known, begun, until, since, tail) if command else None
    if told or (told is not None and not is_told(pod, spec)):
        return [Line(at, text) for at, text in told]
    program = short_name(spec.get("image", ""))
    lines = [Line(begun, f"{program}: starting"), Line(begun + min(0.2, until - begun), f"{program}: ready")]
    rate = behaviour.lines_per_second
    served = begun + behaviour.serves_at
    total = floor(max(0.0, until - served) * rate) if rate else 0
    for number in range(max(0, total - min(tail, MOST), floor((since - served) * rate) - 1), total):
        at = served + (number + 1) / rate
        lines.append(Line(at, _request(random.Random(seed + number), number)))
    if code not in (None, 0, 137, 143):
        lines.append(Line(until, f"panic: {program} can't go on: exit code {code}"))
    return lines


def _request(rng: random.Random, number: int) -> str:
    code = rng.choice(_CODES)
    level = "error" if code >= 500 else "warn" if code == 404 else "info"
    took = rng.randrange(1, 240)
    return f"level={level} request={number} method=GET path={rng.choice(_PATHS)} status={code} duration={took}ms"


def _variables(pod: Json, spec: Json) -> dict[str, str]:
    """What a script knows of its environment from the pod alone."""
    known = {"HOSTNAME": name_of(pod)}
    for one in spec.get("env") or ():
        path = ((one.get("valueFrom") or {}).get("fieldRef") or {}).get("fieldPath")
        known[one["name"]] = field_of(pod, path) if path else expanded(str(one.get("value", "")), known)
    return known


def _why(reason: str) -> str:
    return {
        "ErrImagePull": "image can't be pulled",
        "ImagePullBackOff": "trying and failing to pull image",
    }.get(reason, reason or "ContainerCreating")


def _specs(pod: Json) -> list[Json]:
    spec = pod["spec"]
    return [one for kind in ("initContainers", "containers", "ephemeralContainers") for one in spec.get(kind) or ()]


def _status_of(pod: Json, container: str) -> Json | None:
    status = pod.get("status") or {}
    for kind in ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"):
        for one in status.get(kind) or ():
            if one["name"] == container:
                found: Json = one
                return found
    return None
