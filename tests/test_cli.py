"""The command line: what is understood, what each command is given, and how it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kubetui import __version__, cli
from kubetui.plain.request import Request
from kubetui.settings.options import Options


def started(*words: str, **how: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "kubetui", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What `get` was asked for, instead of doing it."""
    seen: list[Request] = []

    async def run(request: Request, out: object) -> int:
        seen.append(request)
        return 0

    monkeypatch.setattr("kubetui.plain.get.run", run)
    return seen


def test_get_takes_flags_before_between_and_after_its_words(requests: list[Request]) -> None:
    assert cli.main(["get", "-n", "a,b", "pods", "-o", "wide", "one", "-w", "two", "-l", "x=y", "--context", "c"]) == 0
    assert requests == [
        Request("pods", ("one", "two"), ("a", "b"), watch=True, output="wide", selector="x=y", context="c")
    ]


def test_get_takes_kind_and_name_in_one_word(requests: list[Request]) -> None:
    cli.main(["get", "pod/web", "-A", "--kubeconfig", "file"])
    assert requests == [Request("pod", ("web",), all_namespaces=True, kubeconfig=Path("file"))]


@pytest.mark.parametrize(
    "words",
    [
        ["get"],
        ["get", "pods", "-o", "xml"],
        ["get", "pods", "--frob"],
        ["get", "pods,svc"],
        ["--frob"],
        ["check", "extra"],
    ],
)
def test_wrong_usage_ends_with_2_and_says_where_help_is(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert "--help' for usage." in said.err


def test_the_explorer_gets_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Options] = []

    def start(options: Options) -> int:
        seen.append(options)
        return 0

    monkeypatch.setattr("kubetui.tui.start.start", start)
    assert cli.main([]) == 0
    assert cli.main(["pods", "-n", "a", "--context", "c", "--kubeconfig", "f", "--readonly", "--theme", "t"]) == 0
    assert cli.main(["deploy", "-A"]) == 0
    assert seen == [
        Options(),
        Options("pods", "a", context="c", kubeconfig=Path("f"), readonly=True, theme="t"),
        Options("deploy", all_namespaces=True),
    ]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"kubetui {__version__}\n"


def loaded(module: str, among: set[str]) -> str:
    """Which of these packages are there once that module has been imported, by a Python of its own."""
    script = f"import sys, {module}; print(sorted({among!r} & {{name.split('.')[0] for name in sys.modules}}))"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30).stdout.strip()


def test_the_command_line_loads_neither_front_end() -> None:
    assert loaded("kubetui.cli", {"textual", "msgspec", "asyncio", "ssl", "yaml"}) == "[]"


@pytest.mark.parametrize("command", ["get", "check"])
def test_plain_commands_load_no_textual(command: str) -> None:
    assert loaded(f"kubetui.plain.{command}", {"textual", "rich", "kubernetes_asyncio"}) == "[]"


def test_a_failure_ends_with_1_and_a_sentence_without_traceback(tmp_path: Path) -> None:
    process = started("get", "pods", "--kubeconfig", str(tmp_path / "absent"))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, b"")
    assert err.startswith(b"error: The kubeconfig ")
    assert err.count(b"\n") == 1


PRINTS = """
import sys
from kubetui import cli
from kubetui.plain.output import StandardOutput
def _get(words):
    out = StandardOutput()
    {body}
    return 0
cli._get = _get
sys.exit(cli.main(["get", "pods"]))
"""


def ends(body: str, **how: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", PRINTS.format(body=body)], stderr=subprocess.PIPE, **how)


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = ends("out.write('x' * 100_000)", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (141, b"")


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        process = ends("out.write('x')", stdout=full)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, b"error: the output can't be written: No space left on device\n")


def test_an_interruption_ends_with_130_and_without_traceback() -> None:
    # Whoever runs the tests in the background may have it ignored, which children inherit.
    heeds = "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = ends(f"{heeds}; out.write('ready'); time.sleep(30)", stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.read(5) == b"ready"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, b"")


def test_text_is_utf_8_whatever_the_locale() -> None:
    process = ends(
        r"out.write('\u65e5\u672c')", stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    out, _ = process.communicate(timeout=30)
    assert out.decode() == "日本"
