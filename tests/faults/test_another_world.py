"""What changes while one looks: the certificate, the cluster itself, the clocks, a kind, a namespace, the rights."""

import asyncio
from pathlib import Path

import pytest

from kubetui.demo.http import watch
from kubetui.demo.people import PEOPLE
from kubetui.demo.resources import CUSTOMRESOURCEDEFINITIONS, NAMESPACES
from kubetui.demo.serve import Settings
from tests.faults.scene import scene

pytestmark = pytest.mark.looptime(noop_cycles=4)


async def test_a_certificate_nobody_trusts_is_refused_and_told_until_the_right_one_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        async with it.another_certificate():
            await it.told("stale", within=12)
            await it.told("certificate", within=12)
            await asyncio.sleep(20)
        it.line.reset()
        await it.live_again(within=35)


async def test_a_cluster_restored_from_older_data_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        it.stirs()
        await asyncio.sleep(60)
        await it.live_again(within=5)
        async with it.another_cluster(Settings(seed=7)):
            await it.live_again(within=60)


async def test_a_cluster_restored_empty_shows_no_ghosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        async with it.another_cluster(Settings(nodes=1, pods=0)):
            await it.live_again(within=60)
            await it.person.press("escape", "escape", "escape")
            await it.person.sees_no("storefront")


async def test_a_clock_that_is_an_hour_off_changes_nothing_and_ages_are_the_clusters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        it.ahead = -3600
        await it.open_everything()
        it.stirs()
        await asyncio.sleep(60)
        await it.live_again(within=1)
        await it.told("● live", within=1)
        assert abs(it.person.app.session.cluster_time() - it.cluster.clock.now()) <= 2


async def test_a_laptop_that_slept_for_an_hour_trusts_no_connection_and_catches_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        # The time of day went on, the loop's clock did not; the connections there are lead nowhere.
        it.line.swallow()
        it.cluster.clock.advance(3600, 0.25)
        it.line.carries_new_ones()
        await asyncio.sleep(10)
        await it.live_again(within=1)


async def test_without_bookmarks_a_quiet_kind_stays_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "BOOKMARKS", 1e9)
    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        asked = len(it.gate.asked)
        for _ in range(150):
            await asyncio.sleep(1)
            assert "● live" in it.head
        assert len(it.gate.asked) - asked < 120
        await it.live_again(within=1)


async def test_a_kind_that_is_not_served_any_more_is_told_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.person.live()
        definition = it.registry.list(CUSTOMRESOURCEDEFINITIONS)[0]
        await it.person.type(f":{definition['spec']['names']['plural']}")
        await it.person.press("enter")
        await it.person.live()
        it.registry.delete(CUSTOMRESOURCEDEFINITIONS, "", definition["metadata"]["name"])
        await it.person.sees("gone: this cluster does not serve", seconds=5)
        bare = {name: definition[name] for name in ("apiVersion", "kind", "spec")}
        it.registry.create(CUSTOMRESOURCEDEFINITIONS, bare | {"metadata": {"name": definition["metadata"]["name"]}})
        await it.person.sees_no("gone:", seconds=90)


async def test_a_namespace_that_is_deleted_while_one_is_in_it_empties_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.person.live()
        await it.person.type(":ns data")
        await it.person.press("enter")
        await it.person.sees("orders-db")
        it.registry.delete(NAMESPACES, "", "data")
        await it.person.sees_no("orders-db", seconds=120)
        await it.told("● live", within=5)
        await it.person.type(":ns shop")
        await it.person.press("enter")
        await it.person.sees("storefront")


async def test_a_token_that_expires_is_read_anew_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tmp_path / "token"
    token.write_text("token-0")
    async with scene(tmp_path, monkeypatch, user=f"tokenFile: {token}") as it:
        await it.open_everything()
        it.doorkeeper.revoke("token-0")
        token.write_text(it.doorkeeper.admit(PEOPLE[0].user))
        it.line.reset()
        it.stirs()
        await it.live_again(within=10)


async def test_a_token_that_was_revoked_is_told_and_not_hammered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        it.doorkeeper.revoke("token-0")
        await it.told("⚠ credentials refused", within=10)
        assert not it.differences(), "watches that are open go on"
        it.line.reset()
        await it.told("Unauthorized", "401", within=20)
        asked = len(it.gate.asked)
        await asyncio.sleep(120)
        assert len(it.gate.asked) - asked < 150
        await it.told("stale", within=1)
