"""What a list is sorted by, and the keys that make any two values comparable. Pure."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from kubetui.kinds.kind import Column
from kubetui.live.store import uid_of
from kubetui.read import Object
from kubetui.text import Aged

Entry: TypeAlias = tuple[Any, ...]
"""A sort key that ends in the uid, so that no two are equal."""

_NOTHING, _NUMBER, _TEXT, _TIME, _SEQUENCE, _AFTER = range(6)
"""Sorts of values, by which those of two sorts compare."""
_NUMBERS = (int, float)
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


def place(obj: Object) -> Entry:
    """Where an object stands among its equals. It never changes, for neither name nor uid do."""
    meta = obj.metadata
    return (meta.namespace, natural_text(meta.name), uid_of(obj))


def keying(order: Order, columns: tuple[Column[Any], ...]) -> Callable[[Object, Entry], Entry]:
    """The function that makes an object's entry of its `place`. A column that the kind does not have sorts by that."""
    column = next((each for each in columns if each.title == order.column), None)
    if column is None:
        return lambda obj, place: place
    by = column.by or column.text
    if column.title == "NAME":
        if order.descending:
            return lambda obj, place: (*fall((_TEXT, place[1])), *place)
        return lambda obj, place: (place[1], *place)
    if order.descending:
        return lambda obj, place: (*fall(rank(by(obj))), *place)
    return lambda obj, place: (*rank(by(obj)), *place)


PLACE = slice(-3, None)
"""The part of an entry that is its `place`."""


def natural_text(text: str) -> str:
    """A text that sorts as `kubetui.text.natural` does (`web-9` before `web-10`), in a fraction of the memory."""
    return _DIGITS.sub(_number, text)


def _number(match: re.Match[str]) -> str:
    """A run of digits behind its length, so that the longer, which is the greater, comes after."""
    digits = match.group().lstrip("0")
    return _LENGTHS[len(digits)] + digits if len(digits) < 32 else _LENGTHS[31] + digits


def rank(value: Any) -> Entry:
    """A key that compares with that of any other value: nothing first, then numbers, text, times, sequences.

    An age grows: the youngest comes first. What is not a number (NaN) counts as nothing.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Aged):
        return (_NOTHING,) if value.since is None else (_TIME, -value.since.timestamp())
    if isinstance(value, _NUMBERS):
        return (_NUMBER, value) if value == value else (_NOTHING,)
    if isinstance(value, datetime):
        return (_TIME, value.timestamp())
    if isinstance(value, list):
        return (_SEQUENCE, tuple(map(rank, value)))
    if isinstance(value, tuple):
        try:
            return _sequence(value)
        except TypeError:  # a list in it
            return (_SEQUENCE, tuple(map(rank, value)))
    return (_NOTHING,) if value is None else (_TEXT, str(value))


# Most columns have the same few values over and over: what they are ranked as is kept.


@lru_cache(4096)
def _text(value: str) -> Entry:
    return (_TEXT, natural_text(value))


@lru_cache(4096, typed=True)
def _sequence(value: tuple[Any, ...]) -> Entry:
    return (_SEQUENCE, tuple(map(rank, value)))


@lru_cache(4096)
def fall(key: Entry) -> Entry:
    """A `rank` turned round, so that one list may fall by a column and rise by name; nothing comes last then."""
    sort = key[0]
    if sort == _NOTHING:
        return key
    if sort == _TEXT:
        return (-sort, key[1].translate(_MIRROR) + _END)
    if sort == _SEQUENCE:
        return (-sort, (*map(fall, key[1]), (_AFTER,)))
    return (-sort, -key[1])


class _Mirror(dict[int, str]):
    """Each character's opposite, for `str.translate`."""

    def __missing__(self, char: int) -> str:
        self[char] = chr(sys.maxunicode - char)
        return self[char]


_MIRROR = _Mirror()
_END = chr(sys.maxunicode)
"""After any mirrored character, so that of two texts the longer comes first."""
