"""The drawer beside a list: it follows the cursor where that rests, and costs nothing while it moves."""

from pathlib import Path

from kubetui.settings.options import Options
from kubetui.tui.table.table import Table
from tests.tui.exploring import exploring
from tests.tui.shop import pod, shop

PODS = Options(kind="pods")
WIDE = (180, 40)
ONE = "/api/v1/namespaces/shop/pods/"


async def test_a_wide_terminal_shows_the_object_under_the_cursor(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=WIDE, options=PODS) as person:
        await person.sees("Pod shop/api-7d4b9c-2hx9t  ● Running", "▣ main  shop/api:1")
        await person.press("down")
        await person.sees("Pod shop/api-7d4b9c-7vbn2  ● Running", "▣ main  shop/api:1")


async def test_a_narrow_one_has_no_room_for_it(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, size=(120, 40), options=PODS) as person:
        await person.sees("Pods 5", "esc back")
        await person.press("D")
        await person.sees("needs a terminal of 180 columns")
        assert "▣" not in person.screen
        assert not server.asked(f"{ONE}api-7d4b9c-2hx9t")


async def test_moving_through_a_list_asks_the_server_nothing(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, size=WIDE, options=PODS) as person:
        await person.sees("▣ main  shop/api:1")
        table = person.app.screen.query_one(Table)
        for _ in range(4):
            table.action_move(1)
        await person.sees("Pod shop/web-7d4b9c-x2k1p", "▣ main  shop/web:1")
        asked = {request.path.removeprefix(ONE) for request in server.requests if request.path.startswith(ONE)}
        assert asked == {"api-7d4b9c-2hx9t", "web-7d4b9c-x2k1p"}


async def test_it_is_live(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, size=WIDE, options=PODS) as person:
        await person.sees("▣ main  shop/api:1")
        changed = pod("api", "2hx9t", "node-1")
        changed["status"]["containerStatuses"][0]["restartCount"] = 7
        server.changes(changed)
        await person.sees("restarted 7×")


async def test_a_key_closes_it_and_opens_it_again(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=WIDE, options=PODS) as person:
        await person.sees("▣ main")
        await person.press("D")
        await person.sees_no("▣ main")
        await person.press("D")
        await person.sees("▣ main")


async def test_out_of_sight_it_watches_nothing(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, size=WIDE, options=PODS) as person:
        await person.sees("▣ main")
        await person.until(lambda: any(watch.scope.fields for watch in server.watches), "a watch of the object behind")
        await person.press("D")
        await person.until(lambda: not any(watch.scope.fields for watch in server.watches), "no such watch behind")


async def test_its_links_are_opened_by_a_click(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=WIDE, options=PODS) as person:
        screen = await person.sees("Belongs to  ReplicaSet api-7d4b9c")
        lines = screen.splitlines()
        y = next(at for at, line in enumerate(lines) if "Belongs to" in line)
        await person.pilot.click(offset=(lines[y].index("ReplicaSet"), y))
        await person.sees("ReplicaSet shop/api-7d4b9c", "Overview  Manifest")
