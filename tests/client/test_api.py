"""Every request with its user's credentials: what happens on a 401, and when a plugin hands out another certificate."""

import ssl
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from kubetui.client.access import Access, AuthOptions, ExecOptions
from kubetui.client.api import Api, connect
from kubetui.client.credentials import Credentials
from kubetui.client.errors import BadConfig, Forbidden, NotFound, Unauthorized
from kubetui.client.renewal import Credential
from kubetui.client.tls import ClientCert, TlsOptions, ssl_context
from kubetui.client.transport import Transport
from tests.client.certificates import authority, common_name, issued
from tests.client.loopback import Server, Talk, answer, answering, serving

REFUSED = answer(b'{"kind":"Status","code":401,"message":"Unauthorized"}', status="401 Unauthorized")


class Handing:
    """A source that hands out these credentials one after the other, the last one for ever."""

    def __init__(self, *credentials: Credential) -> None:
        self._left = list(credentials)

    async def credential(self) -> Credential:
        return self._left[0]

    async def renew(self) -> bool:
        if len(self._left) == 1:
            return False
        del self._left[0]
        return True


def access(server: Server, tls: TlsOptions | None = None) -> Access:
    scheme = "https" if tls else "http"
    url = f"{scheme}://127.0.0.1:{server.port}"
    return Access("here", "c", "u", "default", url, tls or TlsOptions(plain=True), None, AuthOptions())


def user(server: Server, *credentials: Credential) -> Api:
    who = Credentials(Handing(*credentials), "Log in again.")
    return Api(access(server), Transport(f"http://127.0.0.1:{server.port}", environ={}), who)


async def test_a_request_carries_the_credential() -> None:
    async with answering(answer(b"{}")) as server:
        api = user(server, Credential("Bearer a"))
        assert await api.get("/version") == b"{}"
        assert server.requests[0].headers["authorization"] == "Bearer a"
        await api.close()


async def test_after_a_401_the_request_is_sent_again_with_a_new_credential() -> None:
    async with answering(REFUSED, answer(b"{}")) as server:
        api = user(server, Credential("Bearer a"), Credential("Bearer b"))
        assert await api.send("POST", "/pods", b"{}") == b"{}"
        assert [request.headers["authorization"] for request in server.requests] == ["Bearer a", "Bearer b"]
        await api.close()


async def test_a_401_to_what_can_not_be_renewed_says_what_to_do() -> None:
    async with answering(REFUSED) as server:
        api = user(server, Credential("Bearer a"))
        with pytest.raises(Unauthorized, match=r"GET /version: Unauthorized\. Log in again\.") as error:
            await api.get("/version")
        assert error.value.status["code"] == 401
        assert len(server.requests) == 1
        await api.close()


async def test_that_credentials_are_refused_is_known_until_they_are_taken_again() -> None:
    async with answering(answer(b"{}"), REFUSED, answer(b"", status="404 Not Found")) as server:
        api = user(server, Credential("Bearer a"))
        refusals = []
        for outcome in (nullcontext(), pytest.raises(Unauthorized), pytest.raises(NotFound)):
            with outcome:
                await api.get("/version")
            refusals.append(api.refusal)
        assert refusals == ["", "Log in again.", ""]
        await api.close()


async def test_a_new_credential_that_is_refused_too_is_not_renewed_in_a_loop() -> None:
    async with answering(REFUSED) as server:
        api = user(server, Credential("Bearer a"), Credential("Bearer b"), Credential("Bearer c"))
        with pytest.raises(Unauthorized):
            await api.get("/version")
        assert len(server.requests) == 2
        await api.close()


async def test_what_is_forbidden_is_not_asked_again() -> None:
    async with answering(answer(b"", status="403 Forbidden")) as server:
        api = user(server, Credential("Bearer a"), Credential("Bearer b"))
        with pytest.raises(Forbidden):
            await api.get("/version")
        assert len(server.requests) == 1
        await api.close()


async def test_connecting_runs_no_plugin_yet() -> None:
    async with answering(answer(b"{}")) as server:
        plugin = ExecOptions("no-such-plugin", "client.authentication.k8s.io/v1")
        api = await connect(replace(access(server), auth=AuthOptions(exec=plugin)))
        with pytest.raises(BadConfig, match="no-such-plugin can't be run"):
            await api.get("/version")
        await api.close()


@pytest.fixture
def listening(tmp_path: Path) -> ssl.SSLContext:
    """The TLS of a server that asks for a client certificate."""
    pair = issued("127.0.0.1")
    (tmp_path / "server.pem").write_bytes(pair.cert + pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    context.load_verify_locations(cadata=authority().decode())
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


async def test_a_plugins_next_certificate_is_presented_on_new_connections(listening: ssl.SSLContext) -> None:
    async def name_the_client(talk: Talk) -> None:
        presented = talk.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        while True:
            await talk.request()
            name = common_name(presented)
            await talk.send(REFUSED if name == "alice" and seen else answer(name.encode()))
            seen.append(name)

    seen: list[str] = []
    alice, bob = (ClientCert(pair.cert, pair.key) for pair in (issued("alice"), issued("bob")))
    async with serving(name_the_client, tls=listening) as server:
        of = access(server, TlsOptions(ca_data=authority()))
        who = Credentials(Handing(Credential(cert=alice), Credential(cert=bob)), "")
        api = Api(of, Transport(of.server, ssl_context=ssl_context(of.tls)), who)
        assert [await api.get("/") for _ in range(3)] == [b"alice", b"bob", b"bob"]
        assert seen == ["alice", "alice", "bob", "bob"]
        await server.until_open(1)
        await api.close()
