"""What was recorded on a real control plane (record.py), told again: the last words of each act."""

import re

import pytest

from kubetui.kinds.kind import Health
from kubetui.kinds.pod import POD, Pod
from kubetui.story.episode import Episode
from kubetui.story.signs import counts, is_ready
from kubetui.story.teller import Teller
from tests.story.recording import changes

SECONDS = r"\d+(\.\d)? m?s"


def told(act: str) -> list[tuple[Episode, str]]:
    """Every episode of a recording as it reads at its end."""
    teller, at = Teller(), 0.0
    for change in changes(act):
        teller.tell(change)
        at = change.at
    return [(each, each.text(at)) for each in teller.episodes]


@pytest.mark.parametrize(
    ("act", "lines"),
    [
        (
            "delete_a_pod",
            [
                r"someone deleted pod web-\w+-\w+ → web-\w+ created \w{5} <t> later → scheduled to node-\d → started"
                r" → ready: healed in <t>"
            ],
        ),
        (
            "delete_a_pod_of_a_stateful_set",
            [
                r"someone deleted pod web-0 → web created web-0 anew <t> later → scheduled to node-\d → started"
                r" → ready: healed in <t>"
            ],
        ),
        ("delete_every_pod", [r"someone deleted 3 pods of web → 3 of 3 back: healed in <t>"]),
        (
            "scale_up_and_down",
            [
                r"someone scaled web from 3 to 5 → 5 of 5 ready in <t>",
                r"someone scaled web from 5 to 2 → \w{5}, \w{5} and \w{5} gone in <t>",
            ],
        ),
        ("roll_out", [r"web rolls out web-\w+ \(nginx:1.28\) → 3 of 3 new pods ready: done in <t>"]),
        (
            "roll_out_what_no_node_can_run",
            [
                r"web rolls out web-\w+ \(nginx:1.27\) → 0 of 3 new pods ready, 3 old ones left"
                r" → web-\w+-\w+ fits on no node: 0/3 nodes are available: 3 node\(s\) didn't match .*"
                r" → stalled: no progress within its deadline  … <t>"
            ],
        ),
        (
            "roll_back_with_all_pods_ended_first",
            [
                r"web rolls out web-\w+ \(nginx:1.28\) → 2 of 2 new pods ready: done in <t>",
                r"web goes back to web-\w+ \(nginx:1.27\) → 2 of 2 new pods ready: done in <t>",
            ],
        ),
        (
            "drain_a_node",
            [
                r"node node-\d was cordoned → no new pods; \d pods? on it",
                r"pod web-\w+-\w+ was evicted from node-\d → web-\w+ created \w{5} <t> later → scheduled to node-\d"
                r" → started → ready: healed in <t>",
                r"node node-\d takes new pods again",
            ],
        ),
        (
            "exceed_a_quota",
            [
                r"someone deleted pod web-\w+-\w+ → web-\w+ can't create its replacement: Error creating: pods .* is"
                r" forbidden: exceeded quota: few.*  … <t>"
            ],
        ),
        ("delete_the_deployment", [r"someone deleted deployment web → its 3 pods gone in <t>"]),
        (
            "make_a_deployment_and_a_lone_pod",
            [
                r"someone created deployment api → 2 of 2 ready in <t>",
                r"someone created pod toolbox → scheduled to node-\d → started → ready in <t>",
                r"someone deleted pod toolbox → nothing will replace it: gone after <t>",
            ],
        ),
    ],
)
def test_a_recorded_act_is_told_in_these_words(act: str, lines: list[str]) -> None:
    heard = [text for _, text in told(act)]
    assert len(heard) == len(lines), heard
    for text, line in zip(heard, lines, strict=True):
        assert re.fullmatch(line.replace("<t>", SECONDS), text), text


def test_the_healing_time_is_that_between_the_servers_own_changes() -> None:
    pods = [each for each in changes("delete_a_pod") if each.kind is POD and not each.initial]
    deleted = pods[0]
    ready = next(each for each in pods if isinstance(each.new, Pod) and is_ready(each.new) and counts(each.new))
    healed, _ = told("delete_a_pod")[0]
    assert (healed.began, healed.ended, healed.mood) == (deleted.at, ready.at, Health.WELL)


@pytest.mark.parametrize(
    "act", ["scale_up_and_down", "roll_out", "roll_back_with_all_pods_ended_first", "delete_the_deployment"]
)
def test_kinds_that_arrive_out_of_order_are_told_alike(act: str) -> None:
    """Each kind keeps its own order; pods are read first, then all else that came within 100 ms."""
    teller, heard = Teller(), list(changes(act))
    heard.sort(key=lambda each: each.at - (0.1 if each.kind.resource.plural == "pods" and not each.initial else 0))
    for change in heard:
        teller.tell(change)
    shape = [re.sub(SECONDS, "", each.text(0)) for each in teller.episodes]
    assert shape == [re.sub(SECONDS, "", text) for _, text in told(act)]
