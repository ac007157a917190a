"""The explorer in front of a large built-in cluster that never rests, over a line that breaks each minute.

After each fault the cluster's time is slowed down until nothing changes; then every pod, node, deployment and service
and its version are compared with what an independent client lists, and the rows of the list in front with the pods.
Counted on the way: memory, tasks, file descriptors. The explorer runs in this process without a terminal; the cluster
and the independent client in processes of their own, so that the memory counted is the explorer's.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.kind import Kind
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.kinds.service import SERVICE
from kubetui.settings.options import Options
from kubetui.tui.app import Explorer
from kubetui.tui.listing import Listing
from kubetui.tui.pane import Pane
from kubetui.tui.session import Session
from tests.demo.end_to_end.witness import Witness
from tests.faults.line import Line
from tests.soak.mishaps import MISHAPS, direct

READ: tuple[Kind[Any], ...] = (POD, NODE, SERVICE, DEPLOYMENT)
STILL = "0.001"
"""The speed of time at which as good as nothing happens."""
PATIENCE = 90.0
"""Seconds after a fault in which all must be live again and equal."""


@dataclass(frozen=True)
class Wishes:
    """How long, how large, how lively."""

    minutes: float
    pods: int
    churn: int
    seed: int


@dataclass(frozen=True)
class Minute:
    """What was seen in one minute."""

    fault: str
    recovered: float | None
    """Seconds after the end of the fault until all was live and equal; None where that did not come."""
    difference: str
    memory: float
    """Resident, in MB."""
    tasks: int
    files: int


async def soak(wishes: Wishes) -> int:
    """Runs it, prints a line a minute and the figures at the end; the exit code."""
    chance = random.Random(wishes.seed)
    minutes: list[Minute] = []
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        async with _cluster(wishes, kubeconfig), Line(_port(kubeconfig)) as line:
            witness = Witness(kubeconfig)
            through = Path(folder) / "through"
            through.write_text(kubeconfig.read_text().replace(witness.server, f"https://127.0.0.1:{line.port}"))
            session = Session(Options(kubeconfig=through))
            await session.switch()
            app = Explorer(session)
            async with app.run_test(size=(160, 48)) as pilot:
                await pilot.press(*":pods", "enter")
                pane = await _front(app)
                end = time.monotonic() + wishes.minutes * 60
                print(f"{'minute':>6}  {'live after':>10}  {'MB':>6}  {'tasks':>5}  {'files':>5}  fault", flush=True)
                while time.monotonic() < end:
                    minutes.append(await _minute(session, pane, kubeconfig, line, chance))
                    _tell(len(minutes), minutes[-1])
            await session.close()
    return _judge(minutes)


async def _front(app: Explorer) -> Pane:
    for _ in range(100):
        if isinstance(app.screen, Listing):
            return app.screen.query_one(Pane)
        await asyncio.sleep(0.1)
    raise SystemExit("the list of pods did not open")


async def _minute(session: Session, pane: Pane, kubeconfig: Path, line: Line, chance: random.Random) -> Minute:
    next_one = time.monotonic() + 60
    witness = Witness(kubeconfig)
    await asyncio.sleep(chance.uniform(5, 15))
    name, mishap = chance.choice(MISHAPS)
    await mishap(line, witness, chance)
    ended = time.monotonic()
    await direct(witness, {"time-scale": STILL})
    difference = "not looked at"
    recovered: float | None = None
    while time.monotonic() - ended < PATIENCE:
        difference = await _difference(session, pane, kubeconfig)
        if not difference:
            recovered = time.monotonic() - ended
            break
        await asyncio.sleep(0.5)
    await direct(witness, {"time-scale": "1"})
    await asyncio.sleep(max(0.0, next_one - time.monotonic()))
    return Minute(name, recovered, difference, _memory(), len(asyncio.all_tasks()), _files())


async def _difference(session: Session, pane: Pane, kubeconfig: Path) -> str:
    """Where the explorer differs from what an independent client lists; empty where it does not."""
    cluster = session.cluster
    assert cluster is not None
    for kind in READ:
        plural, store = kind.resource.plural, cluster.peek(kind)
        if store is None:
            continue
        if store.state.phase.value != "live":
            return f"{plural} are {store.state.phase.value}: {store.state.why}"
        theirs = await _versions(kubeconfig, kind.resource.path())
        ours = {each.metadata.uid: each.metadata.resource_version for each in store}
        if ours != theirs:
            ghosts, missed = len(ours.keys() - theirs.keys()), len(theirs.keys() - ours.keys())
            old = sum(ours[uid] != version for uid, version in theirs.items() if uid in ours)
            return f"{plural}: {ghosts} ghosts, {missed} missed, {old} of another version"
        if kind is pane.kind:
            rows = {uid: shown.metadata.resource_version for uid in theirs if (shown := pane.view.get(uid))}
            if rows != theirs or len(pane.view) != len(theirs):
                return f"{plural}: {len(pane.view)} rows for {len(theirs)} objects"
    return ""


async def _versions(kubeconfig: Path, path: str) -> dict[str, str]:
    """The uids and versions of what is listed under a path, told by a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.versions", str(kubeconfig), path, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return dict(line.split() for line in told.decode().splitlines())


@asynccontextmanager
async def _cluster(wishes: Wishes, kubeconfig: Path) -> AsyncIterator[None]:
    words = ["--nodes", str(max(1, wishes.pods // 20)), "--pods", str(wishes.pods), "--churn", str(wishes.churn)]
    command = [
        sys.executable,
        "-m",
        "kubetui",
        "demo",
        "serve",
        "--tied",
        "--write-kubeconfig",
        str(kubeconfig),
        *words,
    ]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(300):
            if not await process.stdout.readline():
                raise SystemExit("the built-in cluster did not start; kubetui demo serve tells why")
        yield
    finally:
        process.terminate()
        await process.wait()


def _port(kubeconfig: Path) -> int:
    return int(Witness(kubeconfig).server.rpartition(":")[2])


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _files() -> int:
    return len(os.listdir("/proc/self/fd"))


def _tell(number: int, minute: Minute) -> None:
    after = "never" if minute.recovered is None else f"{minute.recovered:.1f} s"
    told = f"{minute.fault}{': ' if minute.difference else ''}{minute.difference}"
    print(f"{number:6}  {after:>10}  {minute.memory:6.0f}  {minute.tasks:5}  {minute.files:5}  {told}", flush=True)


def _judge(minutes: list[Minute]) -> int:
    """Prints what came of it; 1 where something was not equal in time."""
    wrong = [minute for minute in minutes if minute.recovered is None]
    seconds = [minute.recovered for minute in minutes if minute.recovered is not None]
    tenth = max(1, len(minutes) // 10)
    for title, figures in (
        ("memory, MB", [minute.memory for minute in minutes]),
        ("tasks", [float(minute.tasks) for minute in minutes]),
        ("file descriptors", [float(minute.files) for minute in minutes]),
    ):
        first, last = median(figures[:tenth]), median(figures[-tenth:])
        print(f"{title}: {first:.0f} in the first tenth, {last:.0f} in the last, {max(figures):.0f} at most")
    if seconds:
        print(f"live and equal after: {median(seconds):.1f} s in the median, {max(seconds):.1f} s at most")
    print(f"{len(minutes)} faults, {len(wrong)} after which something was not equal")
    return 1 if wrong or not minutes else 0
