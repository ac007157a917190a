"""Credential plugins: real programs, run once, without a terminal or a shell, and never trusted to end."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kubetui.client import execplugin
from kubetui.client.access import Access, AuthOptions, ExecOptions
from kubetui.client.credentials import Credentials, credentials
from kubetui.client.errors import ApiError, BadConfig, Unauthorized
from kubetui.client.tls import ClientCert, TlsOptions

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"

Plugin = Callable[..., Credentials]


def answer(version: str = V1, kind: str = "ExecCredential", **status: str) -> str:
    """A line of Python that prints an ExecCredential."""
    return f"print({json.dumps({'kind': kind, 'apiVersion': version, 'status': status})!r})"


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    """Makes the credentials of an access whose plugin is a little program."""

    def make(
        program: str, *args: str, tls: TlsOptions | None = None, proxy_url: str | None = None, **options: object
    ) -> Credentials:
        script = tmp_path / "plugin.py"
        script.write_text(f"import os, subprocess, sys\n{program}\n")
        described = ExecOptions(sys.executable, V1, ("-S", str(script), *args))
        access = Access(
            context="here",
            cluster="c",
            user="u",
            namespace="default",
            server="https://h:6443",
            tls=tls or TlsOptions(),
            proxy_url=proxy_url,
            auth=AuthOptions(exec=replace(described, **options)),  # type: ignore[arg-type]
        )
        return credentials(access)

    return make


async def failure(who: Credentials) -> ApiError:
    with pytest.raises(ApiError) as error:
        await who.headers()
    return error.value


async def test_a_token_goes_into_the_header(plugin: Plugin) -> None:
    assert await plugin(answer(token="abc")).headers() == {"Authorization": "Bearer abc"}


async def test_version_v1beta1_is_spoken_too(plugin: Plugin) -> None:
    who = plugin(answer(V1BETA1, token="abc"), api_version=V1BETA1)
    assert await who.headers() == {"Authorization": "Bearer abc"}


async def test_a_certificate_is_for_the_connection(plugin: Plugin) -> None:
    who = plugin(answer(clientCertificateData="CERT", clientKeyData="KEY"))
    assert await who.client_cert() == ClientCert(b"CERT", b"KEY")
    assert await who.headers() == {}


async def test_it_is_run_once_however_many_ask_and_again_when_it_has_expired(plugin: Plugin, tmp_path: Path) -> None:
    counting = f"open({str(tmp_path / 'runs')!r}, 'a').write('x')\n"
    who = plugin(counting + answer(token="abc", expirationTimestamp="2999-01-01T00:00:00Z"))
    await asyncio.gather(*(who.headers() for _ in range(9)), *(who.client_cert() for _ in range(9)))
    assert (tmp_path / "runs").read_text() == "x"


async def test_an_expiry_is_read(plugin: Plugin) -> None:
    access = Access("", "", "", "", "https://h", TlsOptions(), None, AuthOptions())
    said = answer(token="abc", expirationTimestamp="1970-01-01T01:00:00+00:30")
    run = execplugin.plugin(access, ExecOptions(sys.executable, V1, ("-S", "-c", said)))
    assert (await run()).expires == 1800.0


async def test_it_is_told_of_the_cluster_where_it_asks(plugin: Plugin) -> None:
    tls = TlsOptions(ca_data=b"PEM", server_name="kubernetes")
    telling = "info = os.environ['KUBERNETES_EXEC_INFO']\nprint(info, file=sys.stderr)\nsys.exit(1)"
    who = plugin(telling, tls=tls, proxy_url="http://p", provide_cluster_info=True, cluster_config={"audience": "x"})
    told = str(await failure(who))
    info = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert info == {
        "kind": "ExecCredential",
        "apiVersion": V1,
        "spec": {
            "interactive": False,
            "cluster": {
                "server": "https://h:6443",
                "tls-server-name": "kubernetes",
                "certificate-authority-data": "UEVN",
                "proxy-url": "http://p",
                "config": {"audience": "x"},
            },
        },
    }


async def test_it_is_told_nothing_of_the_cluster_otherwise(plugin: Plugin) -> None:
    told = str(await failure(plugin("print(os.environ['KUBERNETES_EXEC_INFO'], file=sys.stderr)\nsys.exit(1)")))
    assert '"spec":{"interactive":false}}' in told


async def test_its_environment_is_ours_and_the_kubeconfigs(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "a")
    monkeypatch.setenv("BOTH", "b")
    telling = "print(*(os.environ[name] for name in ('OURS', 'BOTH', 'THEIRS')), file=sys.stderr)\nsys.exit(1)"
    assert ": a c d." in str(await failure(plugin(telling, env=(("BOTH", "c"), ("THEIRS", "d")))))


async def test_no_shell_reads_its_arguments(plugin: Plugin) -> None:
    told = str(await failure(plugin("print(sys.argv[1], file=sys.stderr)\nsys.exit(1)", "$(echo x); `echo y`")))
    assert "$(echo x); `echo y`" in told


async def test_it_has_no_terminal_and_an_empty_stdin(plugin: Plugin) -> None:
    telling = (
        "try:\n    open('/dev/tty')\nexcept OSError:\n    print('no tty', repr(sys.stdin.read()), file=sys.stderr)\n"
        "sys.exit(1)"
    )
    assert "no tty ''" in str(await failure(plugin(telling)))


async def test_what_it_says_when_it_fails_is_in_the_error_and_harmless(plugin: Plugin) -> None:
    error = await failure(plugin("print('\\x1b[31mtoken expired,\\nrun sso login', file=sys.stderr)\nsys.exit(3)"))
    assert isinstance(error, Unauthorized)
    assert "failed with exit code 3: [31mtoken expired, run sso login. Log in again" in str(error)


async def test_a_plugin_ended_by_a_signal_is_said_so(plugin: Plugin) -> None:
    assert "was ended by signal 9" in str(await failure(plugin("os.kill(os.getpid(), 9)")))


async def test_a_flood_on_stderr_does_not_hold_it_up(plugin: Plugin) -> None:
    flood = "for _ in range(64):\n    sys.stderr.write('x' * 65536)\n"
    assert await plugin(flood + answer(token="abc")).headers() == {"Authorization": "Bearer abc"}


async def test_of_a_flood_on_stderr_the_last_words_are_told(plugin: Plugin) -> None:
    told = str(await failure(plugin("sys.stderr.write('x' * 4_000_000 + ' the end')\nsys.exit(1)")))
    assert "the end" in told
    assert len(told) < 4000


async def test_a_flood_on_stdout_ends_it(plugin: Plugin) -> None:
    error = await failure(plugin("while True:\n    sys.stdout.write('x' * 65536)"))
    assert isinstance(error, BadConfig)
    assert "printed more than 1 MiB" in str(error)


async def test_a_plugin_that_takes_too_long_is_ended_with_its_children(
    plugin: Plugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execplugin, "TIMEOUT", 0.5)
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    hanging = f"f = open({str(fifo)!r}, 'w')\n"
    hanging += "child = subprocess.Popen(['sleep', '600'], stdout=1, pass_fds=[f.fileno()])\nchild.wait()"
    error = await failure(plugin(hanging))
    assert isinstance(error, Unauthorized)
    assert "did not end within 0.5 s" in str(error)
    # The pipe has no writer left: all who held it have ended.
    os.set_blocking(reading, True)
    assert os.read(reading, 1) == b""
    os.close(reading)


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[Path]:
    """Where a test leaves the process id of a child that outlives its plugin."""
    yield (path := tmp_path / "pid")
    os.kill(int(path.read_text()), signal.SIGKILL)


async def test_a_child_that_outlives_the_plugin_with_its_pipes_holds_nobody_up(
    plugin: Plugin, orphan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execplugin, "_LAST_WORDS", 0.05)
    leaving = "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
    leaving += f"open({str(orphan)!r}, 'w').write(str(child.pid))\nsys.stdout.reconfigure(line_buffering=True)\n"
    leaving += answer(token="abc") + "\nos._exit(0)"
    assert await plugin(leaving).headers() == {"Authorization": "Bearer abc"}


async def test_a_plugin_that_is_not_there_is_said_so_with_its_hint(plugin: Plugin) -> None:
    error = await failure(plugin("", command="no-such-plugin", install_hint="Get it\nfrom\x1b[0m example.com."))
    assert isinstance(error, BadConfig)
    assert str(error) == (
        "The credential plugin no-such-plugin can't be run: it was not found. Get it from[0m example.com."
    )


async def test_a_plugin_that_may_not_be_run_is_said_so(plugin: Plugin, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "can't be run: Permission denied. Install it" in str(await failure(plugin("", command=f"{tmp_path}/data")))


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("print('hush')", "printed something that is no ExecCredential"),
        ("print('[]')", "printed something that is no ExecCredential"),
        ("sys.stdout.buffer.write(b'\\xff\\x00')", "printed something that is no ExecCredential"),
        (answer(V1BETA1, token="hush"), f"another kind or apiVersion than {V1}"),
        (answer(kind="Pod", token="hush"), f"another kind or apiVersion than {V1}"),
        (answer(), "neither a token nor a certificate"),
        (answer(clientKeyData="hush"), "a certificate or a key, but not both"),
        (answer(token="hush\r\nX-Evil: 1"), "a token that no header can carry"),
        (answer(token="hush", expirationTimestamp="hush"), "printed something that is no ExecCredential"),
        (answer(token="hush") + "\nsys.exit(1)", "failed with exit code 1"),
    ],
)
async def test_an_answer_that_is_no_credential_is_said_so_and_not_repeated(
    plugin: Plugin, program: str, said: str
) -> None:
    error = await failure(plugin(program))
    assert said in str(error)
    assert "hush" not in f"{error} {error!r}"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"api_version": "client.authentication.k8s.io/v1alpha1"}, "v1alpha1', which is not supported"),
        ({"interactive": "Always"}, "wants to ask questions on a terminal"),
    ],
)
def test_what_can_not_be_run_here_is_said_before_it_is_run(plugin: Plugin, options: dict[str, str], said: str) -> None:
    with pytest.raises(BadConfig, match=said):
        plugin(answer(token="abc"), **options)


async def test_no_secret_is_in_a_repr(plugin: Plugin) -> None:
    who = plugin(answer(token="hush"), "--password=hush", env=(("P", "hush"),))
    await who.headers()
    assert "hush" not in f"{who!r} {vars(who)!r} {vars(who._source)!r}"
