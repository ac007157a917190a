"""`kubetui check`: can the cluster be reached, how fast, as whom, and may this user see and do what kubetui offers."""

import contextlib
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from kubetui.client import kubeconfig
from kubetui.client.access import Access
from kubetui.client.api import Api, connect
from kubetui.client.errors import ApiError, Forbidden, NotFound, Unauthorized
from kubetui.client.wirejson import GARBLED
from kubetui.plain.finding import Finding, Mark
from kubetui.plain.output import Output
from kubetui.plain.rights import may_act, may_read

_ROUND_TRIPS = 5
_SLOW = 0.5
"""Seconds of a small request's round trip above which a person feels it at every key."""


async def run(file: Path | None, context: str | None, namespace: str | None, out: Output) -> int:
    """Prints a line for each finding as it is made; 1 where one falls short."""
    worst = 0
    async for mark, topic, sentence in _findings(file, context, namespace):
        out.write(f"{mark.value}  {topic:<10}  {sentence}\n")
        worst = max(worst, int(mark is Mark.SHORT))
    return worst


async def _findings(file: Path | None, context: str | None, namespace: str | None) -> AsyncIterator[Finding]:
    """Each step needs the one before, so the first that fails is the last."""
    try:
        access = kubeconfig.load(file).access(context)
        api = await connect(access)
    except ApiError as why:
        yield Finding(Mark.SHORT, "kubeconfig", str(why))
        return
    try:
        yield _chosen(access)
        try:
            yield await _reach(api)
        except ApiError as why:
            yield Finding(Mark.SHORT, "reach", f"{why}. Is the cluster up, and its address right? {_blame(access)}")
            return
        try:
            yield await _latency(api)
            yield await _user(api)
        except Unauthorized as why:
            said = f"{access.server} does not accept these credentials: {why.message}. Log in again. {_blame(access)}"
            yield Finding(Mark.SHORT, "user", said)
            return
        except ApiError as why:
            yield Finding(Mark.SHORT, "reach", f"{why}. The way to the cluster is shaky.")
            return
        yield await may_read(api, namespace or access.namespace)
        yield await may_act(api, namespace or access.namespace)
    finally:
        await api.close()


def _blame(access: Access) -> str:
    return f"The context {access.context} says cluster {access.cluster}, user {access.user or 'nobody'}."


def _chosen(access: Access) -> Finding:
    said = f"context {access.context}: user {access.user or 'nobody'} on {access.server}"
    if access.tls.plain:
        return Finding(Mark.NOTE, "kubeconfig", f"{said}, without TLS: who is on the way may read all of it")
    if access.tls.insecure:
        return Finding(Mark.NOTE, "kubeconfig", f"{said}, whose certificate is not verified (insecure-skip-tls-verify)")
    return Finding(Mark.WELL, "kubeconfig", said)


async def _reach(api: Api) -> Finding:
    began = time.perf_counter()
    try:
        version = msgspec.json.decode(await api.get("/version"), type=_Version).git_version
    except (Forbidden, Unauthorized, NotFound):
        version = "of unknown version: it does not tell this user"
    except GARBLED:
        return Finding(Mark.SHORT, "reach", "what answers is no API server: is there a proxy or login page in between?")
    return Finding(Mark.WELL, "reach", f"Kubernetes {version}, answered after {_ms(time.perf_counter() - began)}")


class _Version(msgspec.Struct, rename="camel"):
    git_version: str = "of unknown version"


async def _latency(api: Api) -> Finding:
    trips = []
    for _ in range(_ROUND_TRIPS):
        began = time.perf_counter()
        with contextlib.suppress(Forbidden, Unauthorized, NotFound):
            await api.get("/version")
        trips.append(time.perf_counter() - began)
    middle = statistics.median(trips)
    said = f"{_ms(middle)} there and back, {_ms(max(trips))} at most, of {_ROUND_TRIPS}"
    if middle > _SLOW:
        return Finding(Mark.NOTE, "latency", f"{said}: what you do will show that much later")
    return Finding(Mark.WELL, "latency", said)


async def _user(api: Api) -> Finding:
    """Who the server takes us for (SelfSubjectReview, which servers before 1.28 don't have)."""
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    try:
        answer = msgspec.json.decode(await api.send("POST", path, msgspec.json.encode(review)))
    except Unauthorized:
        raise
    except ApiError:
        return Finding(Mark.NOTE, "user", "the server does not tell who it takes this user for")
    user = answer.get("status", {}).get("userInfo", {})
    groups = ", ".join(user.get("groups") or ()) or "none"
    return Finding(Mark.WELL, "user", f"{user.get('username', 'unknown')}, groups: {groups}")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
