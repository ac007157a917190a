"""Acting on a cluster where one may do little, or where mistakes hurt: what is offered, asked, sent and written."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kubetui.settings.settings import Settings
from kubetui.tui import session
from tests.fake.apiserver import FakeApiServer
from tests.fake.front import kubeconfig
from tests.live.test_rights import grants, rule
from tests.tui.exploring import Person, exploring
from tests.tui.shop import deployment, shop

WIDE = (180, 40)
"""Room for every key in its line."""


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "journal.jsonl"
    monkeypatch.setattr(session, "journal_file", lambda: path)
    return path


def reader() -> FakeApiServer:
    """A shop in which one may look at pods, and no more."""
    server = shop()
    grants(server, rule("get list watch", "", "pods events"))
    return server


def written(journal: Path) -> Any:
    return json.loads(journal.read_text())


def production(url: str) -> str:
    return (
        kubeconfig(url)
        .replace("current-context: fake", "current-context: fake-prod")
        .replace("contexts:\n", "contexts:\n- {name: fake-prod, context: {cluster: fake, user: fake}}\n")
    )


async def on_a_pod(person: Person) -> None:
    await person.live()
    await person.press("f4")


async def test_verbs_one_may_not_use_are_dimmed_and_say_why_and_are_not_tried(tmp_path: Path) -> None:
    server = reader()
    async with exploring(server, tmp_path, size=WIDE) as person:
        await on_a_pod(person)
        await person.sees("⊘l logs", "⊘ctrl-d delete", "y manifest")
        await person.press("ctrl+d")
        await person.sees("⊘ You may not delete pods in")
        await person.press("l")
        await person.sees("⊘ You may not get pods/log in")
        await person.press("m")
        await person.sees("manifest", "⊘ You may not delete pods in shop.")
        assert not server.asked(method="DELETE") and not [each for each in server.requests if "/log" in each.path]


async def test_help_says_what_one_may_not_do(tmp_path: Path) -> None:
    async with exploring(reader(), tmp_path, size=WIDE) as person:
        await on_a_pod(person)
        await person.sees("⊘ctrl-d delete")
        await person.press("question_mark")
        await person.sees("delete: You may not delete pods in shop.")


async def test_a_right_that_was_taken_away_meanwhile_is_asked_for_anew(tmp_path: Path) -> None:
    server = shop()
    server.refuses("DELETE *", 403, 'User "me" cannot delete resource "pods"')
    async with exploring(server, tmp_path, size=WIDE) as person:
        await on_a_pod(person)
        await person.press("ctrl+d")
        await person.sees("Delete pod/")
        grants(server, rule("get list watch", "", "pods events"))
        await person.press("right", "enter")
        await person.sees("delete failed", "cannot delete")
        await person.sees("⊘ctrl-d delete")


async def test_on_production_the_name_of_the_object_is_typed(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, config=production) as person:
        await person.live()
        await person.press("f1", "s")
        await person.sees("fake-prod is a production context.", "Type api to confirm")
        await person.press("5", "enter", "enter")
        await person.pilot.pause()
        assert not server.asked(method="PATCH")
        await person.press("tab", "tab")
        await person.type("api")
        await person.press("enter", "enter")
        await person.sees("scaled to 5")


async def test_a_word_that_is_asked_for_can_be_typed_at_once_whatever_its_letters(tmp_path: Path) -> None:
    server = shop()
    server.holds(deployment("quay", 1))
    async with exploring(server, tmp_path, config=production) as person:
        await person.live()
        await person.press("f1", "end", "up", "ctrl+d")
        await person.sees("Type quay to confirm")
        await person.type("quay")
        await person.press("enter", "enter")
        await person.until(lambda: bool(server.asked(method="DELETE")), "a request, on")


async def test_on_production_the_context_is_typed_for_several(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, config=production) as person:
        await on_a_pod(person)
        await person.press("space", "space", "ctrl+d")
        await person.sees("Delete 2 pods", "Type fake-prod to confirm")


async def test_more_objects_than_the_cap_are_not_changed_at_once(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, size=WIDE, settings=Settings(bulk_cap=2)) as person:
        await on_a_pod(person)
        await person.press("space", "space", "space", "ctrl+d")
        await person.sees("3 pods are marked", "bulk-cap")
        await person.sees_no("Delete 3 pods")
        await person.press("escape", "home", "space", "space", "ctrl+d")
        await person.sees("Delete 2 pods")


async def test_what_was_done_stands_in_the_journal_and_on_its_page(tmp_path: Path, journal: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, size=WIDE) as person:
        await on_a_pod(person)
        await person.press("ctrl+d")
        await person.sees("Delete pod/")
        await person.press("right", "enter")
        await person.until(journal.exists, "a journal, on")
        line = written(journal)
        assert (line["verb"], line["kind"], line["result"], line["namespace"]) == ("delete", "pods", "done", "shop")
        assert line["name"] == server.asked(method="DELETE")[0].path.rpartition("/")[2]
        await person.press("colon")
        await person.type("journal")
        await person.press("enter")
        await person.sees("Journal of changes", f"delete pods/{line['name']}", "done")


async def test_a_journal_that_cannot_be_written_is_told_once_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "journal_file", lambda: Path("/dev/full"))
    monkeypatch.setattr(os, "fchmod", lambda file, mode: None)  # of a device of this machine's
    server = shop()
    async with exploring(server, tmp_path, size=WIDE) as person:
        await on_a_pod(person)
        for count in (1, 2):
            await person.press("home", "ctrl+d")
            await person.sees("Delete pod/")
            await person.press("right", "enter")
            await person.until(lambda count=count: len(server.asked(method="DELETE")) == count, "a request")  # type: ignore[misc]
            await person.sees("The journal of changes")
        assert person.screen.count("The journal of changes") == 1


async def test_an_answer_that_was_lost_is_told_as_not_known_and_looked_up(tmp_path: Path, journal: Path) -> None:
    server = shop()
    server.loses("DELETE *", obeyed=True)
    async with exploring(server, tmp_path, size=WIDE) as person:
        await on_a_pod(person)
        await person.press("ctrl+d")
        await person.sees("Delete pod/")
        await person.press("right", "enter")
        await person.sees("No answer to delete", "Looking whether")
        await person.sees("was done", "was lost, but")
        assert len(server.asked(method="DELETE")) == 1
        assert written(journal)["result"] == "done"


async def test_leaving_before_an_answer_came_is_written_down_as_unknown(tmp_path: Path, journal: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, size=WIDE) as person:
        await on_a_pod(person)
        await person.press("ctrl+d")
        await person.sees("Delete pod/")
        server.silence()
        await person.press("right", "enter")
        await person.until(lambda: bool(server.asked(method="DELETE")), "the request, on")
    assert written(journal)["result"] == "unknown"
