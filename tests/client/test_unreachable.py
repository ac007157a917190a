"""Each way of not reaching a server is a sentence that names it and says what to look at."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterator

import pytest

from kubetui.client import dial, route
from kubetui.client.errors import Unavailable
from kubetui.client.transport import Transport
from kubetui.client.unreachable import unavailable
from tests.client.certificates import DAY, NOW, Authority
from tests.client.loopback import Talk, answer, answering, asking, serving


async def failure(transport: Transport) -> str:
    """What a person is told of a request that fails."""
    with pytest.raises(Unavailable) as told:
        async with await transport.request("GET", "/version", timeout=5) as answered:
            await answered.read()
    return str(told.value)


async def failure_at(address: str) -> str:
    transport = Transport(address, environ={})
    try:
        return await failure(transport)
    finally:
        await transport.close()


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on 127.0.0.1 at which nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def knows(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let DNS answer every question with these addresses."""

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


async def test_a_port_at_which_nothing_listens(free_port: int) -> None:
    assert (await failure_at(f"http://127.0.0.1:{free_port}")).startswith(
        f"127.0.0.1:{free_port} refused the connection"
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (socket.EAI_NONAME, "DNS does not know api.example (wanted for api.example:6443)"),
        (socket.EAI_AGAIN, "DNS gave no answer about api.example (wanted for api.example:6443): is the network up?"),
    ],
)
async def test_a_name_that_dns_does_not_know(monkeypatch: pytest.MonkeyPatch, code: int, said: str) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "as the system says it")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert await failure_at("https://api.example:6443") == said


async def test_a_look_up_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    hung = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: hung.wait(5) and [])
    monkeypatch.setattr(dial, "CONNECT_TIMEOUT", 0.05)
    said = await failure_at("https://api.example:6443")
    hung.set()
    assert said == "DNS gave no answer about api.example within 0.05 s (api.example:6443)"


async def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch, "127.0.0.2", "127.0.0.3", "127.0.0.1")
    async with answering(answer(b"x")) as server:
        transport = Transport(f"http://api.example:{server.port}", environ={})
        async with await transport.request("GET", "/") as answered:
            assert await answered.read() == b"x"
        await transport.close()


async def test_an_address_that_stays_silent_does_not_keep_the_next_one_waiting(
    monkeypatch: pytest.MonkeyPatch, silent: tuple[str, int]
) -> None:
    monkeypatch.setattr(dial, "_STAGGER", 0.01)
    knows(monkeypatch, silent[0], "127.0.0.1")
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", silent[1])
    async with asyncio.timeout(2), listening:
        (await dial.dial("api.example", silent[1], "api.example")).close()


async def test_a_name_all_of_whose_addresses_refuse(monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    knows(monkeypatch, "127.0.0.1", "127.0.0.2")
    assert (await failure_at(f"https://api.example:{free_port}")).startswith(f"api.example:{free_port} refused")


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address that answers no connection: its queue is full, so the kernel drops what comes."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.9", 0))
        listening.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        yield listening.getsockname()


async def test_an_address_that_stays_silent(monkeypatch: pytest.MonkeyPatch, silent: tuple[str, int]) -> None:
    monkeypatch.setattr(dial, "CONNECT_TIMEOUT", 0.05)
    said = await failure_at(f"https://127.0.0.9:{silent[1]}")
    assert said.startswith(f"no connection to 127.0.0.9:{silent[1]} within 0.05 s")


async def test_a_certificate_of_an_unknown_authority(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stranger = Authority(tmp_path_factory.mktemp("stranger"), "stranger")
    async with answering(answer(), tls=stranger.server()) as server:
        async with asking(server, tls=authority.client()) as transport:
            said = await failure(transport)
        assert said.startswith(f"the certificate of 127.0.0.1:{server.port} is not signed by the CA in the kubeconfig")


async def test_a_certificate_of_an_authority_rebuilt_under_the_same_name(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rebuilt = Authority(tmp_path_factory.mktemp("rebuilt"))
    async with answering(answer(), tls=rebuilt.server()) as server, asking(server, tls=authority.client()) as transport:
        assert "is not signed by the CA in the kubeconfig" in await failure(transport)


async def test_a_certificate_for_another_name_is_told_with_its_names(authority: Authority) -> None:
    context = authority.client()
    async with (
        answering(answer(), tls=authority.server("kubernetes", "10.96.0.1")) as server,
        asking(server, tls=context) as transport,
    ):
        said = await failure(transport)
    assert said.startswith(
        f"the certificate of 127.0.0.1:{server.port} is for kubernetes, 10.96.0.1, not for 127.0.0.1"
    )
    assert context.check_hostname


async def test_the_servers_name_may_be_another_than_its_host(authority: Authority) -> None:
    async with (
        answering(answer(b"x"), tls=authority.server("kubernetes")) as server,
        asking(server, tls=authority.client(), server_name="kubernetes") as transport,
        await transport.request("GET", "/") as answered,
    ):
        assert await answered.read() == b"x"


@pytest.mark.parametrize(("begins", "ends", "said"), [(-2, -1, "has expired"), (1, 2, "is not valid yet")])
async def test_a_certificate_out_of_its_time(authority: Authority, begins: int, ends: int, said: str) -> None:
    tls = authority.server(begins=NOW + begins * DAY, ends=NOW + ends * DAY)
    async with answering(answer(), tls=tls) as server, asking(server, tls=authority.client()) as transport:
        assert (await failure(transport)).startswith(f"the certificate of 127.0.0.1:{server.port} {said}")


async def test_a_server_that_wants_a_client_certificate(authority: Authority) -> None:
    async def refuse(talk: Talk) -> None:
        # By hand: asyncio's own TLS closes without telling the client why.
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        handshake = authority.server(asks_for_client=True).wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                handshake.do_handshake()
            except ssl.SSLWantReadError:
                await talk.send(outgoing.read())
                incoming.write(await talk.reader.read(65536))
            except ssl.SSLError:
                break
        await talk.send(outgoing.read())
        await talk.until_closed()

    async with serving(refuse) as server, asking(server, tls=authority.client()) as transport:
        said = await failure(transport)
    assert said == f"127.0.0.1:{server.port} wants a client certificate, and the kubeconfig's user has none"


async def test_a_server_that_speaks_plain_http_on_the_port_of_tls(authority: Authority) -> None:
    async def handler(talk: Talk) -> None:
        await talk.reader.read(1)
        await talk.send(answer(status="400 Bad Request"))

    async with serving(handler) as server, asking(server, tls=authority.client()) as transport:
        assert (await failure(transport)).startswith(f"127.0.0.1:{server.port} does not speak TLS")


@pytest.mark.parametrize(
    "complaint",
    [
        b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
        answer(b"<html>The plain HTTP request was sent to HTTPS port</html>", status="400 Bad Request"),
        b"\x15\x03\x01\x00\x02\x02\x46",
    ],
)
async def test_a_server_that_speaks_tls_on_a_port_asked_in_plain_http(complaint: bytes) -> None:
    async def handler(talk: Talk) -> None:
        await talk.request()
        await talk.send(complaint)

    async with serving(handler) as server, asking(server) as transport:
        assert (await failure(transport)).startswith(f"127.0.0.1:{server.port} speaks TLS")


async def test_another_bad_request_in_plain_http_is_an_answer_like_any() -> None:
    async with (
        answering(answer(b"no such selector", status="400 Bad Request")) as server,
        asking(server) as transport,
        await transport.request("GET", "/") as answered,
    ):
        assert (answered.status, await answered.read()) == (400, b"no such selector")


async def test_a_tls_handshake_that_does_not_end(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "TLS_TIMEOUT", 0.05)
    async with serving(Talk.until_closed) as server, asking(server, tls=authority.client()) as transport:
        said = await failure(transport)
        assert said == f"127.0.0.1:{server.port} did not finish the TLS handshake within 0.05 s"
        await server.until_open(0)


async def test_a_connection_closed_in_the_middle_of_the_handshake(authority: Authority) -> None:
    async def hang_up(talk: Talk) -> None:
        await talk.reader.read(1)

    async with serving(hang_up) as server, asking(server, tls=authority.client()) as transport:
        assert (await failure(transport)).endswith("the connection during the TLS handshake")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no route to api:6443: is the network or the VPN up?"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no route to api:6443: is the network or the VPN up?"),
        (OSError(errno.ETIMEDOUT, "timed out"), "api:6443 stopped answering (the connection timed out)"),
        (OSError(errno.EMFILE, "x"), "no connection to api:6443: this program has too many files open (see ulimit -n)"),
        (ConnectionResetError(), "api:6443 reset the connection"),
        (OSError(errno.EIO, "Input/output error"), "the connection to api:6443 failed: Input/output error"),
        (ssl.SSLError(1, "{odd} braces"), "TLS with api:6443 failed: {odd} braces"),
    ],
)
def test_an_error_of_the_system_is_told_in_plain_words(error: OSError, said: str) -> None:
    assert str(unavailable(error, "api:6443")) == said
