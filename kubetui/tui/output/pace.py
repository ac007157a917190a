"""How far behind a terminal is, as it tells itself: frames are dropped until it has caught up, so that none is queued.

A question goes behind what was written. The terminal comes to it when it has shown that, so what is on its way in the
buffers of ssh and of the network counts too. Pure: time is given, in seconds.
"""

QUESTION = "\x1b[?2026$p"
"""Asks whether updates in one piece are known (DECRQM): it changes nothing, and Textual knows the answer."""
UNASKED = 2048
"""Characters after which it is asked: the most that is on its way besides one frame."""
PATIENCE = 5.0
"""Seconds after which an answer is not waited for any longer."""


class Pace:
    """Counts what goes out, and waits for an answer now and then. A terminal that gives none is not asked again."""

    def __init__(self) -> None:
        self._answers = False
        self._unasked = 0
        self._asked_at: float | None = None

    def wrote(self, count: int, now: float) -> bool:
        """So many characters go out; true where the question is to go behind them."""
        self._unasked += count
        if self._asked_at is not None and not self.wait(now):
            self._answers, self._asked_at = False, None  # another terminal, which does not know the question
        if not self._answers or self._unasked < UNASKED or self._asked_at is not None:
            return False
        self._asked_at, self._unasked = now, 0
        return True

    def answered(self) -> None:
        """The terminal has come to the question, or has answered Textual's own."""
        self._answers = True
        self._asked_at = None

    def wait(self, now: float) -> float:
        """Seconds for which an answer is worth waiting for before the next frame; 0 where that may go out."""
        return 0.0 if self._asked_at is None else max(0.0, self._asked_at + PATIENCE - now)
