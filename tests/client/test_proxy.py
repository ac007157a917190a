"""Which proxy is taken, and the way through it: CONNECT, SOCKS5, and what they say when it fails."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from kubetui.client import tunnel
from kubetui.client.errors import BadConfig, Unavailable
from kubetui.client.proxy import Proxy, choose
from kubetui.client.transport import Transport
from tests.client.certificates import Authority
from tests.client.loopback import Server, Talk, answer, answering, serving

PROXY = {"HTTPS_PROXY": "http://squid:3128"}


def taken(host: str, port: int = 443, **environ: str) -> bool:
    """Whether that server is asked through the environment's proxy."""
    return choose("https", host, port, None, PROXY | environ) is not None


# -- which proxy


@pytest.mark.parametrize(
    ("address", "scheme", "host", "port"),
    [
        ("http://squid:3128", "http", "squid", 3128),
        ("squid:3128", "http", "squid", 3128),
        ("squid", "http", "squid", 80),
        ("https://squid", "https", "squid", 443),
        ("socks5://squid", "socks5", "squid", 1080),
        ("socks5h://[::1]:9", "socks5", "::1", 9),
    ],
)
def test_a_proxys_address_is_understood(address: str, scheme: str, host: str, port: int) -> None:
    assert choose("https", "api", 443, address, {}) == Proxy(scheme, host, port, "proxy-url in the kubeconfig")


def test_a_proxys_user_and_password_are_unquoted_and_never_shown() -> None:
    proxy = choose("https", "api", 443, "http://me:p%40ss@squid:1", {})
    assert proxy is not None
    assert (proxy.user, proxy.password) == ("me", "p@ss")
    assert "p@ss" not in f"{proxy} {proxy!r}"


@pytest.mark.parametrize("address", ["socks4://squid", "ftp://squid", "http://", "http://user:hush@squid:port"])
def test_a_proxys_address_that_is_none_is_told_with_its_source_but_not_its_password(address: str) -> None:
    with pytest.raises(BadConfig, match="HTTPS_PROXY") as told:
        choose("https", "api", 443, None, {"HTTPS_PROXY": address})
    assert "hush" not in str(told.value)


@pytest.mark.parametrize(
    ("scheme", "environ", "host"),
    [
        ("https", {"HTTPS_PROXY": "a", "https_proxy": "b"}, "a"),
        ("https", {"https_proxy": "b"}, "b"),
        ("http", {"HTTP_PROXY": "a", "HTTPS_PROXY": "b"}, "a"),
        ("https", {"HTTP_PROXY": "a", "ALL_PROXY": "b"}, None),
        ("https", {}, None),
    ],
)
def test_the_environment_names_a_proxy_for_each_scheme(scheme: str, environ: dict[str, str], host: str | None) -> None:
    proxy = choose(scheme, "api", 443, None, environ)
    assert (proxy and proxy.host) == host


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_never_asked_through_the_environments_proxy(host: str) -> None:
    assert not taken(host)


def test_a_proxy_of_the_kubeconfig_knows_no_exceptions() -> None:
    assert choose("https", "localhost", 443, "http://squid", {"NO_PROXY": "*"}) is not None


@pytest.mark.parametrize(
    ("rule", "excepted", "asked"),
    [
        ("*", ["api.example", "10.0.0.1"], []),
        ("example", ["example", "api.example"], ["notexample", "example.org"]),
        (".example", ["api.example", "a.b.example"], ["example"]),
        ("*.example", ["api.example"], ["example"]),
        ("API.Example ", ["api.example"], ["example"]),
        ("10.0.0.0/8", ["10.1.2.3"], ["11.1.2.3", "api.example"]),
        ("10.1.2.3/8", ["10.9.9.9"], []),
        ("10.1.2.3", ["10.1.2.3"], ["10.1.2.4"]),
        ("fd00::/8", ["fd00::1"], ["fe00::1"]),
        ("fd00::1", ["fd00::1"], ["fd00::2"]),
        ("api.example:443", ["api.example"], []),
        ("api.example:6443", [], ["api.example"]),
        ("10.1.2.3:443,[fd00::1]:443", ["10.1.2.3", "fd00::1"], []),
        ("[fd00::1]:6443, 10.1.2.3:6443", [], ["fd00::1", "10.1.2.3"]),
        ("a,,b", ["a", "b"], ["c"]),
        ("10.0.0.0/99,/,:", [], ["10.0.0.1"]),
    ],
)
def test_no_proxy_is_read_as_go_reads_it(rule: str, excepted: list[str], asked: list[str]) -> None:
    assert not any(taken(host, NO_PROXY=rule) for host in excepted)
    assert all(taken(host, NO_PROXY=rule) for host in asked)


def test_the_case_of_a_host_does_not_matter() -> None:
    assert not taken("API.Example", no_proxy="api.example")


# -- the way through


async def pipe(talk: Talk, port: int) -> None:
    """Carry bytes between the client and a port of this machine until either side ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()

    try:
        ways = [asyncio.create_task(copy(talk.reader, writer)), asyncio.create_task(copy(reader, talk.writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        writer.transport.abort()


@asynccontextmanager
async def connecting(
    *, says: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """An HTTP proxy, which carries to where it is asked for if it says so."""

    async def handler(talk: Talk) -> None:
        request = await talk.request()
        proxy.requests.append(request)
        await talk.send(says)
        if b" 200 " in says:
            await pipe(talk, int(request.target.rpartition(":")[2]))

    async with serving(handler, tls=tls) as proxy:
        yield proxy


@asynccontextmanager
async def socks(
    asked: list[bytes], *, user: bytes = b"", reply: int = 0, bound: bytes = b"\x01\0\0\0\0\0\0"
) -> AsyncIterator[Server]:
    """A SOCKS5 proxy; user: what it wants as user, length, password; asked: the destinations it was told."""

    async def handler(talk: Talk) -> None:
        reader = talk.reader
        methods = await reader.readexactly((await reader.readexactly(2))[1])
        method = 2 if user else 0
        if method not in methods:
            await talk.send(b"\x05\xff")
            return
        await talk.send(bytes([5, method]))
        if user:
            told = await reader.readexactly(2)
            told += await reader.readexactly(told[1] + 1)
            told += await reader.readexactly(told[-1])
            await talk.send(b"\x01\x00" if told[1:] == user else b"\x01\x01")
        head = await reader.readexactly(4)
        length = {1: 4, 4: 16}.get(head[3]) or (await reader.readexactly(1))[0]
        asked.append(await reader.readexactly(length))
        port = int.from_bytes(await reader.readexactly(2), "big")
        await talk.send(bytes([5, reply, 0]) + bound)
        if reply == 0:
            await pipe(talk, port)

    async with serving(handler) as proxy:
        yield proxy


@asynccontextmanager
async def through(proxy_url: str, server: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Transport]:
    transport = Transport(server, ssl_context=tls, proxy_url=proxy_url, environ={})
    try:
        yield transport
    finally:
        await transport.close()


async def body_of(transport: Transport) -> bytes:
    async with await transport.request("GET", "/", timeout=5) as answered:
        return await answered.read()


async def failure(proxy_url: str, server: str = "https://api.example:6443") -> str:
    async with through(proxy_url, server) as transport:
        with pytest.raises(Unavailable) as told:
            await body_of(transport)
        return str(told.value)


async def test_a_server_is_reached_through_connect_over_one_kept_tunnel(authority: Authority) -> None:
    async with answering(answer(b"x"), tls=authority.server("api.example")) as server, connecting() as proxy:
        address = f"https://api.example:{server.port}"
        async with through(f"http://me:p%40ss@127.0.0.1:{proxy.port}", address, authority.client()) as transport:
            assert await body_of(transport) == b"x"
            assert await body_of(transport) == b"x"
        (request,) = proxy.requests
    assert (request.method, request.target) == ("CONNECT", f"api.example:{server.port}")
    assert request.headers["host"] == request.target
    assert base64.b64decode(request.headers["proxy-authorization"].removeprefix("Basic ")) == b"me:p@ss"
    assert "proxy-authorization" not in server.requests[0].headers


async def test_a_plain_server_is_reached_through_connect() -> None:
    async with (
        answering(answer(b"x")) as server,
        connecting() as proxy,
        through(f"127.0.0.1:{proxy.port}", f"http://api.example:{server.port}") as transport,
    ):
        assert await body_of(transport) == b"x"


async def test_a_server_is_reached_by_tls_within_the_tls_of_a_proxy(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    large = bytes(range(256)) * 10000
    async with (
        answering(answer(large), tls=authority.server("api.example")) as server,
        connecting(tls=authority.server("127.0.0.1")) as proxy,
        through(
            f"https://127.0.0.1:{proxy.port}", f"https://api.example:{server.port}", authority.client()
        ) as transport,
    ):
        assert await body_of(transport) == large
        assert await body_of(transport) == large


async def test_a_proxy_whose_certificate_is_not_trusted(authority: Authority) -> None:
    async with connecting(tls=authority.server("127.0.0.1")) as proxy:
        said = await failure(f"https://127.0.0.1:{proxy.port}")
    assert said.startswith(
        f"the certificate of the proxy 127.0.0.1:{proxy.port} (proxy-url in the kubeconfig)"
        " is not signed by a CA that this machine trusts"
    )


@pytest.mark.parametrize(
    ("host", "told"),
    [("api.example", b"api.example"), ("10.0.0.1", b"\x0a\0\0\x01"), ("[::1]", bytes(15) + b"\x01")],
)
async def test_a_server_is_reached_through_socks(host: str, told: bytes, authority: Authority) -> None:
    asked: list[bytes] = []
    tls = authority.server(host.strip("[]"))
    async with answering(answer(b"x"), tls=tls) as server, socks(asked, user=b"\x02me\x04p@ss") as proxy:
        address = f"https://{host}:{server.port}"
        async with through(f"socks5://me:p%40ss@127.0.0.1:{proxy.port}", address, authority.client()) as transport:
            assert await body_of(transport) == b"x"
    assert asked == [told]


@pytest.mark.parametrize("bound", [b"\x03\x04name\0\0", b"\x04" + bytes(18)])
async def test_the_address_a_socks_proxy_goes_out_from_may_be_of_any_sort(bound: bytes) -> None:
    async with (
        answering(answer(b"x")) as server,
        socks([], bound=bound) as proxy,
        through(f"socks5h://127.0.0.1:{proxy.port}", f"http://api.example:{server.port}") as transport,
    ):
        assert await body_of(transport) == b"x"


# -- what is said when it fails


@pytest.mark.parametrize(
    ("says", "said"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "does not allow connections to api.example:6443 (HTTP 403 Forbidden)"),
        (
            b"HTTP/1.1 407 Auth\r\nX: y\r\n\r\n",
            "wants a user and a password, or refused the ones it got (HTTP 407 Auth)",
        ),
        (b"HTTP/1.0 503 No\r\n\r\n", "could not reach api.example:6443 (HTTP 503 No)"),
        (b"HTTP/1.1 418 \r\n\r\n", "did not connect to api.example:6443 (HTTP 418)"),
        (b"220 smtp.example\r\n\r\n", "answered something that is not HTTP"),
        (b"x" * 100_000, "answered something that is not HTTP"),
        (b"HTTP/1.1 200", "closed the connection before answering"),
    ],
    ids=range(7),
)
async def test_a_proxy_that_refuses_is_named_with_what_it_said(says: bytes, said: str) -> None:
    async def handler(talk: Talk) -> None:
        await talk.request()
        await talk.send(says)

    async with serving(handler) as proxy:
        told = await failure(f"http://me:hush@127.0.0.1:{proxy.port}")
        assert told == f"the proxy 127.0.0.1:{proxy.port} (proxy-url in the kubeconfig) {said}"
        await proxy.until_open(0)


@pytest.mark.parametrize(
    ("user", "reply", "said"),
    [
        ("", 2, "does not allow connections to api.example:6443"),
        ("", 5, "reached the machine, but api.example:6443 refused the connection"),
        ("", 77, "did not connect to api.example:6443"),
        ("me:hush@", 0, "refused its user or password"),
    ],
)
async def test_a_socks_proxy_that_refuses_is_named(user: str, reply: int, said: str) -> None:
    async with socks([], reply=reply, user=b"\x01x\x01y" if user else b"") as proxy:
        told = await failure(f"socks5://{user}127.0.0.1:{proxy.port}")
        assert told == f"the proxy 127.0.0.1:{proxy.port} (proxy-url in the kubeconfig) {said}"


async def test_a_socks_proxy_that_wants_a_password_and_got_none() -> None:
    async with socks([], user=b"\x01x\x01y") as proxy:
        assert (await failure(f"socks5://127.0.0.1:{proxy.port}")).endswith("wants a user and a password")


async def test_what_is_no_socks_proxy_is_told() -> None:
    async def handler(talk: Talk) -> None:
        await talk.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(handler) as proxy:
        assert (await failure(f"socks5://127.0.0.1:{proxy.port}")).endswith("does not speak SOCKS5")


async def test_a_proxy_at_which_nothing_listens_is_named() -> None:
    async with serving(Talk.until_closed) as proxy:
        pass
    told = await failure(f"http://127.0.0.1:{proxy.port}")
    assert told.startswith(f"the proxy 127.0.0.1:{proxy.port} (proxy-url in the kubeconfig) refused the connection")


async def test_a_proxy_that_stays_silent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "TUNNEL_TIMEOUT", 0.05)
    async with serving(Talk.until_closed) as proxy:
        told = await failure(f"http://127.0.0.1:{proxy.port}")
        assert told.endswith("did not connect to api.example:6443 within 0.05 s")
        await proxy.until_open(0)


async def test_cancelling_within_a_tunnel_leaves_nothing_open(authority: Authority) -> None:
    context = authority.client()
    async with answering(answer(b"x"), tls=authority.server("api.example")) as server, connecting() as proxy:
        for turns in range(40):
            address = f"https://api.example:{server.port}"
            async with through(f"http://127.0.0.1:{proxy.port}", address, context) as transport:
                request = asyncio.create_task(body_of(transport))
                for _ in range(turns):
                    await asyncio.sleep(0)
                request.cancel()
                await asyncio.gather(request, return_exceptions=True)
        await proxy.until_open(0)
