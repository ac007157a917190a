"""Where one can be: a list or an object, over the board, in some namespaces of some context. Pure values."""

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

from kubetui.actions.action import Show, Target
from kubetui.kinds.kind import Kind
from kubetui.live.feed import Scope
from kubetui.live.filter import Filter


@dataclass(frozen=True, slots=True)
class ListPlace:
    """The list of a kind, narrowed."""

    kind: Kind[Any]
    filter: Filter


@dataclass(frozen=True, slots=True)
class ObjectPlace:
    """One object, by its uid; on which tab is no other place."""

    uid: str
    target: Target = field(compare=False)
    show: Show = field(compare=False)


Place: TypeAlias = ListPlace | ObjectPlace


@dataclass(frozen=True, slots=True)
class Trail:
    """The way from the board to where one is."""

    context: str
    scope: Scope
    places: tuple[Place, ...] = ()


@runtime_checkable
class Placed(Protocol):
    """A screen that one can come back to."""

    @property
    def place(self) -> Place: ...
