"""How a client and this server agree on what a connection becomes: a websocket or SPDY, and which subprotocol on it.

The wording is that of the real servers (httpstream.Handshake, golang.org/x/net/websocket, UpgradeAwareHandler).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from kubetui.demo.http.message import Answer, Request
from kubetui.demo.http.streaming.pipe import Pipe, Upgrade
from kubetui.demo.http.streaming.websocket import accepted, is_websocket, offered
from kubetui.demo.refusals import bad_request

SPDY = "SPDY/3.1"
LINGER = 2.0
"""Seconds that a client is given to say goodbye."""


class Agreement(msgspec.Struct, frozen=True):
    """What was agreed on."""

    websocket: bool
    subprotocol: str
    headers: tuple[tuple[str, str], ...]

    def upgrade(self, serve: Callable[[Pipe], Awaitable[None]]) -> Upgrade:
        """The answer that carries it out."""
        return Upgrade("websocket" if self.websocket else SPDY, serve, self.headers)


def agree(request: Request, websockets: Sequence[str], spdy: Sequence[str]) -> Agreement | Answer:
    """What a request comes to, among the subprotocols that are served here; an answer where that is nothing.

    Refusal 400 where the request asks for no upgrade.
    """
    headers = request.headers
    if is_websocket(headers):
        wanted = next((one for one in offered(headers) or [""] if one in websockets), None)
        if wanted is None:
            return plain("", 403)
        try:
            return Agreement(True, wanted, accepted(headers, wanted))
        except ValueError as why:
            return plain(str(why), 400)
    upgrade = headers.get("upgrade", "").lower()
    if "upgrade" not in headers.get("connection", "").lower() or SPDY.lower() not in upgrade:
        raise bad_request("Upgrade request required")
    versions = headers.get("x-stream-protocol-version")
    if versions is None:
        many = f"header X-Stream-Protocol-Version does not exist in request with {len(headers)} headers"
        return plain(f"unable to upgrade: {many}", 400)
    known = [one.strip() for one in versions.split(",") if one.strip()]
    chosen = next((one for one in known if one in spdy), None)
    if chosen is None:
        sides = f"client supports [{' '.join(known)}], server accepts [{' '.join(spdy)}]"
        answer = plain(f"unable to upgrade: unable to negotiate protocol: {sides}", 403)
        told = tuple(("X-Accepted-Stream-Protocol-Versions", one) for one in spdy)
        return msgspec.structs.replace(answer, headers=told)
    return Agreement(False, chosen, (("X-Stream-Protocol-Version", chosen),))


def plain(text: str, status: int) -> Answer:
    """An answer in words, as kubelets give it: no Status."""
    return Answer(text.encode(), status, "text/plain; charset=utf-8")


async def tail(reading: Coroutine[Any, Any, None], work: Coroutine[Any, Any, None]) -> None:
    """Does some work while the client is listened to: it ends early with the client, who is heard out afterwards."""
    listening = asyncio.ensure_future(reading)
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait((listening, working), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            # Whoever closes with bytes unread makes the network throw away the last ones that were sent.
            await asyncio.wait((listening,), timeout=LINGER)
    finally:
        for task in (listening, working):
            task.cancel()
        for task in (listening, working):
            with suppress(asyncio.CancelledError, BrokenPipeError):
                await task
