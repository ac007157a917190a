"""Whether the API server answers at all: the eye's own question, faster than any watch would notice silence."""

import asyncio
import time
from collections.abc import Callable

from kubetui.client.api import Api
from kubetui.client.errors import ApiError, Throttled, Unavailable
from kubetui.client.httpdate import read_date
from kubetui.text import human_duration

INTERVAL = 3.5
"""Seconds between two questions."""
LIMIT = 3.0
"""Seconds an answer may take. With two misses in a row, silence is told at most 10 s after it began."""
PAUSE = 0.5
"""Seconds between a miss that came at once (refused) and the second question."""
ASLEEP = 10.0
"""Seconds by which the time of day may run ahead of the loop's clock, which stands still while a computer sleeps."""


class Probe:
    """Asks `/version`, which everyone may read, and tells when the server falls silent and when it answers again."""

    def __init__(
        self,
        api: Api,
        *,
        silent: Callable[[str, float], None],
        answers: Callable[[], None],
        wakes: Callable[[], None],
        wall: Callable[[], float] = time.time,
        dates: Callable[[float, float], None] = lambda date, asked: None,
    ) -> None:
        """`dates` is told what each answer says of the time of day, and when it was asked for, by `wall`."""
        self._api = api
        self._dates = dates
        self._wall = wall
        self._silent = silent
        self._answers = answers
        self._wakes = wakes
        self.round_trip: float | None = None
        """Seconds that answers take; another figure only where it has doubled or halved. None while there are none."""

    async def run(self) -> None:
        """Asks until cancelled."""
        clock = asyncio.get_running_loop().time
        heard, misses, late = clock(), 0, False
        awake = self._wall() - clock()
        while True:
            asked = clock()
            slept, awake = self._wall() - asked - awake, self._wall() - asked
            if slept > ASLEEP and misses < 2:
                misses = 2
                self._doubt(f"this computer slept for {human_duration(slept)}", heard)
            try:
                await self._ask()
                why = ""
            except Throttled:
                why = ""
            except Unavailable as error:
                why = str(error)
            except ApiError:
                why = ""
            if why:
                misses += 1
                late = clock() - asked >= LIMIT
                self.round_trip = None
                if misses == 2:
                    self._silent(why, heard)
            else:
                heard = clock()
                if self.round_trip is None or not self.round_trip / 2 < heard - asked < self.round_trip * 2:
                    self.round_trip = heard - asked
                if misses == 1 and late:
                    # What was open then may be half-open now, which nobody would notice for a minute.
                    misses = 2
                    self._doubt("an answer did not arrive", asked)
                if misses >= 2:
                    self._answers()
                misses = 0
            self._wakes()
            await asyncio.sleep(PAUSE if misses == 1 else INTERVAL)

    async def _ask(self) -> None:
        asked = self._wall()
        async with self._api.stream("/version", timeout=LIMIT) as answer:
            date = read_date(answer.headers.get("date", ""))
            if date is not None:
                self._dates(date, asked)
            await answer.read()

    def _doubt(self, why: str, since: float) -> None:
        """What is open may lead nowhere, though the server may answer the next question."""
        self._silent(why, since)
        self._wakes()
