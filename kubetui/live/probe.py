"""Whether the API server answers at all: the eye's own question, faster than any watch would notice silence."""

import asyncio
from collections.abc import Callable

from kubetui.client.api import Api
from kubetui.client.errors import ApiError, Throttled, Unavailable

INTERVAL = 3.5
"""Seconds between two questions."""
LIMIT = 3.0
"""Seconds an answer may take. With two misses in a row, silence is told at most 10 s after it began."""
PAUSE = 0.5
"""Seconds between a miss that came at once (refused) and the second question."""


class Probe:
    """Asks `/version`, which everyone may read, and tells when the server falls silent and when it answers again."""

    def __init__(
        self, api: Api, *, silent: Callable[[str, float], None], answers: Callable[[], None], wakes: Callable[[], None]
    ) -> None:
        self._api = api
        self._silent = silent
        self._answers = answers
        self._wakes = wakes
        self.round_trip: float | None = None
        """Seconds that answers take; another figure only where it has doubled or halved. None while there are none."""

    async def run(self) -> None:
        """Asks until cancelled."""
        clock = asyncio.get_running_loop().time
        heard, misses = clock(), 0
        while True:
            asked = clock()
            try:
                await self._api.get("/version", timeout=LIMIT)
                why = ""
            except Throttled:
                why = ""
            except Unavailable as error:
                why = str(error)
            except ApiError:
                why = ""
            if why:
                misses += 1
                self.round_trip = None
                if misses == 2:
                    self._silent(why, heard)
            else:
                heard = clock()
                if self.round_trip is None or not self.round_trip / 2 < heard - asked < self.round_trip * 2:
                    self.round_trip = heard - asked
                if misses >= 2:
                    self._answers()
                misses = 0
            self._wakes()
            await asyncio.sleep(PAUSE if misses == 1 else INTERVAL)
