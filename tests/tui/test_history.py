"""Back and forth among the views of a session."""

from pathlib import Path

from tests.tui.exploring import exploring
from tests.tui.shop import shop


async def test_back_in_history_goes_on_back_across_namespaces(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        for namespace in ("shop", "other"):
            person.app.obey(f"ns {namespace}")
            await person.sees(f"fake › {namespace}")
        await person.press("left_square_bracket")
        await person.sees("fake › shop")
        await person.press("left_square_bracket")
        await person.sees("fake › all namespaces")
        await person.press("right_square_bracket")
        await person.sees("fake › shop")
        await person.press("right_square_bracket")
        await person.sees("fake › other")
