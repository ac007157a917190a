"""The rooms stay apart: what follows a cluster, tells its story and prints it runs without Textual."""

import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import kubetui

ROOT = Path(__file__).parent.parent

IMPORTED = """
import importlib, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
print(*sorted({"textual", "rich"} & sys.modules.keys()))
"""

RUN = """
import asyncio, sys
from kubetui.live.state import Phase
from kubetui.story.teller import Teller
from tests.fake.apiserver import FakeApiServer
from tests.live.engine import pod, reflecting

async def follow():
    server = FakeApiServer()
    server.holds(pod("web", uid="1"))
    async with reflecting(server) as (seen, _):
        await seen.until(Phase.LIVE, 10)
        server.adds(pod("api", uid="2"))
        await seen.holds({"web", "api"}, 10)

asyncio.run(follow())
print(*sorted({"textual", "rich"} & sys.modules.keys()))
"""


def loaded(script: str, *args: str) -> str:
    """What of Textual a Python that ran the script had loaded at its end."""
    command = [sys.executable, "-c", script, *args]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("room", ["client", "kinds", "live", "story", "actions", "settings", "plain"])
def test_a_room_below_the_screen_needs_no_textual(room: str) -> None:
    assert loaded(IMPORTED, f"kubetui.{room}") == ""


def test_the_engine_runs_without_textual() -> None:
    assert loaded(RUN) == ""


def test_the_command_line_loads_textual_only_for_the_explorer() -> None:
    assert (
        loaded("import sys, kubetui.cli\nprint(*sorted({'textual', 'rich', 'kubetui.tui'} & sys.modules.keys()))") == ""
    )


def test_every_room_has_its_place_in_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    lines = [line for contract in contracts for key in ("layers", "source_modules") for line in contract.get(key, ())]
    placed = {module.strip() for line in lines for module in line.split("|")}
    there = {f"kubetui.{module.name}" for module in pkgutil.iter_modules(kubetui.__path__)} - {
        "kubetui.__main__",
        "kubetui.demo",
    }
    assert there <= placed
