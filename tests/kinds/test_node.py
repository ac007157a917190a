"""Nodes: what their columns say and how they are doing."""

from typing import Any

import pytest

from kubetui.kinds.kind import Health
from kubetui.kinds.node import NODE, Node
from kubetui.text import quantity
from tests.kinds.build import build, ordered, row


def node(
    name: str = "node-1", *, labels: Any = None, cordoned: bool = False, info: Any = None, **conditions: str
) -> Node:
    """A node with these conditions."""
    told = [{"type": type_, "status": status} for type_, status in conditions.items()]
    status = {"conditions": told, "nodeInfo": info or {}}
    return build(NODE, name, meta={"labels": labels or {}}, spec={"unschedulable": cordoned}, status=status)


@pytest.mark.parametrize(
    ("obj", "status", "health"),
    [
        (node(Ready="True"), "Ready", Health.WELL),
        (node(Ready="False"), "NotReady", Health.BROKEN),
        (node(Ready="Unknown"), "NotReady", Health.BROKEN),
        (node(), "Unknown", Health.UNKNOWN),
        (node(Ready="True", cordoned=True), "Ready,SchedulingDisabled", Health.OFF),
        (node(Ready="False", cordoned=True), "NotReady,SchedulingDisabled", Health.BROKEN),
        (node(Ready="True", DiskPressure="True"), "Ready", Health.PROGRESS),
        (node(Ready="True", DiskPressure="False"), "Ready", Health.WELL),
    ],
)
def test_status_and_health_follow_the_conditions(obj: Node, status: str, health: Health) -> None:
    assert (row(NODE, obj)["STATUS"], NODE.health(obj)) == (status, health)


def test_roles_come_from_labels_sorted_and_once() -> None:
    prefix = "node-role.kubernetes.io/"
    labels = {f"{prefix}worker": "", f"{prefix}etcd": "true", prefix: "", "kubernetes.io/role": "worker", "other": "x"}
    assert row(NODE, node(labels=labels))["ROLES"] == "etcd,worker"


def test_a_node_without_role_has_none() -> None:
    assert row(NODE, node(labels={"kubernetes.io/role": ""}))["ROLES"] == "<none>"


def test_the_first_address_of_each_type_is_shown() -> None:
    addresses = [
        {"type": "InternalIP", "address": "10.0.0.1"},
        {"type": "InternalIP", "address": "fd00::1"},
        {"type": "ExternalIP", "address": "203.0.113.1"},
    ]
    shown = row(NODE, build(NODE, status={"addresses": addresses}))
    assert (shown["INTERNAL-IP"], shown["EXTERNAL-IP"]) == ("10.0.0.1", "203.0.113.1")


def test_what_a_node_does_not_say_is_unknown() -> None:
    shown = row(NODE, node())
    titles = ("INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME", "VERSION")
    assert [shown[title] for title in titles] == ["<none>", "<none>", "<unknown>", "<unknown>", "<unknown>", ""]


def test_the_kernel_is_shown_with_the_architecture() -> None:
    assert row(NODE, node(info={"kernelVersion": "6.12", "architecture": "arm64"}))["KERNEL-VERSION"] == "6.12 (arm64)"
    assert row(NODE, node(info={"architecture": "arm64"}))["KERNEL-VERSION"] == "<unknown> (arm64)"


def test_versions_are_sorted_by_their_parts() -> None:
    nodes = [node(version, info={"kubeletVersion": version}) for version in ("v1.36.10", "v1.36.9", "v1.9.0")]
    assert ordered(NODE, "VERSION", *nodes) == ["v1.9.0", "v1.36.9", "v1.36.10"]


def test_allocatable_resources_are_read_as_quantities() -> None:
    obj = build(NODE, status={"allocatable": {"cpu": "3920m", "memory": "4Gi"}})
    assert {name: quantity(text) for name, text in obj.status.allocatable.items()} == {"cpu": 3.92, "memory": 2.0**32}


def test_a_heartbeat_changes_nothing_that_is_read() -> None:
    def beating(at: str) -> Node:
        return build(NODE, status={"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": at}]})

    assert beating("2026-11-22T11:00:00Z") == beating("2026-11-22T11:00:10Z")


def test_a_node_is_tied_to_nothing_above() -> None:
    assert NODE.links(node()) == ()
