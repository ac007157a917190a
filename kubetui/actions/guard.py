"""What stands between a person and a mistake: the cap on how many, and the typed word of a production context."""

from collections.abc import Sequence
from dataclasses import replace

from kubetui.actions.action import Action, Question, Risk, Target, counted


def too_many(action: Action, targets: Sequence[Target], cap: int) -> str:
    """Why so many at once are refused; empty where they are not."""
    if action.risk is Risk.READS or len(targets) <= cap:
        return ""
    return (
        f"{len(targets):,} {targets[0].kind.resource.plural} are marked, and {action.name} changes {cap:,} at once at "
        "most. Mark fewer, or raise bulk-cap in the settings file."
    )


def guarded(action: Action, targets: Sequence[Target], context: str) -> Question:
    """What a verb asks in a production context: a word must be typed, and it is not the one at the button's hand."""
    question = action.asks(targets) or Question(f"{action.name.capitalize()} {counted(targets)}", action.name)
    return replace(
        question,
        warning=" ".join(filter(None, (f"{context} is a production context.", question.warning))),
        typed=targets[0].name if len(targets) == 1 else context,
    )
