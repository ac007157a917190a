"""The command line: what a line asks for, and that it is done."""

from pathlib import Path

import pytest

from kubetui.tui.ways.command import (
    EXAMPLES,
    Board,
    Command,
    Context,
    Contexts,
    Help,
    Namespaces,
    Open,
    Quit,
    parse_command,
)
from tests.tui.exploring import exploring
from tests.tui.shop import shop


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("pod", Open("pod")),
        ("pod kube-system", Open("pod", ("kube-system",))),
        ("pod a,b", Open("pod", ("a", "b"))),
        ("pod all", Open("pod", ())),
        ("pod -A", Open("pod", ())),
        ("pod -n shop", Open("pod", ("shop",))),
        ("pod /web", Open("pod", filter="web")),
        ("pod shop /web running", Open("pod", ("shop",), "web running")),
        ("pod app=web", Open("pod", filter="-l app=web")),
        ("pod -l app=web", Open("pod", filter="-l app=web")),
        ("pod @talk", Open("pod", context="talk")),
        ("deploy web", Open("deploy", ("web",))),
        ("ns", Open("ns")),
        ("ns shop", Namespaces(("shop",))),
        ("ns all", Namespaces(())),
        ("ctx", Contexts()),
        ("ctx talk", Context("talk")),
        ("CTX @talk", Context("talk")),
        ("board", Board()),
        ("?", Help()),
        ("q", Quit()),
        ("q!", Quit()),
        ("  ", None),
    ],
)
def test_a_line_asks_for(line: str, meant: Command | None) -> None:
    assert parse_command(line) == meant


def test_every_example_of_help_can_be_said() -> None:
    assert all(parse_command(line.removeprefix(":")) for line, _ in EXAMPLES)


async def test_a_kind_in_a_namespace_with_a_filter_is_a_list(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("colon")
        await person.type("po shop /web")
        await person.press("enter")
        screen = await person.sees("Pods 3 of 5", "/web", "fake › shop")
        assert "api-7d4b9c" not in screen


async def test_a_kind_that_is_not_served_is_told_so(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("colon")
        await person.type("unicorns")
        await person.press("enter")
        await person.sees("no kind called 'unicorns'")


async def test_to_and_fro_between_two_views(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("colon")
        await person.type("deploy shop")
        await person.press("enter")
        await person.sees("fake › shop", "UP-TO-DATE")
        await person.press("minus")
        await person.sees("fake › all namespaces", "F4 Pods")
        await person.press("minus")
        await person.sees("fake › shop", "UP-TO-DATE")
        await person.sees_no("F4 Pods")


async def test_back_and_forth_in_history(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        for line, title in (("deploy", "Deployments 2"), ("svc", "Services 2"), ("no", "Nodes 3")):
            await person.press("colon")
            await person.type(line)
            await person.press("enter")
            await person.sees(f"\n {title}")
        await person.press("left_square_bracket")
        await person.sees("\n Services 2")
        await person.press("left_square_bracket")
        await person.sees("\n Deployments 2")
        await person.press("right_square_bracket")
        await person.sees("\n Services 2")


async def test_history_leads_back_to_an_object_too(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f4", "J")
        await person.sees("ReplicaSet shop/api-7d4b9c", "Belongs to")
        await person.press("escape")
        await person.sees("F4 Pods")
        await person.press("minus")
        await person.sees("ReplicaSet shop/api-7d4b9c")


async def test_digits_lead_to_the_namespaces_looked_at(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("colon")
        await person.type("ns shop")
        await person.press("enter")
        await person.sees("fake › shop")
        await person.press("0")
        await person.sees("fake › all namespaces")
        await person.press("1")
        await person.sees("fake › shop")
        await person.press("2")
        await person.sees("No namespace has been given the key 2")


async def test_o_leads_to_the_node(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f4", "o")
        await person.sees("Node node-1")


async def test_what_has_no_owner_is_told_so(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f1", "J")
        await person.sees("deployment/api has no owner.")
