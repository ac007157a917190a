"""A gate before the handler of requests: while it is shut nothing is answered, and no stream goes on."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Generic, TypeVar

import msgspec

from kubetui.demo.http.message import Request, Stream

Answered = TypeVar("Answered")


class Gate(Generic[Answered]):
    """Hands requests on; while it is shut it keeps them, the answers to those before, and what streams bring."""

    def __init__(self, handler: Callable[[Request], Awaitable[Answered]]) -> None:
        self._handler = handler
        self._opened = asyncio.Event()
        self._opened.set()

    def shut(self) -> None:
        """Nothing passes from now on."""
        self._opened.clear()

    def open(self) -> None:
        """Everything passes, what was kept first."""
        self._opened.set()

    async def handle(self, request: Request) -> Answered:
        """The handler's answer, when the gate lets it pass. Who hangs up before has asked for nothing."""
        await self._opened.wait()
        answer = await self._handler(request)
        await self._opened.wait()
        if isinstance(answer, Stream):
            return msgspec.structs.replace(answer, chunks=self._kept(answer.chunks))
        return answer

    async def _kept(self, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async with aclosing(chunks):
            async for chunk in chunks:
                await self._opened.wait()
                yield chunk
