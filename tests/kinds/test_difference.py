"""What differs between two states of an object: the fields that are read, by the paths that patches use."""

from kubetui.kinds.difference import Difference, differences, differs
from kubetui.kinds.kind import Kind
from kubetui.kinds.pod import POD, Pod
from kubetui.kinds.table import table_kind
from kubetui.read import ObjectMeta, TableRow
from kubetui.resource import resource
from tests.kinds.build import build


def pod(version: str = "1", *, labels: dict[str, str] | None = None, **status: object) -> Pod:
    return build(POD, meta={"uid": "1", "resourceVersion": version, "labels": labels or {}}, status=status)


def container(name: str, restarts: int = 0, **state: object) -> dict[str, object]:
    return {"name": name, "restartCount": restarts, "state": state}


def test_a_change_of_the_version_alone_is_none() -> None:
    assert differences(POD, pod("1"), pod("2")) == []
    assert not differs(POD, pod("1"), pod("2"))


def test_a_field_is_told_by_the_path_that_kubectl_would_use() -> None:
    before, after = pod(phase="Pending"), pod("2", phase="Running", podIP="10.0.0.1")
    assert differs(POD, before, after)
    assert differences(POD, before, after) == [
        Difference("status.phase", "Pending", "Running"),
        Difference("status.podIP", "", "10.0.0.1"),
    ]


def test_items_of_a_list_are_known_by_their_name_wherever_they_stand() -> None:
    before = pod(containerStatuses=[container("web", 1), container("log", 0)])
    after = pod("2", containerStatuses=[container("log", 0), container("web", 2)])
    assert differences(POD, before, after) == [Difference("status.containerStatuses[web].restartCount", "1", "2")]


def test_what_comes_and_what_goes_is_told_field_by_field() -> None:
    before = pod(containerStatuses=[container("web", waiting={"reason": "ContainerCreating"})])
    after = pod("2", containerStatuses=[container("web", terminated={"exitCode": 1, "reason": "Error"})])
    web = "status.containerStatuses[web].state"
    assert differences(POD, before, after) == [
        Difference(f"{web}.waiting.reason", "ContainerCreating", ""),
        Difference(f"{web}.terminated.exitCode", "", "1"),
        Difference(f"{web}.terminated.reason", "", "Error"),
    ]


def test_labels_are_told_each_on_its_own() -> None:
    found = differences(POD, pod(labels={"app": "web", "tier": "one"}), pod("2", labels={"app": "api"}))
    assert found == [
        Difference("metadata.labels[app]", "web", "api"),
        Difference("metadata.labels[tier]", "one", ""),
    ]


def test_namesakes_in_a_list_are_known_by_their_place() -> None:
    before = pod(conditions=[{"type": "Ready", "status": "True"}, {"type": "Ready", "status": "True"}])
    after = pod("2", conditions=[{"type": "Ready", "status": "True"}, {"type": "Ready", "status": "False"}])
    assert differences(POD, before, after) == [Difference("status.conditions[1].status", "True", "False")]


def test_of_a_table_the_columns_are_told_but_not_the_age() -> None:
    widgets: Kind[TableRow] = table_kind(
        resource("x/v1", "widgets", "Widget"), [("Name", False), ("Phase", False), ("Age", False)]
    )
    before = TableRow(ObjectMeta(name="a"), ("a", "Pending", "5s"))
    after = TableRow(ObjectMeta(name="a", resource_version="2"), ("a", "Bound", "9s"))
    assert differences(widgets, before, after) == [Difference("PHASE", "Pending", "Bound")]
    assert differs(widgets, before, after)
    older = TableRow(before.metadata, ("a", "Pending", "9s"))
    assert differences(widgets, before, older) == [] and not differs(widgets, before, older)
