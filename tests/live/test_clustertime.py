"""What time it is for the cluster, by the Date of its answers."""

import pytest

from kubetui.client.httpdate import read_date
from kubetui.live.clustertime import ClusterTime

START = 1_000_000.0


class Two:
    """Our clock and the cluster's, which is asked now and then."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ours, self.theirs = START, START + ahead
        self.time = ClusterTime(lambda: self.ours)

    def pass_(self, seconds: float, pace: float = 1.0) -> None:
        self.ours += seconds
        self.theirs += seconds * pace

    def ask(self, takes: float = 0.01) -> None:
        asked = self.ours
        self.pass_(takes)
        self.time.hear(float(int(self.theirs)), asked)

    @property
    def error(self) -> float:
        return abs(self.time.now() - self.theirs)


@pytest.mark.parametrize("ahead", [3600.0, -3600.0, 7.0])
def test_a_clock_that_is_off_is_followed_to_the_second(ahead: float) -> None:
    two = Two(ahead)
    two.ask()
    two.pass_(1000)
    assert two.error <= 1


def test_clocks_that_hardly_differ_are_one() -> None:
    two = Two(1.2)
    for _ in range(20):
        two.ask()
        assert two.time.now() == two.ours
        two.pass_(3.7)


@pytest.mark.parametrize("pace", [2.0, 20.0, 1000.0])
def test_a_cluster_whose_time_runs_fast_is_followed_between_the_answers_too(pace: float) -> None:
    two = Two()
    for _ in range(4):
        two.ask()
        two.pass_(3.5, pace)
    assert two.error <= 1 + pace


def test_a_clock_that_is_set_anew_is_not_taken_for_one_that_runs_fast() -> None:
    two = Two()
    two.ask()
    two.pass_(3.5)
    two.theirs += 3600
    two.ask()
    two.pass_(3.5)
    assert two.error <= 1


def test_an_answer_that_took_long_tells_nothing() -> None:
    two = Two()
    two.ask(takes=20)
    assert two.time.now() == two.ours


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777.0),
        ("Sun, 06 Nov 1994 08:49:37 CET", None),
        ("Sun, 06 Nov 0000 08:49:37 GMT", None),
        ("Sun, 99 Nov 1994 99:99:99 GMT", None),
        ("Sunday, 06-Nov-94 08:49:37 GMT", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_its_one_form(text: str, seconds: float | None) -> None:
    assert read_date(text) == seconds
