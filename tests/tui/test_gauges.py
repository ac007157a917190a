"""A gauge counts by owner, change by change."""

from collections import Counter
from collections.abc import Hashable
from typing import Any

from kubetui.kinds.kind import Health
from kubetui.kinds.pod import POD
from kubetui.live.change import Change
from kubetui.live.gauges import Gauge
from kubetui.tui.board.columns import bricks, endpoints, pod_on_node
from tests.kinds.build import build


def on(node: str, name: str = "web", phase: str = "Running") -> Any:
    ready = {"type": "Ready", "status": str(phase == "Running")}
    return build(POD, name, meta={"uid": name}, spec={"nodeName": node}, status={"phase": phase, "conditions": [ready]})


def test_a_pod_that_comes_changes_and_goes_is_counted_once_where_it_is() -> None:
    touched: list[Hashable] = []
    gauge = Gauge(pod_on_node, touched.append)
    pending, running = on("", phase="Pending"), on("node-1")
    gauge.changed([Change(POD, None, pending, 0.0)])
    gauge.changed([Change(POD, pending, running, 1.0)])
    assert gauge.of("node-1").total() == 1
    gauge.changed([Change(POD, running, running, 2.0)])
    assert touched == ["node-1"]
    gauge.changed([Change(POD, running, None, 3.0)])
    assert gauge.of("node-1").total() == 0


def test_to_load_is_to_start_anew() -> None:
    gauge = Gauge(pod_on_node, lambda owner: None)
    gauge.load([on("node-1", "a"), on("node-1", "b")])
    gauge.load([on("node-2", "c")])
    assert (gauge.of("node-1").total(), gauge.of("node-2").total()) == (0, 1)


def test_bricks_show_the_broken_first_and_never_more_than_fit() -> None:
    assert bricks(Counter({Health.WELL: 2, Health.BROKEN: 1})) == "  3 ✖▣▣"
    assert bricks(Counter({Health.WELL: 110, Health.BROKEN: 1})) == "111 ✖" + "▣" * 11


def test_endpoints_are_ready_of_all() -> None:
    assert endpoints(Counter({Health.WELL: 2, Health.PROGRESS: 1})) == "2/3 ▪▪▫"
    assert endpoints(Counter()) == "<none>"
