"""Requests over the pool: what goes out, which connection it takes, when it is tried again, how it ends."""

import asyncio

import pytest

from kubetui import __version__
from kubetui.client import transport as pool
from kubetui.client.errors import BadConfig, Unavailable
from kubetui.client.transport import Answer, Transport
from tests.client.certificates import Authority
from tests.client.loopback import Handler, Talk, answer, answering, asking, chunked, serving


async def body_of(transport: Transport, path: str = "/", method: str = "GET") -> bytes:
    async with await transport.request(method, path) as answered:
        return await answered.read()


async def test_a_request_carries_method_path_query_headers_and_body() -> None:
    async with answering(answer()) as server, asking(server) as transport:
        async with await transport.request(
            "PATCH",
            "/api/v1/pods",
            query=[("labelSelector", "app=web,tier!=db"), ("limit", "5")],
            headers={"Authorization": "Bearer x", "Impersonate-User": "zoë"},
            body=b'{"a":1}',
        ) as answered:
            await answered.read()
        (request,) = server.requests
    assert (request.method, request.body) == ("PATCH", b'{"a":1}')
    assert request.target == "/api/v1/pods?labelSelector=app%3Dweb%2Ctier%21%3Ddb&limit=5"
    assert request.headers["authorization"] == "Bearer x"
    assert request.headers["impersonate-user"] == "zoë"
    assert request.headers["user-agent"] == f"kubetui/{__version__}"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"


async def test_a_path_prefix_of_the_server_comes_before_each_path() -> None:
    async with answering(answer()) as server:
        transport = Transport(f"http://127.0.0.1:{server.port}/k8s/clusters/c-1/", environ={})
        await body_of(transport, "/version")
        await transport.close()
    assert server.requests[0].target == "/k8s/clusters/c-1/version"


async def test_a_path_can_not_smuggle_a_second_request() -> None:
    async with answering(answer()) as server, asking(server) as transport:
        await body_of(transport, "/a b\r\nX: y?z#")
    assert server.requests[0].target == "/a%20b%0D%0AX:%20y%3Fz%23"


async def test_a_header_with_a_line_break_is_refused() -> None:
    async with answering(answer()) as server, asking(server) as transport:
        with pytest.raises(BadConfig, match="line break"):
            await transport.request("GET", "/", headers={"Authorization": "Bearer x\r\nHost: y"})


@pytest.mark.parametrize("server", ["ftp://x", "https://", "https://x:port", "https://[::1"])
def test_an_address_that_is_none_is_told(server: str) -> None:
    with pytest.raises(BadConfig, match="server's address"):
        Transport(server, environ={})


def test_an_ipv6_address_is_named_in_brackets() -> None:
    assert Transport("https://[fd00::1]:6443", environ={}).place == "[fd00::1]:6443"


async def test_requests_in_turn_share_one_connection(authority: Authority) -> None:
    async with answering(answer(b"x"), tls=authority.server()) as server, asking(server, tls=authority.client()) as api:
        for _ in range(3):
            assert await body_of(api) == b"x"
    assert (len(server.requests), len(server.talks)) == (3, 1)


async def test_an_answer_left_unread_costs_its_connection() -> None:
    async with answering(answer(b"x" * 100)) as server, asking(server) as transport:
        async with await transport.request("GET", "/"):
            pass
        await body_of(transport)
        assert len(server.talks) == 2


async def test_a_connection_that_the_server_means_to_close_is_not_used_again() -> None:
    async with answering(answer(b"x", "Connection: close")) as server, asking(server) as transport:
        await body_of(transport)
        await body_of(transport)
        assert len(server.talks) == 2


async def test_parallel_answers_have_a_connection_each() -> None:
    async with answering(chunked(b"x")) as server, asking(server) as transport:
        watches = await asyncio.gather(*(transport.request("GET", "/") for _ in range(50)))
        assert (len(server.talks), server.open) == (50, 50)
        for watch in watches:
            await watch.close()
        await server.until_open(0)


async def test_only_a_few_connections_wait_for_a_next_request() -> None:
    async with answering(answer(b"x")) as server, asking(server) as transport:
        answers = await asyncio.gather(*(transport.request("GET", "/") for _ in range(20)))
        for answered in answers:
            await answered.read()
        await server.until_open(pool.IDLE_COUNT)


async def test_a_connection_that_has_rested_long_enough_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "IDLE_AGE", 0.01)
    async with answering(answer(b"x")) as server, asking(server) as transport:
        await body_of(transport)
        await server.until_open(0)


async def test_a_write_takes_no_connection_that_has_rested_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_WRITE_AGE", 0.0)
    async with answering(answer(b"x")) as server, asking(server) as transport:
        await body_of(transport)
        await body_of(transport, method="DELETE")
        await body_of(transport)
        assert [request.method for request in server.requests] == ["GET", "DELETE", "GET"]
        assert len(server.talks) == 2


async def test_bytes_that_nobody_asked_for_end_a_resting_connection() -> None:
    async with answering(answer(b"x") + answer(b"smuggled"), answer(b"y")) as server, asking(server) as transport:
        assert await body_of(transport) == b"x"
        assert await body_of(transport) == b"y"
        assert len(server.talks) == 2


def once_then(asked: list[str], begun: bytes) -> Handler:
    """Answers the first request; the second one on that connection gets just `begun`, and the connection ends."""

    async def handler(talk: Talk) -> None:
        asked.append((await talk.request()).method)
        await talk.send(answer(b"x"))
        second = await talk.request()
        asked.append(second.method)
        await talk.send(begun)

    return handler


async def test_a_get_on_a_stale_connection_is_asked_again_on_a_fresh_one() -> None:
    asked: list[str] = []
    async with serving(once_then(asked, b"")) as server, asking(server) as transport:
        await body_of(transport)
        assert await body_of(transport) == b"x"
    assert asked == ["GET", "GET", "GET"]


async def test_a_write_on_a_stale_connection_is_never_sent_again() -> None:
    asked: list[str] = []
    async with serving(once_then(asked, b"")) as server, asking(server) as transport:
        await body_of(transport)
        with pytest.raises(Unavailable, match="closed the connection before answering"):
            await body_of(transport, method="POST")
    assert asked == ["GET", "POST"]


async def test_a_get_is_not_asked_again_once_its_answer_has_begun() -> None:
    asked: list[str] = []
    async with serving(once_then(asked, b"HTTP/1.1 2")) as server, asking(server) as transport:
        await body_of(transport)
        with pytest.raises(Unavailable, match="closed the connection before answering"):
            await body_of(transport)
    assert asked == ["GET", "GET"]


async def test_a_get_on_a_fresh_connection_is_asked_once() -> None:
    async def hang_up(talk: Talk) -> None:
        await talk.request()

    async with serving(hang_up) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match=f"127.0.0.1:{server.port} closed the connection before answering"):
            await body_of(transport)
        assert len(server.talks) == 1


async def test_an_answer_that_does_not_come_in_time_is_told_with_the_time() -> None:
    async with serving(Talk.until_closed) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match=r"127.0.0.1:\d+ did not answer within 0.05 s"):
            await transport.request("GET", "/", timeout=0.05)
        await server.until_open(0)


async def test_cancelling_a_request_closes_its_connection_and_leaves_no_task() -> None:
    asked = asyncio.Event()

    async def handler(talk: Talk) -> None:
        await talk.request()
        asked.set()
        await talk.until_closed()

    async with serving(handler) as server, asking(server) as transport:
        request = asyncio.create_task(transport.request("GET", "/"))
        await asked.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await server.until_open(0)


async def test_cancelling_a_reader_closes_its_connection() -> None:
    async with answering(chunked(b"x")) as server, asking(server) as transport:
        watch = await transport.request("GET", "/")
        begun = asyncio.Event()

        async def read() -> None:
            async for _ in watch.chunks():
                begun.set()

        reading = asyncio.create_task(read())
        await begun.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await server.until_open(0)


async def test_cancelling_at_any_turn_of_the_loop_leaves_nothing_open(authority: Authority) -> None:
    context = authority.client()
    async with answering(answer(b"x"), tls=authority.server()) as server:
        for turns in range(40):
            async with asking(server, tls=context) as transport:
                request = asyncio.create_task(body_of(transport))
                for _ in range(turns):
                    await asyncio.sleep(0)
                request.cancel()
                await asyncio.gather(request, return_exceptions=True)
        await server.until_open(0)
        mine = {task for task in asyncio.all_tasks() if "loopback" not in repr(task)}
        assert mine == {asyncio.current_task()}


async def next_chunk(watch: Answer) -> bytes:
    async for chunk in watch.chunks():
        return chunk
    return b""


async def test_closing_the_transport_ends_streams_requests_and_connections() -> None:
    asked = asyncio.Event()

    async def handler(talk: Talk) -> None:
        if (await talk.request()).target == "/watch":
            await talk.send(chunked(b"x"))
        else:
            asked.set()
        await talk.until_closed()

    async with serving(handler) as server:
        transport = Transport(f"http://127.0.0.1:{server.port}", environ={})
        watch = await transport.request("GET", "/watch")
        assert await next_chunk(watch) == b"x"
        reading = asyncio.create_task(next_chunk(watch))
        request = asyncio.create_task(transport.request("GET", "/slow"))
        await asked.wait()
        await transport.close()
        for ending in (reading, request):
            with pytest.raises(Unavailable, match="closed by this program"):
                await ending
        with pytest.raises(Unavailable, match="closed by this program"):
            await transport.request("GET", "/")
        await server.until_open(0)
