"""A manifest as lines: its text byte for byte, what the screen shows of it, and what each part of a line is. Pure.

Lines are read one by one, without a parser: what kubetui.yamltext writes is regular enough for that.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple

from kubetui.text import sanitise
from kubetui.tui.logs.text import size

MOST_COMPARED = 1000
"""Lines between the first and the last difference above which all of them count as changed."""

_KEY = re.compile(r"""( *(?:- +)*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?!- )[^\s'"#][^\s]*?(?: [^\s:]+)*?):(?: (.*))?$""")
_ITEM = re.compile(r"( *(?:- )*)(.*)$")
_BLOCK = re.compile(r"[|>][0-9]?[+-]?$")
_NUMBER = re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$")
_TIME = re.compile(r"""["']?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d""")
_WORDS = frozenset(("true", "false", "null", "{}", "[]"))


class Role(Enum):
    """What a stretch of a line is."""

    KEY = "key"
    MARK = "mark"
    TEXT = "text"
    NUMBER = "number"
    WORD = "word"
    TIME = "time"


class Part(NamedTuple):
    """A stretch of a line, by its characters."""

    start: int
    end: int
    role: Role


class YamlLines(NamedTuple):
    """A manifest made ready for the screen."""

    text: str
    """As it is copied and saved."""
    lines: list[str]
    """What the screen shows: nothing in them that a terminal obeys."""
    inner: bytearray
    """1 for each line that is part of a scalar begun above."""
    sizes: list[int]
    """The `logtext.size` of each line."""


def read_lines(text: str) -> YamlLines:
    """The lines of a manifest. Takes a while for a large one: not for the event loop."""
    lines = [sanitise(line) for line in text.removesuffix("\n").split("\n")]
    return YamlLines(text, lines, _inner(lines), list(map(size, lines)))


NOTHING = YamlLines("", [], bytearray(), [])


def _inner(lines: list[str]) -> bytearray:
    inner = bytearray(len(lines))
    held: int | None = None
    for number, line in enumerate(lines):
        bare = line.lstrip(" ")
        if held is not None:
            if not bare or len(line) - len(bare) > held:
                inner[number] = 1
                continue
            held = None
        head = line[:512]
        if match := _KEY.match(head) or (_KEY.match(line) if ":" not in head else None):
            value, column = match[3], match.end(1)
        else:
            item = _ITEM.match(head)
            value, column = (item[2], item.end(1) - 2) if item and bare.startswith("- ") else (None, 0)
        if value and value not in ("{}", "[]"):
            held = column
    return inner


def parts(line: str, inner: bool) -> Iterator[Part]:
    """What a line consists of, from left to right."""
    if inner:
        yield Part(0, len(line), Role.TEXT)
        return
    match = _KEY.match(line)
    if match is None:
        item = _ITEM.match(line)
        begin = item.end(1) if item else 0
        yield Part(0, begin, Role.MARK)
        yield Part(begin, len(line), _role(line[begin:]))
        return
    yield Part(0, match.end(1), Role.MARK)
    yield Part(match.start(2), match.end(2), Role.KEY)
    yield Part(match.end(2), match.end(2) + 1, Role.MARK)
    if match[3]:
        yield Part(match.start(3), match.end(3), _role(match[3]))


def _role(value: str) -> Role:
    if value in _WORDS:
        return Role.WORD
    if _BLOCK.match(value):
        return Role.MARK
    if len(value) < 32 and _NUMBER.match(value):
        return Role.NUMBER
    return Role.TIME if len(value) < 40 and _TIME.match(value) else Role.TEXT


class Difference(NamedTuple):
    """What is different between two manifests."""

    changed: frozenset[int]
    """The lines of the new one that the old one does not have there."""
    same: tuple[tuple[int, int], ...]
    """Where stretches that both have begin, in the old one and in the new one."""

    def place(self, line: int) -> int:
        """Where a line of the old one stands in the new one, or would."""
        old, new = self.same[max(0, bisect_right(self.same, (line, sys.maxsize)) - 1)]
        return new + line - old


def difference(old: list[str], new: list[str]) -> Difference:
    """What changed from one to the other."""
    least = min(len(old), len(new))
    first = next((at for at in range(least) if old[at] != new[at]), least)
    rest = next((at for at in range(least - first) if old[-1 - at] != new[-1 - at]), least - first)
    before, after = old[first : len(old) - rest], new[first : len(new) - rest]
    changed: set[int] = set()
    same = [(0, 0)]
    if len(before) + len(after) > MOST_COMPARED:
        changed.update(range(first, first + len(after)))
    else:
        for tag, was, _, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag == "equal":
                same.append((first + was, first + start))
            else:
                changed.update(range(first + start, first + end))
    return Difference(frozenset(changed), (*same, (len(old) - rest, len(new) - rest)))
