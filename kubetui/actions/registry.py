"""Every verb there is, in the order of menus, and which of them are offered on a kind."""

from typing import Any, NamedTuple

from kubetui.actions.action import Action, Risk
from kubetui.actions.delete import Delete
from kubetui.actions.describe import Describe, Events
from kubetui.actions.logs import Logs, PreviousLogs
from kubetui.actions.manifest import Manifest
from kubetui.actions.scale import Scale
from kubetui.kinds.kind import Kind
from kubetui.live.rights import Rights

ACTIONS: tuple[Action, ...] = (Describe(), Manifest(), Logs(), PreviousLogs(), Events(), Scale(), Delete())


class Offer(NamedTuple):
    """A verb that is offered; `barred` says why it can't be had, empty where it can."""

    action: Action
    barred: str = ""


def applicable(kind: Kind[Any], *, readonly: bool) -> tuple[Action, ...]:
    """The verbs for a kind; in read-only mode only those that look."""
    return tuple(
        action for action in ACTIONS if action.applies(kind) and not (readonly and action.risk is not Risk.READS)
    )


def barred(action: Action, kind: Kind[Any], rights: Rights | None, namespace: str, name: str) -> str:
    """Why the user may not do that to the object; empty where they may, or it is not known that they may not."""
    right = action.needs(kind)
    if rights is None or not rights.forbid(right, namespace, name):
        return ""
    return f"You may not {right} in {namespace or 'this cluster'}."
