"""JSON as Go's decoder reads it: bytes that are no UTF-8, keys that come twice, and why it refuses.

Pure. The wording is that of encoding/json, whose scanner `_Scanner` follows; it runs only where something is wrong.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

DEEPEST = 200
"""Objects and lists within each other. Go allows 10,000; no kind has a fiftieth of what is allowed here."""
_SPACE = tuple(" \t\r\n")
_DIGITS = tuple("0123456789")
_LONG = re.compile(rb"\d{19}")
_BRACKETS = re.compile(rb"[\[{]")


class NotJson(Exception):
    """A text that is no JSON; as text why, in Go's words."""


class Doubled(dict[str, Any]):
    """An object that names some of its keys twice; the last one counts."""

    keys_twice: tuple[str, ...] = ()


def read(data: bytes) -> Any:
    """The value that a text stands for. NotJson where it is none."""
    if len(_BRACKETS.findall(data)) > DEEPEST:
        _Scanner(data).scan()
    text = data.decode("utf-8", "replace")
    if not _LONG.search(data):
        try:
            return msgspec.json.decode(text.encode())
        except msgspec.DecodeError:
            pass
    _Scanner(data).scan()
    # It is JSON, but with numbers that are too large, or with halves of surrogate pairs, which Go replaces.
    return _paired(json.loads(text, parse_float=_finite, parse_int=_whole))


def _whole(text: str) -> int | float:
    """A number without a point; one of more than 64 bits is none of the whole ones."""
    number = int(text) if len(text) <= len(str(-(2**63))) else _finite(text)
    return number if -(2**63) <= number < 2**63 else float(number)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise NotJson(f"json: cannot unmarshal number {text} into Go value of type float64")
    return number


def _paired(value: Any) -> Any:
    """A value without halves of surrogate pairs."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_paired(one) for one in value]
    if isinstance(value, dict):
        return {_paired(key): _paired(one) for key, one in value.items()}
    return value


def twice(data: bytes) -> Iterator[str]:
    """The paths of the keys that objects of a well-formed text have twice: metadata.name, spec.containers[0].image."""
    found = False

    def paired(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        known = dict(pairs)
        if len(known) == len(pairs):
            return known
        found = True
        keys = [key for key, _ in pairs]
        doubled = Doubled(known)
        doubled.keys_twice = tuple(sorted({key for key in keys if keys.count(key) > 1}))
        return doubled

    value = json.loads(data.decode("utf-8", "replace"), object_pairs_hook=paired)
    if found:
        yield from _walk(value, "")


def _walk(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _walk(one, f"{path}[{at}]")
    elif isinstance(value, dict):
        for key in value.keys_twice if isinstance(value, Doubled) else ():
            yield f"{path}.{key}" if path else key
        for key, one in value.items():
            yield from _walk(one, f"{path}.{key}" if path else key)


class _Scanner:
    """Goes over a text as encoding/json's scanner does, and stops where that one would."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("latin-1")
        """A character for each byte, as Go looks at them."""
        self._at = 0
        self._open: list[str] = []

    def scan(self) -> None:
        """NotJson where the text breaks off or goes wrong."""
        self._value()
        while self._open:
            where = self._open[-1]
            char = self._next("after object key:value pair" if where == "{" else "after array element", ",]}")
            if char == ",":
                if where == "{":
                    self._key("looking for beginning of object key string", '"')
                self._value()
            elif char == ("}" if where == "{" else "]"):
                self._open.pop()
            else:
                self._wrong("after object key:value pair" if where == "{" else "after array element")
        self._skip()
        if self._at < len(self._text):
            self._at += 1
            self._wrong("after top-level value")

    def _value(self) -> None:
        """One value, or the beginning of an object or a list with their first value in it."""
        while True:
            char = self._next("looking for beginning of value", '{["-0123456789tfn')
            if char not in "{[":
                self._plain(char)
                return
            self._open.append(char)
            if len(self._open) > DEEPEST:
                self._wrong("exceeded max depth")
            self._skip()
            if self._text[self._at : self._at + 1] == ("}" if char == "{" else "]"):
                self._at += 1
                self._open.pop()
                return
            if char == "{":
                self._key("looking for beginning of object key string", '"')

    def _key(self, where: str, allowed: str) -> None:
        self._next(where, allowed)
        self._string()
        self._next("after object key", ":")

    def _plain(self, char: str) -> None:
        if char == '"':
            self._string()
        elif char in "tfn":
            word = {"t": "true", "f": "false", "n": "null"}[char]
            for expected in word[1:]:
                if self._take() != expected:
                    self._wrong(f"in literal {word} (expecting '{expected}')")
        else:
            self._number(char)

    def _number(self, char: str) -> None:
        if char == "-":
            char = self._take()
            if char not in _DIGITS:
                self._wrong("in numeric literal")
        if char != "0":
            self._digits()
        if self._text[self._at : self._at + 1] == ".":
            self._at += 1
            if self._take() not in _DIGITS:
                self._wrong("after decimal point in numeric literal")
            self._digits()
        if self._text[self._at : self._at + 1] in ("e", "E"):
            self._at += 1
            if self._text[self._at : self._at + 1] in ("+", "-"):
                self._at += 1
            if self._take() not in _DIGITS:
                self._wrong("in exponent of numeric literal")
            self._digits()

    def _digits(self) -> None:
        while self._text[self._at : self._at + 1] in _DIGITS:
            self._at += 1

    def _string(self) -> None:
        while True:
            char = self._take(ends=True)
            if char == '"':
                return
            if char < " ":
                self._wrong("in string literal")
            if char == "\\":
                escaped = self._take(ends=True)
                if escaped not in 'bfnrt\\/"u':
                    self._wrong("in string escape code")
                for _ in range(4 if escaped == "u" else 0):
                    if self._take(ends=True) not in "0123456789abcdefABCDEF":
                        self._wrong("in \\u hexadecimal character escape")

    def _next(self, where: str, allowed: str) -> str:
        """The next character that is no space."""
        self._skip()
        char = self._take(ends=True)
        if char not in allowed:
            self._wrong(where)
        return char

    def _skip(self) -> None:
        while self._text[self._at : self._at + 1] in _SPACE:
            self._at += 1

    def _take(self, *, ends: bool = False) -> str:
        """The next character. At the end a space, with which Go finds out whether a value is complete."""
        self._at += 1
        if self._at > len(self._text):
            if ends:
                raise NotJson("unexpected end of JSON input")
            return " "
        return self._text[self._at - 1]

    def _wrong(self, where: str) -> None:
        char = self._text[self._at - 1 : self._at] or " "
        shown = {"'": "\\'", '"': '"'}.get(char) or json.dumps(char, ensure_ascii=not char.isprintable())[1:-1]
        if char < " " and char not in "\t\n\r":
            shown = f"\\x{ord(char):02x}"
        raise NotJson(f"invalid character '{shown}' {where}")
