"""What goes wrong on the fake API server, and when: scripted answers, silence, cuts. A test sets each by itself."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.fake.wire import Cut, Reply, Request, reply


@dataclass(slots=True)
class Scripted:
    """An answer that takes the place of the right one, so many times (None: for ever)."""

    pattern: str
    status: int
    headers: Mapping[str, str]
    body: Any
    times: int | None
    watch: bool | None

    def fits(self, request: Request) -> bool:
        """The pattern is a shell pattern of the path, or of method and path: `PATCH /apis/apps/v1/*`."""
        if self.watch is not None and self.watch != request.watches:
            return False
        asked = f"{request.method} {request.path}" if " " in self.pattern else request.path
        return self.times != 0 and fnmatchcase(asked, self.pattern)


@dataclass(slots=True)
class Lost:
    """A request whose answer never comes: the connection breaks before it is read, or after it was obeyed."""

    fault: Scripted
    obeyed: bool


class Faults:
    """The state of what goes wrong. The verbs are in FakeApiServer, which tests use."""

    def __init__(self) -> None:
        self.scripted: list[Scripted] = []
        self.lost: list[Lost] = []
        self.down = False
        self.closing_watches = 0
        """How many watches are still to be closed as soon as they are open; -1 for all."""
        self._speaking = asyncio.Event()
        self._speaking.set()

    def silence(self) -> None:
        self._speaking.clear()

    def resume(self) -> None:
        self._speaking.set()

    async def heard(self) -> None:
        """Wait while the server is silent; Cut while it is down."""
        await self._speaking.wait()
        if self.down:
            raise Cut

    def scripted_for(self, request: Request) -> Reply | None:
        """The scripted answer for a request, and one time less of it. The one scripted first goes first."""
        for fault in self.scripted:
            if fault.fits(request):
                if fault.times is not None:
                    fault.times -= 1
                return reply(fault.status, fault.body, fault.headers)
        return None

    def loses(self, request: Request) -> Lost | None:
        """Whether the answer to a request is lost, and one time less of that."""
        for lost in self.lost:
            if lost.fault.fits(request):
                if lost.fault.times is not None:
                    lost.fault.times -= 1
                return lost
        return None

    def closes_this_watch(self) -> bool:
        if self.closing_watches > 0:
            self.closing_watches -= 1
            return True
        return self.closing_watches < 0
