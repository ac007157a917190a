"""Identity tokens of an auth-provider, renewed at an identity provider that listens on this machine."""

import base64
import json
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from kubetui.client.access import Access, AuthOptions, AuthProvider
from kubetui.client.credentials import Credentials, credentials
from kubetui.client.errors import BadConfig, Unauthorized, Unavailable
from kubetui.client.tls import TlsOptions
from tests.client.certificates import authority, issued


def id_token(lifetime: float, name: str = "me") -> str:
    """An unsigned JWT that expires so many seconds from now."""

    def part(of: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(of).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part({'sub': name, 'exp': int(time.time() + lifetime)})}.c2ln"


class Issuer:
    """An identity provider: answers with `answer`, and keeps what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.discovery: object = {"token_endpoint": f"{url}/token"}
        self.status = 200
        self.answer: object = {}
        self.secret_in_form = False
        self.forms: list[dict[str, str]] = []
        self.authorizations: list[str] = []

    def get(self, path: str) -> tuple[int, object]:
        return (200, self.discovery) if path == "/.well-known/openid-configuration" else (404, {})

    def post(self, form: dict[str, str], authorization: str) -> tuple[int, object]:
        self.forms.append(form)
        self.authorizations.append(authorization)
        if self.secret_in_form and "client_secret" not in form:
            return 401, {"error": "invalid_client"}
        return self.status, self.answer


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*issuer.get(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {key: values[0] for key, values in parse_qs(body).items()}
            self._say(*issuer.post(form, self.headers["Authorization"] or ""))

        def _say(self, status: int, answer: object) -> None:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Says nothing on stderr."""

    return Handler


def _serve(tls: ssl.SSLContext | None) -> Iterator[Issuer]:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        issuer = Issuer(f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}")
        server.RequestHandlerClass = _handler(issuer)
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            serving.join()


@pytest.fixture(autouse=True)
def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of this machine's environment is asked."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    yield from _serve(None)


Login = Callable[..., Credentials]


@pytest.fixture
def login(issuer: Issuer, tmp_path: Path) -> Login:
    """Makes the credentials of a user with an oidc auth-provider, as its kubeconfig has it."""

    def make(**config: str) -> Credentials:
        given = {"idp-issuer-url": issuer.url, "client-id": "cli"} | {
            key.replace("_", "-"): value for key, value in config.items()
        }
        kubeconfig = tmp_path / "config"
        user = {"auth-provider": {"name": "oidc", "config": given}}
        kubeconfig.write_text(yaml.safe_dump({"users": [{"name": "u", "user": user}], "current-context": "here"}))
        kubeconfig.chmod(0o640)
        auth = AuthOptions(auth_provider=AuthProvider("oidc", given, kubeconfig, "u"))
        return credentials(Access("here", "c", "u", "default", "https://h", TlsOptions(), None, auth))

    return make


async def test_a_token_that_is_good_is_sent_without_asking_anybody(issuer: Issuer, login: Login) -> None:
    token = id_token(3600)
    assert await login(id_token=token).headers() == {"Authorization": f"Bearer {token}"}
    assert issuer.forms == []


async def test_an_expired_token_is_renewed(issuer: Issuer, login: Login) -> None:
    new = id_token(3600, "new")
    issuer.answer = {"id_token": new}
    assert await login(id_token=id_token(5), refresh_token="r1").headers() == {"Authorization": f"Bearer {new}"}
    assert issuer.forms == [{"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "cli"}]


async def test_a_token_that_was_refused_is_renewed(
    issuer: Issuer, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubetui.client.renewal._SETTLED", 0.0)
    issuer.answer = {"id_token": id_token(3600, "new")}
    who = login(id_token=id_token(3600), refresh_token="r1")
    before = await who.headers()
    assert await who.refresh()
    assert await who.headers() != before


async def test_a_clients_secret_is_told_in_a_header(issuer: Issuer, login: Login) -> None:
    issuer.answer = {"id_token": id_token(3600)}
    await login(refresh_token="r1", client_secret="a b").headers()
    assert issuer.authorizations == ["Basic " + base64.b64encode(b"cli:a%20b").decode()]


async def test_a_clients_secret_is_told_in_the_form_where_no_header_is_taken(issuer: Issuer, login: Login) -> None:
    issuer.answer, issuer.secret_in_form = {"id_token": id_token(3600)}, True
    await login(refresh_token="r1", client_secret="s").headers()
    assert issuer.forms[1] == issuer.forms[0] | {"client_id": "cli", "client_secret": "s"}


async def test_a_new_refresh_token_is_kept_in_the_kubeconfig(issuer: Issuer, login: Login, tmp_path: Path) -> None:
    new = id_token(3600)
    issuer.answer = {"id_token": new, "refresh_token": "r2"}
    await login(refresh_token="r1").headers()
    kept = yaml.safe_load((tmp_path / "config").read_text())
    config = kept["users"][0]["user"]["auth-provider"]["config"]
    assert (config["refresh-token"], config["id-token"], config["client-id"]) == ("r2", new, "cli")
    assert kept["current-context"] == "here"
    assert (tmp_path / "config").stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["config"]


async def test_a_kubeconfig_that_kubectl_has_locked_is_left_alone(issuer: Issuer, login: Login, tmp_path: Path) -> None:
    issuer.answer = {"id_token": id_token(3600), "refresh_token": "r2"}
    who = login(refresh_token="r1")
    before = (tmp_path / "config").read_text()
    (tmp_path / "config.lock").touch()
    await who.headers()
    assert (tmp_path / "config").read_text() == before
    assert (tmp_path / "config.lock").exists()


@pytest.mark.parametrize("gone", ["", "users: []", "users: [{name: u, user: {token: a}}]", "[", "hello"])
async def test_a_kubeconfig_that_somebody_changed_meanwhile_is_left_alone(
    issuer: Issuer, login: Login, tmp_path: Path, gone: str
) -> None:
    issuer.answer = {"id_token": id_token(3600), "refresh_token": "r2"}
    who = login(refresh_token="r1")
    (tmp_path / "config").write_text(gone)
    await who.headers()
    assert (tmp_path / "config").read_text() == gone
    assert os.listdir(tmp_path) == ["config"]


async def test_without_a_refresh_token_one_is_told_to_log_in(login: Login) -> None:
    with pytest.raises(Unauthorized, match=r"identity token of the user 'u' has expired .* Log in"):
        await login(id_token=id_token(-1)).headers()


@pytest.mark.parametrize("token", ["", "hush", "a.hush.c", "a.aHVzaA.c", "a.bnVsbA.c"])
async def test_what_is_no_token_counts_as_expired(login: Login, token: str) -> None:
    with pytest.raises(Unauthorized) as error:
        await login(id_token=token).headers()
    assert "hush" not in str(error.value)


async def test_a_refusal_is_told_with_its_reason(issuer: Issuer, login: Login) -> None:
    issuer.status, issuer.answer = 400, {"error": "invalid_grant", "error_description": "x"}
    with pytest.raises(Unauthorized, match=r"127\.0\.0\.1 did not renew the token: HTTP 400, invalid_grant\. Log in"):
        await login(refresh_token="hush").headers()


async def test_an_issuer_that_is_ill_may_be_asked_again(issuer: Issuer, login: Login) -> None:
    issuer.status, issuer.answer = 503, b"<html>"
    with pytest.raises(Unavailable, match=r"can't renew the token now: HTTP 503\."):
        await login(refresh_token="hush").headers()


async def test_an_answer_without_an_identity_token_is_said_so(issuer: Issuer, login: Login) -> None:
    issuer.answer = {"access_token": "hush"}
    with pytest.raises(Unauthorized, match="answered without an id_token") as error:
        await login(refresh_token="r1").headers()
    assert "hush" not in str(error.value)


@pytest.mark.parametrize(
    ("discovery", "error"),
    [
        ({}, BadConfig),
        ({"token_endpoint": "file:///etc/passwd"}, BadConfig),
        ({"token_endpoint": 3}, BadConfig),
        ([], Unavailable),
        (b"<html>", Unavailable),
    ],
)
async def test_an_issuer_that_makes_no_sense_is_said_so(
    issuer: Issuer, login: Login, discovery: object, error: type[Exception]
) -> None:
    issuer.discovery = discovery
    with pytest.raises(error, match="identity provider"):
        await login(refresh_token="r1").headers()


async def test_an_issuer_that_is_not_there_is_said_so(login: Login) -> None:
    with pytest.raises(Unavailable, match=r"identity provider can't be asked: 127\.0\.0\.1 refused the connection"):
        await login(refresh_token="r1", idp_issuer_url="http://127.0.0.1:1").headers()


@pytest.fixture
def secure_issuer(tmp_path: Path) -> Iterator[Issuer]:
    pair = issued("127.0.0.1")
    (tmp_path / "server.pem").write_bytes(pair.cert + pair.key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "server.pem")
    yield from _serve(tls)


async def test_the_issuers_own_authority_is_trusted(secure_issuer: Issuer, login: Login) -> None:
    token = id_token(3600)
    secure_issuer.answer = {"id_token": token}
    data = base64.b64encode(authority()).decode()
    who = login(refresh_token="r1", idp_issuer_url=secure_issuer.url, idp_certificate_authority_data=data)
    assert await who.headers() == {"Authorization": f"Bearer {token}"}


async def test_an_issuer_that_nobody_vouches_for_is_not_asked(secure_issuer: Issuer, login: Login) -> None:
    with pytest.raises(Unavailable, match=r"certificate of 127\.0\.0\.1 is not signed by"):
        await login(refresh_token="r1", idp_issuer_url=secure_issuer.url).headers()
    assert secure_issuer.forms == []


async def test_no_secret_is_in_a_repr(issuer: Issuer, login: Login) -> None:
    issuer.answer = {"id_token": id_token(3600), "refresh_token": "hush2"}
    who = login(refresh_token="hush", client_secret="hush")
    token = (await who.headers())["Authorization"].split()[1]
    shown = f"{who!r} {vars(who)!r} {vars(who._source)!r}"
    assert "hush" not in shown
    assert token not in shown
