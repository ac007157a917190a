"""What a person has settled holds in the app: namespaces, read-only contexts, production contexts, a theme."""

from pathlib import Path

from kubetui.settings.options import Options
from kubetui.settings.settings import ContextSettings, Settings
from tests.fake.front import kubeconfig
from tests.tui.exploring import exploring
from tests.tui.shop import shop


def two_contexts(url: str) -> str:
    """The same server under two names."""
    more = "- {name: talk-prod, context: {cluster: fake, user: fake}}"
    return kubeconfig(url).replace("current-context", f"{more}\ncurrent-context")


async def test_the_namespaces_of_a_context_are_looked_at_first(tmp_path: Path) -> None:
    settled = Settings(contexts={"fake": ContextSettings(namespaces=("shop", "web"))})
    async with exploring(shop(), tmp_path, settings=settled, config=two_contexts) as person:
        await person.sees("fake › shop, web")
        person.app.go_to("talk-prod")
        await person.sees("talk-prod › all namespaces")
        person.app.go_to("fake")
        await person.sees("fake › shop, web")


async def test_namespaces_named_on_the_command_line_go_before_the_settings(tmp_path: Path) -> None:
    settled = Settings(contexts={"*": ContextSettings(namespaces=("web",))})
    async with exploring(shop(), tmp_path, settings=settled, options=Options(namespace="shop")) as person:
        await person.sees("fake › shop ")


async def test_a_context_is_read_only_and_another_is_not(tmp_path: Path) -> None:
    settled = Settings(contexts={"*-prod": ContextSettings(readonly=True)})
    async with exploring(shop(), tmp_path, settings=settled, config=two_contexts, size=(160, 40)) as person:
        await person.live()
        await person.sees_no("read-only")
        person.app.go_to("talk-prod")
        await person.sees("talk-prod", "read-only")
        await person.live()
        await person.press("f4", "ctrl+d")
        await person.sees("Read-only: the settings file says so")


async def test_a_production_context_is_marked_in_the_head_line(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, config=two_contexts) as person:
        await person.live()
        await person.sees_no("PRODUCTION")
        person.app.go_to("talk-prod")
        await person.sees("PRODUCTION  talk-prod")


async def test_the_list_of_contexts_says_which_are_production(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, config=two_contexts) as person:
        await person.live()
        await person.press("colon")
        await person.type("ctx")
        await person.press("enter")
        screen = await person.sees("talk-prod  PRODUCTION")
        assert "fake  PRODUCTION" not in screen


async def test_what_was_wrong_with_the_file_is_told_in_the_app(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, problems=["settings.toml, line 1: [/] no \x1b[31m setting"]) as person:
        await person.sees("line 1: [/] no [31m setting")


async def test_a_theme_is_settled(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, settings=Settings(theme="nord")) as person:
        assert person.app.theme == "nord"


async def test_a_long_context_is_cut_at_its_beginning_and_the_state_is_not(tmp_path: Path) -> None:
    name = "arn:aws:eks:eu-west-1:123456789012:cluster/checkout-shop"

    def config(url: str) -> str:
        return (
            kubeconfig(url)
            .replace("name: fake, context", f'name: "{name}", context')
            .replace("current-context: fake", f'current-context: "{name}"')
        )

    async with exploring(shop(), tmp_path, config=config, size=(80, 24)) as person:
        await person.sees("cluster/checkout-shop › all namespaces  ● live")
        await person.press("ctrl+x")
        await person.sees("● live")
        await person.pilot.pause()
        assert "checkout" not in person.screen
