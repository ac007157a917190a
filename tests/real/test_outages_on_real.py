"""Faults of the line and of the API server on a real control plane, each while a board, a list, a log and a dialog are
open. The same as in tests/faults/test_outages.py, in real time, and kubectl is the witness.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.controlplane.plane import ControlPlane
from tests.real.explorer import counting
from tests.real.scene import Scene, scene

pytestmark = pytest.mark.real


@pytest.fixture(name="plane")
def fixture_plane(shop_plane: ControlPlane) -> ControlPlane:
    return shop_plane


HANDSHAKE = 2_700
"""Bytes that a cluster sends until TLS is agreed, and a little more: less than any answer needs."""


@dataclass(frozen=True)
class Fault:
    """One row of the matrix in docs/reliability.md."""

    name: str
    begin: Callable[[Scene], Awaitable[object]]
    end: Callable[[Scene], Awaitable[object]]
    seconds: float
    """How long it lasts, or, where it is told, goes on after that."""
    told: str = ""
    """Why nothing is live, in the head line; empty where it may be over before anyone could be told."""
    requests: int = 60
    """At most so many requests and connections are made while it lasts and until all is live again."""


async def freezes(it: Scene) -> None:
    await it.stirs()
    it.plane.pause()


async def thaws(it: Scene) -> None:
    it.plane.resume()


async def dies(it: Scene) -> None:
    await it.stirs()
    await asyncio.to_thread(it.plane.stop)


async def is_started(it: Scene) -> None:
    await asyncio.to_thread(it.plane.start)


async def breaks_in_mid_line(it: Scene) -> None:
    """Less than a TLS handshake and an answer arrive on each connection, of those there are and of new ones."""
    it.line.reset_after(6_000)
    await it.stirs()


async def swallows(it: Scene) -> None:
    it.line.swallow()
    await it.stirs()


async def reconnects(it: Scene) -> None:
    it.line.mend()
    it.line.reset()


async def carries_new_ones(it: Scene) -> None:
    it.line.carries_new_ones()


FAULTS = (
    Fault("frozen for 5 s", freezes, thaws, 5, requests=40),
    Fault("killed and started again", dies, is_started, 2, "reset the connection", requests=120),
    Fault("reset in the middle of a line", breaks_in_mid_line, reconnects, 4, requests=120),
    Fault("a proxy that swallows", swallows, reconnects, 2, "127.0.0.1", requests=60),
    Fault("half-open", swallows, carries_new_ones, 2, "127.0.0.1", requests=60),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_it_is_told_survived_and_leaves_nothing_stale(
    fault: Fault, plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting(monkeypatch) as asked:
        async with scene(plane, asked) as it:
            await it.open_everything("web", "GET /price")
            rows, before = len(it.table.rows), it.cost

            await fault.begin(it)
            if fault.told:
                await it.told("stale", within=12)
            await asyncio.sleep(fault.seconds)
            if fault.told:
                await it.told(fault.told, within=3)
                assert "● live" not in it.head
            assert len(it.table.rows) == rows
            await fault.end(it)

            it.says()
            await it.live_again(35)
            await it.has_every_line_once()
            await it.person.sees("Cancel", "● live")
            assert it.cost - before <= fault.requests


async def test_a_deletion_whose_answer_is_lost_is_looked_up_and_not_sent_again(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting(monkeypatch) as asked:
        async with scene(plane, asked) as it:
            await it.open_everything("web", "GET /price")
            before = await it.pods("web")
            it.line.swallow(HANDSHAKE)
            await it.person.press("right", "enter")
            await it.person.until(
                lambda: [each.method for each in asked].count("DELETE") == 1, "the request on its way"
            )
            async with asyncio.timeout(30):
                while before == await it.pods("web"):
                    await it.person.pilot.pause(0.1)
            it.line.mend()
            it.line.reset()
            await it.person.sees("Looking whether it was done")
            await it.person.sees("the answer to delete was lost, but it was done", seconds=30)
            await it.live_again(35)
            assert [each.method for each in asked].count("DELETE") == 1
            assert len(set(before) - set(await it.pods("web"))) == 1
