"""Probes: asked of a running container on their own clock, and what follows from the answers.

A probe that goes on succeeding is not asked again until the container's behaviour is about to change: ten thousand
healthy containers cost nothing.
"""

from collections.abc import Callable
from functools import partial
from math import ceil

from kubetui.demo.clock import Clock
from kubetui.demo.kubelet.answers import complaint, passes
from kubetui.demo.kubelet.container import Container, Phase
from kubetui.demo.objects import Json

Verdict = Callable[[Container, str, bool], None]
"""Told which probe of which container has now passed or failed for good."""

Complaint = Callable[[Container, str], None]
"""Told what one failed probe said."""


class Prober:
    """Asks the probes of one pod's containers."""

    def __init__(self, clock: Clock, verdict: Verdict, complaint: Complaint) -> None:
        self._clock = clock
        self._verdict = verdict
        self._complaint = complaint

    def begin(self, one: Container) -> None:
        """The container has started: ask its startup probe first, where it has one, and then the others."""
        one.fails_in_a_row.clear()
        one.successes_in_a_row.clear()
        if one.probe("startup"):
            self._set(one, "startup", self._first_delay(one, "startup"))
        else:
            self.go_on(one)

    def go_on(self, one: Container) -> None:
        """The container is up: ask whether it is ready and alive from now on."""
        for kind in ("readiness", "liveness"):
            if one.probe(kind):
                self._set(one, kind, self._first_delay(one, kind))

    def _first_delay(self, one: Container, kind: str) -> float:
        probe = one.probe(kind) or {}
        age = self._clock.now() - one.started_at
        return max(0.1, float(probe.get("initialDelaySeconds", 0)) - age)

    def _set(self, one: Container, kind: str, seconds: float) -> None:
        one.timers.append(self._clock.call_later(seconds, partial(self._ask, one, kind, one.restarts)))

    def _ask(self, one: Container, kind: str, run: int) -> None:
        probe = one.probe(kind)
        if probe is None or one.phase is not Phase.RUNNING or one.restarts != run:
            return
        age = self._clock.now() - one.started_at
        passed = passes(one, kind, probe, age)
        if passed:
            one.fails_in_a_row[kind] = 0
            successes = one.successes_in_a_row.get(kind, 0) + 1
            one.successes_in_a_row[kind] = successes
            settled = successes >= probe.get("successThreshold", 1)
        else:
            one.successes_in_a_row[kind] = 0
            fails = one.fails_in_a_row.get(kind, 0) + 1
            one.fails_in_a_row[kind] = fails
            settled = fails >= probe.get("failureThreshold", 3)
            self._complaint(one, f"{kind.capitalize()} probe failed: {complaint(one, probe, age)}")
        if settled:
            self._verdict(one, kind, passed)
        if one.phase is Phase.RUNNING and one.restarts == run and not (kind == "startup" and passed and settled):
            self._ask_again(one, kind, probe, age, quiet=passed and settled)

    def _ask_again(self, one: Container, kind: str, probe: Json, age: float, *, quiet: bool) -> None:
        period = float(probe.get("periodSeconds", 10))
        if not quiet:
            self._set(one, kind, period)
            return
        change = one.behaviour.next_change(age)
        if change is not None:
            self._set(one, kind, period * max(1, ceil((change - age) / period)))
