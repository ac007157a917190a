"""The explorer on a real control plane: what a person sees and does there, with kubectl as the witness."""

import asyncio
from collections.abc import Iterator

import pytest

from kubetui.live.state import Phase
from tests.controlplane.plane import ControlPlane
from tests.real.explorer import (
    command,
    counting,
    exploring,
    held,
    kubectl,
    painted,
    panes,
    printed,
    shows_what_kubectl_prints,
    told,
)
from tests.real.shapes import WIDGETS, a_namespace, a_pod, a_shop, a_widget, make, widgets
from tests.tui.exploring import Person

pytestmark = pytest.mark.real

SHOP = "explored"

LOOKS = 40
"""How often a changing cluster and a pane are compared until they are caught at the same."""


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    """The shared control plane with a shop on it."""
    a_shop(control_plane, SHOP)
    yield control_plane
    control_plane.kubectl("delete", "namespace", SHOP, "--wait=false")


async def on_the_pod(person: Person, name: str) -> None:
    """The cursor on that pod of the board."""
    await person.press("f4", "slash")
    await person.type(name)
    await person.press("enter")
    await person.sees(f"/{name}", name)


async def list_of(person: Person, plural: str) -> None:
    """Waits until a list of that kind is on the screen, live."""
    await person.until(lambda: [*panes(person)] == [plural], f"the list of {plural} on")
    await person.live()


async def holds(person: Person, plural: str, wanted: dict[str, str], *, seconds: float = 10.0) -> None:
    """Waits until these, by name and uid, are the living objects of a pane."""
    await person.until(lambda: held(person, plural) == wanted, f"{wanted} in", seconds)


async def agrees_on_pods(person: Person, plane: ControlPlane, namespace: str) -> dict[str, str]:
    """Waits until a pane holds the very pods that kubectl lists."""
    for _ in range(LOOKS):
        wanted = await pods_of(plane, namespace)
        if held(person, "pods") == wanted:
            return wanted
        await person.pilot.pause(0.2)
    raise AssertionError(f"kubectl has {wanted}, the pane {held(person, 'pods')}")


async def pods_of(plane: ControlPlane, namespace: str) -> dict[str, str]:
    """Names and uids, as kubectl has them."""
    items = (await told(plane, "pods", "-n", namespace))["items"]
    return {each["metadata"]["name"]: each["metadata"]["uid"] for each in items}


async def test_the_rows_of_every_list_are_what_kubectl_prints(plane: ControlPlane) -> None:
    async with exploring(plane) as person:
        await person.live()
        for plural in ("nodes", "deployments", "replicasets", "pods", "services", "endpointslices", "namespaces"):
            await command(person, plural)
            await list_of(person, plural)
            everywhere = ["-A"] if panes(person)[plural].kind.resource.namespaced else []
            assert await shows_what_kubectl_prints(person, plane, plural, *everywhere) >= 1
            await person.press("escape")


async def test_the_panes_of_the_board_hold_what_kubectl_lists(plane: ControlPlane) -> None:
    async with exploring(plane) as person:
        await person.live()
        for plural in ("nodes", "deployments", "services", "pods"):
            items = (await told(plane, plural, "-A"))["items"]
            wanted = {each["metadata"]["name"]: each["metadata"]["uid"] for each in items}
            await holds(person, plural, wanted)


async def test_scaling_by_keys_makes_the_server_want_so_many(plane: ControlPlane) -> None:
    await asyncio.to_thread(a_shop, plane, "scaled", 2)
    async with exploring(plane, namespace="scaled") as person:
        await person.live()
        await person.press("f1", "s")
        await person.sees("Scale deployment/web", "now 2", "in cluster admin")
        await person.press("4")
        await person.sees("$ kubectl scale deployment/web -n scaled --replicas=4")
        await person.press("enter", "enter")
        await person.sees("scaled to 4 (was 2)")
        await person.sees("4/4", "Pods 4", "you scaled", seconds=30)
        assert (await told(plane, "deployment", "web", "-n", "scaled"))["spec"]["replicas"] == 4
    await kubectl(plane, "delete", "namespace", "scaled", "--wait=false")


async def test_a_pod_deleted_by_keys_is_a_ghost_and_the_story_tells_how_it_healed(plane: ControlPlane) -> None:
    before = await pods_of(plane, SHOP)
    victim = min(before)
    async with exploring(plane, namespace=SHOP) as person:
        await person.live()
        await on_the_pod(person, victim)
        await person.press("ctrl+d")
        await person.sees(f"Delete pod/{victim}", f"$ kubectl delete pod/{victim} -n {SHOP}")
        await person.press("right", "enter")
        await person.sees(f"pod/{victim} deleted")
        view = panes(person)["pods"].view
        await person.until(lambda: any(row.gone_at for row in view.rows(0, len(view))), "the ghost on", 40)
        await person.press("escape")
        story = await person.sees("you deleted", "healed in", seconds=40)
        after = await agrees_on_pods(person, plane, SHOP)
        assert victim not in after and len(after) == len(before)
        [replacement] = after.keys() - before.keys()
        assert replacement in story


async def test_a_pod_deleted_by_kubectl_is_told_as_someones_deed(plane: ControlPlane) -> None:
    before = await pods_of(plane, SHOP)
    async with exploring(plane, namespace=SHOP) as person:
        await person.live()
        await kubectl(plane, "delete", "pod", "-n", SHOP, max(before), "--wait=false")
        await person.sees("someone deleted", "healed in", seconds=40)
        await agrees_on_pods(person, plane, SHOP)


async def test_the_marked_pods_are_deleted_and_no_others(plane: ControlPlane) -> None:
    a_namespace(plane, "marked")
    make(plane, *(a_pod(f"pod-{at}", "marked") for at in range(4)))
    async with exploring(plane, namespace="marked") as person:
        await person.live()
        await person.until(lambda: len(held(person, "pods")) == 4, "four pods on")
        before = held(person, "pods")
        await person.press("f4", "home", "down", "space", "space", "ctrl+d")
        await person.sees("Delete 2 pods", "pod/pod-1", "pod/pod-2")
        await person.press("right", "enter")
        await person.sees("and 1 more")
        kept = {name: before[name] for name in ("pod-0", "pod-3")}
        await holds(person, "pods", kept, seconds=60)
        assert await pods_of(plane, "marked") == kept
    await kubectl(plane, "delete", "namespace", "marked", "--wait=false")


async def test_a_namesake_born_while_the_dialog_was_open_is_left_alone(plane: ControlPlane) -> None:
    a_namespace(plane, "namesakes")
    make(plane, a_pod("twin", "namesakes"))
    async with exploring(plane, namespace="namesakes") as person:
        await person.live()
        await on_the_pod(person, "twin")
        await person.press("ctrl+d")
        await person.sees("$ kubectl delete pod/twin")
        await kubectl(plane, "delete", "pod", "twin", "-n", "namesakes", "--grace-period=0", "--force")
        await asyncio.to_thread(make, plane, a_pod("twin", "namesakes"))
        reborn = await pods_of(plane, "namesakes")
        await person.press("right", "enter")
        await person.sees("left alone")
        twin = (await told(plane, "pod", "twin", "-n", "namesakes"))["metadata"]
        assert twin["uid"] == reborn["twin"] and "deletionTimestamp" not in twin
    await kubectl(plane, "delete", "namespace", "namesakes", "--wait=false")


async def test_a_line_that_a_container_prints_appears_in_its_logs(plane: ControlPlane) -> None:
    async with exploring(plane, namespace=SHOP) as person:
        await person.live()
        await person.press("f4", "l")
        await person.sees("a line from a container", seconds=20)
        plane.log("the newest line of all")
        await person.sees("the newest line of all", seconds=20)


async def test_logs_of_a_deployment_take_in_who_joins_and_neither_lose_nor_double_a_line_when_the_server_restarts(
    own_control_plane: ControlPlane,
) -> None:
    plane = own_control_plane
    plane.nodes(2)
    a_shop(plane, "talking", 2)
    async with exploring(plane, namespace="talking") as person:
        await person.live()
        await person.press("f1", "l")
        await person.sees("a line from a container", seconds=20)
        plane.log("said by two")
        await person.until(lambda: person.screen.count("said by two") == 2, "two lines", 20)
        await kubectl(plane, "scale", "deployment", "web", "-n", "talking", "--replicas=3")
        await person.until(lambda: person.screen.count("said by two") == 3, "the past of the one that joined", 40)
        await asyncio.to_thread(plane.restart)
        plane.log("said after the restart")
        await person.until(lambda: person.screen.count("said after the restart") == 3, "three lines", 60)
        plane.log("the last word")
        await person.until(lambda: person.screen.count("the last word") == 3, "three lines", 20)
        assert [person.screen.count(said) for said in ("said by two", "said after the restart")] == [3, 3]


async def test_a_manifest_is_live(plane: ControlPlane) -> None:
    async with exploring(plane, namespace=SHOP) as person:
        await person.live()
        await person.press("f1", "y")
        await person.sees("apiVersion: apps/v1", "kind: Deployment", seconds=20)
        await kubectl(plane, "label", "deployment", "web", "-n", SHOP, "seen-by=a-person")
        await person.sees("seen-by: a-person", seconds=20)


async def test_who_may_read_one_namespace_sees_that_one_and_is_told_what_is_forbidden(plane: ControlPlane) -> None:
    make(plane, a_pod("readable", "default"))
    async with exploring(plane, context="viewer") as person:
        await person.sees("⊘ forbidden: list nodes", "in default", "readable", seconds=20)
        pods = (await told(plane, "pods", "-n", "default"))["items"]
        wanted = {each["metadata"]["name"]: each["metadata"]["uid"] for each in pods}
        await holds(person, "pods", wanted)
        await person.press("f4", "ctrl+d")
        await person.sees("You may not delete pods in default.")
    await kubectl(plane, "delete", "pod", "readable", "-n", "default", "--wait=false")


async def test_who_may_read_nothing_is_told_so_on_every_pane(plane: ControlPlane) -> None:
    async with exploring(plane, context="nobody") as person:
        everything = [f"⊘ forbidden: list {plural}" for plural in ("nodes", "deployments", "services", "pods")]
        await person.sees(*everything, seconds=20)
        await person.sees('pods is forbidden: User "nobody" cannot list')


async def test_another_context_is_gone_to_and_back_without_a_restart(plane: ControlPlane) -> None:
    async with exploring(plane) as person:
        await person.live()
        await command(person, "ctx viewer")
        await person.sees("viewer › ", "⊘ forbidden: list nodes", seconds=20)
        await command(person, "ctx nobody")
        await person.sees("nobody › ", "⊘ forbidden: list pods", seconds=20)
        await command(person, "ctx admin")
        await person.sees("admin › ", "● live", seconds=20)
        await person.live()
        nodes = {each["metadata"]["name"] for each in (await told(plane, "nodes"))["items"]}
        assert held(person, "nodes").keys() == nodes


async def test_a_kind_defined_while_one_looks_is_a_list_of_its_own_columns_until_it_is_removed(
    plane: ControlPlane,
) -> None:
    async with exploring(plane, namespace=SHOP) as person:
        await person.live()
        await command(person, "crds")
        await person.sees("Customresourcedefinitions 0")
        make(plane, widgets())
        await person.sees(WIDGETS)
        await kubectl(plane, "wait", "--for=condition=Established", f"crd/{WIDGETS}", "--timeout=30s")
        await asyncio.to_thread(make, plane, a_widget("first", SHOP, "red"))
        await command(person, "widgets")
        await person.sees("COLOUR", "first", "red")
        await person.live()
        await asyncio.to_thread(make, plane, a_widget("second", SHOP, "blue"))
        await person.sees("second", "blue")
        wanted = printed(await kubectl(plane, "get", "widgets", "-n", SHOP))
        assert painted(person, "widgets") == wanted
        await kubectl(plane, "delete", "crd", WIDGETS)
        await person.sees("⊘ gone", seconds=30)


async def test_a_namespace_deleted_while_one_looks_at_it_empties_and_the_app_goes_on(plane: ControlPlane) -> None:
    a_namespace(plane, "doomed")
    make(plane, *(a_pod(f"pod-{at}", "doomed", grace=1) for at in range(3)))
    async with exploring(plane, namespace="doomed") as person:
        await person.live()
        await person.sees("Pods 3", "pod-2")
        await kubectl(plane, "delete", "namespace", "doomed", "--wait=false")
        await person.until(lambda: not held(person, "pods"), "no pods in it", 60)
        await person.sees("No pods in doomed.")
        assert all(pane.state.phase is Phase.LIVE for pane in panes(person).values())
        await command(person, "ns all")
        await person.sees("all namespaces")
        await person.live()


async def test_a_frozen_server_is_told_on_every_pane_and_recovers_by_itself(
    own_control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = own_control_plane
    plane.nodes(2)
    a_shop(plane, "frozen", 3)
    with counting(monkeypatch) as asked:
        async with exploring(plane, namespace="frozen") as person:
            await person.live()
            before = held(person, "pods")
            plane.pause()
            try:
                await person.until(
                    lambda: all(pane.state.phase is Phase.STALE for pane in panes(person).values()), "stale panes", 12
                )
                await person.until(
                    lambda: person.screen.count("⚠ stale") == 5, "it on each pane and in the head line", 2
                )
                assert held(person, "pods") == before
                assert all(pane.table.dimmed for pane in panes(person).values())
            finally:
                plane.resume()
            thawed = len(asked)
            await person.live()
            await person.sees_no("stale")
            assert not any(pane.table.dimmed for pane in panes(person).values())
            await kubectl(plane, "delete", "pod", "-n", "frozen", min(before), "--wait=false")
            await person.sees("healed in", seconds=40)
            await agrees_on_pods(person, plane, "frozen")
            assert [each for each in asked[thawed:] if each.lists] == []
            assert len([each for each in asked[thawed:] if each.watches]) <= 14
            await command(person, "pods")
            await list_of(person, "pods")
            assert await shows_what_kubectl_prints(person, plane, "pods", "-n", "frozen") >= 3


async def test_a_restarted_server_is_found_again_with_the_rows_it_has_now(
    own_control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = own_control_plane
    a_namespace(plane, "kept")
    make(plane, *(a_pod(f"pod-{at}", "kept") for at in range(3)))
    with counting(monkeypatch) as asked:
        async with exploring(plane, namespace="kept") as person:
            await person.live()
            before = held(person, "pods")
            began = len(asked)
            await asyncio.to_thread(plane.restart)
            make(plane, a_pod("pod-new", "kept"))
            await person.sees("pod-new", seconds=30)
            await person.live()
            assert before.items() < held(person, "pods").items()
            await command(person, "pods")
            await list_of(person, "pods")
            assert await shows_what_kubectl_prints(person, plane, "pods", "-n", "kept") == 4
            assert len(asked) - began < 80
