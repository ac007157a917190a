"""What is told: one cause with its effects, as parts of text that a screen can style and link. Frozen."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from kubetui.kinds.kind import Health
from kubetui.story.wording import duration
from kubetui.text import sanitise


class Role(Enum):
    """What a part of the text is, for a screen to style."""

    TEXT = "text"
    ACTOR = "actor"
    """Who did it: you, someone, a controller."""
    CAUSE = "cause"
    """What was done."""
    OBJECT = "object"
    """The name of an object; the part has its uid where it is known."""
    TIME = "time"
    OUTCOME = "outcome"
    """How it ended, or why it does not."""


class Part(NamedTuple):
    """A piece of text with one role; safe for a screen, since it is made by `part`."""

    text: str
    role: Role = Role.TEXT
    uid: str = ""


Step = tuple[Part, ...]
"""One link of the chain from cause to outcome; an arrow stands between two steps."""

ARROW = Part(" → ")
_GAP = Part("…")


def part(text: str, role: Role = Role.TEXT, uid: str = "") -> Part:
    """A part whose text may come from the cluster."""
    return Part(sanitise(text), role, uid)


def outcome(text: str) -> Part:
    """The story's own words for how it ended, or why it does not."""
    return Part(text, Role.OUTCOME)


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

        Given a width in characters, middle steps give way to `…`, the earliest first: cause and latest step stay.
        """
        clock = (Part(f"  … {duration(now - self.began)}", Role.TIME),) if self.ended is None else ()
        steps = list(self.steps)
        parts = (*_chain(steps), *clock)
        while width is not None and len(steps) > 2 and _length(parts) > width:
            del steps[2 if steps[1] == (_GAP,) else 1]
            if steps[1] != (_GAP,):
                steps.insert(1, (_GAP,))
            parts = (*_chain(steps), *clock)
        return parts

    def text(self, now: float, width: int | None = None) -> str:
        """The same as plain text."""
        return "".join(each.text for each in self.parts(now, width))


def _chain(steps: list[Step]) -> tuple[Part, ...]:
    chain: list[Part] = []
    for step in steps:
        if chain:
            chain.append(ARROW)
        chain.extend(step)
    return tuple(chain)


def _length(parts: tuple[Part, ...]) -> int:
    return sum(len(each.text) for each in parts)
