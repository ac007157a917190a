"""The log of a container: whole, its end, or followed for as long as the container runs."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any, Protocol

from kubetui.demo.clock import micro_stamp, seconds_of
from kubetui.demo.http.message import Answer, Request, Stream
from kubetui.demo.http.route import Route
from kubetui.demo.objects import uid_of
from kubetui.demo.refusals import bad_request
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PODS

Json = dict[str, Any]
TEXT = "text/plain"
LOOK = 0.2
"""Seconds between two looks at a log that is followed."""


class Line(Protocol):
    """One line of a log."""

    @property
    def at(self) -> float: ...
    @property
    def text(self) -> str: ...


class Logs(Protocol):
    """Whoever has the logs."""

    def logs(
        self,
        namespace: str,
        name: str,
        container: str = "",
        *,
        previous: bool = False,
        since: float | None = None,
        tail: int | None = None,
    ) -> Iterable[Line]:
        """The lines written up to now, the oldest first."""
        ...


def log(request: Request, route: Route, registry: Registry, kubelets: Logs) -> Answer | Stream:
    """The answer to a GET of a pod's log. Refusal 404 without the pod, 400 without the container."""
    query = request.query
    pod = registry.get(PODS, route.namespace, route.name)
    container = query.get("container", "") or _only_container(pod)
    previous = _true(query.get("previous", ""))
    since = _since(query, registry.clock.now())
    tail = _number(query, "tailLines")
    lines = list(kubelets.logs(route.namespace, route.name, container, previous=previous, since=since, tail=tail))
    stamped = _true(query.get("timestamps", ""))
    limit = _number(query, "limitBytes")
    if not _true(query.get("follow", "")) or previous:
        body = b"".join(_written(line, stamped) for line in lines)
        return Answer(body if limit is None else body[:limit], content_type=TEXT)
    return Stream(_followed(route, registry, kubelets, uid_of(pod), container, lines, stamped), TEXT)


async def _followed(
    route: Route,
    registry: Registry,
    kubelets: Logs,
    uid: str,
    container: str,
    lines: list[Line],
    stamped: bool,
) -> AsyncGenerator[bytes, None]:
    """What is there, then what comes, until the container's run is over or the pod is gone."""
    started = _started(registry.find(PODS, route.namespace, route.name), container)
    yield b"".join(_written(line, stamped) for line in lines)
    # Lines of one moment may come in two looks: counted are those already told of the latest one.
    last = lines[-1].at if lines else registry.clock.now()
    told = sum(1 for line in lines if line.at == last)
    over = False
    while not over:
        await asyncio.sleep(LOOK)
        pod = registry.find(PODS, route.namespace, route.name)
        if pod is None or uid_of(pod) != uid or _started(pod, container) != started:
            return
        # Once more after the end: the last words came with it.
        over = _ended(pod, container)
        fresh = list(kubelets.logs(route.namespace, route.name, container, since=last))[told:]
        if fresh:
            newest = fresh[-1].at
            told = sum(1 for line in fresh if line.at == newest) + (told if newest == last else 0)
            last = newest
            yield b"".join(_written(line, stamped) for line in fresh)


def _status(pod: Json | None, container: str) -> Json:
    status = (pod or {}).get("status") or {}
    for kind in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for one in status.get(kind) or ():
            if one["name"] == container:
                found: Json = one
                return found
    return {}


def _started(pod: Json | None, container: str) -> str:
    return str(_status(pod, container).get("containerID", ""))


def _ended(pod: Json, container: str) -> bool:
    return "terminated" in (_status(pod, container).get("state") or {})


def _only_container(pod: Json) -> str:
    names = [one["name"] for one in pod["spec"]["containers"]]
    if len(names) == 1:
        return str(names[0])
    inits = [one["name"] for one in pod["spec"].get("initContainers") or ()]
    among = f"choose one of: [{' '.join(names)}]"
    if inits:
        among += f" or one of the init containers: [{' '.join(inits)}]"
    raise bad_request(f"a container name must be specified for pod {pod['metadata']['name']}, {among}")


def _written(line: Line, stamped: bool) -> bytes:
    before = f"{micro_stamp(line.at)} " if stamped else ""
    return f"{before}{line.text}\n".encode()


def _since(query: Any, now: float) -> float | None:
    seconds = _number(query, "sinceSeconds")
    if seconds is not None:
        return now - seconds
    text = query.get("sinceTime", "")
    try:
        return seconds_of(text) if text else None
    except ValueError:
        raise bad_request(f"sinceTime is no time: {text}") from None


def _number(query: Any, name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise bad_request(f"{name} must be greater than or equal to 0: {text}")
    return int(text)


def _true(text: str) -> bool:
    return text.lower() in ("true", "1")
