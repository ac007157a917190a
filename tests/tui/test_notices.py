"""What is told in passing: below all that one acts on, and never in its way."""

from pathlib import Path

from tests.tui.exploring import exploring
from tests.tui.shop import pod, shop
from tests.tui.test_listing import listed


async def test_what_is_told_hides_neither_the_heading_nor_the_cursor_nor_the_keys(tmp_path: Path) -> None:
    server = shop()
    server.holds(*(pod("web", f"n{at:02}", "node-1") for at in range(30)))
    async with exploring(server, tmp_path, size=(80, 24)) as person:
        await listed(person, "pods", "Pods 35")
        await person.press("end")
        await person.sees("web-7d4b9c-x2k1p")
        person.app.complain("One sentence.")
        person.app.complain("Another that is told at the same time.")
        screen = await person.sees("One sentence.", "Another that is told", "web-7d4b9c-x2k1p", "? help")
        assert "NAMESPACE" in screen and "Pods 35" in screen and "fake › all namespaces" in screen


async def test_however_much_is_told_most_of_the_screen_is_the_list(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=(80, 24)) as person:
        await listed(person, "pods", "Pods 5")
        for at in range(20):
            person.app.complain(f"Sentence {at}.")
        screen = await person.sees("Sentence 19.", "web-7d4b9c-x2k1p", seconds=2)
        assert screen.count("Sentence") <= 8
