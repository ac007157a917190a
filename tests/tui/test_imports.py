"""What is loaded until the first row is on the screen: nothing heavy that it does not need."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake.front import kubeconfig, listening
from tests.tui.shop import shop

UNTIL_THE_PICTURE = """
import asyncio, pathlib, sys
import kubetui.cli
from kubetui.settings.options import Options
from kubetui.tui import start
from kubetui.tui.board.firstsight import seen_first
from kubetui.tui.first import painter
from kubetui.tui.first.brush import brush_for

async def until_the_picture(kind, kubeconfig):
    session = start.Session(Options(kind=kind, kubeconfig=kubeconfig))
    await session.switch()
    session.warm(seen_first(kind))
    brush = brush_for("harbour", {"TERM": "xterm-256color"})
    picture = painter.FirstPicture(session, painter.scene_of(session), brush, (160, 48))
    start.make_decoders(seen_first(kind))
    await asyncio.to_thread(picture.done.wait, 30)
    assert picture.is_painted
    print("", *sys.modules, sep="\\n", file=sys.stderr)
    await session.close()

asyncio.run(until_the_picture(sys.argv[1] or None, pathlib.Path(sys.argv[2])))
"""
"""What `kubetui [KIND]` does until then."""
HEAVY = {
    "email", "http", "html", "json.tool", "kubernetes", "kubernetes_asyncio", "markdown_it", "multiprocessing",
    "pygments", "rich.console", "rich.text", "textual", "unittest", "urllib.request", "urllib3", "xml", "zipfile",
}  # fmt: skip
OTHERS = {"google", "httptools", "msgspec", "platformdirs", "rich", "typing_extensions", "yaml"}
"""What is not of the standard library."""
NEUTRAL = {"_distutils_hack", "_virtualenv", "cython_runtime", "sitecustomize"}
"""What an installation of Python loads by itself."""
OURS = Path(__file__).with_name("loaded_first.txt")
"""The modules of kubetui: those for a list, and behind a `+` those that the board needs besides."""


async def until_the_picture(kind: str, folder: Path) -> set[str]:
    """The names of all modules that are loaded when it is painted."""
    async with listening(shop()) as url:
        config = folder / "config"
        config.write_text(kubeconfig(url))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", UNTIL_THE_PICTURE, kind, str(config),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, told = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, told.decode()
    return set(told.decode().split())


@pytest.mark.parametrize("kind", ["pods", ""])
async def test_the_first_row_needs_these_modules_and_no_others(kind: str, tmp_path: Path) -> None:
    modules = await until_the_picture(kind, tmp_path)
    listed = OURS.read_text().split("\n")
    needed = {name.removeprefix("+ ") for name in listed if name and (not kind or not name.startswith("+"))}
    ours = {name for name in modules if name.partition(".")[0] == "kubetui"}
    assert sorted(ours) == sorted(needed), f"if the first row needs them, {OURS.name} is the place to say so"
    others = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - NEUTRAL
    assert {name for name in others if not name.startswith("_")} - {"kubetui"} <= OTHERS
    assert modules & HEAVY == set()


def test_an_app_that_shows_a_list_has_loaded_no_other_view() -> None:
    script = "import sys, kubetui.tui.app\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.split())
    views = ("kubetui.tui.object.screen", "kubetui.tui.logs.view", "kubetui.tui.ways.help", "kubetui.tui.object.drawer")
    assert modules.isdisjoint(views)
    assert modules.isdisjoint(
        {"textual.widgets._data_table", "textual.widgets._markdown", "textual.widgets._text_area"}
    )
    assert not {name for name in modules if name.startswith(("tree_sitter", "kubernetes", "kubetui.demo"))}
