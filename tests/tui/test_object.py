"""The object view: one object in tabs, live, known by its uid; what it refers to is one key away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubetui.actions.action import Show, Target
from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.kind import Kind
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.kinds.service import SERVICE
from kubetui.settings.options import Options
from kubetui.tui.logs.pane import LogPane
from kubetui.tui.object.events import ObjectEvents
from kubetui.tui.object.overview import Overview
from tests.fake.apiserver import FakeApiServer, an_object
from tests.tui.exploring import Person, exploring
from tests.tui.shop import NOW, deployment, made, pod, shop, stamp

NAME = "web-7d4b9c-x2k1p"
PODS = "/api/v1/namespaces/shop/pods"


@asynccontextmanager
async def looking_at(
    server: FakeApiServer, folder: Path, kind: Kind[Any], name: str, tab: str = "overview", **how: Any
) -> AsyncIterator[Person]:
    """A person who opened an object from the board."""
    async with exploring(server, folder, **how) as person:
        await person.live()
        cluster = person.app.session.cluster
        assert cluster is not None
        store = cluster.open(kind)
        namespace = "shop" if kind.resource.namespaced else ""
        await person.until(lambda: store.named(namespace, name) is not None, f"{name} behind")
        obj = store.named(namespace, name)
        assert obj is not None
        person.app.open_object(Target(kind, obj), Show(tab))
        await person.sees("Overview  Manifest")
        yield person


def event(name: str, message: str, about: str = f"pod-{NAME}", **more: Any) -> dict[str, Any]:
    involved = {"kind": "Pod", "namespace": "shop", "name": NAME, "uid": about}
    times = {"firstTimestamp": stamp(-60), "lastTimestamp": stamp(-30), "count": 1}
    return made(
        an_object(
            "v1", "Event", name, "shop", involvedObject=involved, type="Normal", reason="Told", message=message,
            source={"component": "kubelet"}, **{**times, **more},
        )
    )  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_enter_opens_the_overview_of_the_object(tmp_path: Path, size: tuple[int, int]) -> None:
    async with looking_at(shop(), tmp_path, POD, NAME, size=size) as person:
        await person.sees(f"Pod shop/{NAME}  ● Running", "▣ main  shop/web:1", "Node", "node-1", "● live")


async def test_a_change_is_seen_at_once(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, POD, NAME) as person:
        await person.sees("running")
        changed = pod("web", "x2k1p", "node-1")
        waiting = {"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "restartCount": 4}
        changed["status"]["containerStatuses"] = [waiting]
        server.changes(changed)
        await person.sees("waiting: CrashLoopBackOff", "restarted 4×", "✖ CrashLoopBackOff")


async def test_keys_and_tab_go_from_tab_to_tab(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, POD, NAME) as person:
        await person.sees("Containers")
        await person.press("y")
        await person.sees("apiVersion: v1", "managedFields folded")
        await person.press("tab")
        await person.sees("No events")
        await person.press("shift+tab", "shift+tab")
        await person.sees("Containers")
        await person.press("E")
        await person.sees("No events")
        await person.press("d")
        await person.sees("Containers")


async def test_a_key_in_a_pane_opens_that_tab_and_escape_leads_back(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        for key, text in (("y", "kind: Pod"), ("E", "No events"), ("l", "follow"), ("enter", "▣ main")):
            await person.press(key)
            await person.sees(text, "Overview  Manifest  Events  Logs")
            await person.press("escape")
            await person.sees("Pods 5")


async def test_the_logs_of_the_run_before_are_one_key_away(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, POD, NAME) as person:
        await person.sees("▣ main")
        await person.press("p")
        await person.sees("previous run")


async def test_the_logs_of_a_deployment_are_those_of_all_its_pods(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, DEPLOYMENT, "web", "logs") as person:
        await person.sees("follow")
        pane = person.app.screen.query_one(LogPane)
        await person.until(lambda: len(pane.book.streams) == 3, "three sources behind")
        server.adds(pod("web", "zzzzz", "node-2"))
        await person.sees("zzzzz joined")


async def test_only_what_has_pods_has_logs(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, NODE, "node-1") as person:
        await person.sees("Overview  Manifest  Events")
        assert "Logs" not in person.screen
        await person.press("l")
        await person.sees("Resources")


async def test_a_deleted_object_stays_as_it_was_and_says_since_when(tmp_path: Path) -> None:
    server, now = shop(), [NOW.timestamp()]
    async with looking_at(server, tmp_path, POD, NAME, clock=lambda: now[0]) as person:
        await person.sees("▣ main")
        server.removes(pod("web", "x2k1p", "node-1"))
        await person.sees("✖ deleted 0s ago", "▣ main")
        now[0] += 12
        await person.sees("✖ deleted 12s ago")


async def test_a_reborn_namesake_is_offered_and_opened_only_when_asked_for(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, DEPLOYMENT, "api") as person:
        await person.sees("2 wanted")
        server.replaces(deployment("api", 7) | {"metadata": deployment("api", 7)["metadata"] | {"uid": "another"}})
        await person.sees("a new one of the same name exists: enter opens it", "2 wanted")
        await person.press("enter")
        await person.sees("7 wanted")
        await person.sees_no("deleted")


async def test_a_deployment_tells_its_replica_sets_and_pods_and_leads_to_them(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, DEPLOYMENT, "web") as person:
        await person.sees("Revisions (1)", "web-7d4b9c  3/3", "Pods (3)", NAME)
        await person.press("down", "enter")
        await person.sees("ReplicaSet shop/web-7d4b9c", "Belongs to  Deployment web")
        await person.press("escape")
        await person.sees("Deployment shop/web")


async def test_the_pods_of_a_deployment_are_live_on_its_page(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, DEPLOYMENT, "web") as person:
        await person.sees("Pods (3)")
        server.adds(pod("web", "zzzzz", "node-2", phase="Pending"))
        await person.sees("Pods (4)", "zzzzz")
        server.removes(pod("web", "zzzzz", "node-2"))
        await person.sees("Pods (3)")


async def test_a_click_on_a_link_opens_it(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, POD, NAME) as person:
        await person.sees("node-1")
        lines = person.screen.splitlines()
        y = next(at for at, line in enumerate(lines) if line.strip().startswith("Node "))
        await person.pilot.click(offset=(lines[y].index("node-1") + 1, y))
        await person.sees("Node node-1")


async def test_a_node_tells_what_its_pods_ask_for(tmp_path: Path) -> None:
    server = shop()
    hungry = pod("web", "hungry", "node-1")
    hungry["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1500m"}}
    server.adds(hungry)
    async with looking_at(server, tmp_path, NODE, "node-1") as person:
        await person.sees("1500m (38%)", "Pods (3)")


async def test_a_service_tells_its_endpoints(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, SERVICE, "web") as person:
        await person.sees("Endpoints (3 of 3 ready)", NAME)


async def test_a_link_to_a_kind_without_a_file_of_its_own_opens_a_page_too(tmp_path: Path) -> None:
    server = shop()
    mounting = pod("web", "x2k1p", "node-1")
    mounting["spec"]["volumes"] = [{"name": "settings", "configMap": {"name": "colours"}}]
    server.changes(mounting)
    server.holds(made(an_object("v1", "ConfigMap", "colours", "shop", data={"sky": "blue"})))
    async with looking_at(server, tmp_path, POD, NAME) as person:
        await person.sees("ConfigMap colours")
        await person.until(lambda: bool(person.app.session.resources), "discovery before")
        overview = person.app.screen.query_one(Overview)
        at = next(at for at, (to, _) in enumerate(overview._laid.links) if to.kind == "ConfigMap")
        await person.press(*["down"] * (at + 1), "enter")
        await person.sees("ConfigMap shop/colours", "sky  4 bytes")


async def test_a_link_to_what_is_gone_says_so(tmp_path: Path) -> None:
    server = shop()
    server.changes(pod("web", "x2k1p", "node-9"))
    async with looking_at(server, tmp_path, POD, NAME) as person:
        await person.sees("node-9")
        await person.press("down", "enter")
        await person.sees("Node node-9", '"node-9" not found')


async def test_its_events_are_told_live_the_newest_last_and_no_others(tmp_path: Path) -> None:
    server = shop()
    server.holds(event("b", "newer words"), event("a", "older words", lastTimestamp=stamp(-3000)))
    server.holds(event("c", "of another life", about="pod-before"))
    async with looking_at(server, tmp_path, POD, NAME, "events") as person:
        screen = await person.sees("older words", "newer words")
        assert screen.index("older words") < screen.index("newer words")
        assert "of another life" not in screen
        server.adds(event("d", "just now", lastTimestamp=stamp()))
        await person.sees("just now")


async def test_events_are_filtered_and_escape_shows_them_all_again(tmp_path: Path) -> None:
    server = shop()
    server.holds(event("a", "pulled the image"), event("b", "started"))
    async with looking_at(server, tmp_path, POD, NAME, "events") as person:
        await person.sees("pulled", "started")
        await person.press("slash", *"pull", "enter")
        await person.sees_no("started")
        await person.press("escape")
        await person.sees("started", "Overview")


async def test_what_may_not_be_read_is_a_sentence_in_the_tab(tmp_path: Path) -> None:
    server = shop()
    server.refuses(f"{PODS}/{NAME}", 403, "pods is forbidden: no", times=None)
    server.refuses("/api/v1/namespaces/shop/events", 403, "events is forbidden: not for you", times=None)
    async with looking_at(server, tmp_path, POD, NAME) as person:
        await person.sees("pods is forbidden: no")
        await person.press("y")
        await person.sees("pods is forbidden: no")
        await person.press("E")
        await person.sees("events is forbidden: not for you")


async def test_an_outage_is_told_in_the_head_line_and_the_last_state_stays(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, POD, NAME) as person:
        await person.sees("▣ main")
        server.goes_down()
        await person.sees("⚠ stale", "▣ main")
        server.comes_back()
        await person.sees("● live")


async def test_events_of_a_silent_server_are_not_taken_for_live(tmp_path: Path) -> None:
    server = shop()
    server.holds(event("a", "pulled the image"))
    async with looking_at(server, tmp_path, POD, NAME, "events") as person:
        await person.sees("pulled the image")
        events = person.app.screen.query_one(ObjectEvents)
        events.selection.pulse("no answer")
        await person.until(lambda: events.table.dimmed, "dimmed rows on")
        events.selection.pulse("")
        await person.until(lambda: not events.table.dimmed, "live rows on")


async def test_a_verb_acts_on_this_object(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, DEPLOYMENT, "web") as person:
        await person.sees("3 wanted", "s scale")
        await person.press("s")
        await person.sees("Scale deployment/web")
        await person.press("escape", "ctrl+d")
        await person.sees("Delete deployment/web")


async def test_read_only_takes_the_verbs_that_change_away(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, DEPLOYMENT, "web", options=Options(readonly=True)) as person:
        await person.sees("3 wanted", "read-only")
        assert "scale" not in person.screen
        await person.press("s")
        await person.sees("Read-only")


async def test_the_menu_opens_a_tab(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, POD, NAME) as person:
        await person.sees("▣ main")
        await person.press("m")
        await person.sees("previous logs")
        await person.press("down", "enter")
        await person.sees("kind: Pod")


async def test_a_command_is_taken_here_too(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, POD, NAME) as person:
        await person.press("colon", *"nodes", "enter")
        await person.sees("Nodes 3")


async def test_a_search_on_the_overview_is_one_of_the_manifest(tmp_path: Path) -> None:
    async with looking_at(shop(), tmp_path, POD, NAME) as person:
        await person.sees("▣ main")
        await person.press("slash")
        await person.pilot.pause(0.1)
        await person.press(*"uid", "enter")
        await person.sees("/uid", "kind: Pod")


async def test_nothing_of_an_object_is_obeyed(tmp_path: Path) -> None:
    server = shop()
    hostile = "[@click=app.quit]x[/]\x1b]52;c;YmFk\x07[/ \u202eevil"
    bad = pod("web", "x2k1p", "node-1")
    bad["metadata"]["labels"] = {"app": hostile, hostile: "web"}
    bad["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": hostile, "message": hostile}}
    bad["spec"]["containers"][0]["image"] = hostile
    server.changes(bad)
    server.holds(event("a", hostile))
    async with looking_at(server, tmp_path, POD, NAME) as person:
        screen = await person.sees("[@click=app.quit]x[/]")
        assert all(char.isprintable() or char == "\n" for char in screen)
        await person.press("E")
        screen = await person.sees("[@click=app.quit]x[/]")
        assert all(char.isprintable() or char == "\n" for char in screen)


async def test_nothing_is_asked_of_the_server_once_one_has_left(tmp_path: Path) -> None:
    server = shop()
    async with looking_at(server, tmp_path, NODE, "node-1", "events") as person:
        await person.sees("No events")
        await person.press("escape")
        await person.sees("Nodes 3")

        def narrow() -> list[str]:
            return [watch.scope.fields for watch in server.watches if watch.scope.fields]

        await person.until(lambda: not narrow(), f"no watch but those of lists, and not {narrow()}, behind")
