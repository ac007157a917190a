"""What stands before the front of a built-in cluster: counts what is asked, and answers wrongly when told to."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import msgspec

from kubetui.demo.http.connection import Handler
from kubetui.demo.http.message import Answer, Request, Stream
from kubetui.demo.http.streaming.pipe import Upgrade

Takes = Callable[[Request], bool]
Chunks = Callable[[AsyncGenerator[bytes, None]], AsyncGenerator[bytes, None]]


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer in the place of the right one."""

    pattern: str
    """A shell pattern of the path."""
    answer: Answer
    watches_alone: bool = False


class Gate:
    """Hands requests on to a handler, which may be exchanged: then another cluster answers at the same address."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.asked: list[Request] = []
        self._wrong: list[Wrong] = []
        self._instead: list[tuple[Takes, Handler]] = []
        self._through: Chunks | None = None

    def answer(
        self,
        pattern: str,
        status: int,
        body: bytes = b"",
        headers: Mapping[str, str] = {},
        *,
        watches_alone: bool = False,
    ) -> None:
        """From now on requests of these paths are answered like that."""
        kind = "text/html" if body.startswith(b"<") else "application/json"
        self._wrong.append(Wrong(pattern, Answer(body, status, kind, tuple(headers.items())), watches_alone))

    def instead(self, takes: Takes, handler: Handler) -> None:
        """From now on requests that it takes are answered by that handler."""
        self._instead.append((takes, handler))

    def alter_watches(self, through: Chunks) -> None:
        """From now on what watches send goes through this."""
        self._through = through

    def open(self) -> None:
        """All is answered as it should be."""
        self._wrong.clear()
        self._instead.clear()
        self._through = None

    async def handle(self, request: Request) -> Answer | Stream | Upgrade:
        self.asked.append(request)
        watches = request.query.get("watch") == "true"
        for wrong in self._wrong:
            if fnmatchcase(request.path, wrong.pattern) and (watches or not wrong.watches_alone):
                return wrong.answer
        handler = next((handler for takes, handler in self._instead if takes(request)), self.handler)
        answer = await handler(request)
        if watches and self._through is not None and isinstance(answer, Stream):
            return msgspec.structs.replace(answer, chunks=self._through(answer.chunks))
        return answer


async def ended_at_once(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """A watch that is closed as soon as it is open."""
    await asyncio.sleep(0)
    await chunks.aclose()
    return
    yield b""
