"""What changes meanwhile on a real control plane: its data, its certificate, one's token, a kind, what is large."""

import asyncio
import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kubetui.live import reflector
from tests.controlplane.plane import ControlPlane, until
from tests.real.explorer import command, counting, kubectl, lists_what_kubectl_does
from tests.real.scene import SHOP, a_small_shop, scene
from tests.real.shapes import WIDGETS, a_pod, a_widget, make, widgets

pytestmark = pytest.mark.real


@pytest.fixture(name="plane")
def fixture_plane(shop_plane: ControlPlane) -> ControlPlane:
    return shop_plane


MEGABYTE = 1_000_000


async def test_a_cluster_restored_from_older_data_and_then_from_none_is_read_anew(
    own_control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = own_control_plane
    a_small_shop(plane)
    older = plane.save()
    make(plane, *(a_pod(f"lost-{at}", SHOP) for at in range(3)))
    with counting(monkeypatch) as asked:
        async with scene(plane, asked) as it:
            await it.open_everything("web", "GET /price")
            await it.stirs()
            await it.live_again(30)
            for data in (older, None):
                before = it.cost
                await asyncio.to_thread(plane.restore, data)
                await it.live_again(60)
                await it.told("● live", within=10)
                assert it.cost - before <= 140
            await it.person.press("escape", "escape", "escape")
            await it.person.sees_no("lost-", "web-")


@contextmanager
def another_certificate(plane: ControlPlane, folder: Path) -> Iterator[None]:
    """Meanwhile the API server shows a certificate that nobody the explorer trusts has signed."""
    certs = plane.folder / "certs"
    names = ("apiserver.crt", "apiserver.key")
    right = [(certs / name).read_bytes() for name in names]
    crt, key = (folder / name for name in names)
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1")
    given = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(crt))
    subprocess.run([*made, *given], check=True, capture_output=True, timeout=60)
    _show(plane, crt.read_bytes(), key.read_bytes())
    try:
        yield
    finally:
        _show(plane, *right)


def _show(plane: ControlPlane, crt: bytes, key: bytes) -> None:
    """Exchange the files, which the API server reads anew when they change; the key first, so that no pair is wrong."""
    for name, content in (("apiserver.key", key), ("apiserver.crt", crt)):
        path = plane.folder / "certs" / name
        path.with_suffix(".new").write_bytes(content)
        os.replace(path.with_suffix(".new"), path)


def _shows(plane: ControlPlane) -> bool:
    """Whether the API server shows the certificate that is in its file."""
    leaf = ssl.PEM_cert_to_DER_cert((plane.folder / "certs" / "apiserver.crt").read_text().partition("\n\n")[0])
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", plane.port))) == leaf


async def test_a_certificate_nobody_trusts_is_refused_and_told_until_the_right_one_is_back(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with counting(monkeypatch) as asked:
        async with scene(plane, asked) as it:
            await it.open_everything("web", "GET /price")
            rows, before = len(it.table.rows), it.cost
            with another_certificate(plane, tmp_path):
                await asyncio.to_thread(until, lambda: _shows(plane), "another certificate")
                await it.stirs()
                it.line.reset()
                await it.told("stale", within=12)
                await it.told("certificate", within=12)
                await asyncio.sleep(3)
                assert "● live" not in it.head and len(it.table.rows) == rows
            await it.live_again(60)
            await it.has_every_line_once()
            assert it.cost - before <= 140


async def a_token(plane: ControlPlane, secret: str) -> str:
    """One that ends with that secret."""
    await kubectl(plane, "create", "secret", "generic", secret, "-n", SHOP)
    bound = ("--bound-object-kind=Secret", f"--bound-object-name={secret}")
    return (await kubectl(plane, "create", "token", "looker", "-n", SHOP, *bound)).strip()


def _is_refused(plane: ControlPlane, token: str) -> bool:
    try:
        plane.kubectl("get", "--raw=/api", "--token", token, context="nobody")
    except RuntimeError as why:
        return "Unauthorized" in str(why) or "logged in" in str(why)
    return False


async def test_a_token_that_was_revoked_is_told_and_once_it_is_renewed_in_its_file_all_is_live(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    await kubectl(plane, "create", "serviceaccount", "looker", "-n", SHOP)
    role = ("--clusterrole=cluster-admin", f"--serviceaccount={SHOP}:looker")
    await kubectl(plane, "create", "clusterrolebinding", "looker", *role)
    file.write_text(token := await a_token(plane, "first"))
    with counting(monkeypatch) as asked:
        async with scene(plane, asked, user={"tokenFile": str(file)}) as it:
            await it.open_everything("web", "GET /price")
            rows = len(it.table.rows)
            await kubectl(plane, "delete", "secret", "first", "-n", SHOP)
            await asyncio.to_thread(until, lambda: _is_refused(plane, token), "a token that is refused")
            before = it.cost
            await it.stirs()
            it.line.reset()
            await it.told("Unauthorized", "401", within=20)
            await asyncio.sleep(3)
            assert "● live" not in it.head and len(it.table.rows) == rows
            file.write_text(await a_token(plane, "second"))
            await it.live_again(60)
            await it.has_every_line_once()
            assert it.cost - before <= 140


async def test_a_kind_that_is_removed_while_its_list_is_open_is_found_again_when_it_is_back(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflector, "RETRY_FORBIDDEN", 3.0)
    make(plane, widgets())
    await kubectl(plane, "wait", "--for=condition=Established", f"crd/{WIDGETS}", "--timeout=30s")
    make(plane, a_widget("first", SHOP, "red"))
    with counting(monkeypatch) as asked:
        async with scene(plane, asked) as it:
            await it.person.live()
            await command(it.person, "widgets")
            await it.person.sees("first", "red")
            before = it.cost
            await kubectl(plane, "delete", "crd", WIDGETS)
            await it.person.sees("gone: this cluster does not serve", seconds=30)
            make(plane, widgets())
            await kubectl(plane, "wait", "--for=condition=Established", f"crd/{WIDGETS}", "--timeout=30s")
            make(plane, a_widget("second", SHOP, "blue"))
            await it.person.sees("second", "blue", seconds=30)
            await it.person.sees_no("gone:", "red")
            assert await lists_what_kubectl_does(it.person, plane, "widgets", "-n", SHOP) == 1
            assert it.cost - before <= 60
    await kubectl(plane, "delete", "crd", WIDGETS)


async def test_twenty_megabytes_of_objects_are_a_list_like_any_other(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    def large(number: int) -> dict[str, object]:
        pod = a_pod(f"large-{number:02}", SHOP, grace=0)
        pod["spec"]["nodeSelector"] = {"kubernetes.io/hostname": "nowhere"}
        pod["spec"]["containers"][0]["env"] = [{"name": "LARGE", "value": "x" * MEGABYTE}]
        return pod

    for start in (0, 10):
        await asyncio.to_thread(make, plane, *(large(start + number) for number in range(10)))
    with counting(monkeypatch) as asked:
        async with scene(plane, asked) as it:
            await it.person.live()
            await command(it.person, "pods")
            await it.person.sees("large-00")
            assert await lists_what_kubectl_does(it.person, plane, "pods", "-A") >= 20
            before = it.cost
            await kubectl(plane, "label", "pod", "large-01", "-n", SHOP, "seen=yes")
            it.line.reset()
            await kubectl(plane, "delete", "pod", "large-00", "-n", SHOP)
            assert await lists_what_kubectl_does(it.person, plane, "pods", "-A") >= 19
            assert it.cost - before <= 60
    await kubectl(plane, "delete", "pod", "-n", SHOP, *(f"large-{number:02}" for number in range(1, 20)))
