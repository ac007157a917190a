"""A container of a living cluster in virtual time, and commands run in it as `kubectl exec` runs them."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import msgspec

from kubetui.demo.kubelet.fleet import Fleet
from kubetui.demo.resources import PODS
from kubetui.demo.streams import Conduit, Exited, Source, Stdio, Window
from tests.demo.living import Living

Json = dict[str, Any]

PATIENCE = 2_000
"""Turns of the event loop within which something happens, or never."""


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.data = b""

    async def write(self, data: bytes) -> None:
        self.data += data

    @property
    def text(self) -> str:
        return self.data.decode()


class Typist:
    """A person at a terminal: types the next line whenever a prompt is there."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)
        self.keys = Conduit()
        self.screen = ""

    async def write(self, data: bytes) -> None:
        self.screen += data.decode()
        if self.screen.endswith(("# ", "\n> ")) and self._lines:
            await self.keys.write(self._lines.pop(0).encode())


class Done(msgspec.Struct, frozen=True):
    """What came of a command."""

    code: int
    out: str
    err: str


class Inside:
    """One pod of a cluster, entered."""

    def __init__(self, living: Living, name: str = "p", container: str = "c") -> None:
        self.living = living
        self.name = name
        self.container = container

    @property
    def fleet(self) -> Fleet:
        return self.living.plane.fleet

    @property
    def pod(self) -> Json:
        return self.living.get(PODS, self.name)

    async def execute(self, *command: str, stdin: bytes = b"") -> Done:
        """A command, run to its end. The cluster's time goes on while nothing else happens."""
        out, err = Kept(), Kept()
        process = self.fleet.execute(self.pod, self.container, list(command))
        code = await self._code(process(Stdio(Conduit.holding(stdin), out, err)))
        return Done(code, out.text, err.text)

    async def shell(self, script: str, stdin: bytes = b"") -> Done:
        """A script, run by `sh -c`."""
        return await self.execute("sh", "-c", script, stdin=stdin)

    async def session(self, *lines: str, command: Sequence[str] = ("sh",)) -> Done:
        """A shell on a terminal, and what a person types at its prompts."""
        person = Typist(*lines)
        process = self.fleet.execute(self.pod, self.container, list(command))
        code = await self._code(process(Stdio(person.keys, person, person, Window())))
        return Done(code, person.screen, "")

    async def typed(self, keys: Source, *command: str, window: Window | None = None) -> Done:
        """A command on a terminal, and what is typed there; what it shows is all `out`."""
        out = Kept()
        process = self.fleet.execute(self.pod, self.container, list(command))
        code = await self._code(process(Stdio(keys, out, out, window or Window())))
        return Done(code, out.text, "")

    async def _code(self, work: Awaitable[None]) -> int:
        try:
            await self.passing(work)
        except Exited as exited:
            return exited.code
        return 0

    async def passing(self, work: Awaitable[None]) -> None:
        """Waits for something, and lets the cluster's time pass meanwhile."""
        task = asyncio.ensure_future(work)
        for turn in range(PATIENCE):
            if task.done():
                break
            await asyncio.sleep(0)
            if turn % 100 == 99:
                self.living.run(1)
        else:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise AssertionError("it never came to an end")
        task.result()
