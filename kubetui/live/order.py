"""What a list is sorted by, and the keys that make any two values comparable. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from kubetui.kinds.kind import Column
from kubetui.live.store import uid_of
from kubetui.read import Object
from kubetui.text import Aged

Place: TypeAlias = tuple[str, str, str]
"""Where an object stands among its equals: namespace, name, uid; so no two are the same."""
Key: TypeAlias = tuple[int, Any]
"""What a value is sorted by: its sort, and what compares within that sort."""
Entry: TypeAlias = tuple[Key, Place] | tuple[Place]
"""What an object is sorted by, its place at the end."""

_NOTHING, _NUMBER, _TEXT, _TIME, _SEQUENCE = range(5)
"""Sorts of values, by which those of two sorts compare."""
_NIL = (_NOTHING, 0)
_NUMBERS = (int, float)
_NUMERIC = {int, float, type(None)}
_LENGTHS = [chr(length) for length in range(32)]
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Order:
    """By one column, or (no column) by namespace and name. Rows that are equal there stand by namespace and name."""

    column: str = ""
    """The column's title; empty for none."""
    descending: bool = False

    def turned(self, column: str) -> "Order":
        """The order after a person asks for that column: ascending first, the other way when asked again."""
        return Order(column, descending=self.column == column and not self.descending)


NATURAL = Order()


def place(obj: Object) -> Place:
    """The place of an object. It never changes, for neither name nor uid do."""
    meta = obj.metadata
    return (meta.namespace, natural_text(meta.name), uid_of(obj))


class Sorting:
    """An order among a kind's columns: makes the entries of objects, of one or of all at once."""

    def __init__(self, order: Order, columns: Iterable[Column[Any]]) -> None:
        """A column that the kind does not have sorts by `place`, as none does."""
        self._column = next((each for each in columns if each.title == order.column), None)
        self._falls = order.descending

    def entry(self, obj: Object, place: Place) -> Entry:
        """The entry of an object, of its place."""
        if self._column is None:
            return (place,)
        (key,) = self._keys([obj], [place])
        return (fall(key) if self._falls else key, place)

    def entries(self, objects: Sequence[Object], places: Sequence[Place]) -> tuple[Sequence[Entry], Sequence[int]]:
        """The entries of objects that come in the order of their places, and the indexes of these as they sort."""
        if self._column is None:
            return list(zip(places)), range(len(places))
        keys = self._keys(objects, places)
        indexes = _in_order(keys, falls=self._falls)
        return list(zip(map(fall, keys) if self._falls else keys, places, strict=True)), indexes

    def _keys(self, objects: Sequence[Object], places: Sequence[Place]) -> list[Key]:
        assert self._column is not None
        if self._column.title == "NAME":
            return [(_TEXT, name) for _, name, _ in places]
        by = self._column.by or self._column.text
        return _ranks([by(obj) for obj in objects])


def _ranks(values: list[Any]) -> list[Key]:
    """The rank of each value; those of equal ones are made once, for most columns have a few over and over."""
    if set(map(type, values)) <= _NUMERIC:
        return [(_NUMBER, value) if value is not None and value == value else _NIL for value in values]
    try:
        known = {value: rank(value) for value in set(values)}
    except TypeError:  # a list among them
        return list(map(rank, values))
    return [known[value] for value in values]


def _in_order(keys: list[Key], *, falls: bool) -> list[int]:
    """The indexes of keys as they sort; those of equal keys rise. Compared are bare values, which C does by itself."""
    by_sort: dict[int, list[int]] = defaultdict(list)
    for at, (sort, _) in enumerate(keys):
        by_sort[sort].append(at)
    values = [value for _, value in keys]
    indexes: list[int] = []
    for sort in sorted(by_sort, reverse=falls):
        if sort == _SEQUENCE:  # slow to compare, and most are alike
            numbers = {value: number for number, value in enumerate(sorted({values[at] for at in by_sort[sort]}))}
            for at in by_sort[sort]:
                values[at] = numbers[values[at]]
        indexes += sorted(by_sort[sort], key=values.__getitem__, reverse=falls)
    return indexes


def natural_text(text: str) -> str:
    """A text that sorts as `kubetui.text.natural` does (`web-9` before `web-10`), in a fraction of the memory."""
    stem, dash, end = text.rpartition("-")
    return _natural_stem(stem) + dash + _DIGITS.sub(_number, end) if dash else _DIGITS.sub(_number, text)


@lru_cache(4096)
def _natural_stem(text: str) -> str:
    """The same for what many names begin with: that of a set's pods, which stand together."""
    return _DIGITS.sub(_number, text)


def _number(match: re.Match[str]) -> str:
    """A run of digits behind its length, so that the longer, which is the greater, comes after."""
    digits = match.group().lstrip("0")
    return _LENGTHS[len(digits)] + digits if len(digits) < 32 else _LENGTHS[31] + digits


def rank(value: Any) -> Key:
    """A key that compares with that of any other value: nothing first, then numbers, text, times, sequences.

    Numbers in a text count as numbers. An age grows: the youngest comes first. What is not a number (NaN) counts as
    nothing.
    """
    if isinstance(value, str):
        return (_TEXT, natural_text(value))
    if isinstance(value, Aged):
        return _NIL if value.since is None else (_TIME, -value.since.timestamp())
    if isinstance(value, _NUMBERS):
        return (_NUMBER, value) if value == value else _NIL
    if isinstance(value, datetime):
        return (_TIME, value.timestamp())
    if isinstance(value, list | tuple):
        return (_SEQUENCE, tuple(map(rank, value)))
    return _NIL if value is None else (_TEXT, str(value))


def fall(key: Key) -> Key:
    """A `rank` turned round, so that one list may fall by a column and rise by name; nothing comes last then."""
    sort, value = key
    if sort in (_NUMBER, _TIME):
        return (-sort, -value)
    return (-sort, _Falling(value)) if sort else key


class _Falling:
    """A value that compares the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Falling) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: "_Falling") -> bool:
        return bool(other.value < self.value)
