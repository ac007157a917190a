"""The themes: each is whole, and what is written in it can be read."""

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from kubetui.settings.options import Options
from kubetui.tui.first.look import DEFAULT
from kubetui.tui.themes import themes
from tests.tui.exploring import exploring
from tests.tui.shop import shop

READABLE = 4.5
"""The contrast that WCAG asks of text."""


def luminance(colour: Color) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_there_is_a_dark_one_a_light_one_and_one_for_a_stage() -> None:
    assert {theme.name: theme.dark for theme in themes()} == {"harbour": True, "paper": False, "stage": True}
    assert DEFAULT == "harbour"


@pytest.mark.parametrize("theme", themes(), ids=lambda theme: theme.name)
def test_its_text_can_be_read_on_its_grounds(theme: Theme) -> None:
    assert theme.foreground and theme.surface and theme.panel and theme.background
    for ground in (theme.background, theme.surface, theme.panel):
        assert contrast(theme.foreground, ground) >= READABLE
    for colour in (theme.success, theme.warning, theme.error):
        assert colour and contrast(colour, theme.surface) >= READABLE, colour


@pytest.mark.parametrize("name", ("harbour", "paper", "stage", "ansi"))
async def test_the_board_is_drawn_in_it(name: str, tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, options=Options(theme=name)) as person:
        await person.live()
        await person.sees("Pods 5", "● live")


async def test_a_theme_that_is_not_there_is_told_and_the_app_starts(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, options=Options(theme="sunset")) as person:
        await person.sees("There is no theme 'sunset'")
        assert person.app.theme == DEFAULT


async def test_without_colour_states_and_the_cursor_are_still_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.sees("● live", "● shop")
        strips = person.app.screen._compositor.render_strips()
        assert any(segment.style and segment.style.reverse for strip in strips for segment in strip)
