"""What is told: one cause with its effects, as parts of text that a screen can style and link. Frozen."""

from dataclasses import dataclass

from kubetui.kinds.kind import Health
from kubetui.story.part import Part, Role, Step, fitted
from kubetui.story.wording import duration

__all__ = ["Episode", "Part", "Role", "Step"]


@dataclass(frozen=True, slots=True)
class Episode:
    """One cause and what followed, as far as it is known. A later snapshot of the same episode has the same `id`."""

    id: int
    began: float
    """Seconds since the epoch, when the cause was read from the wire."""
    steps: tuple[Step, ...]
    mood: Health
    """On its way, well, broken (it cannot go on as it is), or off (nothing is to follow)."""
    ended: float | None = None
    """Seconds since the epoch; None while more may follow."""

    @property
    def is_open(self) -> bool:
        return self.ended is None

    @property
    def uids(self) -> frozenset[str]:
        """The objects that the text names."""
        return frozenset(each.uid for step in self.steps for each in step if each.uid)

    def parts(self, now: float, width: int | None = None) -> tuple[Part, ...]:
        """The line as it reads at `now` (seconds since the epoch), with the running clock while it is open.

        Given a width in characters it is made to fit: `fitted` tells what gives way to what.
        """
        clock = (Part(f"  … {duration(now - self.began)}", Role.TIME),) if self.ended is None else ()
        room = None if width is None else width - sum(len(each.text) for each in clock)
        return (*fitted(self.steps, room), *clock)

    def text(self, now: float, width: int | None = None) -> str:
        """The same as plain text."""
        return "".join(each.text for each in self.parts(now, width))
