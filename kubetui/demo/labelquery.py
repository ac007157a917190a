"""The text of a label selector taken apart as the API server does it, errors included (apimachinery's labels.Parser).

Pure: knows the grammar, not what labels an object has.
"""

import re
from collections.abc import Iterator

import msgspec

_TOKEN = re.compile(r"(==|!=|=|!|<|>|,|\(|\))|([^\s=!,()<>]+)")
"""A sign or a word. Spaces are no part of it: a run of many would be gone through again from each of them."""
_OPERATORS = ("in", "notin", "=", "==", "!=", "gt", "lt")
_SIGNS = ("=", "==", "!=", ">", "<")
_END = ""


class Requirement(msgspec.Struct, frozen=True):
    """One condition: a key, an operator ("exists" and "!" have no values) and the values it compares with."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


def requirements(text: str) -> list[Requirement]:
    """The conditions of `app=web,tier!=db,env in (a,b),!old`. ValueError, in the server's words, for nonsense."""
    return list(_Parser(text).all())


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [sign or word for sign, word in _TOKEN.findall(text)]
        self._at = 0

    def all(self) -> Iterator[Requirement]:
        while (token := self._ahead()) != _END:
            if not (_is_word(token) or token == "!"):
                raise ValueError(f"found '{token}', expected: !, identifier, or 'end of string'")
            try:
                yield self._requirement()
            except ValueError as why:
                raise ValueError(f"unable to parse requirement: {why}") from None
            after = self._take()
            if after == _END:
                return
            if after != ",":
                raise ValueError(f"found '{after}', expected: ',' or 'end of string'")
            if not (_is_word(self._ahead()) or self._ahead() == "!"):
                raise ValueError(f"found '{self._ahead()}', expected: identifier after ','")

    def _requirement(self) -> Requirement:
        key, absent = self._take(), False
        if key == "!":
            key, absent = self._take(), True
        if not _is_word(key):
            raise ValueError(f"found '{key}', expected: identifier")
        if absent or self._ahead() in (_END, ","):
            return Requirement(key, "!" if absent else "exists")
        operator = self._take()
        if operator in ("in", "notin"):
            return Requirement(key, operator, self._values())
        if operator in _SIGNS:
            return Requirement(key, operator, (self._value(),))
        raise ValueError(f"found '{operator}', expected: {', '.join(_OPERATORS)}")

    def _value(self) -> str:
        if self._ahead() in (_END, ","):
            return ""
        value = self._take()
        if not _is_word(value):
            raise ValueError(f"found '{value}', expected: identifier")
        return value

    def _values(self) -> tuple[str, ...]:
        found = self._take()
        if found != "(":
            raise ValueError(f"found '{found}' expected: '('")
        values, separated = [], True
        while (token := self._take()) != ")":
            if _is_word(token) and separated:
                values.append(token)
                separated = False
            elif token == ",":
                if separated:
                    values.append("")
                separated = True
            else:
                raise ValueError(
                    f"found '{token}', expected: ',' or ')'"
                    if not separated
                    else f"found '{token}', expected: ',', or identifier"
                )
        return (*values, "") if separated else tuple(values)

    def _ahead(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> str:
        token = self._ahead()
        self._at += 1
        return token


def _is_word(token: str) -> bool:
    return token not in (_END, "!", ",", "(", ")", *_SIGNS)
