"""What happens to the API server itself: it falls silent, it is restarted, its clients' tokens expire.

The cluster behind it lives on meanwhile. It is the clients who suffer this, so it goes by their seconds, whatever the
speed of time in the cluster.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from kubetui.demo.clock import Clock
from kubetui.demo.http.server import Server
from kubetui.demo.storage import Storage

NOTICE = 1.0
"""Seconds before it begins, so that whoever asked for it is answered."""
RETRY = 0.5
"""Seconds after which a port that another program holds is tried again."""


class Door(Protocol):
    """Through which all requests and answers go."""

    def shut(self) -> None: ...

    def open(self) -> None: ...


class Outages:
    """The API server of one cluster, as scenarios see it."""

    def __init__(
        self,
        server: Server,
        gate: Door,
        storage: Storage,
        clock: Clock,
        *,
        revoke: Callable[[], None],
        renew: Callable[[], None],
    ) -> None:
        """`clock` goes as fast as the clients' own; `revoke` and `renew` are for the tokens of the kubeconfig."""
        self._server = server
        self._gate = gate
        self._storage = storage
        self._clock = clock
        self._revoke = revoke
        self._renew = renew
        self._restarting: asyncio.Task[None] | None = None

    def fall_silent(self, seconds: float) -> None:
        """Answers nothing for so long, on connections that stay open; then goes on."""
        self._clock.call_later(NOTICE, self._gate.shut)
        self._clock.call_later(NOTICE + seconds, self._gate.open)

    def expire_tokens(self, seconds: float) -> None:
        """Makes the tokens of the kubeconfig worthless, and puts new ones in their place after so long."""
        self._clock.call_later(NOTICE, self._revoke)
        self._clock.call_later(NOTICE + seconds, self._renew)

    def restart(self, seconds: float) -> None:
        """Cuts every connection, and serves again on the same port after so long; does so once where asked twice."""
        if self._restarting is None:
            self._restarting = asyncio.create_task(self._restart(seconds))

    async def stop(self) -> None:
        """Ends what is under way."""
        if self._restarting is not None:
            self._restarting.cancel()
            await asyncio.wait([self._restarting])

    async def _restart(self, seconds: float) -> None:
        await self._clock.sleep(NOTICE)
        port = self._server.port
        await self._server.stop()
        await self._clock.sleep(seconds)
        # As on a real one: it begins with what the store holds now, and knows no change from before.
        self._storage.compact()
        while True:
            try:
                await self._server.start(port)
            except OSError:
                await self._clock.sleep(RETRY)
            else:
                break
        self._restarting = None
