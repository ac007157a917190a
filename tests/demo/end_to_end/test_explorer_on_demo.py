"""The real program on the built-in cluster, driven by keys in a terminal, with an independent client as the witness."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.end_to_end.operator import Operator, explorer
from tests.demo.end_to_end.witness import Witness

# A terminal is forked, in a process that has the threads of the test runner.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

NARROW, WIDE = ((80, 24), (120, 40))
"""Sizes of the terminal. What is laid out by the size is tried on both, everything else on one of them."""
TIC_TAC_TOE = "/api/v1/namespaces/default/pods?labelSelector=app%3Dtic-tac-toe"
STOREFRONT = "/apis/apps/v1/namespaces/shop/deployments/storefront"


def on(*sizes: tuple[int, int]) -> pytest.MarkDecorator:
    """A test of the explorer in a terminal of each of these sizes."""
    return pytest.mark.parametrize("running", sizes, indirect=True, ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """The explorer that the tests of one size share."""
    with explorer(tmp_path_factory.mktemp("home"), request.param) as operator:
        operator.sees("F1 Deployments", "● live")
        yield operator


@pytest.fixture
def operator(running: Operator) -> Operator:
    """On the board."""
    running.go_home()
    return running


@pytest.fixture
def witness(running: Operator) -> Witness:
    return Witness(next(running.home.rglob("kubeconfig")))


def newest_request(operator: Operator) -> int:
    """The highest number of a request in the logs on the screen."""
    return max(int(number) for number in re.findall(r"request=(\d+) ", operator.screen))


@on(NARROW, WIDE)
def test_the_board_shows_what_there_is(operator: Operator, witness: Witness) -> None:
    for path, title in (
        ("/api/v1/nodes", "F2 Nodes"),
        ("/api/v1/services", "F3 Services"),
        ("/api/v1/pods", "F4 Pods"),
    ):
        operator.sees(f"{title} {len(witness.uids(path))}")
    operator.sees("kubetui-demo", "tic-tac-toe")


@on(NARROW, WIDE)
def test_a_list_has_the_objects_of_the_cluster(operator: Operator, witness: Witness) -> None:
    operator.lists("nodes", "Nodes")
    operator.sees("Nodes 5", *witness.uids("/api/v1/nodes"))
    operator.lists("pods", "Pods")
    operator.filter("tic-tac-toe")
    operator.sees("Pods 3 of", *witness.uids(TIC_TAC_TOE))


@on(WIDE)
def test_logs_are_followed_and_those_of_the_run_before_are_kept(operator: Operator) -> None:
    operator.lists("pods", "Pods")
    operator.filter("tic-tac-toe")
    operator.sees("Pods 3 of")
    operator.press("l")
    operator.sees("follow", "1 live", "request=")
    before = newest_request(operator)
    operator.until(lambda: newest_request(operator) > before, "a new line on")
    operator.press("escape")
    operator.sees("Pods 3 of")
    operator.press("escape")
    operator.sees_no("Pods 3 of")
    operator.filter("recommendations")
    operator.sees("Pods 1 of", "recommendations-")
    operator.press("p")
    operator.sees("panic: recommendations can't go on", "previous run")


@on(NARROW)
def test_a_workload_is_scaled(operator: Operator, witness: Witness) -> None:
    before = witness.get(STOREFRONT)["spec"]["replicas"]
    operator.lists("deploy", "Deployments")
    operator.filter("storefront")
    operator.sees("Deployments 1 of", f"{before}/{before}")
    operator.press("s")
    operator.sees("Scale deployment/storefront", f"now {before}")
    operator.press(str(before + 1))
    operator.sees(f"--replicas={before + 1}")
    operator.press_seen("enter")
    operator.press("enter")
    operator.sees_no("Scale deployment/storefront")
    operator.sees(f"{before + 1}/{before + 1}")
    assert witness.get(STOREFRONT)["spec"]["replicas"] == before + 1
    assert witness.get(STOREFRONT)["status"]["readyReplicas"] == before + 1


@on(NARROW, WIDE)
def test_a_deleted_pod_is_replaced_and_the_story_tells_it(operator: Operator, witness: Witness) -> None:
    before = witness.uids(TIC_TAC_TOE)
    operator.lists("pods", "Pods")
    operator.filter("tic-tac-toe")
    operator.sees("Pods 3 of")
    operator.press("ctrl+d")
    dialog = operator.sees("Delete pod/tic-tac-toe-")
    victim = re.findall(r"Delete pod/(tic-tac-toe-\w+-\w+)", dialog)[0]
    operator.press_seen("right")
    operator.press("enter")
    witness.until(lambda: len(set(witness.uids(TIC_TAC_TOE)) - set(before)) == 1, "a pod in its place")
    (born,) = set(witness.uids(TIC_TAC_TOE)) - set(before)
    operator.until(lambda: "Running" in operator.line_of(born), "the new pod, running, on")
    witness.until(lambda: victim not in witness.uids(TIC_TAC_TOE), "the old pod gone")
    operator.go_home()
    operator.sees("you deleted", "ready")


@on(WIDE)
def test_a_manifest_is_live(operator: Operator, witness: Witness) -> None:
    operator.lists("deploy", "Deployments")
    operator.filter("storefront")
    operator.sees("Deployments 1 of")
    operator.press("y")
    operator.sees("kind: Deployment", "name: storefront")
    patch = {"metadata": {"annotations": {"aaa/told-by": "the-witness"}}}
    witness.ask("PATCH", STOREFRONT, patch, "application/merge-patch+json")
    operator.sees("aaa/told-by: the-witness")
    witness.ask(
        "PATCH", STOREFRONT, {"metadata": {"annotations": {"aaa/told-by": None}}}, "application/merge-patch+json"
    )
    operator.sees_no("aaa/told-by: the-witness")


@on(WIDE)
def test_the_values_of_a_secret_are_masked(operator: Operator, witness: Witness) -> None:
    secret = {"metadata": {"name": "till"}, "stringData": {"password": "correct-horse"}}
    made = witness.ask("POST", "/api/v1/namespaces/shop/secrets", secret)
    operator.lists("secrets", "Secrets")
    operator.filter("till")
    operator.sees("Secrets 1")
    operator.press("y")
    shown = operator.sees("kind: Secret", "password:")
    assert made["data"]["password"] not in shown
    assert "correct-horse" not in shown
    witness.ask("DELETE", "/api/v1/namespaces/shop/secrets/till")


@on(NARROW)
def test_in_another_context_one_is_somebody_else(operator: Operator) -> None:
    operator.command("ctx viewer")
    operator.sees(" viewer ›", "F2 Nodes   ⊘ forbidden: list nodes", "F4 Pods 3")
    operator.command("ctx kubetui-demo")
    operator.sees(" kubetui-demo ›", "F2 Nodes 5")


def test_quitting_leaves_the_terminal_as_it_was_and_nothing_running(tmp_path: Path) -> None:
    with explorer(tmp_path, (80, 24)) as operator:
        operator.sees("F1 Deployments", "● live")
        witness = Witness(next(tmp_path.rglob("kubeconfig")))
        assert witness.get("/version")["major"] == "1"
        assert not operator.terminal.edits_lines
        assert 1049 in operator.terminal.private_modes
        operator.press("ctrl+c")
        assert operator.terminal.exit_code(10) == 0
        assert operator.terminal.edits_lines
        assert not operator.terminal.private_modes & {1000, 1002, 1003, 1004, 1006, 1049, 2004}
        assert not operator.terminal.screen.cursor.hidden
    with pytest.raises(OSError):
        witness.get("/version")
    assert not list(tmp_path.rglob("kubeconfig"))
