"""What the explorer asks of a cluster: for each view one list and one watch, and nothing that nobody looks at."""

from collections import Counter
from pathlib import Path

from kubetui.kinds.pod import POD
from kubetui.live.state import Phase
from kubetui.settings.options import Options
from kubetui.tui.board.firstsight import first_kinds
from kubetui.tui.session import Session
from tests.fake.apiserver import FakeApiServer
from tests.fake.front import kubeconfig, listening
from tests.live.engine import Seen
from tests.tui.exploring import exploring
from tests.tui.shop import shop

PODS = Options(kind="pods")


def asked(server: FakeApiServer) -> Counter[str]:
    """How often each list and watch was asked for; the probe, discovery and questions about rights are none."""
    return Counter(
        f"{request.path}{' watch' if 'watch' in request.query else ''}"
        for request in server.requests
        if request.path not in ("/version", "/api", "/apis") and not request.path.startswith("/apis/authorization")
    )


async def test_a_list_costs_one_list_and_one_watch(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path, options=PODS) as person:
        await person.sees("Pods 5", "● live")
        assert asked(server) == {"/api/v1/pods": 1, "/api/v1/pods watch": 1}


async def test_before_the_first_row_nothing_is_asked_but_whether_the_server_is_there(tmp_path: Path) -> None:
    server = shop()
    async with listening(server) as url:
        path = tmp_path / "config"
        path.write_text(kubeconfig(url))
        session = Session(Options(kind="pods", kubeconfig=path))
        try:
            await session.switch()
            session.warm(first_kinds("pods"))
            assert session.cluster is not None
            store = session.cluster.peek(POD, session.scope)
            assert store is not None
            await Seen(store).until(Phase.LIVE, 10)
            assert {request.path for request in server.requests[:2]} == {"/version", "/api/v1/pods"}
        finally:
            await session.close()


async def test_the_board_costs_one_list_and_one_watch_of_each_of_its_kinds(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.until(lambda: len(server.watches) == len(first_kinds(None)), "all watches")
        assert set(asked(server).values()) == {1}
        assert len(asked(server)) == 2 * len(first_kinds(None))


async def test_another_view_of_a_kind_and_the_same_one_again_cost_nothing(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await person.live()
        await person.until(lambda: len(server.watches) == len(first_kinds(None)), "all watches")
        before = asked(server)
        for _ in range(2):
            person.app.obey("pods")
            await person.sees("Pods 5", "esc back")
            await person.press("escape")
            await person.sees("Deployments")
        assert asked(server) == before


async def test_from_a_list_one_goes_back_to_a_board_that_was_not_there_before(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, options=PODS) as person:
        await person.sees("Pods 5", "● live")
        await person.press("escape")
        await person.sees("Deployments", "Services", "Nodes")
        await person.live()


async def test_an_object_opened_from_a_list_knows_what_belongs_to_it(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, options=Options(kind="deployments")) as person:
        await person.sees("● live", "web")
        await person.press("end", "enter")
        await person.sees("Overview", "Revisions", "web-7d4b9c-x2k1p")


async def test_a_kind_that_nobody_serves_is_told_over_the_board(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, options=Options(kind="unicorns")) as person:
        await person.sees("serves no kind called 'unicorns'", "Deployments")
