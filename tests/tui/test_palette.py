"""The palette: what ctrl-p finds, and that its work is bounded."""

from pathlib import Path

from tests.tui.exploring import exploring
from tests.tui.shop import pod, shop


async def test_it_finds_an_object_of_any_pane_and_opens_it(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("ctrl+p")
        await person.type("node-2")
        await person.sees("node/node-2", "Open it")
        await person.press("down", "enter")
        await person.sees("Node node-2")


async def test_it_finds_kinds_verbs_and_themes(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        for query, found in (("endpointsl", "endpointslices"), ("delete", "delete pod/api"), ("stage", "theme stage")):
            await person.press("ctrl+p")
            await person.type(query)
            await person.sees(found)
            await person.press("escape", "escape")
            await person.until(lambda: not person.app.screen.is_modal, "the palette gone from")


async def test_one_object_of_ten_thousand_is_found_and_few_are_offered(tmp_path: Path) -> None:
    server = shop()
    server.holds(*(pod("many", f"{at:05}", "node-1") for at in range(10_000)))
    async with exploring(server, tmp_path) as person:
        await person.until(lambda: "10,005" in person.screen, "10,005 pods on", 30)
        await person.press("ctrl+p")
        await person.type("09999")
        await person.sees("pod/many-7d4b9c-09999")
