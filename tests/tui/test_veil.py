"""On a shared screen names, addresses and namespaces are shown as others, on every screen, and nothing else changes."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kubetui.tui.veil.pseudonyms import Pseudonyms
from kubetui.tui.veil.veil import STATES, Veil
from tests.fake.apiserver import FakeApiServer
from tests.tui.corpus import CORPUS
from tests.tui.exploring import Person, exploring
from tests.tui.shop import pod, shop, stamp

SECRET = re.compile(
    r"7d4b9c|lm4vd|x2k1p|q8zzl|2hx9t|7vbn2|10\.96|10\.0\.0|node-[0-9]|\bshop\b|\bfake\b|\bweb\b|\bapi\b"
)
"""What of the shop is a name, a namespace or an address."""


@pytest.fixture(autouse=True)
def same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pseudonyms in each run: by chance, one could look like a name."""
    monkeypatch.setattr("kubetui.tui.veil.pseudonyms.secrets.token_bytes", lambda size: b"k" * size)


def veil(*names: str) -> Veil:
    made = Veil(Pseudonyms(b"0123456789abcdef"))
    made.learn(names)
    return made


def test_a_name_has_the_same_pseudonym_everywhere_and_another_has_another() -> None:
    names = Pseudonyms()
    pods = [f"web-{at}" for at in range(10)]
    assert len({names.of(each) for each in pods}) == 10
    assert [names.of(each) for each in pods] == [names.of(each) for each in pods]
    assert Pseudonyms(b"1").of("web-7d4b9c-lm4vd") != Pseudonyms(b"2").of("web-7d4b9c-lm4vd")


def test_kin_are_seen_to_be_kin() -> None:
    names = Pseudonyms()
    head = names.of("web-7d4b9c").rpartition("-")[0]
    assert names.of("web-7d4b9c-lm4vd").startswith(f"{head}-")


@pytest.mark.parametrize(
    "line",
    [
        "● shop   web-7d4b9c-lm4vd  1/1  Running  0  4h",
        "…c-lm4vd 1/1",
        "10.96… ‹",
        "web-7d4b… 1/1",
        "pod/web-7d4b9c-lm4vd: deleted.",
        "created lm4vd 40 ms later",
        "https://10.96.0.1:6443 10.0.0.1",
        "fe80::1ff:fe23:4567:890a",
        "api.shop.example.com:443",
        "8a2e7f3c-1b2c-4d5e-9f10-aabbccddeeff",
        "admin@shop.eu: arn:aws:eks:eu-1:123456789012:cluster/shop",
        "unknown-bcd12-pqr45-xvbn2",
    ],
)
def test_whatever_names_something_is_hidden_and_nothing_moves(line: str) -> None:
    cluster = "arn:aws:eks:eu-1:123456789012:cluster/shop"
    shown = veil("web-7d4b9c-lm4vd", "shop", "admin@shop.eu", cluster).masked(line)
    hidden = r"lm4vd|7d4b|shop|10\.96|10\.0\.0|fe80::1ff|example|8a2e7f3c|admin@|arn:aws|xvbn2"
    assert not re.search(hidden, shown)
    assert len(shown) == len(line) and cell_len(shown) == cell_len(line)


@pytest.mark.parametrize(
    "line",
    [
        "12:04:31 ● live 12 ms",
        "1/1 Running 3 (5m ago) 4h 128Mi 1.5 v1.36.3",
        "deployments.apps is forbidden",
        "0 1 42 80",
    ],
)
def test_states_counts_times_and_kinds_are_true(line: str) -> None:
    assert veil("live", "1", "42", "5m", "stale").masked(line) == line
    assert "live" in STATES


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(CORPUS)), max_size=6), st.text(max_size=80))
@settings(max_examples=150)
def test_no_name_and_no_line_break_it_or_change_the_width(names: list[str], line: str) -> None:
    from kubetui.text import sanitise

    line = sanitise(" ".join([line, *names]))
    shown = veil(*names).masked(line)
    assert len(shown) == len(line)


def rows(screen: str) -> list[str]:
    """The panes, without the bars of what belongs together, which come when they come."""
    return screen.replace("▌", " ").splitlines()[2:-4]


async def masked(person: Person) -> None:
    await person.live()
    await person.press("ctrl+x")
    await person.sees("names masked")
    await person.pilot.pause()


async def test_the_board_its_head_line_and_its_story_are_masked_and_shown_again(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        before = person.screen
        await masked(person)
        assert not SECRET.search(person.screen)
        assert "● live" in person.screen and "Running" in person.screen
        await person.press("ctrl+x")
        await person.sees("web-7d4b9c-lm4vd", "fake › all namespaces")
        assert rows(before) == rows(person.screen)


async def test_what_comes_later_is_masked_from_its_first_sight_on(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await masked(person)
        server.adds(pod("brandnewname", "zz9zz", "node-1"))
        await person.sees("Pods 6")
        await person.pilot.pause(0.1)
        assert "brandnewname" not in person.screen and "zz9zz" not in person.screen


async def test_a_list_its_drawer_a_dialog_and_a_menu_are_masked(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=(200, 50)) as person:
        await masked(person)
        await person.press("colon")
        await person.type("pods")
        await person.press("enter")
        await person.sees("Addresses")
        for keys in (("m",), ("ctrl+d",)):
            await person.press(*keys)
            await person.pilot.pause(0.1)
            assert not SECRET.search(person.screen), person.screen
            await person.press("escape")


async def test_an_object_in_all_its_tabs_is_masked_and_its_log_is_hidden(tmp_path: Path) -> None:
    server: FakeApiServer = shop()
    server.answers("*/log", 200, {"content-type": "text/plain"}, f"{stamp()} paid by Miller\n".encode(), times=None)
    async with exploring(server, tmp_path) as person:
        await masked(person)
        await person.press("f4", "enter")
        await person.sees("Overview")
        for tab in ("Running", "kind: Pod", "No events", "····"):
            await person.sees(tab)
            await person.pilot.pause(0.1)
            assert not SECRET.search(person.screen) and "Miller" not in person.screen, person.screen
            await person.press("tab")
