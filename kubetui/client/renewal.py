"""A credential that something else hands out for a time: kept until it expires, fetched once however many want it.

Knows nothing of plugins or token endpoints: `fetch` does. Puts nothing into a request.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from kubetui.client.errors import ApiError
from kubetui.client.tls import ClientCert

_SETTLED = 5.0
"""Seconds in which the outcome of a fetch stands, good or bad, so that nobody runs a plugin in a loop."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request or a connection carries to say who it is from."""

    authorization: str = field(default="", repr=False)
    """The value of the header; empty for none."""
    cert: ClientCert | None = None
    expires: float | None = None
    """Seconds since the epoch; None if that is not known."""


class Renewed:
    """The credential as it was last fetched, fetched anew when it has expired or was refused."""

    def __init__(self, fetch: Callable[[], Awaitable[Credential]], *, now: Callable[[], float] = time.time) -> None:
        self._fetch = fetch
        self._now = now
        self._held: Credential | None = None
        self._failure: ApiError | None = None
        self._ended = float("-inf")
        self._fetching: asyncio.Task[Credential | ApiError] | None = None

    async def credential(self) -> Credential:
        """A credential that has not expired. Raises what `fetch` raised, for a few seconds without asking it again."""
        held = self._held
        if held is not None and (held.expires is None or self._now() < held.expires):
            return held
        if self._fetching is None and self._is_settled():
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            if held is not None:
                return held
        return await self._fetched()

    async def renew(self) -> bool:
        """After a refusal: fetch another one; True if it differs. What was fetched a moment ago counts as another.

        Raises what `fetch` raised, for a few seconds without asking it again.
        """
        if self._fetching is None and self._is_settled():
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            return True
        before = self._held
        return await self._fetched() != before

    def _is_settled(self) -> bool:
        return self._now() - self._ended < _SETTLED

    async def _fetched(self) -> Credential:
        """Joins the fetch under way or begins one. Whoever waits may be cancelled without ending it for the others."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch_once())
        outcome = await asyncio.shield(self._fetching)
        if isinstance(outcome, ApiError):
            raise outcome.with_traceback(None)
        return outcome

    async def _fetch_once(self) -> Credential | ApiError:
        try:
            self._held, self._failure = await self._fetch(), None
            return self._held
        except ApiError as why:
            self._failure = why
            return why
        finally:
            self._ended = self._now()
            self._fetching = None
