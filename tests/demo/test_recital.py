"""What scripts write into the logs of their containers."""

import pytest

from kubetui.demo.kubelet.recital import recited
from kubetui.demo.resources import PODS
from tests.demo.living import Living

COUNTING = 'i=0; while true; do echo "$i: $(date +%s)"; i=$((i+1)); sleep 1; done'
DAYS = 30 * 86_400.0


def _said(script: str, until: float, *, since: float = 0.0, tail: int = 100) -> list[tuple[float, str]] | None:
    return recited(["sh", "-c", script], {"HOSTNAME": "p", "TO": "you"}, 0.0, until, since, tail)


def test_a_loop_counts_and_tells_the_time_of_each_line() -> None:
    assert _said(COUNTING, 2.5) == [(0.0, "0: 0"), (1.0, "1: 1"), (2.0, "2: 2")]


def test_the_last_lines_of_a_loop_of_many_days_are_what_they_would_be() -> None:
    found = _said(COUNTING, DAYS, tail=3)
    assert found is not None
    assert len(found) < 20
    assert found[-1] == (DAYS, f"{DAYS:.0f}: {DAYS:.0f}")
    later = _said(COUNTING, DAYS, since=DAYS - 1, tail=10_000)
    assert later is not None
    assert [line for line in later if line[0] >= DAYS - 1] == found[-2:]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo a; sleep 2; echo b; exit 3; echo c", [(0.0, "a"), (2.0, "b")]),
        (
            "while sleep 4; do echo hello $TO from $(hostname); done",
            [(4.0, "hello you from p"), (8.0, "hello you from p")],
        ),
        ("for n in 1 2; do echo $n; sleep 1; done; sleep 1h", [(0.0, "1"), (1.0, "2")]),
        ("echo hidden > /tmp/f; echo -n seen; echo ' >' it", [(0.0, "seen > it")]),
        ("false && echo a || echo b; printf '%s-%d\\n' x 3", [(0.0, "b"), (0.0, "x-3")]),
        ("sleep 3600", []),
    ],
)
def test_a_script_writes_what_it_echoes_when_it_does(script: str, said: list[tuple[float, str]]) -> None:
    assert _said(script, 10.0) == said


@pytest.mark.parametrize(
    "script", ["while true; do wget -qO- web; sleep 1; done", "ls | wc -l", "echo $((", "if a; then b; fi"]
)
def test_what_nobody_can_tell_is_left_to_others(script: str) -> None:
    assert _said(script, 10.0) is None


def test_an_endless_loop_without_a_pause_ends_all_the_same() -> None:
    found = _said("while :; do echo x; done", DAYS, tail=5)
    assert found is not None
    assert found[-1][0] == pytest.approx(DAYS, abs=0.1)
    assert len(found) < 100


def test_the_log_of_a_container_is_what_its_script_says() -> None:
    cluster = Living()
    command = ["sh", "-c", "echo $WHO at $(NODE); while true; do echo tick; sleep 10; done"]
    env = [{"name": "WHO", "value": "me"}, {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]
    spec = {"containers": [{"name": "c", "image": "busybox:1", "command": command, "env": env}]}
    cluster.create(PODS, {"metadata": {"name": "p"}, "spec": spec})
    cluster.run(60)
    first, *ticks = [line.text for line in cluster.plane.fleet.logs("default", "p")]
    assert first == f"me at {cluster.get(PODS, 'p')['spec']['nodeName']}"
    assert set(ticks) == {"tick"}
    assert 4 <= len(ticks) <= 6
