"""One who may watch and not list has a board like anybody, and keeps it through what happens to the line."""

import asyncio
from pathlib import Path

import pytest

from kubetui.demo.bootstrap import binding
from kubetui.demo.resources import CLUSTERROLEBINDINGS, CLUSTERROLES
from kubetui.live.contact import RETRY_FORBIDDEN
from tests.faults.scene import Scene, scene

pytestmark = pytest.mark.looptime(noop_cycles=4)

NOBODY = "token-3"
"""The token of one who has no rights yet."""


def may_watch(it: Scene) -> None:
    """Nobody may watch everything from now on."""
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["watch"]}]
    it.registry.create(CLUSTERROLES, {"metadata": {"name": "looker"}, "rules": rules})
    it.registry.create(CLUSTERROLEBINDINGS, binding("looker", "looker", "User", "nobody"))


def lists(it: Scene) -> int:
    return sum(request.path == "/api/v1/pods" and "watch" not in request.query for request in it.gate.asked)


async def test_a_right_to_watch_alone_is_found_and_makes_a_board_that_survives_and_lists_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tmp_path / "token"
    token.write_text(NOBODY)
    async with scene(tmp_path, monkeypatch, user=f"tokenFile: {token}") as it:
        await it.person.sees("⊘ forbidden: list pods")
        may_watch(it)
        await asyncio.sleep(RETRY_FORBIDDEN)
        await it.live_again(within=5)
        await it.person.sees("storefront", "● live")
        listed = lists(it)
        it.stirs()
        await it.live_again(within=5)
        it.line.reset()
        it.stirs()
        it.registry.storage.compact()
        await it.live_again(within=10)
        assert lists(it) == listed
