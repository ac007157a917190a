"""The tab that tells what has happened to an object since its kind is read."""

from pathlib import Path

import pytest

from kubetui.kinds.pod import POD
from kubetui.tui.object import history
from kubetui.tui.object.history import ObjectHistory
from tests.fake.apiserver import FakeApiServer
from tests.tui.shop import pod, shop
from tests.tui.test_object import NAME, looking_at


def changes(server: FakeApiServer, **status: object) -> None:
    """The pod is in another state from now on."""
    held = server.held(pod("web", "x2k1p", "node-1"))
    assert held is not None
    server.changes({**held, "status": {**held["status"], **status}})


async def test_a_change_is_told_field_by_field_as_it_comes(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, POD, NAME, "history") as person:
        await person.sees("Nothing of it has changed while pods were read.", "What changed since 12:00:00")
        changes(server, phase="Failed", reason="Evicted")
        await person.sees("status.phase", "Running", "Failed", "status.reason", "Evicted")


async def test_what_changed_before_the_tab_was_opened_is_there(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, POD, NAME) as person:
        changes(server, phase="Unknown")
        await person.sees("Unknown")
        await person.press("shift+tab")
        await person.sees("status.phase", "Running", "Unknown")


async def test_changes_are_filtered_like_any_rows(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, POD, NAME, "history") as person:
        changes(server, phase="Failed", podIP="10.9.9.9")
        await person.sees("10.9.9.9", "status.phase")
        await person.press("slash", *"podip", "enter")
        await person.sees_no("status.phase")
        await person.press("escape")
        await person.sees("10.9.9.9", "status.phase")


async def test_the_tab_keeps_no_more_than_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 30)
    server = shop()
    async with looking_at(server, tmp_path, POD, NAME, "history") as person:
        tab = person.app.screen.query_one(ObjectHistory)
        for number in range(3):
            changes(server, podIP=f"10.0.{number}.1", conditions=[{"type": f"T{at}-{number}"} for at in range(19)])
        await person.until(lambda: tab.view.total == 30, "as many steps as are kept")
