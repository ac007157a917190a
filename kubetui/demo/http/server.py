"""The listening socket: on loopback only, over TLS, until it is stopped."""

import asyncio
import resource
import time
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable

from kubetui.demo.http.certificate import Identity
from kubetui.demo.http.connection import MAX_CONNECTIONS, Connection, Crowd, Handler

LOOPBACK = "127.0.0.1"

# asyncio fills a buffer of 256 KB for each connection over TLS, of which a watch uses next to nothing; and there may be
# thousands of watches.
SSLProtocol.max_size = 16 * 1024


class Server:
    """Serves one handler on a port of the loopback address."""

    def __init__(self, handler: Handler, identity: Identity, clock: Callable[[], float] = time.time) -> None:
        """`clock` is the time of day that answers tell, in seconds since the epoch."""
        self._handler = handler
        self._clock = clock
        self._identity = identity
        self._crowd = Crowd()
        self._listening: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"https://{LOOPBACK}:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Begins to listen; port 0 takes any free one. OSError where the port is taken."""
        _allow_files(MAX_CONNECTIONS + 256)
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(
            lambda: Connection(self._handler, self._crowd, self._clock),
            LOOPBACK,
            port,
            ssl=self._identity.server_context(),
            ssl_handshake_timeout=10,
            backlog=1_024,
        )
        self.port = self._listening.sockets[0].getsockname()[1]

    async def quiet(self) -> None:
        """Returns once no connection is open."""
        while self._crowd.connections:
            await asyncio.wait([connection.over for connection in self._crowd.connections])

    async def stop(self) -> None:
        """Stops listening and ends every connection."""
        if self._listening is None:
            return
        self._listening.close()
        for connection in list(self._crowd.connections):
            connection.close()
        await self._listening.wait_closed()
        self._listening = None


def _allow_files(wanted: int) -> None:
    """Lets this process have so many files open, as far as it may: every connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
