"""The fake API server on a loopback port, over plain HTTP/1.1 with keep-alive: a thin front, in real time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from urllib.parse import parse_qsl, urlsplit

import httptools

from tests.fake.apiserver import FakeApiServer
from tests.fake.wire import Cut, Reply, Request


@asynccontextmanager
async def listening(server: FakeApiServer) -> AsyncIterator[str]:
    """The URL under which the server is served until the block ends."""
    connections: set[_Connection] = set()
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: _Connection(server, connections), "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        listener.close()
        serving = [connection.end() for connection in list(connections)]
        await asyncio.gather(*serving, return_exceptions=True)


def kubeconfig(url: str) -> str:
    """A kubeconfig (one context, `fake`) that leads to that URL."""
    return f"""apiVersion: v1
kind: Config
clusters:
- {{name: fake, cluster: {{server: "{url}"}}}}
users:
- {{name: fake, user: {{token: fake-token}}}}
contexts:
- {{name: fake, context: {{cluster: fake, user: fake}}}}
current-context: fake
"""


class _Connection(asyncio.Protocol):
    """One connection: requests are answered one after another; its loss ends the answer that is under way."""

    def __init__(self, server: FakeApiServer, connections: "set[_Connection]") -> None:
        self._server = server
        self._connections = connections
        self._asked: asyncio.Queue[Request] = asyncio.Queue()
        self._parser = httptools.HttpRequestParser(self)
        self.on_message_begin()

    def end(self) -> "asyncio.Task[None]":
        self._serving.cancel()
        self._transport.abort()
        return self._serving

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)
        self._serving = asyncio.create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self._serving.cancel()

    # httptools

    def on_message_begin(self) -> None:
        self._url, self._body, self._headers = b"", b"", dict[str, str]()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        parts = urlsplit(self._url.decode())
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        method = self._parser.get_method().decode()
        self._asked.put_nowait(Request(method, parts.path, query, self._headers, self._body))

    async def _serve(self) -> None:
        with suppress(Cut):
            while True:
                await self._send(await self._server.answer(await self._asked.get()))
        self._transport.abort()

    async def _send(self, reply: Reply) -> None:
        async with aclosing(reply.chunks) as chunks:
            lines = [f"HTTP/1.1 {reply.status} Fake", *(f"{name}: {value}" for name, value in reply.headers.items())]
            self._transport.write("\r\n".join((*lines, "transfer-encoding: chunked", "", "")).encode())
            async for chunk in chunks:
                self._transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self._transport.write(b"0\r\n\r\n")
