"""What a verb is: where it applies, what it asks, the kubectl command it stands for, what it does.

Keys, menu, palette, help, read-only mode and the dialog all read this; none of them knows a verb by name.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, NamedTuple

from kubetui.client.api import Api
from kubetui.client.wirejson import decode_answer
from kubetui.kinds.kind import Kind
from kubetui.live.rights import Right
from kubetui.live.store import uid_of
from kubetui.read import Object

Answers = Mapping[str, Any]
"""What was entered in a dialog, by the names of its fields."""


class Risk(IntEnum):
    """How much a verb can hurt."""

    READS = 0
    CHANGES = 1
    DESTROYS = 2


class Target(NamedTuple):
    """One object a verb is to act on: the very one that was under the cursor, known by its uid."""

    kind: Kind[Any]
    object: Object

    @property
    def name(self) -> str:
        return self.object.metadata.name

    @property
    def namespace(self) -> str:
        return self.object.metadata.namespace

    @property
    def uid(self) -> str:
        return uid_of(self.object)

    @property
    def path(self) -> str:
        """Its URL path."""
        return self.kind.resource.path(self.namespace, self.name)

    def __str__(self) -> str:
        """As kubectl names it: `deployment/web`."""
        return f"{self.kind.resource.singular or self.kind.resource.plural}/{self.name}"


LARGEST = 2**31 - 1
"""The largest number that the fields of the API take (int32)."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number to be entered, 0 to LARGEST, or left empty where it is not `needed`; `note` stands beside it."""

    name: str
    label: str
    value: int | None
    needed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Toggle:
    """Something to be switched on."""

    name: str
    label: str
    value: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    name: str
    label: str
    options: tuple[str, ...]
    value: str


Field = Number | Toggle | Choice


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before acting."""

    title: str
    """What will happen, as a sentence without its targets: `Delete 3 pods`."""
    confirm: str
    """The word on the button that does it."""
    fields: tuple[Field, ...] = ()
    warning: str = ""
    typed: str = ""
    """A word that must be typed before the button works; for the dangerous ones."""


@dataclass(frozen=True, slots=True)
class Show:
    """A verb that only looks: the tab of the object view it opens, and how."""

    tab: str
    options: Mapping[str, Any] = field(default_factory=dict)


class Action:
    """One verb. Subclasses set the class attributes and say where they apply and what they do."""

    name: ClassVar[str]
    """The word for it in menus, and its id in the keymap."""
    key: ClassVar[str]
    """Its key, as Textual spells keys."""
    risk: ClassVar[Risk] = Risk.READS
    many: ClassVar[bool] = False
    """Whether it acts on all marked objects at once."""
    shows: ClassVar[Show | None] = None
    """For verbs that only look."""
    minor: ClassVar[bool] = False
    """Whether the other verbs go before it where there is no room for all."""

    @property
    def summary(self) -> str:
        """One line of help: the first of the docstring."""
        return (self.__doc__ or "").strip().splitlines()[0]

    def applies(self, kind: Kind[Any]) -> bool:
        """Whether the verb makes sense for objects of that kind."""
        raise NotImplementedError

    def needs(self, kind: Kind[Any]) -> Right:
        """What the user must be allowed to do for it."""
        raise NotImplementedError

    def asks(self, targets: Sequence[Target]) -> Question | None:
        """What to ask first; None where nothing is asked."""
        return None

    def kubectl(self, target: Target, answers: Answers) -> str:
        """The kubectl command it stands for, ready to be pasted into a shell."""
        raise NotImplementedError

    async def run(self, api: Api, target: Target, answers: Answers) -> str:
        """Does it to one object; returns what was done as a sentence. Raises `ApiError` as the server puts it."""
        raise NotImplementedError

    async def happened(self, api: Api, target: Target, answers: Answers) -> bool:
        """Whether what `run` does is so by now: looked up after the answer to it was lost. Raises `ApiError`."""
        raise NotImplementedError


def counted(targets: Sequence[Target]) -> str:
    """The targets of a sentence: `pod/web-1`, or `3 pods`."""
    return str(targets[0]) if len(targets) == 1 else f"{len(targets)} {targets[0].kind.resource.plural}"


def command(verb: str, target: Target, *flags: str) -> str:
    """A kubectl command on one object, namespace included, quoted for a shell."""
    words = ["kubectl", *verb.split(), str(target)]
    if target.namespace:
        words += ["-n", target.namespace]
    return shlex.join([*words, *flags])


async def is_namesake(api: Api, target: Target) -> bool:
    """Whether another object has the target's name by now: asked of the server, whose words for it differ."""
    found = decode_answer(await api.get(target.path), Object, "an object")
    return uid_of(found) != target.uid


LEFT_ALONE = "was left alone: it is a new object of the same name"


def right_on(kind: Kind[Any], verb: str, subresource: str = "") -> Right:
    """The right to do something to objects of a kind, or to their subresource."""
    resource = kind.resource
    return Right(verb, resource.group, f"{resource.plural}/{subresource}" if subresource else resource.plural)


def has_subresource(kind: Kind[Any], subresource: str) -> bool:
    """Whether the kind is served with that subresource."""
    return subresource in kind.resource.subresources
