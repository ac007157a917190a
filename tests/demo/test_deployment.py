"""Deployments roll, pause, roll back, remember and give up as the real controller does."""

from kubetui.demo.resources import DEPLOYMENTS, PODS, REPLICASETS
from tests.demo.living import Living, condition, is_ready, reason


def test_three_replicas_come_to_life() -> None:
    cluster = Living()
    cluster.deploy(replicas=3)
    cluster.run(15)
    status = cluster.get(DEPLOYMENTS, "web")["status"]
    assert (status["readyReplicas"], status["availableReplicas"], status["updatedReplicas"]) == (3, 3, 3)
    assert "unavailableReplicas" not in status
    assert reason(cluster.get(DEPLOYMENTS, "web"), "Progressing") == "NewReplicaSetAvailable"
    assert len({pod["spec"]["nodeName"] for pod in cluster.pods()}) == 3


def test_three_replicas_roll_one_up_and_one_down_at_a_time() -> None:
    cluster = Living()
    cluster.deploy(replicas=3)
    cluster.run(15)
    cluster.set_image("web", "nginx:1.28")
    cluster.run(60)
    assert cluster.scalings("web")[1:] == ["new 0→1", "old 3→2", "new 1→2", "old 2→1", "new 2→3", "old 1→0"]


def test_ten_replicas_roll_within_a_quarter_too_many_and_a_quarter_too_few() -> None:
    cluster = Living()
    cluster.deploy(replicas=10)
    cluster.run(30)
    with cluster.watching(PODS) as seen:
        cluster.set_image("web", "nginx:1.28")
        cluster.run(120)
    assert cluster.scalings("web")[1:4] == ["new 0→3", "old 10→8", "new 3→5"]
    assert seen
    assert cluster.get(DEPLOYMENTS, "web")["status"]["availableReplicas"] == 10


def test_a_rollout_never_has_fewer_ready_pods_than_promised() -> None:
    cluster = Living()
    cluster.deploy(replicas=4)
    cluster.run(30)
    fewest = 4

    def count(event: str, obj: object, old: object) -> None:
        nonlocal fewest
        ready = sum(is_ready(pod) and "deletionTimestamp" not in pod["metadata"] for pod in cluster.pods())
        fewest = min(fewest, ready)

    cluster.registry.subscribe(PODS, count)
    cluster.set_image("web", "nginx:1.28")
    cluster.run(120)
    assert fewest == 3


def test_a_paused_deployment_does_not_roll_until_it_is_resumed() -> None:
    cluster = Living()
    cluster.deploy()
    cluster.run(15)
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"paused": True}})
    cluster.set_image("web", "nginx:1.28")
    cluster.run(30)
    assert len(cluster.registry.list(REPLICASETS, "default")) == 1
    assert reason(cluster.get(DEPLOYMENTS, "web"), "Progressing") == "DeploymentPaused"
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"paused": None}})
    cluster.run(60)
    assert {pod["spec"]["containers"][0]["image"] for pod in cluster.running()} == {"nginx:1.28"}


def test_a_rollback_uses_the_old_replica_set_again_and_raises_its_revision() -> None:
    cluster = Living()
    cluster.deploy()
    cluster.run(15)
    (first,) = cluster.registry.list(REPLICASETS, "default")
    cluster.set_image("web", "nginx:1.28")
    cluster.run(60)
    cluster.set_image("web", "nginx:1.27")
    cluster.run(60)
    again = cluster.get(REPLICASETS, first["metadata"]["name"])
    assert len(cluster.registry.list(REPLICASETS, "default")) == 2
    assert again["spec"]["replicas"] == 3
    assert again["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert again["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"
    assert cluster.get(DEPLOYMENTS, "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"


def test_a_rollout_that_gets_nowhere_is_called_stuck_after_its_deadline() -> None:
    cluster = Living()
    cluster.deploy(progressDeadlineSeconds=60)
    cluster.run(15)
    cluster.set_image("web", "nginx:typo")
    cluster.run(50)
    assert reason(cluster.get(DEPLOYMENTS, "web"), "Progressing") == "ReplicaSetUpdated"
    cluster.run(30)
    assert reason(cluster.get(DEPLOYMENTS, "web"), "Progressing") == "ProgressDeadlineExceeded"
    assert condition(cluster.get(DEPLOYMENTS, "web"), "Available") == "True"


def test_only_as_many_old_replica_sets_are_kept_as_asked_for() -> None:
    cluster = Living()
    cluster.deploy(revisionHistoryLimit=1)
    cluster.run(15)
    for image in ("nginx:1.28", "nginx:1.29", "nginx:1.30"):
        cluster.set_image("web", image)
        cluster.run(60)
    assert len(cluster.registry.list(REPLICASETS, "default")) == 2


def test_scaling_in_the_middle_of_a_rollout_is_shared_out_in_proportion() -> None:
    cluster = Living(5)
    cluster.deploy(replicas=8)
    cluster.run(30)
    cluster.set_image("web", "nginx:typo")
    cluster.run(5)
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 16}})
    cluster.run(5)
    sizes = sorted(one["spec"]["replicas"] for one in cluster.registry.list(REPLICASETS, "default"))
    assert sum(sizes) == 20
    assert sizes == [8, 12]


def test_recreate_ends_all_old_pods_before_the_first_new_one() -> None:
    cluster = Living()
    cluster.deploy(strategy={"type": "Recreate"})
    cluster.run(15)
    with cluster.watching(PODS) as seen:
        cluster.set_image("web", "nginx:1.28")
        cluster.run(60)
    order = [event for event, _ in seen if event in ("ADDED", "DELETED")]
    assert order == ["DELETED"] * 3 + ["ADDED"] * 3
    assert len(cluster.running()) == 3


def test_a_run_with_the_same_seed_is_the_same() -> None:
    def names(seed: int) -> list[str]:
        cluster = Living(seed=seed)
        cluster.deploy()
        cluster.run(15)
        return [pod["metadata"]["name"] + pod["spec"]["nodeName"] for pod in cluster.pods()]

    assert names(7) == names(7)
    assert names(7) != names(8)
