"""`kubetui demo serve`, as a person starts and ends it."""

import asyncio
import signal
import ssl
import stat
import sys
from base64 import b64decode
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from kubetui.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the clusters of a test have their files."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


async def test_it_serves_what_its_kubeconfig_says_until_it_is_told_to_end(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "kubeconfig"
    words = ["-m", "kubetui", "demo", "serve", "--nodes", "2", "--write-kubeconfig", str(path)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(60):
            assert process.stdout is not None
            assert (await process.stdout.readline()).decode() == f"export KUBECONFIG={path}\n"
            assert await _status(_owned_text(path), "/api/v1/nodes") == 200
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
            assert not path.exists()
            assert not list((home / "kubetui" / "demo").iterdir())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_started_with_nohup_it_outlives_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    process = await asyncio.create_subprocess_exec(
        "nohup", sys.executable, "-m", "kubetui", "demo", "serve", "--nodes", "1", "--write-kubeconfig", str(path),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            assert process.stdout is not None
            await process.stdout.readline()
            process.send_signal(signal.SIGHUP)
            assert await _status(path.read_text(), "/api/v1/nodes") == 200
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _owned_text(path: Path) -> str:
    """What a file says that its owner alone can read."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text()


async def _status(kubeconfig: str, target: str) -> int:
    """The status with which the cluster of a kubeconfig answers its first user."""
    config = yaml.safe_load(kubeconfig)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=b64decode(cluster["certificate-authority-data"]).decode())
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(cluster["server"]).port, ssl=context)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user['token']}\r\n\r\n".encode())
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])


def test_numbers_that_make_no_cluster_are_a_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as over:
        main(["demo", "serve", "--pods", "-3"])
    assert over.value.code == 2
    assert "above zero" in capsys.readouterr().err


def test_a_persons_own_kubeconfig_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config"
    path.write_text("clusters: [{name: production}]\n")
    assert main(["demo", "serve", "--write-kubeconfig", str(path)]) == 1
    assert "would be overwritten" in capsys.readouterr().err
    assert path.read_text() == "clusters: [{name: production}]\n"
