"""Faults of the line and of the API server, each while a board, a list, a log and a dialog are open.

Each is looked at from the chair: what the person is told meanwhile, that nothing they have goes away, that it ends
without a key, that everything equals the cluster afterwards, and what was asked of the cluster on the way.
"""

import asyncio
import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from kubetui.demo.refusals import expired
from tests.faults.gate import ended_at_once
from tests.faults.scene import Scene, scene

pytestmark = pytest.mark.looptime(noop_cycles=4)

LOGIN = b"<!doctype html><html><title>Sign in</title><form>user, password</form></html>"


@dataclass(frozen=True)
class Fault:
    """One row of the matrix in docs/reliability.md."""

    name: str
    begin: Callable[[Scene], object]
    end: Callable[[Scene], object]
    seconds: float
    """How long it lasts."""
    told: str = ""
    """Why nothing is live, in the head line; empty where it is over before anyone could be told."""
    requests: int = 60
    """At most so many requests and connections are made while it lasts and until all is live again."""
    within: float = 35.0
    """Seconds until all is live again."""


def answers(status: int, body: bytes = b"{}", headers: Mapping[str, str] = {}) -> Callable[[Scene], None]:
    """All of the API answers like that, to those who ask anew too."""

    def begin(it: Scene) -> None:
        it.gate.answer("/api*", status, body, headers)
        it.line.reset()

    return begin


def truncates(it: Scene) -> None:
    """Answers come compressed, and not to their end."""
    body = gzip.compress(b'{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}')
    it.gate.answer("/api*", 200, body[:-12], {"Content-Encoding": "gzip"})
    it.line.reset()


def ends_watches(it: Scene) -> None:
    it.gate.alter_watches(ended_at_once)
    it.line.reset()


def compacts(it: Scene) -> None:
    """Changes that no watch was told of yet are forgotten: each that has some to tell ends with 410."""
    it.stirs()
    it.registry.storage.compact()


def forgets_versions(it: Scene) -> None:
    it.gate.answer(
        "/api*", 410, msgspec.json.encode(expired("too old resource version: 1 (2)").status), watches_alone=True
    )
    it.line.reset()


def freezes(it: Scene) -> None:
    it.line.freeze()


def thaws(it: Scene) -> None:
    it.line.thaw()


def mends(it: Scene) -> None:
    it.line.mend()


def opens(it: Scene) -> None:
    it.gate.open()


def reconnects(it: Scene) -> None:
    it.line.mend()
    it.line.reset()


def loses_names(it: Scene) -> None:
    it.names.are_gone = True
    it.line.reset()


def finds_names(it: Scene) -> None:
    it.names.are_gone = False


def nothing(it: Scene) -> None:
    """It ends by itself."""


FAULTS = (
    Fault("frozen for 5 s", freezes, thaws, 5, requests=40),
    Fault("frozen for 60 s", freezes, thaws, 60, "cluster.test", 60),
    Fault("frozen for 10 min", freezes, thaws, 600, "cluster.test", 350),
    Fault("killed and started again", lambda it: it.line.cut(), mends, 20, "reset the connection", 120),
    Fault("reset in the middle of a line", lambda it: it.line.reset_after(40_000), mends, 20, requests=120),
    Fault("a proxy that swallows", lambda it: it.line.swallow(), reconnects, 60, "cluster.test", 90),
    Fault("half-open", lambda it: it.line.swallow(), mends, 15, "cluster.test", 90),
    Fault("DNS gone", loses_names, finds_names, 30, "DNS does not know cluster.test", 120),
    Fault("410 in the stream", compacts, nothing, 5, requests=60),
    Fault("410 on connecting", forgets_versions, opens, 10, requests=200),
    Fault("429 without Retry-After", answers(429), opens, 10, "HTTP 429", 120),
    Fault("429 with Retry-After", answers(429, headers={"Retry-After": "7"}), opens, 10, "HTTP 429", 90),
    Fault("500", answers(500), opens, 10, "HTTP 500", 120),
    Fault("503", answers(503), opens, 10, "HTTP 503", 120),
    Fault("504", answers(504), opens, 10, "HTTP 504", 120),
    Fault("a login page", answers(200, LOGIN), opens, 10, "HTML page", 120),
    Fault("truncated gzip", truncates, opens, 10, "cut short", 120),
    Fault("401 for a while", answers(401), opens, 10, "HTTP 401", 120),
    Fault("watches closed at once", ends_watches, opens, 15, "The server ended the watch of", 140),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_it_is_told_survived_and_leaves_nothing_stale(
    fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        rows = len(it.table.rows)
        await asyncio.sleep(5)
        asked, dialled = len(it.gate.asked), it.line.dialled

        fault.begin(it)
        it.stirs()
        if fault.told:
            await it.told("stale", within=12)
        await asyncio.sleep(fault.seconds)
        if fault.told:
            await it.told(fault.told, within=1)
            assert "● live" not in it.head
            assert not it.is_silent or "1 live" not in it.person.screen
            assert len(it.table.rows) == rows
        fault.end(it)

        await it.live_again(fault.within)
        await asyncio.sleep(3)
        assert len(it.gate.asked) - asked + it.line.dialled - dialled <= fault.requests
        seen = it.requests_logged
        assert seen == list(range(seen[0], seen[-1] + 1))
        await it.person.sees("Cancel", "● live", seconds=60)
