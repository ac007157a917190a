"""Every field of every kind at once, on every surface that shows, copies or keeps a cluster's text.

`test_hostile` goes through the corpus with a text at a time; here it is the places that are gone through.
"""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from string import ascii_letters, digits
from typing import Any

import pytest

from kubetui.actions.journal import Entry, Journal
from kubetui.tui import session
from tests.fake.apiserver import FakeApiServer, an_object
from tests.tui.corpus import CONTROL_SEQUENCES, MARKUP, REPORTS, STRINGS, TITLES, UNENDED, UNSEEN, YAML
from tests.tui.exploring import exploring
from tests.tui.shop import CREATED, deployment, made, node, pod, replicaset, service, shop, slice_of, stamp
from tests.tui.terminal import Recorded
from tests.tui.test_hostile import Victim, hostile_event

ALL = "".join((*CONTROL_SEQUENCES[-7:-1], *REPORTS, *TITLES[::3], *STRINGS, *MARKUP[:9], *UNSEEN[::7], *UNENDED, *YAML))
LINES = ALL.replace("\r", "").replace("\n", "")
NAME = f"a{ALL[:300]}"

KEPT = frozenset(
    ("apiVersion", "kind", "uid", "namespace", "controller", "selector", "matchLabels", "type", "nodeName")
)
"""Fields by which objects find each other, or the server knows them."""


def spoilt(value: Any, key: str = "") -> Any:
    """The object with the corpus in the place of each text that is its own."""
    if key in KEPT or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if value == CREATED or key == "name" else ALL
    if isinstance(value, list):
        return [spoilt(each, key) for each in value]
    if isinstance(value, dict):
        labels = {ALL: ALL} if key in ("labels", "annotations", "data") else {}
        return {name: spoilt(each, name) for name, each in value.items()} | labels
    return value


def one_of_each() -> FakeApiServer:
    """A shop in which the first object of each kind is spoilt all over."""
    server = shop()
    condition = {"type": "Ready", "status": "False", "reason": "r", "message": "m", "lastTransitionTime": CREATED}
    env = [{"name": "PASSWORD", "value": "v"}, {"name": "MODE", "value": "v"}]
    container = {"name": "main", "image": "i", "command": ["c"], "args": ["a"], "env": env, "ports": [{"name": "p"}]}
    objects = [
        pod("web", "0", "node-1"),
        deployment("web", 1),
        replicaset("web", 1),
        service("web", "10.0.0.1"),
        slice_of("web", pod("web", "0", "node-1")),
        node("node-1"),
        made(an_object("v1", "Namespace", "n", "", uid="x", status={"phase": "Active"}, spec={"finalizers": ["f"]})),
        made(an_object("v1", "ConfigMap", "c", "shop", uid="x", data={"k": "v"}, spec={"list": [{"name": "n"}, "s"]})),
        made(an_object("v1", "Secret", "s", "shop", uid="x", data={"k": "dg=="}, stringData={"k": "v"})),
    ]
    for number, obj in enumerate(objects):
        obj.setdefault("status", {})["conditions"] = [condition]
        obj.setdefault("spec", {}).setdefault("template", {}).setdefault("spec", {})["containers"] = [container]
        obj["spec"]["containers"] = [container]
        obj["metadata"] |= {"labels": {}, "annotations": {"n": "v"}, "finalizers": ["f"]}
        bad = spoilt(obj)
        bad["metadata"] |= {"name": NAME, "uid": f"spoilt-{number}"}
        server.holds(bad)
    server.holds(hostile_event(0, ALL))
    return server


@pytest.fixture(autouse=True)
def no_faults(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged as a fault of our own meanwhile."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


COPY, BASE_64 = "\x1b]52;c;", {*(ascii_letters + digits + "+/=")}
"""How text goes to the clipboard through a terminal: nothing of it is in the clear."""
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
WORDS = ("pods", "deploy", "rs", "svc", "endpointslices", "nodes", "ns", "events", "cm", "secrets")


async def test_every_kind_in_list_drawer_tabs_menus_clipboard_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(session, "journal_file", lambda: tmp_path / "journal")
    server = one_of_each()
    server.answers("*/log", 200, {"content-type": "text/plain"}, f"{stamp()} {LINES}\n".encode(), times=None)
    async with exploring(server, tmp_path, size=(120, 30), explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        for word in WORDS:
            person.app.obey(word)
            await person.pilot.pause(0.05)
            await person.live()
            await person.press("home", "enter")
            await person.sees("Overview")
            await person.press("escape", "escape")
        for key in ("c", "n"):
            person.app.obey("secrets")
            await person.sees("Secrets 1")
            await person.press(key, "ctrl+s", "y")
            await person.sees("kind: Secret")
            await person.press("x", "down", "enter", key, "ctrl+s", "escape", "escape")
        person.app.obey("pods")
        await person.sees("Pods 6")
        await person.press("home", "m", "escape", "E", "escape", "l")
        await person.sees("2 lines")
        await person.press("ctrl+s", "escape", "escape")
        await person.press("ctrl+x", "f4", "f1", "ctrl+x")
        copied = [each for each in person.terminal.recorder.written if each.startswith(COPY)]
        assert len(copied) == 3 and not any(set(each[len(COPY) : -1]) - BASE_64 for each in copied)
        # What remains is what was painted.
        person.terminal.recorder.written[:] = [each for each in person.terminal.recorder.written if each not in copied]
        await person.is_unharmed()
    kept = sorted(path for path in tmp_path.iterdir() if path.suffix in (".txt", ".yaml", ".log"))  # noqa: ASYNC240
    assert [path.suffix for path in kept].count(".txt") == 2 and len(kept) == 5
    # A log keeps its bytes; a manifest those of which no terminal makes anything.
    assert [path.name for path in kept if path.suffix != ".log" and CONTROL.search(path.read_text())] == []


def a_table() -> str:
    """The first page of a kind of which the server writes the columns."""
    columns = [{"name": name, "type": "string", "priority": at} for at, name in enumerate((ALL, "x", ALL[::-1]))]
    meta = {"name": NAME, "namespace": "shop", "uid": "t", "resourceVersion": "1", "creationTimestamp": CREATED}
    row = {"cells": [ALL, {"deep": [ALL]}, None], "object": {"metadata": meta}}
    table = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": "1"}}
    return json.dumps(table | {"columnDefinitions": columns, "rows": [row]})


async def test_columns_and_cells_of_the_servers_own_tables_and_what_the_journal_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(session, "journal_file", lambda: tmp_path / "journal")
    fields = dict.fromkeys(("context", "server", "user", "verb", "kind", "name", "uid", "result", "namespace"), ALL)
    Journal(lambda: tmp_path / "journal").write([Entry(time=stamp(), reason=ALL, answers={ALL: ALL}, **fields)])
    server = shop()
    server.answers("*/configmaps", 200, {"content-type": "application/json"}, a_table().encode(), times=None)
    async with exploring(server, tmp_path, size=(120, 30), explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        person.app.obey("cm")
        await person.sees("Configmaps 1")
        await person.press("ctrl+w", "right", "right", "O", "ctrl+s", "enter")
        await person.pilot.pause(0.05)
        await person.is_unharmed()
        await person.press("escape", "escape", "escape")
        person.app.obey("journal")
        await person.sees("ournal")
        await person.is_unharmed()
