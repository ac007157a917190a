"""What goes wrong in a long run. Each returns when it is over."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

from tests.demo.end_to_end.witness import Witness
from tests.faults.line import Line

DIRECTION = "/api/v1/namespaces/kube-system/configmaps/kubetui-demo"
"""What the built-in cluster is told to do."""

Mishap = Callable[[Line, Witness, random.Random], Awaitable[None]]


async def freeze(line: Line, witness: Witness, chance: random.Random) -> None:
    line.freeze()
    await asyncio.sleep(chance.uniform(1, 25))
    line.thaw()


async def cut(line: Line, witness: Witness, chance: random.Random) -> None:
    line.cut()
    await asyncio.sleep(chance.uniform(0.5, 15))
    line.mend()


async def reset(line: Line, witness: Witness, chance: random.Random) -> None:
    line.reset()


async def reset_in_mid_line(line: Line, witness: Witness, chance: random.Random) -> None:
    line.reset_after(chance.randrange(1_000, 2_000_000))
    await asyncio.sleep(chance.uniform(2, 15))
    line.mend()


async def swallow(line: Line, witness: Witness, chance: random.Random) -> None:
    line.swallow()
    await asyncio.sleep(chance.uniform(2, 20))
    line.carries_new_ones()


async def restart(line: Line, witness: Witness, chance: random.Random) -> None:
    """The API server begins anew with what its store holds: every version of before is too old for it (410)."""
    seconds = chance.randrange(3, 10)
    await direct(witness, {"scenario": f"api-restart={seconds}"})
    await _until(False, witness)
    await _until(True, witness)


async def nothing(line: Line, witness: Witness, chance: random.Random) -> None:
    await asyncio.sleep(10)


MISHAPS: tuple[tuple[str, Mishap], ...] = (
    ("frozen", freeze),
    ("cut", cut),
    ("reset", reset),
    ("reset in mid line", reset_in_mid_line),
    ("swallowed", swallow),
    ("restarted", restart),
    ("nothing", nothing),
)


async def direct(witness: Witness, wish: dict[str, str]) -> None:
    """Tells the built-in cluster what to do, through a request; again, where a busy machine lets that time out."""
    for _ in range(10):
        with contextlib.suppress(OSError):
            await asyncio.to_thread(witness.ask, "PATCH", DIRECTION, {"data": wish}, "application/merge-patch+json")
            return
        await asyncio.sleep(1)
    raise SystemExit("the built-in cluster does not do as it is told")


async def _until(answers: bool, witness: Witness) -> None:
    for _ in range(300):
        if await asyncio.to_thread(_answers, witness) is answers:
            return
        await asyncio.sleep(0.2)
    raise SystemExit("the built-in cluster was not restarted as asked")


def _answers(witness: Witness) -> bool:
    try:
        witness.get("/version")
    except OSError:
        return False
    return True
