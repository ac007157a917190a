"""The board: four live panes in one look."""

from pathlib import Path

from kubetui.settings.options import Options
from tests.tui.exploring import exploring
from tests.tui.shop import NOW, deployment, pod, shop


async def test_four_kinds_stream_into_four_panes(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.sees("Deployments 2", "Nodes 3", "Services 2", "Pods 5", "● live", "fake › all namespaces")


async def test_a_new_pod_and_a_change_appear_by_themselves(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        server.adds(pod("web", "zzzzz", "node-1", phase="Pending"))
        server.changes(deployment("web", 3, ready=2))
        await person.sees("zzzzz", "ContainerCreat", "Pods 6", "2/3")


async def test_a_deleted_pod_stays_as_a_ghost_and_then_closes(tmp_path: Path) -> None:
    server, now = shop(), [NOW.timestamp()]
    async with exploring(server, tmp_path, clock=lambda: now[0]) as person:
        await person.live()
        server.removes(pod("web", "x2k1p", "node-1"))
        await person.sees("Pods 4", "x2k1p    ")
        now[0] += 5
        await person.sees_no("x2k1p    ")


async def test_rows_that_belong_to_the_one_under_the_cursor_carry_a_bar(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f1")
        screen = await person.sees("▌")
        linked = [line for line in screen.splitlines() if "▌" in line]
        assert any("api" in line for line in linked)
        assert all("web-7d4b9c" not in line.split("▌")[-1] for line in linked)


async def test_the_focused_pane_has_the_wide_place_and_z_gives_it_all(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f2")
        await person.sees("VERSION")
        await person.press("z")
        await person.sees_no("Deployments", "Services", "Pods 5")
        await person.press("z")
        await person.sees("Deployments 2", "Services 2", "Pods 5")


async def test_on_a_small_terminal_the_others_fold_to_one_line(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=(80, 24)) as person:
        await person.live()
        screen = await person.sees("Pods 5")
        folded = [line.strip() for line in screen.splitlines()[1:4]]
        assert folded == ["F1 Deployments 2", "F2 Nodes 3", "F3 Services 2"]


async def test_silence_is_told_on_every_pane_and_rows_stay(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        server.goes_down()
        await person.sees("⚠ stale", "web-7d4b9c-x2k1p")
        server.comes_back()
        await person.live()
        await person.sees_no("stale")


async def test_what_may_not_be_listed_says_which_verb_on_what(tmp_path: Path) -> None:
    server = shop()
    server.refuses("*/nodes", 403, 'nodes is forbidden: User "me" cannot list resource "nodes"', times=None)
    async with exploring(server, tmp_path) as person:
        await person.sees("⊘ forbidden: list nodes", "Pods 5")


async def test_without_a_cluster_the_app_starts_and_says_what_is_missing(tmp_path: Path) -> None:
    options = Options(context="nowhere")
    async with exploring(shop(), tmp_path, options=options) as person:
        await person.sees("There is no context 'nowhere'", "no cluster")
