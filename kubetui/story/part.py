"""The pieces that a line is made of, each with its role, and how a line is made to fit. Knows no episode."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

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
    """A piece of text with one role; made by `part` where the text may come from the cluster."""

    text: str
    role: Role = Role.TEXT
    uid: str = ""


Step = tuple[Part, ...]
"""One link of the chain from cause to outcome; an arrow stands between two steps."""

ARROW = Part(" → ")
_GAP: Step = (Part("…"),)
_OUTCOME_AT_LEAST = 30
"""Characters that the latest step keeps before the names in the cause are cut."""
_NAME_AT_LEAST = 8


def part(text: str, role: Role = Role.TEXT, uid: str = "") -> Part:
    """A part whose text may come from the cluster."""
    return Part(sanitise(text), role, uid)


def outcome(text: str) -> Part:
    """The story's own words for how it ended, or why it does not."""
    return Part(text, Role.OUTCOME)


def fitted(steps: Sequence[Step], width: int | None) -> tuple[Part, ...]:
    """The chain of steps in so many characters; None for as long as it is.

    Cause and latest step stay. First the steps between give way, the earliest first, to `…`; then the end of a long
    latest step; then the beginning of names, for their ends tell them apart; at last whatever stands at the end.
    """
    parts = _chain(steps)
    if width is None or _length(parts) <= width:
        return parts
    for dropped in range(2, len(steps)):
        parts = _chain([steps[0], _GAP, *steps[dropped:]])
        if _length(parts) <= width:
            return parts
    cause, latest = steps[0], steps[-1] if len(steps) > 1 else ()
    room = width - _length(cause) - len(ARROW.text)
    latest = cut(latest, max(room, _OUTCOME_AT_LEAST))
    surplus = _length(cause) + len(ARROW.text) + _length(latest) - width
    parts = _chain([_with_shorter_names(cause, surplus), latest] if latest else [_with_shorter_names(cause, surplus)])
    return cut(parts, width)


def cut(parts: Sequence[Part], width: int) -> tuple[Part, ...]:
    """As much of the beginning as has room, with `…` where something is left off."""
    if _length(parts) <= width:
        return tuple(parts)
    kept: list[Part] = []
    room = max(width - 1, 0)
    for each in parts:
        kept.append(each._replace(text=each.text[:room]))
        room -= len(kept[-1].text)
        if room <= 0:
            break
    kept[-1] = kept[-1]._replace(text=f"{kept[-1].text}…")
    return tuple(kept)


def _with_shorter_names(step: Step, surplus: int) -> Step:
    """The step with so many characters less, where its names are long enough to spare them."""
    shorter: list[Part] = []
    for each in step:
        spare = min(surplus, len(each.text) - _NAME_AT_LEAST) if each.role is Role.OBJECT else 0
        if spare > 0:
            surplus -= spare
            each = each._replace(text=f"…{each.text[spare + 1 :]}")
        shorter.append(each)
    return tuple(shorter)


def _chain(steps: Sequence[Step]) -> tuple[Part, ...]:
    chain: list[Part] = []
    for step in steps:
        if chain:
            chain.append(ARROW)
        chain.extend(step)
    return tuple(chain)


def _length(parts: Sequence[Part]) -> int:
    return sum(len(each.text) for each in parts)
