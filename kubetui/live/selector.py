"""Label selectors, read and matched as the API server does (k8s.io/apimachinery/pkg/labels, selector.go).

Equality and set syntax: `app=x`, `tier!=db`, `env in (a,b)`, `env notin (c)`, `key`, `!key`, joined by commas.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_BLANKS = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?")
_OPERATOR = re.compile(r"==|!=|=")
_SET = re.compile(r"(notin|in)(?![A-Za-z0-9._/-])")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition: the label has one of the values; no values ask only whether it is there."""

    key: str
    values: frozenset[str] | None
    """None asks for the key alone."""
    wanted: bool = True
    """False turns it round; as the server has it, an object without the label then matches."""

    def matches(self, labels: Mapping[str, str]) -> bool:
        found = self.key in labels if self.values is None else labels.get(self.key) in self.values
        return found is self.wanted


def parse_selector(text: str, start: int = 0) -> tuple[tuple[Requirement, ...], int]:
    """The requirements that stand at `start`, and where they end. ValueError with a sentence where they break off."""
    requirements: list[Requirement] = []
    position = start
    while True:
        requirement, position = _requirement(text, position)
        requirements.append(requirement)
        after = _skip(text, position)
        if not text.startswith(",", after):
            return tuple(requirements), position
        position = after + 1


def _requirement(text: str, position: int) -> tuple[Requirement, int]:
    position = _skip(text, position)
    if text.startswith("!", position):
        key, position = _key(text, _skip(text, position + 1))
        return Requirement(key, None, wanted=False), position
    key, position = _key(text, position)
    after = _skip(text, position)
    if equality := _OPERATOR.match(text, after):
        value, position = _value(text, _skip(text, equality.end()))
        return Requirement(key, frozenset([value]), wanted=equality.group() != "!="), position
    if after > position and (among := _SET.match(text, after)):
        values, position = _values(text, _skip(text, among.end()), among.group())
        return Requirement(key, values, wanted=among.group() == "in"), position
    return Requirement(key, None), position


def _key(text: str, position: int) -> tuple[str, int]:
    name = _NAME.match(text, position)
    if not name:
        raise ValueError(f"a label's name is missing {_at(text, position)}; write -l app=web")
    return name.group(), name.end()


def _value(text: str, position: int) -> tuple[str, int]:
    """A value, which may be empty."""
    name = _NAME.match(text, position)
    return (name.group(), name.end()) if name else ("", position)


def _values(text: str, position: int, operator: str) -> tuple[frozenset[str], int]:
    closing = text.find(")", position)
    if not text.startswith("(", position) or closing < 0:
        raise ValueError(f"{operator!r} needs values in parentheses; write -l 'env {operator} (a,b)'")
    values = [value.strip() for value in text[position + 1 : closing].split(",")]
    if values == [""]:
        raise ValueError(f"{operator!r} needs at least one value in its parentheses")
    if wrong := [value for value in values if value and not _NAME.fullmatch(value)]:
        raise ValueError(f"{wrong[0]!r} cannot be the value of a label")
    return frozenset(values), closing + 1


def _skip(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position


def _at(text: str, position: int) -> str:
    return f"before {text[position:][:12]!r}" if position < len(text) else "at the end"
