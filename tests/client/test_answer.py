"""Bodies: framed in every way, compressed, cut short, silent, larger than the reader can take."""

import asyncio
import gzip

import pytest

from kubetui.client import connection
from kubetui.client.errors import Unavailable
from kubetui.client.transport import Transport
from tests.client.certificates import Authority
from tests.client.loopback import Talk, answer, answering, asking, chunked, serving

LARGE = bytes(range(256)) * 4096 * 8
"""8 MiB: far more than waits unread."""
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\n\r\n"


async def once(talk: Talk, data: bytes) -> None:
    """Answer one request, then close."""
    await talk.request()
    await talk.send(data)


async def body_of(transport: Transport, method: str = "GET", *, idle: float | None = None) -> bytes:
    async with await transport.request(method, "/") as answered:
        return b"".join([chunk async for chunk in answered.chunks(idle=idle)])


@pytest.mark.parametrize(
    "data",
    [answer(LARGE), chunked(LARGE[:5000], LARGE[5000:]) + b"0\r\n\r\n", UNTIL_CLOSE + LARGE],
    ids=["length", "chunks", "until the close"],
)
async def test_a_body_comes_whole_however_it_is_framed(data: bytes, authority: Authority) -> None:
    async with (
        serving(lambda talk: once(talk, data), tls=authority.server()) as server,
        asking(server, tls=authority.client()) as transport,
    ):
        assert await body_of(transport) == LARGE


async def test_a_stream_is_read_while_it_is_sent() -> None:
    read = asyncio.Queue[bytes]()

    async def handler(talk: Talk) -> None:
        await talk.request()
        await talk.send(chunked(b"first"))
        assert await read.get() == b"first"
        await talk.send(b"6\r\nsecond\r\n")
        assert await read.get() == b"second"
        await talk.send(b"0\r\n\r\n")
        await talk.until_closed()

    async with serving(handler) as server, asking(server) as transport, await transport.request("GET", "/") as watch:
        async for chunk in watch.chunks():
            read.put_nowait(chunk)
        assert watch.received == len("firstsecond")


async def test_status_and_headers_are_told_in_lower_case() -> None:
    data = answer(b"", "Retry-After: 7", "Warning: 299 a", "warning: 299 b", status="429 Too Many Requests")
    async with answering(data) as server, asking(server) as transport, await transport.request("GET", "/") as answered:
        assert answered.status == 429
        assert answered.headers == {"content-length": "0", "retry-after": "7", "warning": "299 a, 299 b"}


async def test_an_interim_answer_is_passed_over() -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n" + answer(b"x")
    async with answering(data) as server, asking(server) as transport, await transport.request("GET", "/") as answered:
        assert (answered.status, "link" in answered.headers, await answered.read()) == (200, False, b"x")


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_an_answer_without_a_body_leaves_its_connection_usable(status: str) -> None:
    data = f"HTTP/1.1 {status}\r\nETag: x\r\n\r\n".encode()
    async with answering(data) as server, asking(server) as transport:
        assert await body_of(transport) == b""
        assert await body_of(transport) == b""
        assert len(server.talks) == 1


async def test_head_has_no_body_whatever_its_length_says() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    async with answering(head, answer(b"x")) as server, asking(server) as transport:
        assert await body_of(transport, "HEAD") == b""
        assert await body_of(transport) == b"x"
        assert len(server.talks) == 1


@pytest.mark.parametrize("data", [answer(b"12345")[:-1], chunked(b"12345"), chunked(b"12345")[:-4]])
async def test_a_body_that_is_cut_short_is_told(data: bytes) -> None:
    async with serving(lambda talk: once(talk, data)) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match=r"127.0.0.1:\d+ closed the connection in the middle of an answer"):
            await body_of(transport)


async def test_a_reset_in_the_middle_of_a_body_is_told() -> None:
    async def handler(talk: Talk) -> None:
        await once(talk, chunked(b"x"))
        await seen.wait()
        talk.reset()

    seen = asyncio.Event()
    async with serving(handler) as server, asking(server) as transport, await transport.request("GET", "/") as watch:
        with pytest.raises(Unavailable, match=r"127.0.0.1:\d+ reset the connection in the middle of an answer"):
            async for _ in watch.chunks():
                seen.set()


async def test_a_body_until_the_close_is_cut_short_where_tls_ends_without_goodbye(authority: Authority) -> None:
    async def handler(talk: Talk) -> None:
        await once(talk, UNTIL_CLOSE + b"half")
        talk.cut()

    tls, trust = authority.server(), authority.client()
    async with serving(handler, tls=tls) as server, asking(server, tls=trust) as transport:
        with pytest.raises(Unavailable, match="closed the connection in the middle of an answer"):
            await body_of(transport)


async def test_gzip_is_asked_for_only_where_it_is_wanted() -> None:
    async with answering(answer()) as server, asking(server) as transport:
        for compress in (True, False):
            async with await transport.request("GET", "/", compress=compress) as answered:
                await answered.read()
    assert [request.headers["accept-encoding"] for request in server.requests] == ["gzip", "identity"]


async def test_gzip_is_unpacked_and_counted_as_on_the_wire() -> None:
    packed = gzip.compress(LARGE)
    async with answering(answer(packed, "Content-Encoding: gzip")) as server, asking(server) as transport:
        async with await transport.request("GET", "/", compress=True) as answered:
            assert await answered.read() == LARGE
            assert answered.received == len(packed)
        await body_of(transport)
        assert len(server.talks) == 1


async def test_gzip_is_unpacked_in_bounded_pieces() -> None:
    data = answer(gzip.compress(bytes(64 << 20)), "Content-Encoding: gzip")
    async with (
        answering(data) as server,
        asking(server) as transport,
        await transport.request("GET", "/", compress=True) as answered,
    ):
        assert max([len(chunk) async for chunk in answered.chunks()]) <= 1 << 20


async def test_gzip_in_several_members_is_one_body() -> None:
    data = answer(gzip.compress(b"one,") + gzip.compress(b"two"), "Content-Encoding: gzip")
    async with answering(data) as server, asking(server) as transport:
        assert await body_of(transport) == b"one,two"


@pytest.mark.parametrize(
    ("packed", "said"),
    [(gzip.compress(LARGE)[:-9], "cut short"), (b"not gzip", "broken"), (gzip.compress(b"x") + b"junk", "broken")],
    ids=["cut short", "no gzip", "junk behind"],
)
async def test_gzip_that_is_broken_or_cut_short_is_told(packed: bytes, said: str) -> None:
    async with answering(answer(packed, "Content-Encoding: gzip")) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match=rf"127.0.0.1:\d+ sent a .*{said}"):
            await body_of(transport)


async def test_an_encoding_nobody_asked_for_is_told() -> None:
    async with answering(answer(b"x", "Content-Encoding: br")) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match="encoding that was not asked for: br"):
            await body_of(transport)
        await server.until_open(0)


async def test_silence_ends_a_stream_after_the_time_given() -> None:
    async with answering(chunked(b"x")) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match=r"127.0.0.1:\d+ was silent for 0.05 s"):
            await body_of(transport, idle=0.05)
        await server.until_open(0)


async def test_the_time_of_the_last_byte_moves_with_each_byte() -> None:
    more = asyncio.Event()

    async def handler(talk: Talk) -> None:
        await once(talk, chunked(b"a"))
        await more.wait()
        await talk.send(b"1\r\nb\r\n")
        await talk.until_closed()

    async with serving(handler) as server, asking(server) as transport, await transport.request("GET", "/") as watch:
        times = []
        async for _ in watch.chunks():
            times.append(watch.last_byte)
            more.set()
            if len(times) == 2:
                break
        assert times[0] < times[1] <= asyncio.get_running_loop().time()


async def test_a_body_over_the_readers_limit_is_told() -> None:
    async with answering(answer(LARGE)) as server, asking(server) as transport:
        async with await transport.request("GET", "/") as answered:
            with pytest.raises(Unavailable, match=r"the answer of 127.0.0.1:\d+ is larger than 1 MiB"):
                await answered.read(limit=1 << 20)
        await server.until_open(0)


async def test_a_slow_reader_slows_the_server_down() -> None:
    sent = asyncio.Event()

    async def handler(talk: Talk) -> None:
        await talk.request()
        await talk.send(answer(LARGE * 8))
        sent.set()

    async with serving(handler) as server, asking(server) as transport, await transport.request("GET", "/") as answered:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await sent.wait()
        assert answered.received < 2 * connection.UNREAD_HIGH
        assert len(await answered.read()) == 8 * len(LARGE)


@pytest.mark.parametrize("beyond", [100, 200, 300])
async def test_a_slow_reader_loses_nothing_when_the_server_has_closed(beyond: int, authority: Authority) -> None:
    closed = asyncio.Event()
    body = LARGE[: connection.UNREAD_HIGH + beyond * 1024]

    async def handler(talk: Talk) -> None:
        await once(talk, answer(body))
        talk.cut()
        closed.set()

    tls, trust = authority.server(), authority.client()
    async with (
        serving(handler, tls=tls) as server,
        asking(server, tls=trust) as transport,
        await transport.request("GET", "/") as answered,
    ):
        await closed.wait()
        for _ in range(100):
            await asyncio.sleep(0)  # let everything arrive, goodbye and all, while nobody reads
        assert len(await answered.read()) == len(body)


async def test_headers_without_end_are_refused() -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-Pad: " + b"x" * connection.HEAD_LIMIT
    async with answering(endless) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match=r"sent more than 256 KiB of headers"):
            await body_of(transport)


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH_9.9\r\n", b"\0\0\0\0", b"HTTP/1.1 abc\r\n\r\n"])
async def test_a_server_that_does_not_speak_http_is_told(garbage: bytes) -> None:
    async with answering(garbage) as server, asking(server) as transport:
        with pytest.raises(Unavailable, match=r"127.0.0.1:\d+ does not speak HTTP"):
            await body_of(transport)


async def test_broken_chunks_are_told() -> None:
    async with answering(chunked(b"x") + b"zz\r\n") as server, asking(server) as transport:
        with pytest.raises(Unavailable, match="sent a broken answer"):
            await body_of(transport)
