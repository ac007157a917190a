"""Who requests come from: tokens, files of tokens, passwords, and whom one acts as."""

import base64
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kubetui.client.access import Access, AuthOptions, AuthProvider, ExecOptions, Impersonation
from kubetui.client.credentials import credentials
from kubetui.client.errors import BadConfig
from kubetui.client.tls import TlsOptions

PLUGIN = ExecOptions("no-such-plugin", "client.authentication.k8s.io/v1")
ANYBODY = Access("here", "c", "u", "default", "https://h:6443", TlsOptions(), None, AuthOptions())


def as_user(auth: AuthOptions, tls: TlsOptions | None = None) -> Access:
    return replace(ANYBODY, auth=auth, tls=tls or TlsOptions())


async def headers(auth: AuthOptions, tls: TlsOptions | None = None) -> dict[str, str]:
    return await credentials(as_user(auth, tls)).headers()


async def test_a_user_without_credentials_sends_none() -> None:
    who = credentials(ANYBODY)
    assert (await who.headers(), await who.client_cert(), await who.refresh()) == ({}, None, False)


async def test_a_token_of_the_kubeconfig_is_sent_and_can_not_be_renewed() -> None:
    who = credentials(as_user(AuthOptions(token="abc\n")))
    assert await who.headers() == {"Authorization": "Bearer abc"}
    assert not await who.refresh()


async def test_a_username_and_password_are_sent_as_basic_auth() -> None:
    pair = base64.b64encode("jürgen:a:b".encode()).decode()
    assert await headers(AuthOptions(username="jürgen", password="a:b")) == {"Authorization": f"Basic {pair}"}


async def test_a_token_goes_before_a_plugin() -> None:
    assert await headers(AuthOptions(token="abc", exec=PLUGIN)) == {"Authorization": "Bearer abc"}


async def test_a_client_certificate_goes_before_a_plugin() -> None:
    assert await headers(AuthOptions(exec=PLUGIN), TlsOptions(cert_data=b"cert", key_data=b"key")) == {}


async def test_no_credential_is_told_over_an_open_line() -> None:
    auth = AuthOptions(token="abc", username="me", password="abc", exec=PLUGIN)
    open_line = replace(as_user(auth, TlsOptions(plain=True)), server="http://h:8080")
    assert await credentials(open_line).headers() == {}


async def test_this_machine_may_be_told_a_credential_without_tls() -> None:
    proxy = replace(as_user(AuthOptions(token="abc"), TlsOptions(plain=True)), server="http://127.0.0.1:8001")
    assert await credentials(proxy).headers() == {"Authorization": "Bearer abc"}


@pytest.mark.parametrize(
    ("auth", "tls", "said"),
    [
        (AuthOptions(), TlsOptions(), "requests without credentials, and the user 'u' has none"),
        (AuthOptions(token="hush"), TlsOptions(), "the token of the user 'u'"),
        (AuthOptions(token_file=Path("/t")), TlsOptions(), "the token in /t"),
        (AuthOptions(password="hush"), TlsOptions(), "the username and password of the user 'u'"),
        (AuthOptions(exec=PLUGIN), TlsOptions(), "what the credential plugin no-such-plugin handed out"),
        (AuthOptions(exec=PLUGIN), TlsOptions(cert_data=b"c", key_data=b"k"), "the client certificate of the user 'u'"),
        (AuthOptions(token="hush"), TlsOptions(plain=True), "requests without credentials, and none are sent to an"),
    ],
)
def test_a_refusal_is_explained_by_what_was_told(auth: AuthOptions, tls: TlsOptions, said: str) -> None:
    advice = credentials(as_user(auth, tls)).advice
    assert advice.startswith(f"The server does not accept {said}")
    assert advice.endswith("Log in to the cluster again, or choose another context.")
    assert "hush" not in advice


# -- a token in a file


async def test_a_token_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc\n")
    who = credentials(as_user(AuthOptions(token_file=file)))
    assert await who.headers() == {"Authorization": "Bearer abc"}
    file.write_text("defghi\n")
    assert await who.headers() == {"Authorization": "Bearer defghi"}


async def test_a_token_that_a_kubelet_swaps_behind_a_link_is_read_again(tmp_path: Path) -> None:
    for name in ("abc", "def"):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "token").symlink_to("abc")
    who = credentials(as_user(AuthOptions(token_file=tmp_path / "token")))
    assert await who.headers() == {"Authorization": "Bearer abc"}
    (tmp_path / "new").symlink_to("def")
    (tmp_path / "new").replace(tmp_path / "token")
    assert await who.headers() == {"Authorization": "Bearer def"}


async def test_a_token_file_that_did_not_change_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("abc")
    who = credentials(as_user(AuthOptions(token_file=tmp_path / "token")))
    await who.headers()
    monkeypatch.setattr(Path, "read_bytes", None)
    assert await who.headers() == {"Authorization": "Bearer abc"}


async def test_after_a_401_a_token_file_is_read_again_whatever_its_time_says(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc")
    os.utime(file, (1, 1))
    who = credentials(as_user(AuthOptions(token_file=file)))
    await who.headers()
    assert not await who.refresh()
    file.write_text("def")
    os.utime(file, (1, 1))
    assert await who.refresh()
    assert await who.headers() == {"Authorization": "Bearer def"}


async def test_while_a_token_file_is_gone_the_last_token_stands(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc")
    who = credentials(as_user(AuthOptions(token_file=file)))
    await who.headers()
    file.unlink()
    assert await who.headers() == {"Authorization": "Bearer abc"}
    assert not await who.refresh()


async def test_a_token_file_goes_before_a_token_while_it_can_be_read(tmp_path: Path) -> None:
    who = credentials(as_user(AuthOptions(token="abc", token_file=tmp_path / "token")))
    assert await who.headers() == {"Authorization": "Bearer abc"}
    (tmp_path / "token").write_text("def")
    assert await who.headers() == {"Authorization": "Bearer def"}


async def test_a_missing_token_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"The tokenFile .*/gone of the kubeconfig can't be read: No such file"):
        await headers(AuthOptions(token_file=tmp_path / "gone"))


@pytest.mark.parametrize(("content", "said"), [(" \n", "is empty"), ("hush\x1b\n", "characters that no token has")])
async def test_a_token_file_without_a_token_is_said_so(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "token").write_text(content)
    with pytest.raises(BadConfig, match=said) as error:
        await headers(AuthOptions(token_file=tmp_path / "token"))
    assert "hush" not in str(error.value)


# -- acting as somebody else


async def test_whom_one_acts_as_is_said_beside_the_credential() -> None:
    auth = AuthOptions(token="abc", impersonation=Impersonation("jürgen", "7"))
    assert await headers(auth) == {
        "Authorization": "Bearer abc",
        "Impersonate-User": "jürgen",
        "Impersonate-Uid": "7",
    }


async def test_each_of_several_groups_has_a_header_of_its_own() -> None:
    groups = tuple(f"group-{i}" for i in range(40))
    sent = await headers(AuthOptions(impersonation=Impersonation("other", groups=groups)))
    assert [value for name, value in sent.items() if name.lower() == "impersonate-group"] == list(groups)


async def test_what_no_header_may_be_called_is_escaped() -> None:
    extra = (("example.com/some%scope", ("a", "b")),)
    sent = await headers(AuthOptions(impersonation=Impersonation("other", extra=extra)))
    escaped = "impersonate-extra-example.com%2fsome%25scope"
    assert [value for name, value in sent.items() if name.lower() == escaped] == ["a", "b"]


# -- what no request can carry


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        (AuthOptions(token="hush\r\nX: y"), "token holds characters that no token has"),
        (AuthOptions(token="hüsh"), "token holds characters that no token has"),
        (AuthOptions(impersonation=Impersonation("hush\nX: y")), "user to act as holds a line break"),
        (AuthOptions(impersonation=Impersonation("a", groups=("hush\x00",))), "user to act as holds a line break"),
        (AuthOptions(auth_provider=AuthProvider("gcp", {"access-token": "hush"}, Path("f"), "u")), "gke-gcloud-auth"),
        (AuthOptions(auth_provider=AuthProvider("own", {"access-token": "hush"}, Path("f"), "u")), "exec plugin"),
        (AuthOptions(auth_provider=AuthProvider("oidc", {"id-token": "hush"}, Path("f"), "u")), "idp-issuer-url"),
    ],
)
def test_what_can_not_be_sent_is_said_so_and_not_repeated(auth: AuthOptions, said: str) -> None:
    with pytest.raises(BadConfig, match=said) as error:
        credentials(as_user(auth))
    assert "hush" not in f"{error.value} {error.value!r}"


async def test_no_secret_is_in_a_repr() -> None:
    for auth in (AuthOptions(token="hush"), AuthOptions(username="me", password="hush")):
        who = credentials(as_user(auth))
        sent = (await who.headers())["Authorization"].split()[1]
        shown = f"{who!r} {vars(who)!r} {vars(who._source)!r} {auth!r}"
        assert "hush" not in shown
        assert sent not in shown
