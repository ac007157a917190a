"""When to paint: at once after quiet, paced in a flood. Painters that asked twice are called once."""

import asyncio
import contextvars
from collections.abc import Callable

PACE = 0.033
"""Seconds between two frames while changes keep coming."""

Painter = Callable[[], None]


class Frames:
    """One pace for all panes of an app, so that a flood in one does not multiply by the panes."""

    def __init__(self) -> None:
        self._context = contextvars.copy_context()
        self._clock = asyncio.get_running_loop()
        self._asked: dict[Painter, None] = {}
        self._last = 0.0
        self._due: asyncio.Handle | None = None

    def ask(self, painter: Painter) -> None:
        """Has `painter` called in the next frame."""
        self._asked[painter] = None
        if self._due is None:
            wait = max(0.0, self._last + PACE - self._clock.time())
            self._due = (
                self._clock.call_later(wait, self._paint, context=self._context)
                if wait
                else self._clock.call_soon(self._paint, context=self._context)
            )

    def _paint(self) -> None:
        self._due = None
        self._last = self._clock.time()
        asked, self._asked = self._asked, {}
        for painter in asked:
            painter()
