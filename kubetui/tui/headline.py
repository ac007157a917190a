"""The head line: where one is, and whether what is shown is true. It never lies."""

from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from kubetui.kinds.kind import Health
from kubetui.live.cluster import Cluster
from kubetui.live.state import Phase, State
from kubetui.live.tally import Tally
from kubetui.text import human_duration, sanitise

_STEPS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1200, 2000, 3500)

LEAST = 32
"""Cells that are kept of where one is, however short the line."""

_COUNTED = (Health.BROKEN, Health.PROGRESS)
"""The healths whose numbers are told."""

HEALTH_STYLE = {
    Health.WELL: "$text-success",
    Health.PROGRESS: "$text-warning",
    Health.BROKEN: "$text-error",
    Health.OFF: "$text-muted",
    Health.UNKNOWN: "$text-muted",
}


def milliseconds(seconds: float) -> str:
    """A round trip in few steps, so that the line is not repainted for a trembling figure."""
    return f"{next((step for step in _STEPS if seconds * 1000 <= step), 3500)} ms"


def told(state: State, now: float, *, round_trip: float | None = None) -> tuple[str, str]:
    """A state as text and style; `now` is on the event loop's clock."""
    match state.phase:
        case Phase.LIVE:
            return (f"● live {milliseconds(round_trip)}" if round_trip is not None else "● live"), "$text-success"
        case Phase.POLLED:
            every = round((state.retry_at or state.since) - state.since)
            return f"◔ polled every {every} s", "$text-warning"
        case Phase.SYNCING:
            return f"◐ syncing {state.count:,}", "$text-warning"
        case Phase.CONNECTING:
            return "◌ connecting", "$text-muted"
        case Phase.STALE:
            again = f", next try in {max(0, round(state.retry_at - now))} s" if state.retry_at else ""
            return f"⚠ stale {human_duration(now - state.since)}{again}: {sanitise(state.why)}", "$text-error"
        case Phase.FORBIDDEN:
            return f"⊘ forbidden: {sanitise(state.why)}", "$text-warning"
        case Phase.GONE:
            return f"⊘ gone: {sanitise(state.why)}", "$text-warning"


def connection(state: State, cluster: Cluster | None, now: float) -> tuple[str, str]:
    """What the head line says of a state, and of the cluster it is of: watches go on where nothing else is let in."""
    if cluster is None:
        return "✖ no cluster", "$text-error"
    if cluster.api.refusal and state.phase in (Phase.LIVE, Phase.POLLED):
        return f"⚠ credentials refused: {sanitise(cluster.api.refusal)}", "$text-error"
    return told(state, now, round_trip=cluster.probe.round_trip)


class Headline(Static):
    """One line: the context and its namespaces, the state of the connection, counts, the clock."""

    DEFAULT_CSS = """
    Headline { height: 1; background: $panel; color: $text; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__("")
        self._shown: Content | None = None
        self._told: tuple[object, ...] = ()

    def tell(
        self,
        *,
        where: str,
        insecure: bool,
        readonly: bool,
        production: bool,
        masked: bool,
        state: tuple[str, str],
        tallies: list[Tally],
        now: datetime,
    ) -> None:
        """Shows all of it; where the line is short the counts go first, then the beginning of where one is.

        To be told the same again costs nothing.
        """
        width, signed = self.content_size.width, (insecure, readonly, production, masked)
        counts = [(tally.kind, tally.total, *(tally.counts[each] for each in _COUNTED)) for tally in tallies]
        told = (where, signed, state, counts, f"{now:%H:%M}", width)
        if told == self._told:
            return
        self._told = told
        brand = Content.styled("kubetui  ", "bold $primary")
        if production:
            brand += Content.assemble((" PRODUCTION ", "bold reverse $text-error"), " ")
        signs: list[tuple[str, str] | str] = []
        if insecure:
            signs.append(("  TLS not verified", "$text-error"))
        if masked:
            signs.append(("  names masked", "$text-warning"))
        if readonly:
            signs.append(("  read-only", "$text-warning"))
        signs += ["  ", state]
        right: list[tuple[str, str] | str] = []
        for tally in tallies:
            resource = tally.kind.resource
            right.append(f"{tally.total:,} {resource.singular if tally.total == 1 else resource.plural}  ")
        for health in _COUNTED:
            if count := sum(tally.counts[health] for tally in tallies):
                right.append((f"{count:,} {health.value}  ", HEALTH_STYLE[health]))
        clock = Content.styled(f"{now:%H:%M}", "$text-muted")
        rest, tail = Content.assemble(*signs), Content.assemble(*right, clock)
        place = Content.styled(sanitise(where), "bold")
        line = Content.assemble(brand, place, rest)
        if line.cell_length > width - tail.cell_length - 2:
            tail = clock
            room = width - clock.cell_length - 2
            place = _from_its_end(place, max(LEAST, room - brand.cell_length - rest.cell_length))
            line = Content.assemble(brand, place, rest).truncate(max(0, room), ellipsis=True)
        gap = max(1, width - line.cell_length - tail.cell_length)
        content = Content.assemble(line, " " * gap, tail)
        if content != self._shown or self._shown.spans != content.spans:
            self._shown = content
            self.update(content, layout=False)


def _from_its_end(text: Content, cells: int) -> Content:
    """The end of a text that is too long: contexts of clouds begin all alike."""
    if text.cell_length <= cells:
        return text
    start = len(text) - cells + 1
    while text[start:].cell_length >= cells:
        start += 1
    return Content.assemble("…", text[start:])
