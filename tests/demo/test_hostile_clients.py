"""Clients that mean harm, or are broken: each gets an error in the API's own form, and others lose nothing by it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import pytest

from kubetui.demo.http import connection
from kubetui.demo.http.message import target
from kubetui.demo.quantity import whole
from kubetui.demo.selectors import label_selector
from tests.demo.api import CONFIGS, PODS, Api, config, pod
from tests.demo.connecting import AUTH, Client, Watch

BODY = '{"metadata":{"name":"smuggled"}}'
CHUNKED = f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n"
GET = f"GET /version HTTP/1.1\r\nHost: x\r\n{AUTH}"
POST = f"POST {CONFIGS} HTTP/1.1\r\nHost: x\r\n{AUTH}Content-Type: application/json\r\n"
CODED = "Transfer-Encoding: chunked\r\n"
HEADERS = "".join(f"X-{number}: {'y' * 100}\r\n" for number in range(20_000))


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LINGER", 0.05)


@pytest.fixture
async def beside(api: Api, client: Client) -> AsyncIterator[Watch]:
    """A watcher that behaves; at the end of the test it is told what happens, and nothing that was refused."""
    async with client.watching(version=api.registry.storage.version) as watch:
        yield watch
        await api.create(CONFIGS, config("afterwards"))
        assert await watch.names(1) == ["afterwards"]


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (f"{POST}Content-Length: 5\r\n{CODED}\r\n{CHUNKED}", 400),
        (f"{POST}{CODED}Content-Length: {len(CHUNKED)}\r\n\r\n{CHUNKED}", 400),
        (f"{POST}Content-Length: {len(BODY)}\r\nContent-Length: 5\r\n\r\n{BODY}", 400),
        (f"{POST}Content-Length: 5, 5\r\n\r\n{BODY}", 400),
        (f"{POST}Content-Length: -5\r\n\r\n{BODY}", 400),
        (f"{POST}Content-Length: +5\r\n\r\n{BODY}", 400),
        (f"{POST}Content-Length: 99999999999999999999999\r\n\r\n", 400),
        (f"{POST}Content-Length: 10485760\r\n\r\n", 413),
        (f"{POST}Content-Length: 10485760\r\n\r\n{'x' * 4_000_000}", 413),
        (f"{POST}{CODED}\r\n400000\r\n{'x' * 0x400000}\r\n0\r\n\r\n", 413),
        (f"{POST}Transfer-Encoding: gzip\r\n\r\n{CHUNKED}", 400),
        (f"{POST}Transfer-Encoding: chunked, chunked\r\n\r\n{CHUNKED}", 400),
        (f"{POST}Transfer-Encoding : chunked\r\n\r\n{CHUNKED}", 400),
        (f"{POST}{CODED}\r\nzz\r\n{BODY}", 400),
        (f"{POST}{CODED}\r\n-5\r\n{BODY}", 400),
        (f"{POST}{CODED}\r\nfffffffffffffffffffff\r\n{BODY}", 400),
        (f"{POST}{CODED}\r\n5\r\nabcdeX\r\n0\r\n\r\n", 400),
        (f"{POST}Expect: the unexpected\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}", 417),
        (f"GET /version HTTP/1.1\r\n{AUTH}\r\n", 400),
        (f"{GET}Host: y\r\n\r\n", 400),
        (f"{GET}Foo\r\n\r\n", 400),
        (f"{GET}: x\r\n\r\n", 400),
        (f"{GET}Foo: a\0b\r\n\r\n", 400),
        (f"{GET}{HEADERS}", 431),
        (f"GET /{'a' * 2_000_000} HTTP/1.1\r\n", 414),
        (f"GET /api/v1/pods/%zz HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n", 400),
        (f"GET /api/v1/pods?{'a=b&' * 2_000} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n", 400),
        (f"GET /version HTTP/2.0\r\nHost: x\r\n{AUTH}\r\n", 505),
        ("GET /version\r\n\r\n", 505),
        ("HELLO?\r\n\r\n", 400),
        ("\0\1\2\xff" * 100, 400),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value),
)
async def test_what_is_no_request_is_refused_and_nothing_behind_it_read(
    client: Client, beside: Watch, request_text: str, status: int
) -> None:
    async with client.line() as line:
        line.send(request_text)
        told = await line.answer()
        assert (told.status, told.json["kind"], told.json["code"]) == (status, "Status", status)
        assert told.headers["connection"] == "close"
        line.send(GET + "\r\n")
        assert await line.rest() == b""


async def test_of_a_header_that_is_given_twice_the_first_counts(client: Client, beside: Watch) -> None:
    told = await client.ask(f"GET /version HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\n{AUTH}\r\n")
    assert told.status == 401


async def test_requests_before_a_broken_one_are_answered(client: Client, beside: Watch) -> None:
    async with client.line() as line:
        line.send(f"{GET}\r\n{GET}\r\n\0nonsense\r\n\r\n")
        assert [(await line.answer()).status for _ in range(3)] == [200, 200, 400]


async def test_a_request_that_never_ends_is_given_up(
    client: Client, beside: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SLOW", 0.05)
    for begun in (GET, f"{POST}Content-Length: 100\r\n\r\n{{", f"{POST}{CODED}\r\n5\r\nab"):
        assert (await client.ask(begun)).status == 408


async def test_a_connection_without_a_request_is_closed_after_a_while(
    client: Client, beside: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE", 0.05)
    async with client.line() as line:
        assert await line.rest() == b""


async def test_a_client_that_never_reads_its_answer_is_dropped(
    api: Api, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STUCK", 0.05)
    for number in range(40):
        await api.create(CONFIGS, config(f"c{number}", text="x" * 500_000))
    async with client.line() as line:
        line.send(f"GET {CONFIGS} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n")
        async with asyncio.timeout(10):
            await client.server.quiet()


async def test_a_watcher_that_never_reads_is_dropped_and_the_one_beside_misses_nothing(
    api: Api, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STUCK", 0.2)
    version = api.registry.storage.version
    async with client.line() as deaf:
        deaf.send(f"GET {CONFIGS}?watch=1&resourceVersion={version} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n")
        async with client.watching(version=version) as watch:
            for number in range(30):
                await api.create(CONFIGS, config(f"c{number}", text="x" * 500_000))
                assert await watch.names(1) == [f"c{number}"]
        async with asyncio.timeout(10):
            await client.server.quiet()


async def test_connections_beyond_the_limit_are_told_so_and_the_others_served(
    client: Client, beside: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MAX_CONNECTIONS", 2)
    async with client.line() as line:
        line.send(GET + "\r\n")
        assert (await line.answer()).status == 200
        told = await client.ask(GET + "\r\n")
        assert (told.status, told.json["reason"], told.headers["retry-after"]) == (429, "TooManyRequests", "1")
        line.send(GET + "\r\n")
        assert (await line.answer()).status == 200


async def test_bodies_that_would_take_too_much_memory_together_are_refused(
    client: Client, beside: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MAX_HELD", 3_000_000)
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(client.line()) for _ in range(4)]
        for line in lines:
            line.send(f"{POST}Content-Length: 1000000\r\n\r\n{'x' * 999_999}")
        answers = [asyncio.create_task(line.answer()) for line in lines]
        done, waiting = await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
        for answer in waiting:
            answer.cancel()
        assert {answer.result().status for answer in done} == {429}
    assert (await client.ask(GET + "\r\n")).status == 200


async def test_hundreds_of_watches_are_all_told(api: Api, client: Client) -> None:
    async with AsyncExitStack() as stack:
        version = api.registry.storage.version
        entering = (client.watching(version=version) for _ in range(300))
        watches = [await stack.enter_async_context(one) for one in entering]
        await api.create(CONFIGS, config("a"))
        assert [await watch.names(1) for watch in watches] == [["a"]] * 300


async def test_what_is_no_tls_harms_nobody(client: Client, beside: Watch) -> None:
    for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 3_000, b"\0" * 100_000):
        reader, writer = await asyncio.open_connection("127.0.0.1", client.server.port)
        writer.write(garbage)
        async with asyncio.timeout(15):
            with suppress(ConnectionError):
                await reader.read()
        writer.close()
    assert (await client.ask(GET + "\r\n")).status == 200


async def test_it_listens_on_loopback_alone(client: Client) -> None:
    with socket.socket() as other, pytest.raises(OSError):
        other.connect(("127.0.0.2", client.server.port))


def test_only_an_address_at_its_start_is_no_part_of_a_path() -> None:
    assert target(b"http://host:1/api?a=b") == ("/api", (("a", "b"),))
    assert target(b"/api/http://host/v1")[0] == "/api/http://host/v1"
    assert target(b"http://host")[0] == "/"


def test_a_selector_may_be_mostly_spaces() -> None:
    assert label_selector(f" a {' ' * 1_000_000}= b ").matches({"a": "b"})


@pytest.mark.parametrize("quantity", ["1e999999999", "1" * 1_000], ids=["exponent", "digits"])
async def test_a_quantity_beyond_all_measure_counts_as_the_largest(api: Api, quantity: str) -> None:
    body = pod()
    body["spec"]["containers"][0]["resources"] = {"requests": {"memory": quantity}}
    await api.create(PODS, body)
    assert whole(quantity) == 2**63


def test_a_path_as_long_as_a_request_may_be_is_read_in_one_go() -> None:
    path = "/" + "a" * 1_000_000
    assert target(path.encode()) == (path, ())
