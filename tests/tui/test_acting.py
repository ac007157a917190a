"""Acting by keys: what is asked, what is sent, what is told."""

import json
from pathlib import Path
from typing import Any

from kubetui.settings.options import Options
from tests.fake.apiserver import FakeApiServer
from tests.tui.exploring import Person, exploring
from tests.tui.shop import deployment, pod, shop

WEB = "/api/v1/namespaces/shop/pods/web-7d4b9c-lm4vd"


async def on_web_pod(person: Person) -> None:
    """The cursor on the first web pod."""
    await person.live()
    await person.press("slash")
    await person.type("lm4vd")
    await person.press("enter")
    await person.sees("1 of 5")


async def test_delete_asks_with_the_focus_on_cancel_and_shows_the_command(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await on_web_pod(person)
        await person.press("ctrl+d")
        await person.sees(
            "Delete pod/web-7d4b9c-lm4vd", "in cluster fake", "$ kubectl delete pod/web-7d4b9c-lm4vd -n shop"
        )
        await person.press("enter")
        await person.sees_no("Delete pod/")
        assert not server.asked(method="DELETE")


async def test_delete_carries_the_uid_so_that_a_namesake_is_never_hit(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await on_web_pod(person)
        await person.press("ctrl+d")
        await person.sees("$ kubectl delete")
        server.replaces(namesake())
        await person.press("right", "enter")
        await person.sees("left alone")
        [sent] = server.asked(WEB, method="DELETE")
        assert json.loads(sent.body)["preconditions"] == {"uid": "pod-web-7d4b9c-lm4vd"}
        assert server.held(pod("web", "lm4vd", "node-2")) is not None


def namesake() -> dict[str, Any]:
    """A new pod of the same name."""
    reborn = pod("web", "lm4vd", "node-2")
    reborn["metadata"]["uid"] = "reborn"
    return reborn


async def test_marked_pods_are_deleted_together_and_others_are_not(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.press("f4", "space", "space", "ctrl+d")
        await person.sees("Delete 2 pods")
        await person.press("right", "enter")
        await person.until(lambda: len(server.asked(method="DELETE")) == 2, "two requests, on")
        names = {each.path.rpartition("/")[2] for each in server.asked(method="DELETE")}
        assert names == {"api-7d4b9c-2hx9t", "api-7d4b9c-7vbn2"}


async def test_scale_shows_now_and_wanted_and_patches_the_subresource(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.press("f1", "s")
        await person.sees("Scale deployment/api", "now 2")
        await person.press("5")
        await person.sees("$ kubectl scale deployment/api -n shop --replicas=5")
        await person.press("enter", "enter")
        await person.sees("scaled to 5 (was 2)")
        [sent] = server.asked("/apis/apps/v1/namespaces/shop/deployments/api/scale", method="PATCH")
        assert {"op": "add", "path": "/spec/replicas", "value": 5} in json.loads(sent.body)


async def test_scale_leaves_a_namesake_alone(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.press("f1", "s")
        await person.sees("Scale deployment/api")
        reborn = deployment("api", 2)
        reborn["metadata"]["uid"] = "reborn"
        server.replaces(reborn)
        await person.press("5", "enter", "enter")
        await person.sees("left alone")
        held = server.held(reborn)
        assert held is not None and held["spec"]["replicas"] == 2


async def test_a_number_beyond_what_the_api_takes_cannot_be_confirmed(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.press("f1", "s")
        await person.sees("Scale deployment/api")
        await person.type("99999999999999999999999")
        await person.press("enter", "enter")
        await person.sees_no("$ kubectl")
        assert not server.asked(method="PATCH")


async def test_marks_stay_where_a_verb_was_cancelled(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.press("f4", "space", "space", "ctrl+d")
        await person.sees("Delete 2 pods")
        await person.press("escape")
        await person.sees("2 marked")
        await person.press("ctrl+d")
        await person.sees("Delete 2 pods")
        await person.press("right", "enter")
        await person.sees_no("2 marked")


async def test_what_the_server_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    server = shop()
    server.refuses("DELETE *", 403, 'pods "x" is forbidden: User "me" cannot delete resource "pods"')
    async with exploring(server, tmp_path) as person:
        await on_web_pod(person)
        await person.press("ctrl+d", "right", "enter")
        await person.sees("cannot delete resource", "delete failed")


async def test_read_only_has_no_verbs_that_change(tmp_path: Path) -> None:
    server: FakeApiServer = shop()
    async with exploring(server, tmp_path, options=Options(readonly=True)) as person:
        await person.live()
        await person.sees("read-only")
        await person.press("f4", "ctrl+d")
        await person.sees("Read-only:")
        await person.press("m")
        await person.sees("manifest")
        await person.sees_no("ctrl-d", "scale")


async def test_the_menu_offers_the_verbs_of_the_kind_with_their_keys(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await person.live()
        await person.press("f1", "m")
        await person.sees("scale", "ctrl-d", "deployment/api")
        await person.press("end", "enter")
        await person.sees("Delete deployment/api")


async def test_the_keys_at_the_bottom_tell_of_deleting_before_they_tell_of_other_ways_to_look(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=(120, 40)) as person:
        await person.live()
        await person.press("f4")
        await person.sees("l logs  ctrl-d delete")
