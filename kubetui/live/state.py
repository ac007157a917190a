"""What a subscription is at any time: shown on its pane, never guessed."""

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """The phases, the better ones first: of several, the last one is what a pane tells."""

    LIVE = "live"
    POLLED = "polled"
    """May be listed and not watched: read anew each `retry_at - since` seconds, and that old at most."""
    SYNCING = "syncing"
    CONNECTING = "connecting"
    STALE = "stale"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    """The kind itself is not served any more: a CRD was removed."""


@dataclass(frozen=True, slots=True)
class State:
    """A phase and what belongs to it; times are seconds on the event loop's clock."""

    phase: Phase = Phase.CONNECTING
    count: int = 0
    """Objects read so far, while syncing."""
    since: float = 0.0
    """When this phase began; for STALE, when the server was last heard."""
    why: str = ""
    retry_at: float | None = None


def worst(states: list[State]) -> State:
    """What a view of several subscriptions tells: the furthest from live."""
    order = list(Phase)
    return max(states, key=lambda state: order.index(state.phase), default=State())
