"""Every verb there is, in the order of menus."""

from typing import Any

from kubetui.actions.action import Action, Risk
from kubetui.actions.delete import Delete
from kubetui.actions.describe import Describe, Events
from kubetui.actions.logs import Logs, PreviousLogs
from kubetui.actions.manifest import Manifest
from kubetui.actions.scale import Scale
from kubetui.kinds.kind import Kind

ACTIONS: tuple[Action, ...] = (Describe(), Manifest(), Logs(), PreviousLogs(), Events(), Scale(), Delete())


def applicable(kind: Kind[Any], *, readonly: bool) -> tuple[Action, ...]:
    """The verbs for a kind; in read-only mode only those that look."""
    return tuple(
        action for action in ACTIONS if action.applies(kind) and not (readonly and action.risk is not Risk.READS)
    )
