"""What becomes of events: counted, combined, held back, forgotten."""

from typing import Any

from kubetui.demo.resources import DEPLOYMENTS, EVENTS, PODS
from tests.demo.living import Living, pod

Json = dict[str, Any]


def test_events_that_differ_in_their_message_alone_are_combined_from_the_tenth_on() -> None:
    cluster = Living(3)
    cluster.deploy(replicas=20)
    cluster.run(30)
    created = cluster.events("SuccessfulCreate")
    assert len(created) == 10
    assert [one["message"].startswith("Created pod: web-") for one in created[:9]] == [True] * 9
    assert created[-1]["message"].startswith("(combined from similar events): Created pod: web-")
    assert created[-1]["count"] == 11


def test_one_source_writes_so_many_events_on_an_object_and_no_more() -> None:
    cluster = Living(3)
    made = cluster.create(PODS, pod())
    for number in range(40):
        cluster.registry.event(made, "Beat", f"beat {number}", component="heart")
    assert sum(one["count"] for one in cluster.events("Beat")) == 25
    cluster.run(301)
    cluster.registry.event(made, "Beat", "beat again", component="heart")
    assert cluster.events("Beat")[-1]["message"] == "(combined from similar events): beat again"
    assert cluster.events("Beat")[-1]["count"] == 32


def test_a_pod_that_fits_nowhere_is_told_so_in_a_series() -> None:
    cluster = Living(1)
    cluster.create(PODS, pod(nodeSelector={"disk": "ssd"}))
    for _ in range(5):
        cluster.run(20)
        cluster.deploy(f"other-{cluster.age}", 1)
    first, second = cluster.events("FailedScheduling", "p")
    assert "series" not in first
    assert second["series"]["count"] == 2
    assert first["message"] == second["message"]


def test_an_event_is_forgotten_an_hour_after_it_was_last_seen() -> None:
    cluster = Living(1)
    made = cluster.create(PODS, pod())
    cluster.run(10)
    cluster.run(1_800)
    cluster.registry.event(made, "Pulled", cluster.messages("Pulled", "p")[0], component="someone")
    cluster.run(1_900)
    assert [one["reason"] for one in cluster.events(about="p")] == ["Pulled"]
    cluster.run(1_800)
    assert cluster.events(about="p") == []


def test_events_that_a_person_writes_are_forgotten_too() -> None:
    cluster = Living(1)
    cluster.create(EVENTS, {"metadata": {"name": "mine"}, "involvedObject": {"kind": "Pod", "name": "p"}})
    cluster.run(3_700)
    assert cluster.events(about="p") == []


def test_a_scaled_deployment_says_each_time_how_far() -> None:
    cluster = Living(1)
    cluster.deploy(replicas=1)
    cluster.run(2)
    for replicas in (2, 1, 2):
        cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": replicas}})
        cluster.run(2)
    counts = [one["count"] for one in cluster.events("ScalingReplicaSet", "web")]
    assert counts == [1, 1, 2]
