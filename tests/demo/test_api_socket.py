"""The built-in cluster's front on a real socket: TLS, limits, clients that misbehave."""

import asyncio
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from kubetui.demo.http import connection
from kubetui.demo.http.certificate import self_signed
from kubetui.demo.http.server import Server
from kubetui.demo.serve import write_private
from tests.demo.api import CONFIGS, Api, config

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
AUTH = "Authorization: Bearer admin\r\n"


class Client:
    """Opens connections to one server, trusting its certificate alone."""

    def __init__(self, server: Server, certificate: str) -> None:
        self.server = server
        self._context = ssl.create_default_context(cadata=certificate)

    async def open(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.server.port, ssl=self._context)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """One request on a connection of its own."""
        async with asyncio.timeout(10):
            reader, writer = await self.open()
            try:
                writer.write(request)
                return await answer(reader)
            finally:
                writer.transport.abort()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and the body of the next answer on a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    size = int(head.split("content-length: ")[1].split("\r\n")[0])
    return int(head.split()[1]), await reader.readexactly(size)


@pytest.fixture
async def client(api: Api) -> AsyncIterator[Client]:
    identity = self_signed()
    async with serving(api, Server(api.front.handle, identity)) as server:
        yield Client(server, identity.certificate)


@asynccontextmanager
async def serving(api: Api, server: Server) -> AsyncIterator[Server]:
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def test_many_requests_go_over_one_connection(client: Client) -> None:
    reader, writer = await client.open()
    request = f"GET /version HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n".encode()
    writer.write(request * 3)
    for _ in range(3):
        status, body = await answer(reader)
        assert (status, msgspec.json.decode(body)["minor"]) == (200, "36")
    writer.close()


async def test_a_watch_comes_in_chunks_as_things_happen(api: Api, client: Client) -> None:
    reader, writer = await client.open()
    version = api.registry.storage.version
    writer.write(f"GET {CONFIGS}?watch=1&resourceVersion={version} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    await api.create(CONFIGS, config("a"))
    size = int(await reader.readline(), 16)
    assert msgspec.json.decode(await reader.readexactly(size))["type"] == "ADDED"
    writer.close()


async def test_a_body_that_is_too_large_is_refused_and_others_are_served(client: Client) -> None:
    head = f"POST {CONFIGS} HTTP/1.1\r\nHost: x\r\n{AUTH}Content-Length: 10485760\r\n\r\n".encode()
    status, told = await client.ask(head + b"x" * (connection.MAX_BODY + 1))
    assert (status, msgspec.json.decode(told)["reason"]) == (413, "RequestEntityTooLarge")
    assert (await client.ask(f"GET /version HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n".encode()))[0] == 200


async def test_headers_without_end_are_refused(client: Client) -> None:
    endless = "".join(f"X-{number}: {'y' * 100}\r\n" for number in range(1_000))
    assert (await client.ask(f"GET /version HTTP/1.1\r\n{endless}".encode()))[0] == 431


async def test_what_is_no_http_gets_an_answer_that_says_so(client: Client) -> None:
    status, told = await client.ask(b"HELLO?\r\n\r\n")
    assert (status, msgspec.json.decode(told)["kind"]) == (400, "Status")


async def test_a_client_that_never_reads_is_dropped(api: Api, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STUCK", 0.05)
    for number in range(40):
        await api.create(CONFIGS, config(f"c{number}", text="x" * 500_000))
    _, writer = await client.open()
    writer.write(f"GET {CONFIGS} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n".encode())
    async with asyncio.timeout(10):
        await client.server.quiet()
    writer.transport.abort()


async def test_connections_beyond_the_limit_are_closed_and_the_others_served(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MAX_CONNECTIONS", 1)
    request = f"GET /version HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n".encode()
    reader, writer = await client.open()
    writer.write(request)
    assert (await answer(reader))[0] == 200
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError, ssl.SSLError)):
        await client.ask(request)
    writer.write(request)
    assert (await answer(reader))[0] == 200
    writer.close()


def test_a_file_that_is_written_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["kubeconfig"]
