"""The list of contexts, and the way from one to another without a new start."""

from pathlib import Path

from tests.fake.front import kubeconfig
from tests.tui.exploring import exploring
from tests.tui.shop import shop


def two(url: str) -> str:
    other = "- {name: other, context: {cluster: fake, user: fake}}\ncurrent-context"
    return kubeconfig(url).replace("current-context", other)


async def test_the_contexts_of_the_kubeconfig_are_listed_and_the_chosen_one_is_entered(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, config=two) as person:
        await person.live()
        await person.press("colon")
        await person.type("ctx")
        await person.press("enter")
        await person.sees("Contexts", "● fake", "other")
        await person.press("down", "enter")
        await person.sees("other › all namespaces", "Pods 5", "● live")


async def test_a_context_may_be_named_at_once(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, config=two) as person:
        await person.live()
        await person.press("colon")
        await person.type("pods @other")
        await person.press("enter")
        await person.sees("other › all namespaces", "\n Pods 5")


async def test_escape_leaves_the_list_and_nothing_changes(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, config=two) as person:
        await person.live()
        await person.press("colon")
        await person.type("ctx")
        await person.press("enter")
        await person.sees("Contexts")
        await person.press("down", "escape")
        await person.sees("fake › all namespaces")


async def test_a_context_that_is_not_there_is_told_in_a_sentence_and_one_stays_where_one_is(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, config=two) as person:
        await person.live()
        await person.press("colon")
        await person.type("ctx nowhere")
        await person.press("enter")
        await person.sees("There is no context 'nowhere'", "fake › all namespaces", "Pods 5", "● live")
