"""The kinds that the first screen shows: asked for before Textual is loaded."""

from typing import Any

from kubetui.kinds.builtin import find
from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.endpointslice import ENDPOINTSLICE
from kubetui.kinds.event import EVENT
from kubetui.kinds.kind import Kind
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.kinds.replicaset import REPLICASET
from kubetui.kinds.service import SERVICE

ON_BOARD: tuple[Kind[Any], ...] = (DEPLOYMENT, NODE, SERVICE, POD)
"""The board's panes, in their order."""
FIRST_PANE = ON_BOARD.index(POD)
"""The one that has the focus at first."""

UNSEEN: tuple[Kind[Any], ...] = (REPLICASET, ENDPOINTSLICE, EVENT)
"""Kinds that tie the panes together and tell the story, without a pane of their own."""


def seen_first(word: str | None) -> tuple[Kind[Any], ...]:
    """What is to be seen at first, and so asked for before all else: the kind of that word, or what makes the board."""
    if word:
        return first_kinds(word)
    return tuple(kind for kind in first_kinds(None) if kind not in (REPLICASET, EVENT))


def first_kinds(word: str | None) -> tuple[Kind[Any], ...]:
    """What is asked for first: the kind of that word, or all of the board, pods before the others."""
    if word:
        kind = find(word)
        return (kind,) if kind else ()
    return (POD, *(kind for kind in (*ON_BOARD, *UNSEEN) if kind is not POD))
