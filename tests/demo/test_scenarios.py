"""What a person sees after each scenario, in virtual time."""

from pathlib import Path

import pytest

from kubetui.cli import main
from kubetui.demo.kubelet.usage import LOAD
from kubetui.demo.objects import deleting, labels_of, name_of
from kubetui.demo.resources import (
    DEPLOYMENTS,
    ENDPOINTSLICES,
    NODES,
    PERSISTENTVOLUMECLAIMS,
    PODDISRUPTIONBUDGETS,
    PODS,
)
from kubetui.demo.worlds.large import large
from kubetui.demo.worlds.scenarios.catalogue import SCENARIOS
from kubetui.demo.worlds.scenarios.scenario import Impossible
from kubetui.demo.worlds.world import World
from tests.demo.living import condition, is_ready, waiting
from tests.demo.stage import GAME, Theatre, reasons


@pytest.fixture
def theatre() -> Theatre:
    return Theatre()


def _address(theatre: Theatre) -> int:
    """How many ready addresses the game's service has."""
    return sum(
        endpoint["conditions"]["ready"]
        for one in theatre.registry.list(ENDPOINTSLICES, "default")
        if labels_of(one).get("kubernetes.io/service-name") == GAME
        for endpoint in one["endpoints"]
    )


def test_pod_killed_the_replacement_is_there_before_the_pod_is_gone(theatre: Theatre) -> None:
    seen: list[tuple[str, str]] = []
    theatre.registry.subscribe(PODS, lambda event, pod, old: seen.append((event, name_of(pod))))
    victim = theatre.begin("pod-killed", 30).partition(".")[0]
    added = [name for event, name in seen if event == "ADDED" and name.startswith(GAME)]
    assert len(added) == 1
    assert seen.index(("ADDED", added[0])) < seen.index(("DELETED", victim))
    assert theatre.ready() == 3


def test_pod_killed_takes_the_pod_that_is_named(theatre: Theatre) -> None:
    named = name_of(theatre.pods("cart")[0])
    theatre.begin(f"pod-killed=shop/{named}", 60)
    assert named not in map(name_of, theatre.pods("cart"))
    assert theatre.ready("cart") == 2


def test_node_dies_traffic_moves_first_and_pods_are_replaced_after_their_patience(theatre: Theatre) -> None:
    node = theatre.begin("node-dies", 20).partition(".")[0]
    assert theatre.nodes()[node] == "True"
    theatre.run(40)
    assert theatre.nodes()[node] == "Unknown"
    assert _address(theatre) == 2
    assert len(theatre.pods()) == 3
    theatre.run(310)
    assert theatre.ready() == 3
    assert [node] == [pod["spec"]["nodeName"] for pod in theatre.pods() if deleting(pod)]
    assert theatre.events("TaintManagerEviction", GAME)


def test_node_dies_takes_the_node_that_is_named(theatre: Theatre) -> None:
    theatre.begin("node-dies=node-5", 60)
    assert [name for name, ready in theatre.nodes().items() if ready == "Unknown"] == ["node-5"]
    with pytest.raises(Impossible, match="node-5 is away already"):
        theatre.begin("node-dies=node-5")
    with pytest.raises(Impossible, match=r"there is no node 'node-9'; those there are: node-1, "):
        theatre.begin("node-dies=node-9")


def test_zone_dies_what_is_spread_goes_on_answering(theatre: Theatre) -> None:
    theatre.begin("zone-dies=zone-a", 60)
    assert theatre.nodes() == {
        "node-1": "Unknown", "node-2": "True", "node-3": "True", "node-4": "Unknown", "node-5": "True",
    }  # fmt: skip
    assert _address(theatre) == 2
    theatre.run(440)
    assert theatre.ready() == 3


def test_network_split_the_node_looks_dead_and_returns_without_restarts(theatre: Theatre) -> None:
    node = theatre.begin("network-split", 120).partition(".")[0]
    assert [name for name, ready in theatre.nodes().items() if ready == "Unknown"] == [node]
    assert theatre.begin("nodes-return", 30).startswith(node)
    assert set(theatre.nodes().values()) == {"True"}
    assert theatre.ready() == 3
    assert not any(status["restartCount"] for pod in theatre.pods() for status in pod["status"]["containerStatuses"])


def test_nodes_return_ends_what_was_replaced_and_opens_what_was_closed(theatre: Theatre) -> None:
    theatre.begin("node-dies=node-1")
    theatre.begin("cordon=node-2", 450)
    assert any(map(deleting, theatre.on("node-1")))
    assert theatre.begin("nodes-return", 60).startswith("node-1, node-2.")
    assert set(theatre.nodes().values()) == {"True"}
    assert not any(map(deleting, theatre.registry.list(PODS)))
    assert not any(node["spec"].get("unschedulable") for node in theatre.registry.list(NODES))
    with pytest.raises(Impossible, match="no node was away"):
        theatre.begin("nodes-return")


def test_cordon_the_node_keeps_its_pods_and_gets_no_new_ones(theatre: Theatre) -> None:
    kept = {name_of(pod) for pod in theatre.on("node-2") if "stock-report" not in name_of(pod)}
    theatre.begin("cordon=node-2")
    theatre.registry.patch(DEPLOYMENTS, "shop", "cart", {"spec": {"replicas": 8}})
    theatre.run(60)
    assert theatre.ready("cart") == 8
    assert {name_of(pod) for pod in theatre.on("node-2") if "stock-report" not in name_of(pod)} == kept


def test_drain_the_node_empties_but_for_daemons_and_budgets_hold(theatre: Theatre) -> None:
    node = theatre.begin("drain").partition(".")[0]
    for _ in range(60):
        theatre.run(2)
        for budget in theatre.registry.list(PODDISRUPTIONBUDGETS):
            assert theatre.ready(name_of(budget)) >= budget["spec"]["minAvailable"]
    assert {pod["metadata"]["ownerReferences"][0]["kind"] for pod in theatre.on(node)} == {"DaemonSet"}
    assert theatre.registry.get(NODES, "", node)["spec"]["unschedulable"] is True
    assert theatre.ready() == 3


def test_drain_takes_what_has_finished_too(theatre: Theatre) -> None:
    theatre.run(600)
    finished = next(pod for pod in theatre.registry.list(PODS) if pod["status"]["phase"] == "Succeeded")
    theatre.begin(f"drain={finished['spec']['nodeName']}", 10)
    assert theatre.registry.find(PODS, "shop", name_of(finished)) is None


def test_drain_waits_for_a_budget_without_room_and_ends_when_the_node_is_opened(theatre: Theatre) -> None:
    theatre.registry.patch(PODDISRUPTIONBUDGETS, "default", GAME, {"spec": {"minAvailable": 3}})
    theatre.run(1)
    node = theatre.begin("drain", 120).partition(".")[0]
    assert [name_of(pod) for pod in theatre.on(node) if labels_of(pod)["app"] == GAME and is_ready(pod)]
    theatre.begin("nodes-return", 10)
    theatre.registry.patch(PODDISRUPTIONBUDGETS, "default", GAME, {"spec": {"minAvailable": 2}})
    theatre.run(60)
    assert [name_of(pod) for pod in theatre.on(node) if labels_of(pod)["app"] == GAME and is_ready(pod)]


def test_rolling_update_all_pods_are_new_and_never_fewer_than_three(theatre: Theatre) -> None:
    theatre.begin("rolling-update")
    for _ in range(45):
        theatre.run(2)
        assert theatre.ready() >= 3
    assert sorted(theatre.replicasets().values()) == [0, 3]
    assert theatre.replicasets()["1.0"] == 0


def test_bad_rollout_is_stuck_with_the_old_pods_and_rollback_ends_it(theatre: Theatre) -> None:
    theatre.begin("bad-rollout", 60)
    assert (theatre.ready(), len(theatre.pods())) == (3, 4)
    theatre.run(600)
    assert reasons(theatre.game()["status"]["conditions"])["Progressing"] == "ProgressDeadlineExceeded"
    theatre.begin("rollback", 60)
    assert (theatre.ready(), len(theatre.pods())) == (3, 3)
    assert reasons(theatre.game()["status"]["conditions"])["Progressing"] == "NewReplicaSetAvailable"
    assert theatre.game()["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"


def test_bad_rollouts_one_after_the_other_each_show_what_their_name_says(theatre: Theatre) -> None:
    theatre.begin("image-typo", 40)
    theatre.begin("crash-loop", 60)
    assert [waiting(pod) for pod in theatre.pods() if not is_ready(pod)] == ["CrashLoopBackOff"]
    theatre.begin("bad-rollout", 60)
    assert [pod["status"]["containerStatuses"][0]["restartCount"] for pod in theatre.pods() if not is_ready(pod)] == [0]
    theatre.begin("rollback", 60)
    assert (theatre.ready(), len(theatre.pods())) == (3, 3)
    assert {pod["spec"]["containers"][0]["image"].rpartition(":")[2] for pod in theatre.pods()} == {"1.0"}


def test_rollback_without_an_earlier_revision_is_told(theatre: Theatre) -> None:
    with pytest.raises(Impossible, match="has no earlier revision"):
        theatre.begin("rollback=catalog")


def test_crash_loop_the_new_pods_wait_ever_longer_and_the_old_ones_stay(theatre: Theatre) -> None:
    theatre.begin("crash-loop", 110)
    crashing = [pod for pod in theatre.pods() if not is_ready(pod)]
    assert [waiting(pod) for pod in crashing] == ["CrashLoopBackOff"]
    assert theatre.ready() == 3
    said = [pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"] for pod in crashing]
    assert said[0].startswith(("back-off 40s", "back-off 1m20s"))


def test_image_typo_the_new_image_can_not_be_pulled(theatre: Theatre) -> None:
    theatre.begin("image-typo", 110)
    assert [waiting(pod) for pod in theatre.pods() if not is_ready(pod)] == ["ImagePullBackOff"]
    assert "Error: ErrImagePull" in theatre.events("Failed", GAME)
    assert theatre.ready() == 3


def test_out_of_memory_containers_are_killed_with_137(theatre: Theatre) -> None:
    theatre.begin("out-of-memory", 200)
    ends = [pod["status"]["containerStatuses"][0].get("lastState", {}).get("terminated") for pod in theatre.pods()]
    assert ("OOMKilled", 137) in [(end["reason"], end["exitCode"]) for end in ends if end]


def test_quota_exceeded_the_replicaset_and_the_deployment_say_which_quota(theatre: Theatre) -> None:
    name = theatre.begin("quota-exceeded=search", 20).partition(".")[0]
    assert len(theatre.pods(name)) == 3
    said = theatre.events("FailedCreate", name)
    assert any("exceeded quota: few-pods, requested: pods=1, used: pods=" in one for one in said)
    status = theatre.registry.get(DEPLOYMENTS, "shop", name)["status"]
    assert reasons(status["conditions"])["ReplicaFailure"] == "FailedCreate"


def test_quota_exceeded_happens_to_what_no_autoscaler_keeps_small(theatre: Theatre) -> None:
    assert theatre.begin("quota-exceeded").startswith("cart.")


def test_unschedulable_the_pod_says_why(theatre: Theatre) -> None:
    theatre.begin("unschedulable", 20)
    assert [condition(pod, "PodScheduled") for pod in theatre.pods("solver")] == ["False"]
    assert theatre.events("FailedScheduling", "solver")[0].startswith("0/5 nodes are available: 5 Insufficient cpu")
    with pytest.raises(Impossible, match="already exists"):
        theatre.begin("unschedulable")


def test_pvc_pending_the_claim_and_its_pod_wait(theatre: Theatre) -> None:
    theatre.begin("pvc-pending", 20)
    claim = theatre.registry.get(PERSISTENTVOLUMECLAIMS, "default", "archive")
    assert claim["status"]["phase"] == "Pending"
    assert [condition(pod, "PodScheduled") for pod in theatre.pods("archive")] == ["False"]
    assert any("premium" in said for said in theatre.events("ProvisioningFailed", "archive"))


def test_load_spike_brings_pods_and_they_go_when_it_is_over(theatre: Theatre) -> None:
    theatre.begin("load-spike", 240)
    assert 5 <= theatre.ready() <= 9
    assert any("above target" in said for said in theatre.events("SuccessfulRescale", GAME))
    theatre.run(120)
    assert LOAD not in theatre.game()["metadata"]["annotations"]
    most = theatre.ready()
    theatre.run(400)
    assert 3 <= theatre.ready() < most


@pytest.mark.parametrize(("name", "what", "usual"), [("api-silent", "silent", 30), ("api-restart", "restart", 10)])
def test_an_outage_of_the_api_server_takes_as_long_as_was_said(name: str, what: str, usual: float) -> None:
    theatre = Theatre(World((), (), 0))
    theatre.begin(name)
    theatre.begin(f"{name}=90s")
    theatre.begin(f"{name}=7")
    assert theatre.api.suffered == [(what, usual), (what, 90), (what, 7)]
    with pytest.raises(Impossible, match="'soon' is no number of seconds"):
        theatre.begin(f"{name}=soon")


def test_scenarios_happen_to_the_workload_that_is_named(theatre: Theatre) -> None:
    theatre.begin("image-typo=cart", 60)
    assert "ImagePullBackOff" in map(waiting, theatre.pods("cart"))
    with pytest.raises(Impossible, match="there is no deployment 'card'"):
        theatre.begin("image-typo=card")


def test_they_happen_in_a_large_world_too() -> None:
    theatre = Theatre(large(3, 30))
    theatre.begin("node-dies", 60)
    assert list(theatre.nodes().values()).count("Unknown") == 1
    name = theatre.begin("bad-rollout", 60).partition(".")[0]
    assert any(not is_ready(pod) for pod in theatre.pods(name) if condition(pod, "PodScheduled") == "True")


def test_nothing_to_happen_to_is_said() -> None:
    with pytest.raises(Impossible, match="no deployment"):
        Theatre(World((), (), 0)).begin("pod-killed")


@pytest.mark.parametrize("words", [["serve", "--scenario"], ["scenario"]])
@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("node-die", "there is no scenario 'node-die'; the nearest is node-dies"),
        ("pvc-pending=x", "pvc-pending takes no value"),
        ("node-dies=", "node-dies= lacks its NODE"),
    ],
)
def test_a_wish_that_makes_no_sense_is_a_wrong_usage(
    words: list[str], wish: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as over:
        main(["demo", *words, wish])
    assert over.value.code == 2
    assert said in capsys.readouterr().err


def test_all_are_listed_with_what_to_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "scenario"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(SCENARIOS)
    for line, (name, one) in zip(lines, SCENARIOS.items(), strict=True):
        assert line.startswith(name)
        assert line.endswith(one.watch)


def test_the_page_of_the_built_in_cluster_says_the_same_of_every_scenario() -> None:
    page = (Path(__file__).parents[2] / "docs" / "demo.md").read_text()
    for name, one in SCENARIOS.items():
        usage = f"{name}={one.takes}" if one.takes else name
        assert f"| `{usage}` | {one.watch} |" in page
