"""A board for those who may do little: what may be read is there, and what may not says so."""

from pathlib import Path

from kubetui.settings.options import Options
from tests.fake.apiserver import FakeApiServer, an_object
from tests.fake.front import kubeconfig
from tests.live.test_rights import grants, rule
from tests.tui.exploring import exploring
from tests.tui.shop import made, shop


def in_shop(url: str) -> str:
    """A kubeconfig whose context is in the namespace of the shop."""
    return kubeconfig(url).replace("user: fake}", "user: fake, namespace: shop}")


async def test_who_may_list_and_not_watch_has_rows_that_say_how_old_they_may_be(tmp_path: Path) -> None:
    server = shop()
    server.refuses("*", 403, "cannot watch", times=None, watch=True)
    async with exploring(server, tmp_path) as person:
        await person.sees("Pods 5", "web-7d4b9c-lm4vd", "◔ polled every")
        assert "● live" not in person.screen


async def test_of_three_namespaces_those_one_may_read_are_on_the_board(tmp_path: Path) -> None:
    server = shop()
    server.refuses("*/namespaces/back/*", 403, "cannot list in back", times=None)
    async with exploring(server, tmp_path, options=Options(namespace="shop,web,back")) as person:
        await person.sees("Pods 5  ⊘ only in shop, web", "● live")


async def test_the_head_line_names_the_namespaces_that_one_may_read(tmp_path: Path) -> None:
    server = shop()
    for everywhere in ("GET /api/v1/[!n]*", "GET /apis/*/v1/[!n]*", "GET /api/v1/namespaces"):
        server.refuses(everywhere, 403, "cannot list everywhere", times=None)
    async with exploring(server, tmp_path, size=(80, 24), config=in_shop) as person:
        await person.sees("fake › shop", "● live", "Pods 5")
        assert "all namespaces" not in person.screen and "only in" not in person.screen


async def test_who_may_see_pods_and_no_nodes_has_the_other_panes(tmp_path: Path) -> None:
    server = shop()
    server.refuses("*/nodes", 403, 'cannot list resource "nodes"', times=None)
    async with exploring(server, tmp_path) as person:
        await person.sees("Nodes   ⊘ forbidden: list nodes", 'cannot list resource "nodes"', "Pods 5", "● live")


def nothing() -> FakeApiServer:
    server = shop()
    server.refuses("GET /api*", 403, "cannot list this", times=None)
    grants(server)
    return server


async def test_who_may_nothing_is_told_what_is_forbidden_and_what_to_try(tmp_path: Path) -> None:
    server = nothing()
    server.refuses("*/selfsubjectaccessreviews", 403, "no", times=None)
    async with exploring(server, tmp_path) as person:
        await person.sees("cannot list this", "If you may read some namespaces", "⊘ forbidden: list pods")


async def test_a_pane_that_is_forbidden_does_not_hide_that_the_others_are_stale(tmp_path: Path) -> None:
    server = shop()
    server.refuses("*/nodes", 403, "cannot list nodes", times=None)
    async with exploring(server, tmp_path) as person:
        await person.sees("Pods 5", "forbidden: list nodes", "● live")
        server.goes_down()
        await person.sees("⚠ stale")
        await person.sees_no("● live")


async def test_nobody_is_invited_to_delete_who_may_not(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.sees("Delete a pod (ctrl-d)")
    server = shop()
    grants(server, rule("get list watch", "*", "*"))
    async with exploring(server, tmp_path) as person:
        await person.sees_no("Delete a pod (ctrl-d)")


async def test_a_kind_one_may_read_in_a_namespace_alone_has_its_list_there(tmp_path: Path) -> None:
    server = shop()
    server.holds(made(an_object("v1", "ConfigMap", "prices", "shop", uid="cm")))
    server.refuses("*/api/v1/configmaps", 403, "cannot list everywhere", times=None)
    async with exploring(server, tmp_path, options=Options(namespace="shop")) as person:
        await person.live()
        await person.press("colon")
        await person.type("configmaps")
        await person.press("enter")
        await person.sees("Configmaps 1", "prices")


async def test_where_rules_are_not_told_in_whole_the_menu_knows_all_the_same_what_one_may_not(tmp_path: Path) -> None:
    server = shop()
    grants(server, rule("get list watch", "*", "*"), evaluationError='clusterrole "gone" not found')
    server.answers("*/selfsubjectaccessreviews", 201, {}, {"status": {"allowed": False}}, None)
    async with exploring(server, tmp_path, size=(200, 50)) as person:
        await person.live()
        await person.press("f4", "m")
        await person.sees("You may not delete pods in shop.")
        await person.press("escape")
        await person.sees("⊘ctrl-d")


async def test_a_list_of_what_one_may_not_read_says_which_verb_on_what(tmp_path: Path) -> None:
    server = shop()
    server.refuses("*/configmaps", 403, 'configmaps is forbidden: User "me" cannot list resource', times=None)
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.type(":configmaps")
        await person.press("enter")
        await person.sees("Configmaps", "⊘ forbidden: list configmaps", 'User "me" cannot list resource')
        await person.press("escape")
        await person.sees("Deployments 2")
