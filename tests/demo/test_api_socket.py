"""The built-in cluster's front on a real socket: HTTP as clients speak it."""

import gzip
import stat
from pathlib import Path

import pytest

from kubetui.demo.rundir import write_private
from tests.demo.api import CONFIGS, Api, config
from tests.demo.connecting import AUTH, Client

VERSION = f"GET /version HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n"


async def test_many_requests_go_over_one_connection(client: Client) -> None:
    async with client.line() as line:
        line.send(VERSION * 40)
        for _ in range(40):
            told = await line.answer()
            assert (told.status, told.json["minor"]) == (200, "36")


async def test_a_watch_comes_in_chunks_as_things_happen(api: Api, client: Client) -> None:
    async with client.watching(version=api.registry.storage.version) as watch:
        await api.create(CONFIGS, config("a"))
        assert (await watch.next())["type"] == "ADDED"


async def test_a_client_of_http_1_0_gets_its_answer_and_then_the_end(client: Client) -> None:
    async with client.line() as line:
        line.send(f"GET /version HTTP/1.0\r\n{AUTH}\r\n")
        told = await line.answer()
        assert (told.status, told.headers["connection"], await line.rest()) == (200, "close", b"")


async def test_a_client_of_http_1_0_may_go_on(client: Client) -> None:
    async with client.line() as line:
        line.send(f"GET /version HTTP/1.0\r\n{AUTH}Connection: keep-alive\r\n\r\n" * 2)
        assert [(await line.answer()).headers["connection"] for _ in range(2)] == ["keep-alive"] * 2


async def test_a_client_of_http_1_0_gets_a_watch_without_chunks(api: Api, client: Client) -> None:
    await api.create(CONFIGS, config("a"))
    async with client.line() as line:
        line.send(f"GET {CONFIGS}?watch=1&timeoutSeconds=1 HTTP/1.0\r\n{AUTH}\r\n")
        _, headers = await line.head()
        assert "transfer-encoding" not in headers
        assert (await line.rest()).startswith(b'{"type":"ADDED"')


async def test_a_body_may_come_in_chunks_once_the_client_may_go_on(client: Client) -> None:
    head = f"POST {CONFIGS} HTTP/1.1\r\nHost: x\r\n{AUTH}Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"
    async with client.line() as line:
        line.send(f"{head}Content-Type: application/json\r\n\r\n")
        assert (await line.head())[0] == 100
        for part in ('{"metadata":', '{"name":"a"}}', ""):
            line.send(f"{len(part):x}\r\n{part}\r\n")
        assert (await line.answer()).status == 201


@pytest.mark.parametrize(("size", "packed"), [(1_000, False), (200_000, True)])
async def test_a_large_answer_is_compressed_for_who_takes_it(api: Api, client: Client, size: int, packed: bool) -> None:
    await api.create(CONFIGS, config("large", text="x" * size))
    request = f"GET {CONFIGS}/large HTTP/1.1\r\nHost: x\r\n{AUTH}"
    plain = await client.ask(f"{request}\r\n")
    coded = await client.ask(f"{request}Accept-Encoding: gzip, deflate\r\n\r\n")
    assert ("content-encoding" in coded.headers, "content-encoding" in plain.headers) == (packed, False)
    assert (gzip.decompress(coded.body) if packed else coded.body) == plain.body


async def test_of_a_head_the_answer_has_no_body(client: Client) -> None:
    async with client.line() as line:
        line.send(f"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n{VERSION}")
        assert (await line.head())[1]["content-length"] == "2"
        assert (await line.answer()).json["minor"] == "36"


def test_a_file_that_is_written_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["kubeconfig"]
