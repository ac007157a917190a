"""Deployments and replica sets: what their columns say, how they are doing, what they are tied to."""

from typing import Any

import pytest

from kubetui.kinds.deployment import DEPLOYMENT, Deployment
from kubetui.kinds.kind import Health, Link
from kubetui.kinds.replicaset import REPLICASET, ReplicaSet
from tests.kinds.build import build, ordered, row

TEMPLATE = {"spec": {"containers": [{"name": "web", "image": "web:1"}, {"name": "proxy", "image": "proxy:2"}]}}
SELECTOR = {"matchLabels": {"tier": "web", "app": "shop"}}


def deployment(
    wanted: int, have: int = 0, updated: int = 0, available: int = 0, *, name: str = "web", **conditions: str
) -> Deployment:
    """A deployment with so many pods, and these conditions by their reason."""
    spec = {"replicas": wanted, "template": TEMPLATE, "selector": SELECTOR}
    told = [{"type": type_, "status": "True", "reason": reason} for type_, reason in conditions.items()]
    status = {"replicas": have, "updatedReplicas": updated, "availableReplicas": available, "readyReplicas": available}
    return build(DEPLOYMENT, name, spec=spec, status=status | {"conditions": told})


def replica_set(wanted: int, have: int = 0, available: int = 0, **meta: Any) -> ReplicaSet:
    """A replica set with so many pods."""
    spec = {"replicas": wanted, "template": TEMPLATE, "selector": SELECTOR}
    status = {"replicas": have, "readyReplicas": available, "availableReplicas": available}
    return build(REPLICASET, meta=meta, spec=spec, status=status)


@pytest.mark.parametrize(
    ("obj", "health"),
    [
        (deployment(3, 3, 3, 3), Health.WELL),
        (deployment(3, 3, 3, 2), Health.PROGRESS),
        (deployment(3, 4, 2, 3), Health.PROGRESS),
        (deployment(3, 4, 3, 3), Health.PROGRESS),
        (deployment(1, 3, 3, 3), Health.PROGRESS),
        (deployment(0, 0, 0, 0), Health.OFF),
        (deployment(0, 2, 2, 2), Health.PROGRESS),
        (deployment(3, 3, 1, 2, Progressing="ProgressDeadlineExceeded"), Health.BROKEN),
        (deployment(3, 0, 0, 0, ReplicaFailure="FailedCreate"), Health.BROKEN),
        (deployment(3, 3, 3, 0, Progressing="NewReplicaSetAvailable"), Health.BROKEN),
        (deployment(3, 3, 3, 1, Progressing="NewReplicaSetAvailable"), Health.PROGRESS),
        (deployment(3, 3, 3, 0, Progressing="ReplicaSetUpdated"), Health.PROGRESS),
    ],
)
def test_a_deployment_is_doing_as_its_rollout_does(obj: Deployment, health: Health) -> None:
    assert DEPLOYMENT.health(obj) is health


def test_a_deployment_being_deleted_is_on_its_way() -> None:
    meta = {"deletionTimestamp": "2026-11-22T11:30:00Z"}
    assert DEPLOYMENT.health(build(DEPLOYMENT, meta=meta)) is Health.PROGRESS


def test_the_row_of_a_deployment() -> None:
    assert row(DEPLOYMENT, deployment(3, 4, 2, 1)) == {
        "NAME": "web",
        "READY": "1/3",
        "UP-TO-DATE": "2",
        "AVAILABLE": "1",
        "AGE": "60m",
        "CONTAINERS": "web,proxy",
        "IMAGES": "web:1,proxy:2",
        "SELECTOR": "app=shop,tier=web",
    }


def test_deployments_are_sorted_by_the_part_that_is_ready() -> None:
    some = [deployment(4, 4, 4, 2, name="half"), deployment(0, name="none-wanted"), deployment(9, name="none-ready")]
    assert ordered(DEPLOYMENT, "READY", *some) == ["none-ready", "half", "none-wanted"]


def test_a_selector_is_printed_by_key_with_every_operator() -> None:
    expressions = [
        {"key": "tier", "operator": "In", "values": ["web", "api"]},
        {"key": "stage", "operator": "NotIn", "values": ["test"]},
        {"key": "zone", "operator": "Exists"},
        {"key": "legacy", "operator": "DoesNotExist"},
    ]
    selector = {"matchLabels": {"app": "shop"}, "matchExpressions": expressions}
    shown = row(DEPLOYMENT, build(DEPLOYMENT, spec={"selector": selector}))
    assert shown["SELECTOR"] == "app=shop,!legacy,stage notin (test),tier in (api,web),zone"


@pytest.mark.parametrize(
    ("obj", "health"),
    [
        (replica_set(3, 3, 3), Health.WELL),
        (replica_set(3, 3, 1), Health.PROGRESS),
        (replica_set(3, 4, 3), Health.PROGRESS),
        (replica_set(0), Health.OFF),
        (replica_set(0, 1, 1), Health.PROGRESS),
        (replica_set(3, 3, 3, deletionTimestamp="2026-11-22T11:30:00Z"), Health.PROGRESS),
    ],
)
def test_a_replica_set_is_doing_as_its_pods_do(obj: ReplicaSet, health: Health) -> None:
    assert REPLICASET.health(obj) is health


def test_a_replica_set_that_cannot_make_pods_is_broken() -> None:
    conditions = [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}]
    assert REPLICASET.health(build(REPLICASET, status={"conditions": conditions})) is Health.BROKEN


def test_the_row_of_a_replica_set() -> None:
    assert row(REPLICASET, replica_set(3, 2, 1)) == {
        "NAME": "web",
        "DESIRED": "3",
        "CURRENT": "2",
        "READY": "1",
        "AGE": "60m",
        "CONTAINERS": "web,proxy",
        "IMAGES": "web:1,proxy:2",
        "SELECTOR": "app=shop,tier=web",
    }


def test_a_replica_set_that_selects_everything_says_none() -> None:
    assert row(REPLICASET, build(REPLICASET))["SELECTOR"] == "<none>"


def test_a_replica_set_knows_its_revision_and_its_deployment() -> None:
    owned = replica_set(
        1,
        annotations={"deployment.kubernetes.io/revision": "7"},
        ownerReferences=[{"kind": "Deployment", "uid": "d-1", "controller": True}],
    )
    assert owned.revision == "7"
    assert REPLICASET.links(owned) == (Link("d-1"),)


def test_a_replica_set_of_no_deployment_has_no_revision() -> None:
    assert replica_set(1).revision == ""
