"""From a server's address to an open HTTP connection: straight or through a proxy, with TLS where the server has it."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from kubetui.client import proxy, tls
from kubetui.client.connection import Connection
from kubetui.client.conversation import Conversation
from kubetui.client.dial import dial
from kubetui.client.errors import BadConfig, Unavailable
from kubetui.client.tunnel import tunnel
from kubetui.client.unreachable import MISMATCH, unavailable

TLS_TIMEOUT = 10.0
"""Seconds that a TLS handshake may take."""
_NAMES_TOLD = 8
"""Names of a certificate that an error lists."""


@dataclass(frozen=True, slots=True)
class Route:
    """How one server is reached."""

    host: str
    port: int
    prefix: str
    """Comes before each path; "" or /of/this/form."""
    tls: ssl.SSLContext | None
    server_name: str
    """The name that the certificate must have."""
    trusted: str
    """Whose signature the certificate must have, for errors."""
    proxy: proxy.Proxy | None

    @classmethod
    def parse(
        cls,
        server: str,
        ssl_context: ssl.SSLContext | None,
        server_name: str | None,
        proxy_url: str | None,
        environ: Mapping[str, str],
    ) -> Self:
        """BadConfig where an address can't be understood. Without a scheme, TLS options decide, as in client-go."""
        address = server if "://" in server else f"{'http' if ssl_context is None else 'https'}://{server}"
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise BadConfig(f"the server's address {server!r} can't be understood: {error}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise BadConfig(f"the server's address {server!r} can't be used: expected https://host:port")
        return cls(
            host=host,
            port=port,
            prefix=parts.path.rstrip("/"),
            tls=(ssl_context or tls.ssl_context(tls.TlsOptions())) if parts.scheme == "https" else None,
            server_name=server_name or host,
            trusted="the CA in the kubeconfig" if ssl_context is not None else "a CA that this machine trusts",
            proxy=proxy.choose(parts.scheme, host, port, proxy_url, environ),
        )

    @property
    def place(self) -> str:
        """The server as errors name it: host:port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    async def open(self, buffer: memoryview) -> Connection:
        """A connection on which a request may be sent. Unavailable, and nothing left open, where there is none."""
        connection = Connection(self.place, buffer)
        transport = await self._reach()
        try:
            if self.tls is None:
                transport.set_protocol(connection)
            else:
                transport = await self._wrap(transport, connection, self.tls)
        except BaseException:
            transport.abort()
            raise
        connection.connection_made(transport)
        return connection

    async def _reach(self) -> asyncio.Transport:
        """Bytes to and from the server, without TLS."""
        if self.proxy is not None:
            return await tunnel(self.proxy, self.host, self.port, self.place)
        return (await _converse(await dial(self.host, self.port, self.place), self.place)).transport

    async def _wrap(
        self, transport: asyncio.Transport, connection: Connection, context: ssl.SSLContext
    ) -> asyncio.Transport:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(TLS_TIMEOUT):
                wrapped = await loop.start_tls(transport, connection, context, server_hostname=self.server_name)
        except TimeoutError as late:
            raise Unavailable(f"{self.place} did not finish the TLS handshake within {TLS_TIMEOUT:g} s") from late
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in MISMATCH:
                raise Unavailable(await self._mismatch(context)) from error
            raise unavailable(error, self.place, trusted=self.trusted) from error
        except ssl.SSLError as error:
            raise unavailable(error, self.place, name=self.server_name) from error
        except OSError as error:
            raise Unavailable(f"{unavailable(error, self.place)} during the TLS handshake") from error
        assert wrapped is not None
        return wrapped

    async def _mismatch(self, context: ssl.SSLContext) -> str:
        """What to say of a certificate for another name: which names it has, learned by asking for it once more."""
        transport = await self._reach()
        conversation = Conversation(self.place)
        transport.set_protocol(conversation)
        conversation.connection_made(transport)
        try:
            async with asyncio.timeout(TLS_TIMEOUT):
                names = await _names(conversation, context, self.server_name)
        except (OSError, TimeoutError, Unavailable):
            names = []
        finally:
            transport.abort()
        has = ", ".join(names[:_NAMES_TOLD]) + (" …" if len(names) > _NAMES_TOLD else "") if names else "another name"
        return (
            f"the certificate of {self.place} is for {has}, not for {self.server_name}: tls-server-name can tell which"
        )


async def _converse(made: socket.socket, place: str) -> Conversation:
    loop = asyncio.get_running_loop()
    _, conversation = await loop.create_connection(lambda: Conversation(place), sock=made)
    return conversation


async def _names(conversation: Conversation, context: ssl.SSLContext, server_name: str) -> list[str]:
    """The names in a certificate that is trusted, by a handshake that does not check them and carries nothing."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    checks = context.check_hostname
    context.check_hostname = False
    try:
        handshake = context.wrap_bio(incoming, outgoing, server_hostname=server_name)
    finally:
        context.check_hostname = checks
    while True:
        try:
            handshake.do_handshake()
        except ssl.SSLWantReadError:
            conversation.send(outgoing.read())
            incoming.write(await conversation.some())
        else:
            names = (handshake.getpeercert() or {}).get("subjectAltName", ())
            return [str(entry[1]) for entry in names]
