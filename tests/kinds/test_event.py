"""Events: what their columns say in both dresses, and what they are about."""

from typing import Any

import pytest

from kubetui.kinds.event import EVENT, Event
from kubetui.kinds.kind import Health, Link, reference
from tests.kinds.build import build, ordered, row

FIRST, LAST, FRESH, AGAIN = (f"2026-11-22T11:{minute}:00Z" for minute in ("20", "40", "30", "50"))
OBJECT = {"kind": "Pod", "namespace": "shop", "name": "web-1", "uid": "p-1"}


def event(name: str = "web-1.17", **fields: Any) -> Event:
    """An event about a pod."""
    return build(EVENT, name, **{"involvedObject": OBJECT, **fields})


@pytest.mark.parametrize(
    ("fields", "last", "first", "count"),
    [
        ({"firstTimestamp": FIRST, "lastTimestamp": LAST, "count": 7}, "20m", "40m", "7"),
        ({"firstTimestamp": FIRST, "lastTimestamp": None}, "40m", "40m", "1"),
        ({"lastTimestamp": LAST}, "20m", "<unknown>", "1"),
        ({"firstTimestamp": None, "lastTimestamp": None, "eventTime": FRESH}, "30m", "30m", "1"),
        ({"eventTime": FRESH, "series": {"count": 5, "lastObservedTime": AGAIN}}, "10m", "30m", "5"),
        (
            {"lastTimestamp": LAST, "count": 3, "series": {"count": 9, "lastObservedTime": AGAIN}},
            "10m",
            "<unknown>",
            "9",
        ),
        ({"lastTimestamp": LAST, "series": {"count": 2, "lastObservedTime": None}}, "<unknown>", "<unknown>", "2"),
        ({"eventTime": None}, "<unknown>", "<unknown>", "1"),
    ],
)
def test_times_and_count_come_from_either_dress(fields: dict[str, Any], last: str, first: str, count: str) -> None:
    shown = row(EVENT, event(**fields))
    assert (shown["LAST SEEN"], shown["FIRST SEEN"], shown["COUNT"]) == (last, first, count)


def test_a_time_with_microseconds_is_read() -> None:
    assert row(EVENT, event(eventTime="2026-11-22T11:59:30.123456Z"))["LAST SEEN"] == "29s"


@pytest.mark.parametrize(
    ("involved", "shown"),
    [
        (OBJECT, "pod/web-1"),
        ({"kind": "ReplicaSet", "name": "web"}, "replicaset/web"),
        ({"kind": "Pod"}, "pod"),
        ({}, ""),
    ],
)
def test_the_object_is_told_by_kind_and_name(involved: dict[str, str], shown: str) -> None:
    assert row(EVENT, event(involvedObject=involved))["OBJECT"] == shown


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"source": {"component": "kubelet", "host": "node-1"}}, "kubelet, node-1"),
        ({"source": {"component": "kubelet"}}, "kubelet"),
        ({"reportingComponent": "scheduler", "reportingInstance": "scheduler-1"}, "scheduler, scheduler-1"),
        ({"source": {"component": "kubelet"}, "reportingComponent": "x", "reportingInstance": "y"}, "kubelet, y"),
        ({"source": {"host": "node-1"}}, ", node-1"),
        ({}, ""),
    ],
)
def test_the_source_is_whoever_told_it(fields: dict[str, Any], shown: str) -> None:
    assert row(EVENT, event(**fields))["SOURCE"] == shown


def test_blanks_around_a_message_go_as_go_has_them() -> None:
    assert row(EVENT, event(message=" \t\u00a0said\x1f \n"))["MESSAGE"] == "said\x1f"


def test_the_part_of_the_object_is_a_wide_column() -> None:
    obj = event(involvedObject={**OBJECT, "fieldPath": "spec.containers{main}"})
    assert row(EVENT, obj)["SUBOBJECT"] == "spec.containers{main}"


def test_columns_stand_as_in_kubectl() -> None:
    assert [column.title for column in EVENT.columns] == [
        "LAST SEEN", "TYPE", "REASON", "OBJECT", "SUBOBJECT", "SOURCE", "MESSAGE", "FIRST SEEN", "COUNT", "NAME",
    ]  # fmt: skip
    wide = {column.title for column in EVENT.columns if column.wide}
    assert wide == {"SUBOBJECT", "SOURCE", "FIRST SEEN", "COUNT", "NAME"}


def test_counts_are_sorted_by_number() -> None:
    assert ordered(EVENT, "COUNT", *(event(str(count), count=count) for count in (10, 9, 100))) == ["9", "10", "100"]


@pytest.mark.parametrize(
    ("type_", "health"), [("Normal", Health.WELL), ("Warning", Health.BROKEN), ("", Health.UNKNOWN)]
)
def test_a_warning_tells_of_trouble(type_: str, health: Health) -> None:
    assert EVENT.health(event(type=type_)) is health


def test_an_event_is_tied_to_what_it_is_about() -> None:
    assert EVENT.links(event()) == (Link("p-1"),)


def test_an_event_about_a_node_is_tied_by_name() -> None:
    about = {"kind": "Node", "name": "node-1", "uid": "node-1"}
    assert EVENT.links(event(involvedObject=about)) == (Link(reference("nodes", "", "node-1")),)


def test_an_event_about_nothing_known_is_tied_to_nothing() -> None:
    assert EVENT.links(event(involvedObject={"kind": "Pod", "name": "web"})) == ()
